"""Compares a question with the texts of the knowledge base word by word, each word weighing what it tells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Indel

from bot.domain.matching.index import Index, Reading, Text
from bot.domain.matching.kinds import Kind, conflict, kinds
from bot.domain.matching.results import Alignment
from bot.domain.matching.topic import mistyped, strangers

_ASKED, _KNOWN, _ORDER, _LETTERS = 0.50, 0.34, 0.06, 0.10
_OTHER_KIND, _SAME_KIND = 0.10, 0.03
_NEAREST = 3
"""Texts whose mean says how well the entry as a whole fits."""


@dataclass(frozen=True)
class Question:
    """An asked text as the index reads it; `weight` is the sum of its telling words' weights.

    `strangers` are the words that no entry asks about and that make it a question about something else.
    """

    words: frozenset[str]
    telling: tuple[Reading, ...]
    kinds: frozenset[Kind]
    weight: float
    joined: str
    strangers: tuple[Reading, ...]

    @staticmethod
    def read(spelt: Sequence[str], index: Index) -> Question:
        telling = tuple(index.read(spelt))
        joined = " ".join(_as_known(reading) for reading in telling)
        weight = sum(r.weight for r in telling)
        return Question(frozenset(spelt), telling, kinds(spelt), weight, joined, _strangers(spelt, telling, index))


def _strangers(spelt: Sequence[str], telling: Sequence[Reading], index: Index) -> tuple[Reading, ...]:
    foreign = {reading.word for reading in telling if index.foreign(reading) and not mistyped(reading.word)}
    plain = {reading.word for reading in telling if reading.unknown and not reading.subject}
    subjects = {reading.word for reading in telling if reading.subject} - foreign
    found = strangers(spelt, subjects, foreign, {word for word in plain if word.isalpha()})
    return tuple(reading for reading in telling if reading.word in found)


def _as_known(reading: Reading) -> str:
    return max(reading.readings, key=lambda key: (reading.readings[key], key)) if reading.readings else reading.word


@dataclass(frozen=True)
class Compared:
    """One text beside the question: coverage both ways, and the score (all 0-1)."""

    text: Text
    score: float
    asked_covered: float
    known_covered: float
    alignments: tuple[Alignment, ...]
    other_kind: str


@dataclass(frozen=True)
class Evidence:
    """One entry beside the question (shares and scores 0-1).

    `spoken` is the share of the question's weight that any of the entry's texts holds, `explained` the same with its
    answer; `subject` the share of the entry's title that was asked; `nearest` the mean of its best few texts;
    `foreign` whether the question's topic holds a subject that the entry does not speak of, nor any other asks about.
    """

    best: Compared
    decoy: Compared | None
    nearest: float
    spoken: float
    explained: float
    subject: float
    foreign: bool


def compare(question: Question, index: Index) -> dict[str, Evidence]:
    """For every candidate entry what speaks for it."""
    own: dict[str, list[Compared]] = defaultdict(list)
    decoys: dict[str, Compared] = {}
    for number in index.candidates(question.telling):
        compared = compare_text(question, index.texts[number], index)
        if not compared.text.decoy:
            own[compared.text.entry_id].append(compared)
        elif _applies(compared.text, question) and (
            (held := decoys.get(compared.text.entry_id)) is None or compared.score > held.score
        ):
            decoys[compared.text.entry_id] = compared
    return {entry_id: _evidence(question, found, decoys.get(entry_id), index) for entry_id, found in own.items()}


def _applies(decoy: Text, question: Question) -> bool:
    """Whether the question says what sets a text that must not match apart from the entry's own texts."""
    return not decoy.apart or any(key in decoy.apart for reading in question.telling for key in reading.readings)


def _evidence(question: Question, found: list[Compared], decoy: Compared | None, index: Index) -> Evidence:
    found.sort(key=lambda compared: (-compared.score, compared.text.text))
    entry_id = found[0].text.entry_id
    title = index.texts[index.by_entry[entry_id][0]]
    asked_keys = {key for reading in question.telling for key in reading.readings}
    return Evidence(
        best=found[0],
        decoy=decoy,
        nearest=sum(compared.score for compared in found[:_NEAREST]) / _NEAREST,
        spoken=_share(question, index.entry_keys[entry_id]),
        explained=_share(question, index.entry_keys[entry_id] | index.answer_keys[entry_id]),
        subject=sum(index.weight(key) for key in title.keys if key in asked_keys)
        / (sum(index.weight(key) for key in title.keys) or 1.0),
        foreign=any(
            reading.subject and not any(index.said_by(entry_id, key) for key in reading.readings)
            for reading in question.strangers
        ),
    )


def _share(question: Question, keys: set[str] | frozenset[str]) -> float:
    met = sum(
        reading.weight * max((sim for key, sim in reading.readings.items() if key in keys), default=0.0)
        for reading in question.telling
    )
    return met / question.weight if question.weight else 0.0


def compare_text(question: Question, text: Text, index: Index) -> Compared:
    """One text beside the question."""
    alignments, places = _align(question, text, index)
    found = sum(a.similarity * reading.weight for reading, a in alignments if a)
    matched = {a.known: a.similarity for _, a in alignments if a}
    whole = sum(index.weight(key) for key in text.keys)
    met = sum(index.weight(key) * matched.get(index.word(key), 0.0) for key in text.keys)
    asked_covered = found / question.weight if question.weight else 0.0
    known_covered = met / whole if whole else 0.0
    score = (
        _ASKED * asked_covered
        + _KNOWN * known_covered
        + _ORDER * _in_order(places)
        + _LETTERS * Indel.normalized_similarity(question.joined, " ".join(text.keys))
    )
    other_kind = conflict(question.kinds, text.kinds)
    same_kind = bool(question.kinds & text.kinds)
    return Compared(
        text,
        min(1.0, max(0.0, score - (_OTHER_KIND if other_kind else 0.0 if same_kind else _SAME_KIND))),
        asked_covered,
        known_covered,
        tuple(a for _, a in alignments if a),
        other_kind,
    )


def _align(question: Question, text: Text, index: Index) -> tuple[list[tuple[Reading, Alignment | None]], list[int]]:
    """Each telling word with the text's word it stands for, if any, and where those stand in the text."""
    aligned: list[tuple[Reading, Alignment | None]] = []
    places: list[int] = []
    for reading in question.telling:
        key = max(
            (key for key in reading.readings if key in text.keys), key=lambda key: reading.readings[key], default=None
        )
        if key is None:
            aligned.append((reading, None))
            continue
        places.append(text.keys.index(key))
        similarity = reading.readings[key]
        alignment = Alignment(reading.word, index.word(key), round(similarity, 3), round(reading.weight, 3))
        aligned.append((reading, alignment))
    return aligned, places


def _in_order(places: Sequence[int]) -> float:
    if len(places) < 2:
        return 1.0 if places else 0.0
    return sum(1 for here, there in pairwise(places) if there > here) / (len(places) - 1)
