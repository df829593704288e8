"""One sentence of a message with the rules that hit in it, and how its words are meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.common_words import word_set
from bot.domain.scope.patterns import Hit, Sentence
from bot.domain.scope.rules import CONTEXTS, ScopeRule, ScopeRules
from bot.domain.scope.verdict import ALARMS, Level, Route

_NEGATORS = word_set(
    "no not never without isnt arent wasnt dont doesnt didnt havent hasnt hadnt aint nor neither denies zero"
)
_NOT_DENIALS = word_set(
    "know think understand want sure only idea better help longer stop stopping getting care matter going able "
    "working improving just wait like remember mean relief"
)
_NEW_SUBJECT = word_set("i im ive my me he she they his her now there its it the this we our only just")
_SCOPE = 8
"""Words a negation reaches over, at most."""
_SENTENCES_AFTER = 12
"""Sentences in which what was denied may be said after all: bounds the time of a 20,000-character message."""
_BEFORE_DENIED = word_set("any at all in been getting looking feeling showing a the my")
"""Words that may stand between a "not" inside a phrase and what it denies ("the wound is not at all red")."""


@dataclass(frozen=True)
class Found:
    """A rule that hit in a sentence."""

    route: Route
    rule: ScopeRule
    hit: Hit
    reading: Reading

    @property
    def clause(self) -> str:
        """The patient's words around the hit."""
        return self.reading.clause(self.hit)


class Compiled:
    """The rules with every phrase in one index. Immutable."""

    def __init__(self, rules: ScopeRules) -> None:
        self.owned = rules.owned()
        self.patterns = rules.patterns().ready()
        alarms = sum(route in ALARMS for route, _ in self.owned)
        self.alarms, self.plain = range(alarms), range(alarms, len(self.owned))

    def unless(self, number: int) -> int:
        """The owner number of a rule's `unless`."""
        return len(self.owned) + number

    def context(self, name: str) -> int:
        """The owner number of a context."""
        return 2 * len(self.owned) + CONTEXTS.index(name)


class Reading:
    """One sentence with what is found in it, looked up when asked for."""

    def __init__(self, sentence: Sentence, compiled: Compiled, number: int) -> None:
        self.sentence = sentence
        self.number = number
        self._compiled = compiled
        self._found: dict[int, Sequence[Hit]] = {}

    def _of(self, owner: int) -> Sequence[Hit]:
        if owner not in self._found:
            self._found[owner] = self._compiled.patterns.of(self.sentence, owner)
        return self._found[owner]

    def context(self, name: str) -> Sequence[Hit]:
        """Where the phrases of a context stand."""
        return self._of(self._compiled.context(name))

    def rules(self, owners: range) -> Iterator[Found]:
        """The rules among `owners` that hit and are not quieted by their own `unless`."""
        for number, hits in self._compiled.patterns.find(self.sentence, owners).items():
            quiet = self._of(self._compiled.unless(number))
            for hit in hits:
                if not any(self._share_clause(hit, other) for other in quiet):
                    yield Found(*self._compiled.owned[number], hit, self)

    def _clauses(self, hit: Hit) -> range:
        words = self.sentence.words
        return range(words[hit.start].clause, words[hit.end - 1].clause + 1)

    def _share_clause(self, one: Hit, other: Hit) -> bool:
        return not set(self._clauses(one)).isdisjoint(self._clauses(other))

    def clause(self, hit: Hit) -> str:
        """The patient's words around a hit: the clauses it stands in."""
        return ", ".join(self.sentence.clauses[number] for number in self._clauses(hit))

    def denied(self, found: Found, message: Sequence[Reading]) -> bool:
        """Whether a negation reaches over the hit: before it in its clause, or among its words and all that follows."""
        if self._denied_before(found.hit.start):
            return True
        return any(
            self._denied_closely(place, found.hit.start, found.hit.places)
            and not self._said_later(found, need, message)
            for place, need in zip(found.hit.places[1:], found.hit.needs[1:], strict=True)
        )

    def _denied_before(self, start: int) -> bool:
        words = self.sentence.words
        for position in range(start - 1, max(-1, start - 1 - _SCOPE), -1):
            if words[position].clause != words[start].clause:
                return False
            if words[position].text in _NEGATORS:
                return words[position + 1].text not in _NOT_DENIALS
            if words[position].text == "and" and words[position + 1].text in _NEW_SUBJECT:
                return False
            if words[position].text in {"only", "just", "except"}:
                return False
        return False

    def _denied_closely(self, place: int, start: int = -1, own: Sequence[int] = ()) -> bool:
        """Whether a "not" after `start`, none of the hit's `own` words, stands right before the word at `place`."""
        words = self.sentence.words
        for position in range(place - 1, start, -1):
            if words[position].clause != words[place].clause or position in own:
                return False
            if words[position].text in _NEGATORS:
                return True
            alternative = not {words[position].text, words[position + 1].text}.isdisjoint({"or", "nor"})
            if not alternative and words[position].text not in _BEFORE_DENIED:
                return False
        return False

    def _said_later(self, found: Found, need: frozenset[str], message: Sequence[Reading]) -> bool:
        """Whether what was denied, or another word for the same place, is said after all: "not red, but hot"."""
        if self._says(found, need, found.hit.end):
            return True
        here = self.number + 1
        return any(later._says(found, need, 0) for later in message[here : here + _SENTENCES_AFTER])

    def _says(self, found: Found, need: frozenset[str], start: int) -> bool:
        quiet = self._of(self._compiled.unless(found.hit.owner))
        return any(
            not word.keys.isdisjoint(need)
            and not self._denied_closely(position)
            and not any(other.start <= position < other.end for other in quiet)
            for position, word in enumerate(self.sentence.words[start:], start)
        )

    def educational(self, hit: Hit) -> bool:
        """Whether a general or "what if" question reaches over the hit, with no present complaint in between."""
        return any(
            other.start <= hit.start
            and not any(other.start < now.end and now.start <= hit.end for now in self.context("present"))
            for other in self.context("educational")
        )

    def level(self, found: Found, message: Sequence[Reading]) -> Level:
        """How far the words around a hit lower its alarm; cauda equina and suicide are never quite silenced."""
        route, rule, hit = found.route, found.rule, found.hit
        floor = Level.CHECK if rule.kind == "cauda_equina" or route is Route.CRISIS else Level.NONE
        if rule.negatable and self.denied(found, message):
            return Level.NONE
        if self.context("not_a_patient"):
            return Level.NONE
        if self.context("quoted"):
            return floor
        if self.context("past") and not any(other.context("present") for other in message):
            return floor
        if self.context("resolved") or self.educational(hit):
            return Level.CHECK
        return rule.level
