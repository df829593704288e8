"""The results of an evaluation, for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.domain.knowledge import KnowledgeBase
from bot.domain.matching.calibration import Calibration
from bot.measure.evaluation.calibrated import Standing
from bot.measure.evaluation.figures import RECALLED, Figures, Share, labelled, misses, mistakes, risk_coverage
from bot.measure.evaluation.outcome import Outcome
from bot.measure.evaluation.plots import on_terminal
from bot.measure.evaluation.predicting import Predictions
from bot.measure.evaluation.self_test import SelfTest

_MOST_LETTERS = 240
_MOST_PAIRS = 15
FLATTERED = "Calibrated on the very questions asked: the figures flatter. Use --folds 5 for honest ones."


@dataclass(frozen=True)
class Report:
    """An evaluation on posed questions. `flattered`: the calibration had seen them."""

    knowledge: KnowledgeBase
    standing: Standing
    predictions: Predictions
    guard: bool
    folds: int | None
    flattered: bool

    @property
    def outcomes(self) -> Sequence[Outcome]:
        return self.predictions.outcomes

    @property
    def promised(self) -> float:
        return self.standing.calibration.promised

    def to_json(self) -> dict[str, Any]:
        """Everything that is shown; the figures only where questions are labelled."""
        known = labelled(self.outcomes)
        told: dict[str, Any] = {
            "questions": len(self.outcomes),
            "labelled": len(known),
            "entries": len(self.knowledge),
            "encoder": self.standing.encoder,
            "guard": self.guard,
            "folds": self.folds,
            "calibrated_on_the_questions": self.flattered,
            "promised_precision": self.promised,
            "calibrations": [_calibration_json(one, self.standing) for one in self.predictions.calibrations],
        }
        if known:
            told["figures"] = Figures.of(known).to_json()
            told["risk_coverage"] = [point.to_json() for point in risk_coverage(known)]
            told["mistakes"] = [self._explained_json(one) for one in mistakes(known)]
            told["misses"] = [self._explained_json(one) for one in misses(known)]
        return told

    def _explained_json(self, outcome: Outcome) -> dict[str, Any]:
        first = outcome.matches[0]
        return {
            **outcome.as_prediction(),
            "text": outcome.question.text,
            "kind": outcome.question.kind,
            "gold": sorted(outcome.question.gold or ()),
            "question_of_entry": self.knowledge.entries[first.entry_id].question,
            "nearest_phrasing": first.phrasing,
            "needed": round(outcome.needed, 4),
            "held_by": outcome.held,
            "vetoes": list(first.vetoes),
            "aligned": [[one.asked, one.known, one.similarity] for one in first.alignments],
        }

    def show(self, out: Console) -> None:
        """Print all of it. Needs at least one labelled question."""
        known = labelled(self.outcomes)
        out.print(f"[bold]{self._about(len(known))}[/]\n")
        figures, points = Figures.of(known), risk_coverage(known)
        out.print(_shares(_figures_rows(figures)))
        if figures.by_kind:
            out.print()
            out.print(_kinds(figures))
        out.print(f"\n{escape(self._thresholds())}")
        if self.flattered:
            out.print(f"[yellow]{FLATTERED}[/]")
        if len(points) > 1:
            out.print(f"\n{escape(on_terminal(points, self.promised))}", highlight=False)
        self._list("The most confident wrong answers", mistakes(known), out)
        self._list("The most confident misses: the right entry stood first and was not given", misses(known), out)

    def _about(self, known: int) -> str:
        unlabelled = len(self.outcomes) - known
        aside = f" ({unlabelled} more without labels)" if unlabelled else ""
        how = f"out of fold, {self.folds} folds" if self.folds else "as calibrated"
        guard = "with the guard" if self.guard else "without the guard"
        words = "" if self.standing.encoder else ", words alone"
        return f"{known} labelled questions{aside}, {len(self.knowledge)} entries; {how}, {guard}{words}"

    def _thresholds(self) -> str:
        calibrations = self.predictions.calibrations
        hand = self.standing.by_hand
        answer = "by hand" if "answer_confidence" in hand else _from([one.answer_from for one in calibrations])
        suggest = "by hand" if "suggest_confidence" in hand else _from([one.suggest_from for one in calibrations])
        bases = " / ".join(dict.fromkeys(one.basis for one in calibrations))
        kept = "" if all(one.promise_kept for one in calibrations) else "; the promise cannot be kept on this evidence"
        return (
            f"Promised precision {self.promised:.3g}: answers from {answer}, suggests from {suggest} ({bases}{kept})."
        )

    def _list(self, title: str, outcomes: Sequence[Outcome], out: Console) -> None:
        if outcomes:
            out.print(f"\n[bold]{title}[/]")
        for outcome in outcomes:
            for line in self._explained(outcome):
                out.print(line)

    def _explained(self, outcome: Outcome) -> Iterator[str]:
        first, question = outcome.matches[0], outcome.question
        entry = self.knowledge.entries[first.entry_id]
        kind = f" [dim]({escape(question.kind)})[/]" if question.kind else ""
        yield f"  {outcome.confidence:.2f} [bold]{escape(question.id)}[/]{kind} {escape(_short(question.text))}"
        yield f"       got   [bold]{escape(entry.id)}[/] {escape(_short(entry.question))}"
        if not outcome.found(1):
            right = ", ".join(sorted(question.gold or ())) or "none: it must not be answered"
            yield f"       right {escape(right)}"
        if not outcome.answered:
            why = outcome.held or f"{outcome.confidence:.2f} is under {outcome.needed:.2f}"
            yield f"       not answered: {escape(why)}"
        aligned = ", ".join(_aligned(one.asked, one.known) for one in first.alignments)
        yield f"       [dim]aligned {escape(aligned or 'no word')}[/]"


def _calibration_json(one: Calibration, standing: Standing) -> dict[str, Any]:
    answer = standing.answer_from if "answer_confidence" in standing.by_hand else one.answer_from
    suggest = standing.suggest_from if "suggest_confidence" in standing.by_hand else one.suggest_from
    return {
        "answer_confidence": round(answer, 4) if answer <= 1 else None,
        "suggest_confidence": round(suggest, 4) if suggest <= 1 else None,
        "precision": round(one.precision, 4),
        "precision_lower_bound": round(one.lower, 4),
        "promise_kept": one.promise_kept,
        "trials": {str(source): number for source, number in one.trials.items()},
        "basis": one.basis,
    }


def _from(confidences: Sequence[float]) -> str:
    """The confidence, or its range over the folds."""
    least, most = min(confidences), max(confidences)
    return _confidence(least) if least == most else f"{_confidence(least)} to {_confidence(most)}"


def _confidence(confidence: float) -> str:
    return "never" if confidence > 1 else f"{confidence:.3f}"


def _aligned(asked: str, known: str) -> str:
    return asked if asked == known else f"{asked} ~ {known}"


def _short(text: str) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= _MOST_LETTERS else f"{joined[:_MOST_LETTERS]}…"


# --- tables


def _figures_rows(figures: Figures) -> list[tuple[str, Share, str]]:
    return [
        ("right entry first (top-1)", figures.top_1, "answerable"),
        (f"right entry in the first {RECALLED}", figures.recall, "answerable"),
        ("answered (coverage)", figures.coverage, "answerable"),
        ("answers right (precision)", figures.precision, "answers"),
        ("false answers", figures.false_answers, "unanswerable"),
        ("answers the question bars", figures.barred, "answers"),
        ('"did you mean"', figures.suggested, "answerable"),
    ]


def _shares(rows: Sequence[tuple[str, Share, str]]) -> Table:
    table = Table("", "share", "of", "95 % interval", box=None, pad_edge=False)
    for name, share, of in rows:
        told, interval = "-", ""
        if share.share is not None:
            told, interval = f"{share.share:.3f}", f"{share.lower:.3f} to {share.upper:.3f}"
        table.add_row(name, told, f"{share.hits} / {share.tries} {of}", interval)
    return table


def _kinds(figures: Figures) -> Table:
    table = Table(
        "\nkind", "\nquestions", "\nanswered", "\nof these right", "\nanswered, 95 %", box=None, pad_edge=False
    )
    for group in figures.by_kind:
        answered = f"{group.answered.hits} ({group.answered.share or 0:.3f})"
        interval = f"{group.answered.lower:.3f} to {group.answered.upper:.3f}"
        table.add_row(escape(group.kind), str(group.answered.tries), answered, str(group.right.hits), interval)
    return table


# --- the knowledge base by itself


def show_standing(standing: Standing, out: Console) -> None:
    """Print what a calibration says."""
    found = standing.calibration
    out.print(f"[bold]{escape(standing.verdict())}[/]\n")
    hand = " (set by hand)"
    rows = [
        ("promised precision", f"{found.promised:.3g}"),
        ("answers from", _confidence(standing.answer_from) + hand * ("answer_confidence" in standing.by_hand)),
        ("suggests from", _confidence(standing.suggest_from) + hand * ("suggest_confidence" in standing.by_hand)),
        ("precision reached", _reached(found)),
        ("coverage reached", f"{found.coverage:.3f}" if found.precision else "not measured"),
        ("basis", found.basis),
        ("encoder", "in use" if standing.encoder else "not in use: words alone"),
        ("entries", str(standing.entries)),
        *((f"trials: {source}", str(number)) for source, number in found.trials.items()),
        *((f"stricter: {entry_id}", _confidence(least)) for entry_id, least in standing.stricter.items()),
    ]
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, value in rows:
        table.add_row(escape(name), escape(value))
    out.print(table)


def _reached(found: Calibration) -> str:
    return f"{found.precision:.3f} on the trials, bound {found.lower:.3f}" if found.precision else "not measured"


def show_self_test(test: SelfTest, standing: Standing, out: Console) -> None:
    """Print what came of a knowledge base tried on itself."""
    out.print(f"[bold]{standing.entries} entries; {test.texts} texts left out, one at a time[/]")
    if test.single:
        out.print(f"{test.single} entries have one text only, which cannot be left out.")
    out.print("The thresholds were chosen on these very texts: patients' questions will be harder.\n")
    rows = [
        ("own entry first (top-1)", test.top_1, "texts"),
        ("answered", test.answered, "texts"),
        ("answers that are right", test.right, "answers"),
        ('"did you mean"', test.suggested, "texts"),
    ]
    out.print(_shares(rows))
    out.print()
    show_standing(standing, out)
    _show_confusable(test, out)


def _show_confusable(test: SelfTest, out: Console) -> None:
    if not test.confusable:
        out.print("\nNo entry is taken for another with the confidence of a suggestion.")
        return
    out.print("\n[bold]Confusable entries: one's text brings up the other when its own entry is not there[/]")
    for pair in test.confusable[:_MOST_PAIRS]:
        notes = [*["both ways"] * pair.mutual, *["a veto holds it back"] * pair.held]
        aside = f" [dim]({', '.join(notes)})[/]" if notes else ""
        out.print(f"  {pair.confidence:.2f} [bold]{escape(pair.one)}[/] {escape(_short(pair.text_of_one))}{aside}")
        out.print(f"       [bold]{escape(pair.other)}[/] {escape(_short(pair.text_of_other))}")
    if len(test.confusable) > _MOST_PAIRS:
        out.print(f"  and {len(test.confusable) - _MOST_PAIRS} more: --json lists them all")
