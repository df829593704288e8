"""The figures of an evaluation: shares with their intervals, the risk-coverage curve, the mistakes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.matching.calibration import wilson_lower, wilson_upper
from bot.measure.evaluation.outcome import SUGGEST, Outcome

RECALLED = 3
"""Places that recall looks at: as many entries as the bot suggests."""
_MOST_POINTS = 200


@dataclass(frozen=True)
class Share:
    """`hits` of `tries`, with Wilson's 95 % interval. Without tries the share is None and the interval 0 to 1."""

    hits: int
    tries: int

    @staticmethod
    def of(hits: Iterable[bool]) -> Share:
        seen = [bool(hit) for hit in hits]
        return Share(sum(seen), len(seen))

    @property
    def share(self) -> float | None:
        return self.hits / self.tries if self.tries else None

    @property
    def lower(self) -> float:
        return wilson_lower(self.hits, self.tries)

    @property
    def upper(self) -> float:
        return wilson_upper(self.hits, self.tries)

    def to_json(self) -> dict[str, Any]:
        share = None if self.share is None else round(self.share, 4)
        interval = {"lower": round(self.lower, 4), "upper": round(self.upper, 4)}
        return {"share": share, "hits": self.hits, "of": self.tries, **interval}


@dataclass(frozen=True)
class Group:
    """The questions of one kind: how many, how many can be answered, and what became of them."""

    kind: str
    answerable: int
    answered: Share
    right: Share

    def to_json(self) -> dict[str, Any]:
        shares = {"answered": self.answered.to_json(), "answered_rightly": self.right.to_json()}
        return {"kind": self.kind, "questions": self.answered.tries, "answerable": self.answerable, **shares}


@dataclass(frozen=True)
class Figures:
    """What the labelled outcomes come to.

    `top_1` and `recall`: of the answerable questions, those with a right entry first, or among the first RECALLED.
    `coverage`: of the answerable, those answered, rightly or not. `precision`: of all answers, the right ones.
    `false_answers`: of the questions that must not be answered, those that were. `barred`: of all answers, those with
    an entry that the question's must_not names. `suggested`: of the answerable, those that got "did you mean" instead.
    """

    top_1: Share
    recall: Share
    coverage: Share
    precision: Share
    false_answers: Share
    barred: Share
    suggested: Share
    by_kind: tuple[Group, ...]

    @staticmethod
    def of(outcomes: Sequence[Outcome]) -> Figures:
        """The figures of the outcomes whose question has a gold; the others are left out."""
        known = labelled(outcomes)
        answerable = [outcome for outcome in known if outcome.answerable]
        answers = [outcome for outcome in known if outcome.answered]
        return Figures(
            top_1=Share.of(outcome.found(1) for outcome in answerable),
            recall=Share.of(outcome.found(RECALLED) for outcome in answerable),
            coverage=Share.of(outcome.answered for outcome in answerable),
            precision=Share.of(outcome.right for outcome in answers),
            false_answers=Share.of(outcome.answered for outcome in known if not outcome.answerable),
            barred=Share.of(outcome.entry_id in outcome.question.must_not for outcome in answers),
            suggested=Share.of(outcome.action == SUGGEST for outcome in answerable),
            by_kind=tuple(_groups(known)),
        )

    def to_json(self) -> dict[str, Any]:
        shares = {
            "top_1": self.top_1,
            f"recall_at_{RECALLED}": self.recall,
            "coverage": self.coverage,
            "precision": self.precision,
            "false_answers": self.false_answers,
            "barred_answers": self.barred,
            "suggested": self.suggested,
        }
        told = {name: share.to_json() for name, share in shares.items()}
        return {**told, "answers_right": self.precision.hits, "by_kind": [group.to_json() for group in self.by_kind]}


def labelled(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Those whose question has a gold, be it empty."""
    return [outcome for outcome in outcomes if outcome.question.gold is not None]


def _groups(outcomes: Sequence[Outcome]) -> Iterable[Group]:
    for kind in sorted({outcome.question.kind for outcome in outcomes} - {""}):
        those = [outcome for outcome in outcomes if outcome.question.kind == kind]
        answers = [outcome for outcome in those if outcome.answered]
        yield Group(
            kind,
            sum(outcome.answerable for outcome in those),
            Share(len(answers), len(those)),
            Share.of(outcome.right for outcome in answers),
        )


# --- risk and coverage


@dataclass(frozen=True)
class Point:
    """What answering from `confidence` (0-1) would come to: coverage of the answerable, and precision, both 0-1."""

    confidence: float
    coverage: float
    precision: float

    def to_json(self) -> dict[str, float]:
        values = {"confidence": self.confidence, "coverage": self.coverage, "precision": self.precision}
        return {name: round(value, 4) for name, value in values.items()}


def risk_coverage(outcomes: Sequence[Outcome]) -> list[Point]:
    """A point for every confidence at which one more first match would be answered with, most confident first.

    What is held back whatever its confidence (a veto, the guard's route) is never answered; its question counts.
    """
    known = labelled(outcomes)
    answerable = sum(outcome.answerable for outcome in known)
    free = sorted((o for o in known if o.matches and not o.held), key=lambda o: -o.confidence)
    points: list[Point] = []
    right = reached = 0
    for place, outcome in enumerate(free, 1):
        right += outcome.found(1)
        reached += outcome.answerable
        if place == len(free) or free[place].confidence < outcome.confidence:
            points.append(Point(outcome.confidence, reached / answerable if answerable else 0.0, right / place))
    return _thinned(points)


def _thinned(points: list[Point]) -> list[Point]:
    """At most _MOST_POINTS of them, the first and the last among these."""
    if len(points) <= _MOST_POINTS:
        return points
    return [points[round(n * (len(points) - 1) / (_MOST_POINTS - 1))] for n in range(_MOST_POINTS)]


# --- what went wrong


def mistakes(outcomes: Sequence[Outcome], most: int = 10) -> list[Outcome]:
    """The wrong answers, most confident first."""
    wrong = [outcome for outcome in labelled(outcomes) if outcome.answered and not outcome.right]
    return sorted(wrong, key=_by_confidence)[:most]


def misses(outcomes: Sequence[Outcome], most: int = 10) -> list[Outcome]:
    """Questions left unanswered although the right entry stood first, most confident first."""
    missed = [outcome for outcome in labelled(outcomes) if not outcome.answered and outcome.found(1)]
    return sorted(missed, key=_by_confidence)[:most]


def _by_confidence(outcome: Outcome) -> tuple[float, str]:
    return -outcome.confidence, outcome.question.id
