"""Reads a question as the matcher does: its words with what each may stand for, and the texts to encode of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.domain.matching.index import Index, numbers_in, telling
from bot.domain.matching.kinds import Kind, kinds
from bot.domain.text import asks_something, normalise, split_sentences, split_words, stem

MOST_CHARACTERS = 4_000
_MOST_SENTENCES = 8
_MOST_WORDS = 120


@dataclass(frozen=True)
class Word:
    """An asked word: the known stems it may stand for with their similarity (0-1), and how much it tells."""

    word: str
    key: str
    readings: Mapping[str, float]
    weight: float

    @property
    def unknown(self) -> bool:
        return not self.readings


@dataclass(frozen=True)
class Reading:
    """A question as read. `views` are the texts to encode: first the whole, then its sentences, those that ask first.

    `words` has each stem once, in the order of the text; `weight` is the sum of their weights.
    """

    spelt: tuple[str, ...]
    words: tuple[Word, ...]
    sentences: tuple[str, ...]
    views: tuple[str, ...]

    @cached_property
    def weight(self) -> float:
        return sum(word.weight for word in self.words) or 1.0

    @cached_property
    def asking(self) -> tuple[str, ...]:
        """The sentences that put a question, normalised."""
        return tuple(sentence for sentence in self.sentences if asks_something(sentence))

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The words of the sentences that ask; all words where none does."""
        return tuple(word for sentence in self.asking for word in split_words(sentence)) or self.spelt

    @cached_property
    def kinds(self) -> frozenset[Kind]:
        return kinds([word for sentence in self.asking or self.sentences for word in split_words(sentence)])

    @cached_property
    def numbers(self) -> frozenset[str]:
        return numbers_in(self.asked)

    @cached_property
    def joined(self) -> str:
        return " ".join(self.spelt)

    @cached_property
    def best_readings(self) -> Mapping[str, float]:
        """Every known stem that some word may stand for, with its best similarity."""
        best: dict[str, float] = {}
        for word in self.words:
            for key, similarity in word.readings.items():
                best[key] = max(best.get(key, 0.0), similarity)
        return best


def read(text: str, index: Index) -> Reading:
    """A question's first 4,000 characters as the index reads them. Never raises on any text."""
    normalised = normalise(text[:MOST_CHARACTERS])
    spelt = _parted(split_words(normalised)[:_MOST_WORDS], index)
    sentences = tuple(split_sentences(normalised))
    found: dict[str, Word] = {}
    for word in spelt:
        key = stem(word)
        if key not in found:
            readings = _readings(word, key, index)
            weight = max((index.weight(word, known) for known in readings), default=index.weight(word, key))
            found[key] = Word(word, key, readings, weight)
    return Reading(tuple(spelt), tuple(found.values()), sentences, _views(text, spelt, sentences, index))


def _parted(spelt: Sequence[str], index: Index) -> list[str]:
    """The words, run-together ones parted."""
    return [part for word in spelt for part in (index.repair.split(word) or (word,))]


def _readings(word: str, key: str, index: Index) -> dict[str, float]:
    if index.known(key):
        return {key: 1.0}
    best: dict[str, float] = {}
    for known, similarity in index.repair.near(word):
        key = stem(known)
        if index.known(key):
            best[key] = max(best.get(key, 0.0), similarity)
    return best


def _views(text: str, spelt: Sequence[str], sentences: Sequence[str], index: Index) -> tuple[str, ...]:
    whole = text[:MOST_CHARACTERS].strip()
    if not spelt:
        return ()
    mended = index.repair.text(spelt)
    views = [whole]
    if mended != split_words(normalise(whole))[:_MOST_WORDS]:
        views.append(" ".join(mended))
    if len(sentences) > 1:
        asking = sorted(sentences[: 4 * _MOST_SENTENCES], key=lambda sentence: not asks_something(sentence))
        views += [" ".join(index.repair.text(split_words(sentence))) for sentence in asking[:_MOST_SENTENCES]]
    return tuple(dict.fromkeys(views))


def unknown_words(reading: Reading) -> tuple[str, ...]:
    """The asked words that tell something and that no entry has."""
    carried = set(telling(reading.spelt))
    return tuple(word.word for word in reading.words if word.unknown and word.word in carried)
