"""What speaks for each candidate entry, as numbers: the evidence that the coefficients weigh."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.domain.common_words import word_set
from bot.domain.matching.index import Index, Text
from bot.domain.matching.reading import Reading

Numbers = NDArray[np.float64]

_FACETS = 9
"""Facets beside the first that are compared; the last that the encoder gives hardly differs between texts."""
WORDS = (
    "asked_covered", "known_covered", "letters", "other_numbers", "one_negated", "longer", "asked_words", "sentences",
)  # fmt: skip
MEANING = ("whole", "nearest_part", "part_gain", *(f"facet_{number}" for number in range(1, _FACETS + 1)))
_COMPARED = ("whole", "nearest_part", "asked_covered", "known_covered", "letters")
"""The features whose lead over the other candidates is evidence of its own."""
_NEGATIONS = word_set("not never without dont doesnt didnt isnt arent wont cant no none")
_BY_MEANING, _BY_WHOLE, _BY_WORDS, _BY_WORDS_ALONE = 16, 8, 12, 30
"""Candidates taken by the nearest view, by the whole text and by weighted words (more where nothing else speaks)."""
_ENTRYS_SHARE = 0.3
"""How much an entry's mean meaning counts beside its nearest text's."""


@dataclass(frozen=True)
class Candidate:
    """One entry with its nearest text, and how alike they are by meaning (0 without an encoder)."""

    entry: int
    number: int
    nearness: float


@dataclass(frozen=True)
class Evidence:
    """The candidates of one question and their numbers: candidates x features, in the order of `names`."""

    names: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    numbers: Numbers


def feature_names(meaning: bool) -> tuple[str, ...]:
    """The features, with or without an encoder."""
    return (*MEANING, *WORDS) if meaning else WORDS


def gather(
    reading: Reading, index: Index, vectors: NDArray[np.floating] | None, without: Collection[int] = ()
) -> Evidence:
    """The evidence for every candidate entry.

    `vectors` are the facets of the reading's views (views x facets x width), None without an encoder; `without` are
    numbers of texts to be treated as if they were not there (for leaving out).
    """
    meaning = vectors is not None and index.facets is not None
    names = feature_names(meaning)
    covered = _covered(reading, index)
    for number in without:
        covered[number] = -1.0
    views = np.asarray(vectors[:, 0], np.float32) if meaning and vectors is not None else None
    candidates, near, whole = _candidates(index, covered, views, set(without))
    if not candidates:
        return Evidence(names, (), np.zeros((0, len(names))))
    rows = [_by_words(reading, index.texts[c.number], index, covered[c.number]) for c in candidates]
    numbers = np.array(rows, np.float64)
    if meaning and vectors is not None and near is not None and whole is not None:
        numbers = np.hstack([_by_meaning(index, candidates, vectors, whole, without), numbers])
    return Evidence(names, tuple(candidates), numbers)


def _covered(reading: Reading, index: Index) -> NDArray[np.float32]:
    """For every text the share (0-1) of the question's weight that it has."""
    scores = np.zeros(len(index.texts), np.float32)
    for word in reading.words:
        for key, similarity in word.readings.items():
            if index.proposes(key):
                scores[index.postings(key)] += np.float32(word.weight * similarity)
    return np.asarray(np.minimum(1.0, scores / reading.weight), np.float32)


def _candidates(
    index: Index, covered: NDArray[np.float32], views: NDArray[np.float32] | None, without: set[int]
) -> tuple[list[Candidate], NDArray[np.float32] | None, NDArray[np.float32] | None]:
    """The nearest text of every entry worth a closer look."""
    near = whole = None
    chosen: set[int] = set()
    if views is not None and len(views) and index.meanings is not None:
        alike = index.meanings @ views.T
        whole, near = alike[:, 0], _greatest(alike)
        near[list(without)] = -1.0
        chosen.update(_top(near, _BY_MEANING), _top(whole, _BY_WHOLE))
    by_words = _BY_WORDS_ALONE if near is None else _BY_WORDS
    chosen.update(number for number in _top(covered, by_words) if covered[number] > 0)
    best: dict[int, Candidate] = {}
    for number in sorted(chosen - without):
        entry = index.texts[number].entry
        nearness = float(near[number]) if near is not None else 0.0
        found = Candidate(entry, number, nearness)
        held = best.get(entry)
        if held is None or _closeness(found, covered) > _closeness(held, covered):
            best[entry] = found
    return [best[entry] for entry in sorted(best)], near, whole


def _greatest(alike: NDArray[np.float32]) -> NDArray[np.float32]:
    """The greatest of each row; column by column, which is quicker than along so short a row."""
    found = alike[:, 0].copy()
    for column in range(1, alike.shape[1]):
        np.maximum(found, alike[:, column], out=found)
    return found


def _closeness(candidate: Candidate, covered: NDArray[np.float32]) -> float:
    return candidate.nearness + 0.5 * float(covered[candidate.number])


def _top(scores: NDArray[np.float32], most: int) -> list[int]:
    if len(scores) <= most:
        return list(range(len(scores)))
    return [int(number) for number in np.argpartition(-scores, most)[:most]]


def _by_meaning(
    index: Index,
    candidates: Sequence[Candidate],
    vectors: NDArray[np.floating],
    whole: NDArray[np.float32],
    without: Collection[int],
) -> Numbers:
    assert index.facets is not None
    stored = index.facets.at([candidate.number for candidate in candidates])
    facets = np.einsum("cfw,fw->cf", stored, vectors[0])[:, 1 : _FACETS + 1]
    nearest = np.array([_of_entry(index, c, vectors[:, 0], without) for c in candidates])
    wholes = np.array([float(whole[c.number]) for c in candidates])
    return np.column_stack([wholes, nearest, nearest - wholes, facets]).astype(np.float64)


def _of_entry(index: Index, candidate: Candidate, views: NDArray[np.floating], without: Collection[int]) -> float:
    """The nearness of the entry: of its nearest text, and for some part of the mean of all its texts."""
    mean = index.centroid(candidate.entry, without)
    if mean is None:
        return candidate.nearness
    return (1 - _ENTRYS_SHARE) * candidate.nearness + _ENTRYS_SHARE * float((views @ mean).max())


def _by_words(reading: Reading, text: Text, index: Index, covered: float) -> list[float]:
    asked = reading.best_readings
    mine = dict.fromkeys(text.keys)
    weights = {key: index.weight(index.spellings[key], key) for key in mine}
    total = sum(weights.values()) or 1.0
    known = sum(weight * asked.get(key, 0.0) for key, weight in weights.items()) / total
    other_numbers = bool(reading.numbers and text.numbers and not reading.numbers & text.numbers)
    negated = (not _NEGATIONS.isdisjoint(reading.spelt)) != (not _NEGATIONS.isdisjoint(text.words))
    return [
        float(covered),
        known,
        _product(index.gram_vector(reading.joined), index.gram_vector(text.joined)),
        float(other_numbers),
        float(negated),
        math.log((len(text.words) + 1) / (len(reading.spelt) + 1)),
        math.log(len(reading.spelt) + 1),
        math.log(len(reading.sentences) + 1),
    ]


def _product(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    small, large = (one, other) if len(one) < len(other) else (other, one)
    return sum(weight * large.get(gram, 0.0) for gram, weight in small.items())


def ranking_inputs(evidence: Evidence) -> Numbers:
    """What the rank weighs: the numbers, and how far each compared one lies behind the best candidate's."""
    behind = evidence.numbers[:, _compared(evidence.names)]
    return np.hstack([evidence.numbers, behind - behind.max(axis=0, keepdims=True)])


def ranking_names(meaning: bool) -> tuple[str, ...]:
    """The names of what the rank weighs, with or without an encoder."""
    return ranking_inputs_names(feature_names(meaning))


def ranking_inputs_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names of `ranking_inputs` for evidence of those names."""
    return (*names, *(f"behind_{names[column]}" for column in _compared(names)))


def confidence_inputs(evidence: Evidence, ranks: Numbers) -> Numbers:
    """What the confidence weighs: the numbers, the rank, the lead over the best other candidate, and that lead as far
    as it goes beyond noise."""
    compared = np.column_stack([evidence.numbers[:, _compared(evidence.names)], ranks])
    lead = _lead(compared)
    return np.hstack([evidence.numbers, ranks[:, None], lead, np.minimum(lead, _ENOUGH)])


_ENOUGH = 0.15


def confidence_names(meaning: bool) -> tuple[str, ...]:
    """The names of what the confidence weighs, with or without an encoder."""
    return confidence_inputs_names(feature_names(meaning))


def confidence_inputs_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names of `confidence_inputs` for evidence of those names."""
    compared = [*(names[column] for column in _compared(names)), "rank"]
    return (*names, "rank", *(f"lead_{name}" for name in compared), *(f"near_lead_{name}" for name in compared))


def _compared(names: Sequence[str]) -> list[int]:
    return [names.index(name) for name in _COMPARED if name in names]


def _lead(numbers: Numbers) -> Numbers:
    """Each candidate's number less the best other candidate's; for a single candidate twice what is enough."""
    if len(numbers) == 1:
        return np.full_like(numbers, 2 * _ENOUGH)
    ordered = np.sort(numbers, axis=0)
    first, second = ordered[-1], ordered[-2]
    return np.asarray(numbers - np.where(numbers == first, second, first))
