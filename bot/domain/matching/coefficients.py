"""The shipped coefficients: one rank and one confidence with the encoder, and one of each without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.matching.features import confidence_names, ranking_names
from bot.domain.matching.model import Weighing

_LEAST_COVERAGE = 0.05


@dataclass(frozen=True)
class Curve:
    """How precise the shipped confidence was on questions it had not been fitted on.

    `steps` are (confidence from which an entry is answered, precision 0-1, share of answerable questions answered).
    """

    steps: tuple[tuple[float, float, float], ...] = ()

    def confidence_for(self, precision: float) -> float:
        """The lowest confidence from which that precision was reached and kept; 1.01 (never) where it never was.

        Steps at which hardly anything was answered say nothing, and are passed over.
        """
        needed = 1.01
        for confidence, reached, coverage in sorted(self.steps, reverse=True):
            if coverage < _LEAST_COVERAGE:
                continue
            if reached < precision:
                break
            needed = confidence
        return needed


@dataclass(frozen=True)
class Coefficients:
    """What ranks candidates and what says how sure the first is, with or without the encoder.

    `version` names the fit; it is part of what a calibration is cached by.
    """

    meaning: bool
    rank: Weighing
    confidence: Weighing
    curve: Curve
    version: str


def coefficients_from(stored: Mapping[str, Any], meaning: bool) -> Coefficients:
    """Raises ValueError or KeyError when the stored file does not fit this program."""
    part = stored["with_encoder" if meaning else "words_alone"]
    return Coefficients(
        meaning,
        Weighing.from_json(part["rank"], ranking_names(meaning)),
        Weighing.from_json(part["confidence"], confidence_names(meaning)),
        Curve(tuple((float(c), float(p), float(a)) for c, p, a in part["curve"])),
        str(stored["version"]),
    )
