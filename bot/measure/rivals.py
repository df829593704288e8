"""Other ways to find the nearest text, timed beside ours: rapidfuzz's two usual scorers over all texts, and BM25."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from rapidfuzz import fuzz, process

from bot.domain.text import words

Find = Callable[[str], int]
"""The number of the nearest text; -1 for none."""
_FREQUENT, _LONG = 1.2, 0.75
"""BM25's usual k1 and b."""


def rivals(texts: Sequence[str]) -> Mapping[str, Find]:
    """Each by its name, ready to be asked."""
    return {
        "WRatio": lambda question: _nearest(question, texts, fuzz.WRatio),
        "token_set_ratio": lambda question: _nearest(question, texts, fuzz.token_set_ratio),
        "BM25": BestMatching(texts).find,
    }


def _nearest(question: str, texts: Sequence[str], scorer: Callable[..., float]) -> int:
    found = process.extractOne(question, texts, scorer=scorer)
    return found[2] if found else -1


class BestMatching:
    """BM25 (Robertson and others, 1994) with every word's share of every text's score worked out beforehand."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(words(text)) for text in texts]
        lengths = np.array([found.total() for found in counts], np.float32)
        places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, found in enumerate(counts):
            for word, times in found.items():
                places[word].append((number, times))
        burden = _FREQUENT * (1 - _LONG + _LONG * lengths / (lengths.mean() or 1.0))
        self._texts = len(texts)
        self._shares = {word: self._share(np.array(found, np.int32), burden) for word, found in places.items()}

    def _share(self, found: np.ndarray, burden: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        numbers, times = found[:, 0], found[:, 1].astype(np.float32)
        rarity = math.log(1 + (self._texts - len(numbers) + 0.5) / (len(numbers) + 0.5))
        return numbers, np.float32(rarity * (_FREQUENT + 1)) * times / (times + burden[numbers])

    def find(self, question: str) -> int:
        """The number of the text with the best score; -1 where no word is known."""
        scores = np.zeros(self._texts, np.float32)
        for word in words(question):
            if word in self._shares:
                numbers, share = self._shares[word]
                scores[numbers] += share
        best = int(np.argmax(scores)) if len(scores) else -1
        return best if best >= 0 and scores[best] > 0 else -1
