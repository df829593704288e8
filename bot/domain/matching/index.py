"""The knowledge base's texts, made ready once: each word's weight, where it stands, and what each text means."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, pairwise
from sys import intern
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.domain.common_words import STOP_WORDS, word_set
from bot.domain.knowledge import KnowledgeBase
from bot.domain.matching.kinds import Kind, kinds
from bot.domain.matching.language import Language
from bot.domain.matching.repair import Repair
from bot.domain.matching.subjects import GRADED, NUMERALS
from bot.domain.text import stem, words


class Facets(Protocol):
    """What the encoder says of texts, in their order: unit vectors, several of each; facet 0 is the whole's meaning."""

    def __len__(self) -> int: ...

    @property
    def meanings(self) -> NDArray[np.float32]:
        """Facet 0 of every text: texts x width."""
        ...

    def at(self, numbers: Sequence[int]) -> NDArray[np.float32]:
        """All facets of a few texts: texts x facets x width."""
        ...


_TURNS = word_set("before after during without again")
"""Small words that turn a question round: kept for alignment, though they are stop words."""
_CORPUS, _ENGLISH, _FLOOR = 0.5, 0.35, 0.05
"""What rarity among the entries and rarity in English add to a word's weight, and the least a word weighs."""
_TOO_MANY = 0.2
"""A word in more than this share of the texts proposes no candidate."""
_CENTROID_FROM = 3
"""Texts from which the mean of an entry's texts says more than any one of them."""


@dataclass(frozen=True)
class Text:
    """One text of an entry: its words in order, and the stems of those."""

    entry: int
    text: str
    words: tuple[str, ...]
    keys: tuple[str, ...]

    @cached_property
    def kinds(self) -> frozenset[Kind]:
        return kinds(self.words)

    @cached_property
    def numbers(self) -> frozenset[str]:
        return numbers_in(self.words)

    @cached_property
    def joined(self) -> str:
        return " ".join(self.words)


def numbers_in(spelt: Sequence[str]) -> frozenset[str]:
    """The figures among the words, and the Roman numerals behind "stage", "type" and the like."""
    figures = {word for word in spelt if word[0].isdigit()}
    return frozenset(figures | {NUMERALS[w] for graded, w in pairwise(spelt) if graded in GRADED and w in NUMERALS})


def texts_of(knowledge: KnowledgeBase) -> list[str]:
    """Every text an index of `knowledge` needs the facets of, in the index's order: own texts, then decoys."""
    entries = knowledge.entries.values()
    own = [text for entry in entries for text in entry.texts]
    return own + [text for entry in entries for text in entry.must_not_match]


class Index:
    """Everything about the knowledge base that a question needs. Immutable once built.

    `facets` belongs to `texts_of(knowledge)`, row by row; None without an encoder.
    """

    def __init__(self, knowledge: KnowledgeBase, language: Language, facets: Facets | None) -> None:
        self.language = language
        self.ids = list(knowledge.entries)
        self.texts: list[Text] = []
        self.of_entry: list[range] = []
        self.decoys: dict[int, list[tuple[Text, int]]] = defaultdict(list)
        self.spellings: dict[str, str] = {}
        for number, entry in enumerate(knowledge.entries.values()):
            first = len(self.texts)
            self.texts.extend(self._read(number, text) for text in entry.texts)
            self.of_entry.append(range(first, len(self.texts)))
        row = len(self.texts)
        for number, entry in enumerate(knowledge.entries.values()):
            for text in entry.must_not_match:
                self.decoys[number].append((self._read(number, text), row))
                row += 1
        if facets is not None and len(facets) != row:
            raise ValueError(f"{len(facets)} rows of facets for {row} texts")
        self.facets = facets
        self._answers = [entry.answer for entry in knowledge.entries.values()]
        self._decoy_words = {word for texts in self.decoys.values() for text, _ in texts for word in text.words}
        self._count()
        self._means(facets)
        self.repair = Repair({*self.spellings.values(), *self._decoy_words}, language)

    def _read(self, entry: int, text: str) -> Text:
        spelt = tuple(map(intern, words(text)))  # the same words come again and again: each is kept once
        return Text(entry, text, spelt, tuple(intern(stem(word)) for word in spelt))

    def exact(self, joined: str) -> int | None:
        """The number of the text that has just these words, where all such are of one entry."""
        return self._exact.get(joined)

    def _count(self) -> None:
        """Postings by stem, and the weight of each stem."""
        places: dict[str, list[int]] = defaultdict(list)
        for number, text in enumerate(self.texts):
            for word, key in zip(text.words, text.keys, strict=True):
                self.spellings.setdefault(key, word)
            for key in set(text.keys):
                places[key].append(number)
        self._exact: dict[str, int] = {}
        shared: set[str] = set()
        for number, text in enumerate(self.texts):
            held = self._exact.setdefault(text.joined, number)
            if self.texts[held].entry != text.entry:
                shared.add(text.joined)
        for joined in shared:
            del self._exact[joined]
        self._postings = {key: np.array(found, np.int32) for key, found in places.items()}
        self._weights = {key: self._weigh(self.spellings[key], len(found)) for key, found in places.items()}
        self._count_grams(Counter(word for text in self.texts for word in text.words))

    def _count_grams(self, spread: Mapping[str, int]) -> None:
        """How telling each group of letters is, from how often each word stands in the texts."""
        found: dict[str, int] = defaultdict(int)
        for word, times in spread.items():
            for gram in _word_grams(word):
                found[gram] += times
        most = len(self.texts) + 1
        self._gram_weights = {gram: math.log(most / (times + 0.5)) for gram, times in found.items()}
        self._new_gram = math.log(most / 0.5)

    def _weigh(self, word: str, spread: int) -> float:
        among_texts = math.log((len(self.texts) + 1) / (spread + 0.5))
        return _CORPUS * max(0.0, among_texts) + _ENGLISH * self.language.telling(word) + _FLOOR

    def _means(self, facets: Facets | None) -> None:
        """The meaning of every text, and of every entry as the mean of its texts."""
        self.meanings: NDArray[np.float32] | None = None
        self._centroids: dict[int, NDArray[np.float32]] = {}
        if facets is None:
            return
        self.meanings = facets.meanings[: len(self.texts)]
        for number, rows in enumerate(self.of_entry):
            if len(rows) >= _CENTROID_FROM:
                self._centroids[number] = self.meanings[rows.start : rows.stop].sum(axis=0)

    def known(self, key: str) -> bool:
        """Whether some entry's text has the stem."""
        return key in self._postings

    def weight(self, word: str, key: str) -> float:
        """How much a word tells: rare among the texts and rare in English weighs most."""
        found = self._weights.get(key)
        return self._weigh(word, 0) if found is None else found

    def postings(self, key: str) -> NDArray[np.int32]:
        """The numbers of the texts that have the stem."""
        return self._postings[key]

    def proposes(self, key: str) -> bool:
        """Whether so few texts have the stem that it is worth looking at each of them."""
        return len(self._postings[key]) <= max(50, _TOO_MANY * len(self.texts))

    def said_in(self, entry: int) -> frozenset[str]:
        """The stems of an entry's texts."""
        return self._said(entry)

    @lru_cache(maxsize=4096)  # noqa: B019 # one index lives as long as its knowledge base
    def _said(self, entry: int) -> frozenset[str]:
        return frozenset(key for number in self.of_entry[entry] for key in self.texts[number].keys)

    @lru_cache(maxsize=4096)  # noqa: B019 # the same
    def answered_in(self, entry: int) -> frozenset[str]:
        """The stems of an entry's answer."""
        return frozenset(stem(word) for word in words(self._answers[entry]))

    def centroid(self, entry: int, without: Collection[int]) -> NDArray[np.float32] | None:
        """The mean meaning of an entry's texts but those in `without`, of length 1; None for too few texts."""
        total = self._centroids.get(entry)
        if total is None or self.meanings is None:
            return None
        left_out = [number for number in self.of_entry[entry] if number in without]
        mean = total - self.meanings[left_out].sum(axis=0) if left_out else total
        return np.asarray(mean / (np.linalg.norm(mean) or 1.0), np.float32)

    @lru_cache(maxsize=4096)  # noqa: B019 # the same
    def gram_vector(self, joined: str) -> Mapping[str, float]:
        """The text's groups of letters, weighed by how few texts have them; of length 1, unknown groups included."""
        known, new = self._gram_weights, self._new_gram
        found = Counter(chain.from_iterable(map(_word_grams, joined.split())))
        weights = {gram: known.get(gram, new) * (1 if n == 1 else 1 + math.log(n)) for gram, n in found.items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {gram: weight / length for gram, weight in weights.items()}


@lru_cache(maxsize=8_192)
def _word_grams(word: str) -> tuple[str, ...]:
    """Groups of three and four letters within the word, its ends marked."""
    marked = f" {word} "
    return tuple(marked[at : at + length] for length in (3, 4) for at in range(len(marked) - length + 1))


def telling(spelt: Sequence[str]) -> list[str]:
    """The words that carry a subject, in order."""
    return [word for word in spelt if word not in STOP_WORDS or word in _TURNS]
