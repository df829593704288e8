"""What a calibration says of its knowledge base: thresholds, evidence, and whether the promise can be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.knowledge import KnowledgeBase
from bot.domain.matching.calibration import FEWEST_LABELLED, FEWEST_RIGHT, Calibration, Source
from bot.workflows.finding import Finder


@dataclass(frozen=True)
class Standing:
    """A calibration beside the settings and entries it works with.

    `answer_from` and `suggest_from` are the confidences (0-1) that stand, above 1 for never; `by_hand` names those that
    the operator set. `stricter` are entries with a higher one of their own.
    """

    calibration: Calibration
    entries: int
    encoder: bool
    answer_from: float
    suggest_from: float
    by_hand: tuple[str, ...]
    stricter: Mapping[str, float]

    @staticmethod
    def of(finder: Finder, knowledge: KnowledgeBase, by_hand: tuple[str, ...]) -> Standing:
        """`by_hand` are the names of the confidences that the operator's settings hold."""
        found = finder.calibration
        answer_from = found.answer_from if "answer_confidence" not in by_hand else finder.rules.answer_confidence or 0.0
        own = {entry.id: entry.min_confidence for entry in knowledge.entries.values()}
        return Standing(
            calibration=found,
            entries=len(knowledge),
            encoder=finder.encoder is not None,
            answer_from=answer_from,
            suggest_from=finder.rules.suggest_confidence or 0.0,
            by_hand=by_hand,
            stricter={entry_id: least for entry_id, least in own.items() if least is not None and least > answer_from},
        )

    @property
    def too_small(self) -> bool:
        """Whether there is too little evidence to promise anything."""
        counts = self.calibration.trials
        return counts.get(Source.LABELLED, 0) < FEWEST_LABELLED and counts.get(Source.PHRASING, 0) < FEWEST_RIGHT

    def verdict(self) -> str:
        """In a sentence or two, whether the promise can be kept."""
        found, share = self.calibration, f"{self.calibration.promised:.3g}"
        if "answer_confidence" in self.by_hand:
            return f"answer_confidence is set by hand: the bot keeps to it, and no precision of {share} is promised."
        if self.too_small:
            left_out = found.trials.get(Source.PHRASING, 0)
            return (
                f"This knowledge base is too small to promise {share}: of its phrasings {left_out} could be left out "
                f"to try it, and {FEWEST_RIGHT} are needed. The bot answers from the shipped confidence's own record. "
                "To mend: write more phrasings, or label questions."
            )
        if not found.promise_kept:
            less = "answers nothing by itself" if self.answer_from > 1 else "answers less"
            return (
                f"A precision of {share} cannot be promised on this evidence, and the bot {less}. "
                "To mend: look at the confusable entries (support-bot eval), or promise less."
            )
        return f"A precision of {share} can be promised on this evidence."

    def to_json(self) -> dict[str, Any]:
        found = self.calibration
        return {
            "promised_precision": found.promised,
            "answer_confidence": round(self.answer_from, 4) if self.answer_from <= 1 else None,
            "suggest_confidence": round(self.suggest_from, 4),
            "set_by_hand": list(self.by_hand),
            "stricter_entries": dict(self.stricter),
            "trials": {str(source): number for source, number in found.trials.items()},
            "precision": round(found.precision, 4),
            "precision_lower_bound": round(found.lower, 4),
            "coverage": round(found.coverage, 4),
            "basis": found.basis,
            "promise_kept": found.promise_kept and "answer_confidence" not in self.by_hand,
            "too_small": self.too_small,
            "entries": self.entries,
            "encoder": self.encoder,
            "verdict": self.verdict(),
        }
