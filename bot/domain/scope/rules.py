"""knowledge/scope.yaml as values: red-flag phrases, examples and look-alikes by route, and who answers for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from bot.domain.scope.patterns import Patterns
from bot.domain.scope.verdict import Level, Route

_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\n]*$")]
_Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
_Mark = Annotated[str, StringConstraints(pattern=r"^S[0-9]+$")]
_Phrases = tuple[_Line, ...]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ScopeSource(_Record):
    """A public source that supports a rule."""

    title: _Line
    url: Annotated[str, StringConstraints(pattern=r"^https://\S+$")] = Field(description="https address")


class ScopeRule(_Record):
    """Phrases that mean the same concern. The phrase language is explained in scope.yaml."""

    id: _Slug
    phrases: _Phrases = Field(min_length=1)
    unless: _Phrases = Field(default=(), description="phrases in the same clause that quiet this rule")
    level: Level = Field(default=Level.PAGE, description="alarms only: page = plain, check = possible")
    kind: Annotated[str, StringConstraints(pattern=r"^(|cauda_equina|poisoning)$")] = ""
    negatable: bool = Field(default=True, description="false = no negation ever lowers it")
    yields: bool = Field(default=False, description="true = gives way to a general question beside it")
    source: tuple[_Mark, ...] = Field(default=(), description="marks of the sources; empty = proposal")
    note: _Line | None = None


class Example(_Record):
    """A message and what must come out for it."""

    text: _Line
    route: Route | None = Field(default=None, description="the route that must come out where it is another")
    level: Level | None = Field(default=None, description="empty = page for an alarm, none for the rest")
    note: _Line | None = None


class RouteRules(_Record):
    """What a clinician reads and extends for one route."""

    rules: tuple[ScopeRule, ...] = ()
    examples: tuple[Example, ...] = ()
    look_alikes: tuple[Example, ...] = Field(default=(), description="messages that must not take this route")


class ScopeContext(_Record):
    """Phrases that say how a sentence is meant: they quiet an alarm in it, or keep it alive."""

    educational: _Phrases = Field(default=(), description="asks about people in general, or about a case not yet met")
    past: _Phrases = Field(default=(), description="long over, with a date, an age or years")
    present: _Phrases = Field(default=(), description="going on now; undoes `past` and `educational`")
    resolved: _Phrases = Field(default=(), description="the complaint has gone")
    not_a_patient: _Phrases = Field(default=(), description="a pet, a person long dead, a film or a book")
    quoted: _Phrases = Field(default=(), description="what a leaflet or an article says")
    general: _Phrases = Field(default=(), description="a question with the same answer for anyone")


CONTEXTS = tuple(ScopeContext.model_fields)


class ScopeRules(_Record):
    """knowledge/scope.yaml: the guard's rules, its examples and who answers for them."""

    owner: _Line
    sources: Mapping[_Mark, ScopeSource] = Field(default_factory=dict)
    groups: Mapping[str, _Phrases] = Field(
        default_factory=dict, description="named word lists; <name> in a phrase stands for any of them"
    )
    known_words: tuple[_Line, ...] = Field(default=(), description="real words, never slips of a phrase's word")
    context: ScopeContext = ScopeContext()
    routes: Mapping[Route, RouteRules]

    @model_validator(mode="after")
    def _consistent(self) -> ScopeRules:
        rules = [rule for route in self.routes.values() for rule in route.rules]
        ids = [rule.id for rule in rules]
        if doubled := {rule_id for rule_id in ids if ids.count(rule_id) > 1}:
            raise ValueError(f"rule ids used twice: {', '.join(sorted(doubled))}")
        if unknown := {mark for rule in rules for mark in rule.source} - set(self.sources):
            raise ValueError(f"source marks that `sources` does not explain: {', '.join(sorted(unknown))}")
        self.patterns()
        return self

    def phrases(self) -> Iterator[tuple[int, str]]:
        """Every phrase with its owner's number: the rules by route, then their `unless`, then the contexts."""
        owned = self.owned()
        for number, (_, rule) in enumerate(owned):
            yield from ((number, phrase) for phrase in rule.phrases)
            yield from ((len(owned) + number, phrase) for phrase in rule.unless)
        for number, name in enumerate(CONTEXTS):
            yield from ((2 * len(owned) + number, phrase) for phrase in getattr(self.context, name))

    def owned(self) -> tuple[tuple[Route, ScopeRule], ...]:
        """Every rule with its route, most urgent route first."""
        return tuple((route, rule) for route in Route if route in self.routes for rule in self.routes[route].rules)

    def patterns(self) -> Patterns:
        """The phrases, compiled. Raises PatternError (a ValueError) for one that cannot be read."""
        return Patterns(self.phrases(), self.groups, self.known_words)
