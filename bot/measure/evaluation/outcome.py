"""What the bot did with one posed question, and whether that was right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.domain.matching import Match
from bot.measure.evaluation.files import PosedQuestion

ANSWER, SUGGEST = "answer", "suggest"


@dataclass(frozen=True)
class Outcome:
    """A question with its route, the bot's action and the entries that came closest, best first.

    `entry_id` is the entry answered with, None where none was. `held` says what else than confidence kept the first
    match from being the answer, "" for nothing. `needed` is the confidence (0-1) from which it would have been.
    """

    question: PosedQuestion
    route: str
    action: str
    entry_id: str | None
    matches: tuple[Match, ...]
    held: str = ""
    needed: float = 0.0

    @property
    def confidence(self) -> float:
        """That of the first match; 0 without any."""
        return self.matches[0].confidence if self.matches else 0.0

    @property
    def answerable(self) -> bool:
        return bool(self.question.gold)

    @property
    def answered(self) -> bool:
        return self.entry_id is not None

    @property
    def right(self) -> bool:
        """Whether it was answered with an entry that is right."""
        return self.entry_id is not None and self.entry_id in (self.question.gold or ())

    def found(self, places: int) -> bool:
        """Whether a right entry is among the first `places`."""
        return any(match.entry_id in (self.question.gold or ()) for match in self.matches[:places])

    def as_prediction(self) -> dict[str, Any]:
        """The line that `--predictions` writes."""
        return {
            "id": self.question.id,
            "route": self.route,
            "action": self.action,
            "entry_id": self.entry_id,
            "confidence": round(self.confidence, 4),
            "ranked": [[match.entry_id, round(match.confidence, 4)] for match in self.matches[:10]],
        }
