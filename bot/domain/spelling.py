"""Finds the known words that an unknown word may be a misspelling of, and never touches a known one.

An index of shortened spellings (each known word with up to two letters taken out) finds neighbours without comparing
against the whole vocabulary; rapidfuzz then measures the real distance (optimal string alignment: a letter too many,
too few, wrong, or two swapped count one each).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.domain.common_words import COMMON_WORDS

_OPPOSITES = (("hypo", "hyper"), ("inter", "intra"), ("pre", "post"), ("ante", "anti"), ("micro", "macro"),
              ("in", "ex"), ("im", "ex"), ("under", "over"), ("endo", "exo"), ("brady", "tachy"))  # fmt: skip
_NEGATING = ("a", "an", "un", "in", "im", "ir", "il", "non", "dis", "anti", "de", "mis")


@lru_cache(maxsize=20_000)
def opposite(one: str, other: str) -> bool:
    """Whether the words differ by a prefix that turns the meaning round: hypo-/hyper-, in-/ex-, un-, a-, non-."""
    for left, right in _OPPOSITES:
        for first, second in ((one, other), (other, one)):
            if first.startswith(left) and second.startswith(right) and not second.startswith(left + right):
                rests = first[len(left) :], second[len(right) :]
                if min(map(len, rests)) >= 3 and OSA.distance(*rests) <= 1:
                    return True
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return len(shorter) >= 4 and any(longer == prefix + shorter for prefix in _NEGATING)


@lru_cache(maxsize=20_000)
def _shortened(word: str, letters: int) -> tuple[str, ...]:
    """The word, and what is left of it with up to `letters` letters taken out."""
    found = {word}
    latest = found
    for _ in range(letters):
        latest = {short[:i] + short[i + 1 :] for short in latest for i in range(len(short))}
        found = found | latest
    return tuple(found)


def careful(length: int) -> int:
    """Slips allowed in a word of `length` letters where a wrong repair would give a wrong answer (similarity >= .8)."""
    return 0 if length < 5 else 1 if length < 11 else 2


def generous(length: int) -> int:
    """Slips allowed where a missed alarm is worse than a false one."""
    return 0 if length < 4 else 1 if length < 9 else 2


class Speller:
    """Known words, ready to be found by their misspellings. Immutable."""

    def __init__(
        self,
        vocabulary: Iterable[str],
        slips: Callable[[int], int] = careful,
        never: Collection[str] = COMMON_WORDS,
    ) -> None:
        self._slips = slips
        self._never = never
        self._vocabulary = frozenset(vocabulary)
        self._index: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._vocabulary):
            if word.isalpha() and slips(len(word)):
                for short in _shortened(word, slips(len(word))):
                    self._index[short].append(word)

    def near(self, word: str) -> tuple[tuple[str, float], ...]:
        """(known word, similarity 0-1), best first; nothing for a word that is itself known or everyday English."""
        if word in self._vocabulary or word in self._never or not word.isalpha() or len(word) > 30:
            return ()
        slips = self._slips(len(word) + 1)
        if not slips:
            return ()
        candidates = {known for short in _shortened(word, slips) for known in self._index.get(short, ())}
        found = ((known, self._similarity(word, known)) for known in candidates)
        return tuple(sorted(((k, s) for k, s in found if s > 0), key=lambda pair: (-pair[1], pair[0])))

    def _similarity(self, word: str, known: str) -> float:
        allowed = self._slips(min(len(known), len(word) + 1))
        distance = OSA.distance(word, known, score_cutoff=allowed)
        if distance > allowed or opposite(word, known):
            return 0.0
        if len(known) < 6 and word[0] != known[0]:
            return 0.0
        return 1 - distance / max(len(word), len(known))
