"""The knowledge base's words, counted once: where each stands, how much it tells, what it may be a slip of."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.domain.common_words import COMMON_WORDS, STOP_WORDS, word_set
from bot.domain.knowledge import KnowledgeBase
from bot.domain.matching.kinds import Kind, kinds
from bot.domain.spelling import Speller
from bot.domain.text import stem, words

_TURNS = word_set("before after during without again")
"""Small words that turn a question round: kept, though they are stop words."""
_SUBJECTS = word_set(
    "lung heart neck knee knees hip shoulder ankle wrist elbow foot feet hand hands brain skin eye eyes ear ears tooth "
    "teeth tongue throat stomach belly breast rib ribs leg legs arm arms head jaw liver kidney bladder bowel chest "
    "pregnant pregnancy baby child children cancer diabetes alcohol sex sexual smoke smoking smoker drive driving fly "
    "flying plane swim swimming run running shower bath sleep sleeping sit sitting work weight diet massage "
    "insurance cough flu cold fever depressed travel dog cat gym dance horse bike bus dental dentist"
)
"""Everyday words that are nevertheless what a question is about."""
_RARE, _EVERYDAY, _ASIDE, _TURN = 1.0, 0.6, 0.3, 0.25
"""Weights by rank in English; `_ASIDE` is an everyday word that the knowledge base does not have."""
_TELLS_MOST = 0.75
_LONG_LIST = 400
"""A word in more texts than this proposes no candidate while a rarer one does."""


@dataclass(frozen=True)
class Text:
    """One text of an entry, or one that must not match it (a decoy): stems in order, and what it asks.

    `apart` holds the stems of a decoy that no text of its entry has.
    """

    entry_id: str
    text: str
    words: tuple[str, ...]
    keys: tuple[str, ...]
    kinds: frozenset[Kind]
    decoy: bool
    everything: frozenset[str]
    apart: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reading:
    """An asked word: the known stems it may stand for with their similarity (0-1), and its weight (0-1)."""

    word: str
    readings: Mapping[str, float]
    weight: float
    subject: bool

    @property
    def unknown(self) -> bool:
        return not self.readings


def unknown_share(readings: Sequence[Reading]) -> float:
    """How much (0-1) of what is said is about subjects that no text of the knowledge base has."""
    unknown = sum(reading.weight for reading in readings if reading.unknown and reading.subject)
    return unknown / (sum(reading.weight for reading in readings) or 1.0)


def telling(spelt: Iterable[str]) -> list[str]:
    """The words that carry a subject, in order."""
    return [word for word in spelt if word not in STOP_WORDS or word in _TURNS]


class Index:
    """Everything about the knowledge base's words that a question needs. Immutable once built."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.texts: list[Text] = []
        self.entry_keys: dict[str, set[str]] = {}
        self.answer_keys: dict[str, frozenset[str]] = {}
        self.by_entry: dict[str, list[int]] = defaultdict(list)
        self._postings: dict[str, list[int]] = defaultdict(list)
        self._spellings: dict[str, str] = {}
        self._raw: dict[str, str] = {}
        for entry in knowledge.entries.values():
            self.answer_keys[entry.id] = frozenset(stem(word) for word in words(entry.answer))
            self.entry_keys[entry.id] = set()
            for text in entry.texts:
                self._add(entry.id, text, decoy=False)
            for text in entry.must_not_match:
                self._add(entry.id, text, decoy=True)
        self._entries = max(1, len(self.entry_keys))
        self._spread = {key: sum(key in keys for keys in self.entry_keys.values()) for key in self._postings}
        self._weights = {key: self._known_weight(key) for key in self._postings}
        self._speller = Speller(self._spellings, never=COMMON_WORDS)

    def _add(self, entry_id: str, text: str, decoy: bool) -> None:
        spelt = words(text)
        carried = telling(spelt)
        keys = tuple(stem(word) for word in carried)
        number = len(self.texts)
        apart = frozenset(keys) - self.entry_keys[entry_id] if decoy else frozenset()
        self.texts.append(Text(entry_id, text, tuple(carried), keys, kinds(spelt), decoy, frozenset(spelt), apart))
        self.by_entry[entry_id].append(number)
        for word, key in zip(carried, keys, strict=True):
            self._spellings[word] = key
            self._raw.setdefault(key, word)
        for key in set(keys):
            self._postings[key].append(number)
        if not decoy:
            self.entry_keys[entry_id].update(keys)

    def _known_weight(self, key: str) -> float:
        word = self._raw[key]
        spread = max(self._spread[key], 1)
        rarity = math.log((self._entries + 1) / spread) / math.log(self._entries + 1)
        return _tier(word) * (0.3 + 0.7 * min(1.0, rarity))

    def weight(self, key: str) -> float:
        """How much a known stem tells, 0-1: rare in English and rare across entries weighs most."""
        return self._weights[key]

    def word(self, key: str) -> str:
        """A word as the knowledge base spells it, for a stem."""
        return self._raw[key]

    def read(self, spelt: Sequence[str]) -> list[Reading]:
        """The telling words of a question, each with what it may stand for."""
        return [self._read(word) for word in telling(spelt)]

    def _read(self, word: str) -> Reading:
        key = stem(word)
        if key in self._postings:
            return Reading(word, {key: 1.0}, self._weights[key], _is_subject(word))
        slips = self._speller.near(word)
        if slips:
            best: dict[str, float] = {}
            for spelling, similarity in slips:
                key = self._spellings[spelling]
                best[key] = max(best.get(key, 0.0), similarity)
            return Reading(word, best, max(self._weights[key] for key in best), True)
        subject = _is_subject(word) and not (word not in COMMON_WORDS and _everyday().near(word))
        return Reading(word, {}, _RARE if subject else _ASIDE, subject)

    def foreign(self, reading: Reading) -> bool:
        """Whether a subject is asked about in no entry: answers may mention it, or texts that must not match."""
        return reading.subject and not any(self._spread[key] for key in reading.readings)

    def said_by(self, entry_id: str, key: str) -> bool:
        """Whether an entry speaks of a known stem: in its texts, or, for a word that tells less, in its answer."""
        if key in self.entry_keys[entry_id]:
            return True
        return key in self.answer_keys[entry_id] and self._weights[key] < _TELLS_MOST

    def candidates(self, asked: Sequence[Reading], most: int = 60) -> list[int]:
        """The texts that share the heaviest words with the question, best first, at most `most`."""
        scores: dict[int, float] = defaultdict(float)
        ordered = sorted(
            ((key, similarity) for reading in asked for key, similarity in reading.readings.items()),
            key=lambda pair: len(self._postings[pair[0]]),
        )
        for key, similarity in ordered:
            if len(self._postings[key]) > _LONG_LIST and len(scores) >= most:
                continue
            gain = self._weights[key] * similarity
            for number in self._postings[key]:
                scores[number] += gain
        return sorted(scores, key=lambda number: (-scores[number], number))[:most]


@cache
def _everyday() -> Speller:
    """Finds misspelt everyday words, which are no subject either."""
    return Speller((word for word in COMMON_WORDS if len(word) >= 5), never=())


def _is_subject(word: str) -> bool:
    return word in _SUBJECTS or not (word in COMMON_WORDS or word.isdigit())


def _tier(word: str) -> float:
    if word in _TURNS:
        return _TURN
    return _RARE if _is_subject(word) else _EVERYDAY
