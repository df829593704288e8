"""Which telephone numbers a notice shows: those of the operator's country, or every country's where it is unknown."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.knowledge import EmergencyNumbers, ServiceConfig
from bot.domain.scope import Route


def emergency_number(config: ServiceConfig) -> str | None:
    """The number for an emergency, None while the country is not set."""
    return config.emergency_numbers[config.country].emergency if config.country else None


def numbers_for(config: ServiceConfig, route: Route, kind: str = "") -> str:
    """Lines (Slack markup) with the numbers that fit an alarm; one line a country, most fitting number first."""
    shown = _shown(config)
    lines = []
    for code, numbers in shown.items():
        fitting = " · ".join(f"*{number}*" for number in _fitting(numbers, route, kind))
        lines.append(fitting if len(shown) == 1 else f"• {numbers.name or code}: {fitting}")
    return "\n".join(lines)


def _shown(config: ServiceConfig) -> Mapping[str, EmergencyNumbers]:
    if config.country:
        return {config.country: config.emergency_numbers[config.country]}
    return config.emergency_numbers


def _fitting(numbers: EmergencyNumbers, route: Route, kind: str) -> list[str]:
    """The emergency number is always among them: an alarm may be worse than it reads."""
    if route is Route.CRISIS:
        order = [numbers.crisis, numbers.emergency]
    elif route is Route.URGENT:
        order = [numbers.urgent, numbers.emergency]
    elif kind == "poisoning":
        order = [numbers.emergency, numbers.poison, numbers.crisis]
    else:
        order = [numbers.emergency]
    return [number for number in order if number]
