"""Ranks entries for a question: the whole message and each of its sentences are looked at, the best view counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from bot.domain.knowledge import KnowledgeBase
from bot.domain.matching.calibration import EXACT, SUREST, Source, Trial
from bot.domain.matching.coefficients import Coefficients
from bot.domain.matching.features import Evidence, confidence_inputs, gather, ranking_inputs
from bot.domain.matching.index import Facets, Index, telling
from bot.domain.matching.language import Language
from bot.domain.matching.model import Weighing
from bot.domain.matching.reading import Reading, read, unknown_words
from bot.domain.matching.results import Alignment, Match, Ranking
from bot.domain.matching.vetoes import vetoes
from bot.domain.text import split_words

_MOST_MATCHES = 12
_LATEST = 32
"""Questions whose reading is kept: each is read for its views, and again for its rank."""
_FAR = 30.0
_MOST_QUESTIONS = 6
_SURELY_ASKED = 0.85
"""Confidence from which a sentence by itself asks for an entry."""
MORE_THAN_ONE = "the message asks more than one thing"

Vectors = NDArray[np.floating]


class Matcher:
    """An index over one knowledge base, and the weights. Immutable: a reload builds a new one.

    `facets` are those of `texts_of(knowledge)`; where the coefficients are for words alone they are not looked at.
    """

    def __init__(
        self,
        knowledge: KnowledgeBase,
        language: Language,
        coefficients: Coefficients,
        facets: Facets | None = None,
        confidence: Weighing | None = None,
    ) -> None:
        self.coefficients = coefficients
        self.index = Index(knowledge, language, facets if coefficients.meaning else None)
        self._confidence = confidence or coefficients.confidence
        self._read = lru_cache(maxsize=_LATEST)(partial(read, index=self.index))

    def weighing(self, confidence: Weighing) -> Matcher:
        """The same matcher with other weights for its confidence."""
        other = copy(self)
        other._confidence = confidence
        return other

    def views(self, text: str) -> tuple[str, ...]:
        """The texts whose facets `rank` wants, in this order; none without an encoder."""
        return self._read(text).views if self.coefficients.meaning else ()

    def rank(self, text: str, vectors: Vectors | None = None, top: int = 10) -> Ranking:
        """At most `top` entries for `text`, best first.

        `vectors` are the facets of `views(text)` (views x facets x width). Deterministic; never raises on any text.
        """
        reading = self._read(text)
        if not self._says_anything(reading):
            return Ranking()
        evidence, confidence = self.weigh(reading, vectors)
        if not evidence.candidates:
            return Ranking(unknown_words=unknown_words(reading))
        also = self._also_asked(reading, vectors, self._id(evidence, int(np.argmax(confidence))))
        exact = self._exact(reading)
        if exact is not None:
            confidence = _only(evidence, confidence, exact)
        order = sorted(range(len(evidence.candidates)), key=lambda n: (-confidence[n], self._id(evidence, n)))
        matches = [self._match(reading, evidence, confidence, n, vectors) for n in order[:_MOST_MATCHES]]
        if also and exact is None:
            matches = _both(matches, also)
        second = matches[1].confidence if len(matches) > 1 else 0.0
        return Ranking(tuple(matches[:top]), round(matches[0].confidence - second, 4), unknown_words(reading))

    def _says_anything(self, reading: Reading) -> bool:
        """Whether some word tells something in a language that the matcher can read."""
        return any(
            self.index.known(word.key) or self.index.repair.knows(word.word) or word.readings
            for word in reading.words
            if word.word in set(telling(reading.spelt))
        )

    def _exact(self, reading: Reading) -> int | None:
        """The entry whose own words the patient uses, typing errors aside; but no name that had to be repaired."""
        number = self.index.exact(reading.joined)
        if number is None:
            mended = self.index.repair.text(reading.spelt)
            if self.index.language.names.isdisjoint(set(mended) - set(reading.spelt)):
                number = self.index.exact(" ".join(mended))
        return None if number is None else self.index.texts[number].entry

    def weigh(
        self, reading: Reading, vectors: Vectors | None, without: Collection[int] = ()
    ) -> tuple[Evidence, NDArray[np.float64]]:
        """The evidence, and each candidate's confidence (0-1).

        The first by rank gets the model's; each other one that times the odds by which it ranks behind the first.
        """
        evidence = gather(reading, self.index, vectors, without)
        if not evidence.candidates:
            return evidence, np.zeros(0)
        ranks = self.coefficients.rank.score(ranking_inputs(evidence))
        confidence = self._confidence.probability(confidence_inputs(evidence, ranks))
        first = int(np.argmax(ranks))
        behind = np.exp(np.clip(ranks - ranks[first], -_FAR, 0.0))
        return evidence, np.asarray(min(confidence[first], SUREST) * behind, np.float64)

    def _also_asked(self, reading: Reading, vectors: Vectors | None, first: str) -> dict[str, float]:
        """Entries that another sentence of the message surely asks for, with their confidence."""
        if not 2 <= len(reading.asking) <= _MOST_QUESTIONS:
            return {}
        found: dict[str, float] = {}
        for sentence in reading.asking:
            part = read(sentence, self.index)
            view = " ".join(self.index.repair.text(split_words(sentence)))
            places = [reading.views.index(view)] if view in reading.views else []
            if not part.spelt or (vectors is not None and not places):
                continue
            evidence, confidence = self.weigh(part, None if vectors is None else vectors[places])
            if len(confidence) and float(confidence.max()) >= _SURELY_ASKED:
                found[self._id(evidence, int(np.argmax(confidence)))] = float(confidence.max())
        return {entry_id: sure for entry_id, sure in found.items() if entry_id != first}

    def trial(
        self,
        text: str,
        vectors: Vectors | None,
        right: Collection[str],
        source: Source,
        without: Collection[int] = (),
        group: str = "",
    ) -> tuple[Trial, str]:
        """What the matcher would do with a question whose right entries are known, and the first entry's id ("" for
        none). `without` are numbers of texts left out."""
        reading = self._read(text)
        evidence = gather(reading, self.index, vectors, without)
        if not evidence.candidates:
            return Trial(source, None, False, False, bool(right), group), ""
        ranks = self.coefficients.rank.score(ranking_inputs(evidence))
        first = int(np.argmax(ranks))
        candidate = evidence.candidates[first]
        entry_id = self.index.ids[candidate.entry]
        held = bool(vetoes(reading, candidate, self.index, vectors))
        inputs = confidence_inputs(evidence, ranks)[first]
        return Trial(source, inputs, entry_id in right, held, bool(right), group), entry_id

    def _id(self, evidence: Evidence, number: int) -> str:
        return self.index.ids[evidence.candidates[number].entry]

    def _match(
        self,
        reading: Reading,
        evidence: Evidence,
        confidence: NDArray[np.float64],
        number: int,
        vectors: Vectors | None,
    ) -> Match:
        candidate = evidence.candidates[number]
        text = self.index.texts[candidate.number]
        covered = [evidence.names.index(name) for name in ("asked_covered", "known_covered")]
        score = sum(float(evidence.numbers[number, column]) for column in covered) / len(covered)
        exact = confidence[number] >= EXACT
        return Match(
            entry_id=self.index.ids[candidate.entry],
            confidence=round(float(confidence[number]), 4),
            phrasing=text.text,
            score=round(score, 4),
            alignments=tuple(_alignments(reading, text.keys, self.index)),
            vetoes=() if exact else vetoes(reading, candidate, self.index, vectors),
        )


def _only(evidence: Evidence, confidence: NDArray[np.float64], entry: int) -> NDArray[np.float64]:
    """The entry's own words are certain, and the others as they were, below."""
    own = np.array([candidate.entry == entry for candidate in evidence.candidates])
    return np.where(own, EXACT, np.minimum(confidence, 0.9 * EXACT))


def _both(matches: list[Match], also: Mapping[str, float]) -> list[Match]:
    """The first match and those asked for besides, none of them as the answer: each is to be offered."""
    first = replace(matches[0], vetoes=(*matches[0].vetoes, MORE_THAN_ONE))
    besides = [
        replace(match, confidence=round(min(first.confidence, also[match.entry_id]), 4))
        for match in matches[1:]
        if match.entry_id in also
    ]
    rest = [match for match in matches[1:] if match.entry_id not in also]
    return [first, *sorted(besides, key=lambda match: -match.confidence), *rest]


def _alignments(reading: Reading, keys: Sequence[str], index: Index) -> list[Alignment]:
    found = []
    for word in reading.words:
        key = max((k for k in word.readings if k in keys), key=lambda k: word.readings[k], default=None)
        if key is not None:
            weight = round(word.weight / reading.weight, 3)
            found.append(Alignment(word.word, index.spellings[key], round(word.readings[key], 3), weight))
    return found
