"""The scope guard: which route a patient's words take, decided before any matching."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.scope.reading import Compiled, Found, Reading
from bot.domain.scope.rules import ScopeRules
from bot.domain.scope.verdict import Level, Route, Verdict
from bot.domain.text import asks_something, normalise

_URGENCY = {route: place for place, route in enumerate(Route)}
_MOST_CHAT_WORDS, _MOST_OTHER_WORDS = 40, 8
"""Words of a message that is mere chat: at most so many in all, and so many beside greeting and thanks."""


@dataclass(frozen=True)
class _Alarm:
    found: Found
    level: Level

    @property
    def rank(self) -> tuple[bool, int, bool]:
        """Plain before possible, then the most urgent route, then the one with a notice of its own."""
        return self.level is Level.PAGE, -_URGENCY[self.found.route], bool(self.found.rule.kind)


class Guard:
    """Judges messages by one set of rules. Immutable; phrases are compiled once, here."""

    def __init__(self, rules: ScopeRules) -> None:
        self._compiled = Compiled(rules)

    def judge(self, text: str) -> Verdict:
        """The route of the most urgent live concern anywhere in `text`, all of it. Deterministic; raises on no text."""
        sentences = self._compiled.patterns.read(normalise(text))
        message = [Reading(sentence, self._compiled, number) for number, sentence in enumerate(sentences)]
        alarm = max(self._alarms(message), key=lambda alarm: alarm.rank, default=None)
        if alarm is None:
            return self._plain(message)
        found = alarm.found
        route = found.route if alarm.level is Level.PAGE else self._plain(message).route
        return Verdict(route, alarm.level, found.route, found.rule.kind, rule=found.rule.id, clause=found.clause)

    def _alarms(self, message: Sequence[Reading]) -> Iterator[_Alarm]:
        for reading in message:
            for found in reading.rules(self._compiled.alarms):
                level = reading.level(found, message)
                if level is not Level.NONE:
                    yield _Alarm(found, level)

    def _plain(self, message: Sequence[Reading]) -> Verdict:
        """The route of a message without its alarms."""
        every = [found for reading in message for found in reading.rules(self._compiled.plain)]
        chosen = [found for found in every if found.route is not Route.SMALLTALK and not found.rule.yields]
        if not chosen and not any(reading.context("general") for reading in message):
            chosen = [found for found in every if found.rule.yields]
        if chosen:
            found = min(chosen, key=lambda found: _URGENCY[found.route])
            return Verdict(found.route, rule=found.rule.id, clause=found.clause)
        if _only_chat(message, [found for found in every if found.route is Route.SMALLTALK]):
            return Verdict(Route.SMALLTALK)
        return Verdict(Route.GENERAL_INFO)


def _only_chat(message: Sequence[Reading], chat: Sequence[Found]) -> bool:
    """Whether greeting or thanks is all there is: little is left beside it, and nothing is asked."""
    if not message:
        return True
    if not chat or sum(len(reading.sentence.words) for reading in message) > _MOST_CHAT_WORDS:
        return False
    left = 0
    for reading in message:
        covered = {at for found in chat if found.reading is reading for at in range(found.hit.start, found.hit.end)}
        beside = len(reading.sentence.words) - len(covered)
        if beside > 1 and (reading.sentence.asks or asks_something(", ".join(reading.sentence.clauses))):
            return False
        left += beside
    return left <= _MOST_OTHER_WORDS
