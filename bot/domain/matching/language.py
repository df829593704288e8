"""What the matcher knows of English beside the knowledge base: how common each word is, and which to leave alone."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

UNSEEN = 5_000
"""Occurrences assumed for a word that the frequency list does not have: rarer than nearly all that it has."""
PLAIN_RARITY = 6.0
"""Rarity below which a word tells nothing about the subject ("have", "what")."""


@dataclass(frozen=True, eq=False)
class Language:
    """Occurrences of English words in a large corpus, and the medical names that must never be taken for one another.

    Without a list (`counts` empty) every word is equally rare and no everyday word is repaired.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    total: int = 0

    @staticmethod
    def of(counts: Mapping[str, int], names: Collection[str] = frozenset()) -> Language:
        return Language(counts, frozenset(names), sum(counts.values()))

    def rarity(self, word: str) -> float:
        """Minus the natural logarithm of the word's share of all words: "the" 3, "pain" 9, "lupus" 13."""
        if not self.total:
            return 10.0
        seen = self.counts.get(word) or (self.counts.get(word[:-1]) if word.endswith("s") else None)
        return -math.log((seen or UNSEEN) / self.total)

    def by_length(self, length: int) -> list[str]:
        """The words with at most two letters more or fewer."""
        return [word for near in range(length - 2, length + 3) for word in self._lengths.get(near, ())]

    @cached_property
    def _lengths(self) -> dict[int, list[str]]:
        lengths: dict[int, list[str]] = defaultdict(list)
        for word in self.counts:
            lengths[len(word)].append(word)
        return lengths

    def telling(self, word: str) -> float:
        """How much (0 or more) the word tells about the subject, by its rarity alone."""
        return max(0.0, self.rarity(word) - PLAIN_RARITY)

    def near(self, word: str, least: float) -> bool:
        """Whether some English word is at least so alike (0-1: one minus edits by length)."""
        return _near(self, word, least)

    def knows(self, word: str) -> bool:
        """Whether it is a word of English or a medical name, so that it must not be repaired."""
        return word in self.counts or word in self.names


@lru_cache(maxsize=20_000)
def _near(language: Language, word: str, least: float) -> bool:
    found = process.extractOne(
        word, language.by_length(len(word)), scorer=OSA.normalized_similarity, score_cutoff=least
    )
    return found is not None
