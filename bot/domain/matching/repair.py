"""Puts misspelt words right, with such care that no drug or condition becomes another.

A word is left alone when it is English, a medical name, or in the knowledge base. The limit of .85 is measured: at .74
a fifth of the drug names that a knowledge base lacks became another drug, at .85 none did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain.common_words import COMMON_WORDS, STOP_WORDS
from bot.domain.matching.language import Language
from bot.domain.spelling import Speller, opposite

LEAST_ALIKE = 0.85
"""Similarity (0-1: one minus edits by length) from which a word of the knowledge base may stand for another."""
_SHORTEST, _LONGEST = 5, 30
_SHORT_NAME, _BETWEEN_NAMES, _BETWEEN_LONG_NAMES = 10, 0.21, 0.1
"""How much nearer (similarity) one medical name must be than every other: "trazadol" is left to a person."""


class Repair:
    """Finds what a misspelt word stands for. Immutable; one for each knowledge base."""

    def __init__(self, vocabulary: Iterable[str], language: Language) -> None:
        self._language = language
        self._vocabulary = frozenset(vocabulary)
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self._vocabulary):
            if word.isalpha() and len(word) >= _SHORTEST:
                self._by_length[len(word)].append(word)
        self._parted = lru_cache(maxsize=20_000)(self._part)
        self._near = lru_cache(maxsize=20_000)(self._find)

    def knows(self, word: str) -> bool:
        """Whether the word is no misspelling: the knowledge base, English or medicine has it."""
        return word in self._vocabulary or word in COMMON_WORDS or self._language.knows(word)

    def near(self, word: str, least: float = LEAST_ALIKE) -> tuple[tuple[str, float], ...]:
        """(word of the knowledge base, similarity) for a misspelt word, best first; nothing for a known one."""
        return self._near(word, least)

    def _find(self, word: str, least: float) -> tuple[tuple[str, float], ...]:
        if not word.isalpha() or not _SHORTEST <= len(word) <= _LONGEST or self.knows(word):
            return ()
        found = sorted(self._find_all(word, least), key=lambda pair: (-pair[1], pair[0]))
        if found and self._name_near(word) >= found[0][1] - self._margin(found[0][0]):
            return ()  # it may as well be a name that the knowledge base does not have
        return tuple(found)

    def _margin(self, word: str) -> float:
        """How far ahead of other medical names a word must be: far where it is one itself."""
        if word not in self._language.names:
            return 1e-9
        return _BETWEEN_NAMES if len(word) <= _SHORT_NAME else _BETWEEN_LONG_NAMES

    def _find_all(self, word: str, least: float) -> list[tuple[str, float]]:
        reach = int(len(word) * (1 - least) / least) + 1
        return [
            (known, similarity)
            for length in range(len(word) - reach, len(word) + reach + 1)
            for known, similarity, _ in process.extract(
                word,
                self._by_length.get(length, ()),
                scorer=OSA.normalized_similarity,
                score_cutoff=_least(word, length, least),
                limit=4,
            )
            if not opposite(word, known) and (len(known) > 6 or known[0] == word[0])
        ]

    def _name_near(self, word: str) -> float:
        """How near (0-1) the nearest medical name is that the knowledge base does not have."""
        others = (name for name in self._language.names if abs(len(name) - len(word)) <= 3)
        found = process.extractOne(
            word, [name for name in others if name not in self._vocabulary], scorer=OSA.normalized_similarity
        )
        return float(found[1]) if found else 0.0

    def rather_a_name(self, word: str, least: float) -> bool:
        """Whether a medical name that the knowledge base lacks is as near to the word as any word of the base."""
        nearest = max((similarity for _, similarity in self._find_all(word, least)), default=0.0)
        name = self._name_near(word)
        return name >= least and name >= nearest - 1e-9

    def text(self, spelt: Sequence[str]) -> list[str]:
        """The words with every misspelling that has one plain cure put right, and run-together words parted."""
        return [mended for word in spelt for mended in self._mended(word)]

    def split(self, word: str) -> tuple[str, str] | None:
        """The two words that a third one runs together, one of them an everyday word; None for a word that is known."""
        return self._parted(word)

    def _part(self, word: str) -> tuple[str, str] | None:
        if not word.isalpha() or not _SHORTEST <= len(word) <= _LONGEST or self.knows(word):
            return None
        cuts = [(word[:cut], word[cut:]) for cut in range(2, len(word) - 1)]
        parts = [(one, two) for one, two in cuts if self._plain(one, two)]
        return max(parts, key=lambda pair: self._likelihood(*pair), default=None)

    def _plain(self, one: str, two: str) -> bool:
        """Whether both are words, and one of them a small or everyday one."""
        small = (one in STOP_WORDS and self.knows(two)) or (two in STOP_WORDS and self.knows(one))
        return small or (one in COMMON_WORDS and two in COMMON_WORDS)

    def _likelihood(self, one: str, two: str) -> float:
        return -self._language.rarity(one) - self._language.rarity(two)

    def _mended(self, word: str) -> tuple[str, ...]:
        near = self._near(word, LEAST_ALIKE)
        if near:
            return (near[0][0],)
        if not word.isalpha() or len(word) < 4 or self.knows(word):
            return (word,)
        return self._parted(word) or (_everyday_word(word),)


def _least(word: str, length: int, least: float) -> float:
    """One slip is always forgiven in five letters or more; beyond, the measured limit holds."""
    longest = max(len(word), length)
    return min(least, 1 - 1 / longest) - 1e-9


@lru_cache(maxsize=1)
def _everyday() -> Speller:
    """Everyday English, which holds no drug and no condition: one slip from four letters on."""
    return Speller((w for w in COMMON_WORDS if len(w) >= 4), lambda length: 0 if length < 4 else 1, never=())


@lru_cache(maxsize=20_000)
def _everyday_word(word: str) -> str:
    found = _everyday().near(word)
    if not found or (len(found) > 1 and found[0][1] == found[1][1]):
        return word
    return found[0][0]
