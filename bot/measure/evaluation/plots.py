"""The risk-coverage curve, drawn on a terminal and as a PNG."""

from __future__ import annotations

import importlib
import importlib.util
import io
from collections.abc import Sequence

from bot.measure.evaluation.figures import Point
from bot.measure.evaluation.files import InputFault

_ACROSS, _HIGH = 72, 18
_X, _Y = "coverage: share of answerable questions answered", "precision: share of answers that are right"


def check_drawable() -> None:
    """Raise InputFault when no PNG can be drawn here."""
    if importlib.util.find_spec("matplotlib") is None:
        raise InputFault("--plot needs matplotlib, which is not installed. To mend: pip install matplotlib.")


def on_terminal(points: Sequence[Point], promised: float) -> str:
    """The curve in characters, with the promised precision as a line."""
    plot = importlib.import_module("plotext")  # it ships no types
    plot.clear_figure()
    plot.theme("clear")
    plot.plotsize(_ACROSS, _HIGH)
    plot.plot([p.coverage for p in points], [p.precision for p in points], marker="braille")
    plot.hline(promised)
    plot.xlim(0, 1)
    plot.ylim(_floor(points, promised), 1)
    plot.xlabel(_X)
    plot.title(f"{_Y} (line: the promise)")
    lines = str(plot.uncolorize(plot.build())).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def as_png(points: Sequence[Point], promised: float, reached: tuple[float, float] | None) -> bytes:
    """The curve as a PNG. `reached` is the (coverage, precision) of the evaluation itself, None where it has none."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.plot([p.coverage for p in points], [p.precision for p in points], label="answering from each confidence")
    axes.axhline(promised, linestyle="--", linewidth=1, color="grey", label=f"promised precision {promised:.3g}")
    if reached:
        axes.plot(*reached, "o", color="black", label="as calibrated")
    axes.set(xlabel=_X, ylabel=_Y, xlim=(0, 1), ylim=(_floor(points, promised), 1.005))
    axes.legend(loc="lower left")
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    return drawn.getvalue()


def _floor(points: Sequence[Point], promised: float) -> float:
    """Where the precision axis begins: a little under the worst point."""
    return max(0.0, min([promised, *(p.precision for p in points)]) - 0.05)
