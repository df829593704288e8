"""Turns what speaks for each entry into a confidence that it is the answer, its rivals counted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.matching.comparison import Evidence, Question
from bot.domain.matching.index import unknown_share


@dataclass(frozen=True)
class Coefficients:
    """What each piece of evidence adds to the logistic curve's argument, per unit."""

    base: float
    known: float
    score: float
    nearest: float
    spoken: float
    explained: float
    lead: float
    behind: float
    vague: float


SHIPPED = Coefficients(-3.95, 1.9, 1.0, 3.0, 0.4, 2.0, 2.8, 4.4, -0.7)
"""Fitted by logistic regression on the starter knowledge base (phrasings left out, own phrasings misspelt or cut, whole
entries removed, texts that must not match), then moved so that a confidence of 0.8 is seldom wrong on those."""
_NEARER_DECOY_CAP = 0.45
_NO_SUBJECT_CAP = 0.75
_UNKNOWN_CAP = 0.49
_STRANGE_CAP = 0.75
"""Below an answer: an everyday word beside the topic may have turned it into another."""
MOST_UNKNOWN = 0.35
"""Share of unknown subjects from which a question is mostly about something else."""
_TELLS_ENOUGH = 0.9
"""Telling weight from which a question says enough to be sure."""


def nearer_decoy(evidence: Evidence) -> bool:
    """Whether the question is at least as near to a text that must not match as to the entry's own."""
    decoy, best = evidence.decoy, evidence.best
    if decoy is None:
        return False
    return decoy.score >= best.score + (0.0 if decoy.text.apart else 0.03)


def no_subject(question: Question, evidence: Evidence) -> bool:
    """Whether the question says "it" or "this" and names nothing of the entry's title."""
    named = evidence.subject >= 0.2 or evidence.best.known_covered >= 0.85
    return not named and bool(question.words & {"it", "this", "that", "they", "them"})


def features(question: Question, evidence: Evidence, rival: float) -> tuple[float, ...]:
    """The numbers the coefficients weigh, in their order; `rival` is the best score of another entry."""
    best = evidence.best
    lead = best.score - rival
    return (
        1.0,
        best.known_covered,
        best.score,
        evidence.nearest,
        evidence.spoken,
        evidence.explained,
        min(0.3, max(0.0, lead)),
        min(0.0, lead),
        max(0.0, 1 - question.weight / _TELLS_ENOUGH),
    )


def confidences(question: Question, evidence: Mapping[str, Evidence], by: Coefficients = SHIPPED) -> dict[str, float]:
    """Confidence (0-1) by entry id."""
    weights = tuple(getattr(by, name) for name in Coefficients.__dataclass_fields__)
    first, second = (*sorted((of_entry.best.score for of_entry in evidence.values()), reverse=True), 0.0, 0.0)[:2]
    unknown = unknown_share(question.telling) > MOST_UNKNOWN
    sure: dict[str, float] = {}
    for entry_id, of_entry in evidence.items():
        rival = second if of_entry.best.score == first else first
        total = sum(w * f for w, f in zip(weights, features(question, of_entry, rival), strict=True))
        confidence = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
        if nearer_decoy(of_entry):
            confidence = min(confidence, _NEARER_DECOY_CAP)
        if unknown or of_entry.foreign:
            confidence = min(confidence, _UNKNOWN_CAP)
        if no_subject(question, of_entry):
            confidence = min(confidence, _NO_SUBJECT_CAP)
        if any(not stranger.subject for stranger in question.strangers):
            confidence = min(confidence, _STRANGE_CAP)
        sure[entry_id] = confidence
    return sure
