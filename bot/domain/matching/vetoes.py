"""Says in plain words why an entry that looks right may not be the answer."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.common_words import word_set
from bot.domain.matching.comparison import Evidence, Question
from bot.domain.matching.confidence import nearer_decoy, no_subject
from bot.domain.matching.index import Index

_NEGATIONS = word_set("not never without dont doesnt didnt isnt arent wont")
_UNSURE = word_set("know sure understand idea")
"""Beside these a "not" says only that the patient is unsure."""
_TURNED = (("before", "after"), ("after", "before"))


def vetoes(question: Question, evidence: Evidence, index: Index) -> tuple[str, ...]:
    """Every reason found; empty when nothing speaks against the entry."""
    return tuple(_reasons(question, evidence, index))


def _reasons(question: Question, evidence: Evidence, index: Index) -> Iterator[str]:
    best, decoy = evidence.best, evidence.decoy
    text = best.text
    for reading in question.telling:
        if reading.subject and reading.unknown:
            yield f"unknown focus word: {reading.word}"
        elif reading.subject and not any(index.said_by(text.entry_id, key) for key in reading.readings):
            yield f"the entry does not speak of: {reading.word}"
    for stranger in question.strangers:
        if not stranger.subject:
            yield f"unknown word beside the topic: {stranger.word}"
    if decoy is not None and nearer_decoy(evidence):
        yield f"closer to a phrasing that must not match: {decoy.text.text}"
    if best.other_kind:
        yield best.other_kind
    if question.words & _NEGATIONS and not text.everything & _NEGATIONS and not question.words & _UNSURE:
        yield f"says {min(question.words & _NEGATIONS)}, the entry does not"
    for asked, known in _TURNED:
        if (
            asked in question.words
            and known in text.everything
            and known not in question.words | {asked} & text.everything
        ):
            yield f"asks about {asked}, the entry is about {known}"
    numbers = {word for word in question.words if word[0].isdigit()}
    known_numbers = {word for word in text.everything if word[0].isdigit()}
    if numbers and known_numbers and not numbers & known_numbers:
        yield f"other numbers: {', '.join(sorted(numbers))} and {', '.join(sorted(known_numbers))}"
    if no_subject(question, evidence):
        yield "does not say what it is about"
