"""The phrase language of scope.yaml: compiles a clinician's phrases and finds them in a patient's words.

A phrase is words in their order. Up to three other words may stand between two of them; `*` allows eight; `&` lets
the two sides stand in either order; `a|b` is either word; `a_b` is two words side by side; `<name>` is any member of
that named list; `-ending` is any word that ends so. Endings (bleed, bleeding) and slips of the keyboard are forgiven.
A phrase never reaches across a sentence's end or a "but"; a comma counts as two words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from bot.domain.common_words import COMMON_WORDS, STOP_WORDS
from bot.domain.spelling import Speller, generous
from bot.domain.text import clauses, split_sentences, split_words, stem

NEAR, FAR, COMMA = 3, 8, 2
MOST_WORDS, OVERLAP = 60, 12
"""A sentence without an end is read in pieces of so many words, each beginning that many before the last one's end."""
MOST_HITS = 4
"""Places looked at for one phrase in one sentence: where the first is denied, a later one may not be."""
MOST_UNKNOWN_WORDS = 300
"""Distinct unknown words of one message whose spelling is looked up: bounds the time of a 20,000-character message."""


_BUILT_IN = frozenset({"<number>", "<year>", "<rare>"})


class PatternError(ValueError):
    """A phrase that cannot be read; says which and why."""


@dataclass(frozen=True)
class _Item:
    """One place in a phrase: single words, and runs of words side by side (by their first), that may fill it."""

    single: frozenset[str]
    runs: Mapping[str, Sequence[tuple[str, ...]]]
    reach: int

    @property
    def needs(self) -> frozenset[str]:
        """The keys of which one must be in the sentence."""
        return self.single | self.runs.keys()

    def ends(self, words: Sequence[Word], start: int) -> Iterator[int]:
        """The position after each way of filling this place from `start`."""
        if not self.single.isdisjoint(words[start].keys):
            yield start + 1
        for first in words[start].keys if self.runs else ():
            for run in self.runs.get(first, ()):
                end = start + len(run)
                if end <= len(words) and all(key in words[start + i].keys for i, key in enumerate(run)):
                    yield end


class Word(NamedTuple):
    """A word of the message: `keys` are the known words it stands for, `place` counts commas as words too."""

    text: str
    keys: frozenset[str]
    clause: int
    place: int


@dataclass(frozen=True)
class Sentence:
    """A stretch that no phrase reaches out of: its words, the text of its clauses, where each key stands."""

    words: tuple[Word, ...]
    clauses: tuple[str, ...]
    asks: bool

    @cached_property
    def places(self) -> Mapping[str, Sequence[int]]:
        found: dict[str, list[int]] = {}
        for position, word in enumerate(self.words):
            for key in word.keys:
                found.setdefault(key, []).append(position)
        return found

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(self.places)


@dataclass(frozen=True)
class Hit:
    """A phrase found: its owner, and where in the sentence (end exclusive).

    `places` are where its own words begin, `needs` the keys each of them could have been.
    """

    owner: int
    start: int
    end: int
    places: tuple[int, ...]
    needs: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class _Phrase:
    """A compiled phrase; `needs` are the keys of which each place must find one."""

    owner: int
    items: tuple[_Item, ...]
    needs: tuple[frozenset[str], ...]

    def hits(self, sentence: Sentence) -> Iterator[Hit]:
        """Every way the phrase stands in the sentence: its first word found, each next within its reach of the last."""
        if any(need.isdisjoint(sentence.keys) for need in self.needs):
            return
        for start in sorted({at for key in self.needs[0] for at in sentence.places.get(key, ())}):
            for end in self.items[0].ends(sentence.words, start):
                for places, last in _rest(self.items, 1, sentence.words, end):
                    yield Hit(self.owner, start, last, (start, *places), self.needs)


class Patterns:
    """Phrases of many owners (given by number), compiled once. Immutable."""

    def __init__(
        self, phrases: Iterable[tuple[int, str]], groups: Mapping[str, Iterable[str]], known_words: Iterable[str] = ()
    ) -> None:
        self._groups = {name: tuple(members) for name, members in groups.items()}
        self._endings: dict[str, str] = {}
        self._spellings: dict[str, set[str]] = defaultdict(set)
        self._by_owner: dict[int, list[_Phrase]] = defaultdict(list)
        self._anchors: dict[str, list[_Phrase]] = defaultdict(list)
        for owner, phrase in phrases:
            for items in self._compile(phrase):
                self._add(owner, items)
        self._tails = tuple(self._endings)
        self._known_words = frozenset(known_words) | frozenset(self._spellings)

    def _add(self, owner: int, items: tuple[_Item, ...]) -> None:
        needs = tuple(item.needs for item in items)
        phrase = _Phrase(owner, items, needs)
        self._by_owner[owner].append(phrase)
        for key in min(needs, key=_commonness):
            self._anchors[key].append(phrase)

    def ready(self) -> Patterns:
        """The same, with what the first message would otherwise wait for already built."""
        assert self._speller
        return self

    @cached_property
    def _speller(self) -> Speller:
        return Speller(self._spellings, generous, COMMON_WORDS | self._known_words)

    def _compile(self, phrase: str) -> Iterator[tuple[_Item, ...]]:
        sides: list[list[_Item]] = [[]]
        reach = NEAR
        joined = False
        for token in phrase.lower().split():
            if token == "*":
                reach = FAR
            elif token == "&":
                joined = True
            else:
                item = self._item(token, reach, phrase)
                sides = _extend(sides, item, joined)
                reach, joined = NEAR, False
        if reach != NEAR or joined or not sides[0]:
            raise PatternError(f"phrase {phrase!r} must not be empty or end in * or &")
        yield from (tuple(side) for side in sides)

    def _item(self, token: str, reach: int, phrase: str) -> _Item:
        single: set[str] = set()
        runs: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for alternative in token.split("|"):
            for member in self._members(alternative, phrase):
                keys = self._keys(member, phrase)
                if len(keys) == 1:
                    single.add(keys[0])
                else:
                    runs[keys[0]].append(keys)
        return _Item(frozenset(single), dict(runs), reach)

    def _members(self, alternative: str, phrase: str) -> tuple[str, ...]:
        if not re.fullmatch(r"<\w+>", alternative) or alternative in _BUILT_IN:
            return (alternative,)
        if alternative[1:-1] not in self._groups:
            raise PatternError(f"phrase {phrase!r} names the list {alternative}, which is not under `groups`")
        return self._groups[alternative[1:-1]]

    def _keys(self, member: str, phrase: str) -> tuple[str, ...]:
        if member.startswith("-"):
            self._endings[member[1:]] = member
            return (member,)
        keys: list[str] = []
        for part in re.split(r"(<\w+>)", member.lower()):
            if part in _BUILT_IN:
                keys.append(part)
                continue
            for word in split_words(part.replace("_", " ")):
                self._spellings[word].add(stem(word))
                keys.append(stem(word))
        if not keys:
            raise PatternError(f"phrase {phrase!r} holds {member!r}, which is no word")
        return tuple(keys)

    def read(self, normalised: str) -> list[Sentence]:
        """The sentences of a normalised message, each word with the known words it stands for."""
        known: dict[str, frozenset[str]] = {}
        return [
            Sentence(piece, tuple(stretch), text.endswith("?"))
            for text in split_sentences(normalised)
            for stretch in _stretches(text)
            for piece in _pieces(self._words(stretch, known))
        ]

    def _words(self, stretch: Sequence[str], known: dict[str, frozenset[str]]) -> list[Word]:
        placed: list[Word] = []
        place = 0
        for number, clause in enumerate(stretch):
            for word in split_words(clause):
                if (keys := known.get(word)) is None:
                    keys = known[word] = self._known(word, len(known) <= MOST_UNKNOWN_WORDS)
                placed.append(Word(word, keys, number, place))
                place += 1
            place += COMMA
        return placed

    def _known(self, word: str, mend: bool) -> frozenset[str]:
        keys = {stem(word)}
        if word[0].isdigit():
            keys.add("<number>")
            keys.update({"<year>"} if len(word) == 4 and word[:2] in {"19", "20"} else ())
        elif mend:
            for spelling, _ in self._speller.near(word):
                keys |= self._spellings[spelling]
        if (
            word not in COMMON_WORDS
            and word not in self._known_words
            and word.isalpha()
            and len(keys) == 1
            and len(word) > 4
        ):
            keys.add("<rare>")
        if word.endswith(self._tails):
            keys.update(mark for ending, mark in self._endings.items() if word.endswith(ending))
        return frozenset(keys)

    def find(self, sentence: Sentence, owners: range) -> dict[int, list[Hit]]:
        """The phrases of `owners` that stand in the sentence, each in its first few places, by owner."""
        near = {
            id(phrase): phrase
            for key in sentence.keys
            for phrase in self._anchors.get(key, ())
            if phrase.owner in owners
        }
        found: dict[int, list[Hit]] = {}
        for phrase in near.values():
            if hits := list(islice(phrase.hits(sentence), MOST_HITS)):
                found.setdefault(phrase.owner, []).extend(hits)
        return {owner: sorted(hits, key=lambda hit: (hit.start, hit.end)) for owner, hits in sorted(found.items())}

    def of(self, sentence: Sentence, owner: int) -> list[Hit]:
        """The phrases of one owner that stand in the sentence."""
        firsts = (next(phrase.hits(sentence), None) for phrase in self._by_owner.get(owner, ()))
        return [hit for hit in firsts if hit]


def _extend(sides: list[list[_Item]], item: _Item, joined: bool) -> list[list[_Item]]:
    if not joined:
        return [[*side, item] for side in sides]
    swapped = [[*side[:-1], replace(item, reach=side[-1].reach), replace(side[-1], reach=item.reach)] for side in sides]
    return [[*side, item] for side in sides] + swapped


def _stretches(sentence: str) -> Iterator[list[str]]:
    """Clauses in groups that a phrase may span: all of a sentence's but for a "but"."""
    for stretch in sentence.replace(" however ", " but ").replace(" although ", " but ").split(" but "):
        if found := clauses(stretch):
            yield found


def _pieces(words: list[Word]) -> Iterator[tuple[Word, ...]]:
    for start in range(0, max(1, len(words) - OVERLAP), MOST_WORDS - OVERLAP):
        if piece := tuple(words[start : start + MOST_WORDS]):
            yield piece


def _commonness(keys: frozenset[str]) -> tuple[int, int]:
    return sum(2 if key in STOP_WORDS else 1 for key in keys if key in COMMON_WORDS), len(keys)


def _rest(
    items: tuple[_Item, ...], number: int, words: Sequence[Word], end: int
) -> Iterator[tuple[tuple[int, ...], int]]:
    """Every way to fill the places from `number` on: where each begins, and the position after the last."""
    if number == len(items):
        yield (), end
        return
    item = items[number]
    limit = words[end - 1].place + 1 + item.reach
    for start in range(end, len(words)):
        if words[start].place > limit:
            return
        for after in item.ends(words, start):
            for places, last in _rest(items, number + 1, words, after):
                yield (start, *places), last
