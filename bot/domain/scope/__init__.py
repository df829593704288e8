"""The scope guard: which route a patient's words take, decided before any matching."""

from bot.domain.scope.guard import Guard
from bot.domain.scope.patterns import PatternError
from bot.domain.scope.rules import Example, RouteRules, ScopeContext, ScopeRule, ScopeRules, ScopeSource
from bot.domain.scope.verdict import ALARMS, Level, Route, Verdict

__all__ = [
    "ALARMS",
    "Example",
    "Guard",
    "Level",
    "PatternError",
    "Route",
    "RouteRules",
    "ScopeContext",
    "ScopeRule",
    "ScopeRules",
    "ScopeSource",
    "Verdict",
]
