"""Which numbers a patient is told to call."""

from __future__ import annotations

import pytest

from bot.domain.knowledge import EmergencyNumbers, ServiceConfig
from bot.domain.numbers import emergency_number, numbers_for
from bot.domain.scope import Route

ALARM_KINDS = [
    (Route.EMERGENCY, ""),
    (Route.EMERGENCY, "cauda_equina"),
    (Route.EMERGENCY, "poisoning"),
    (Route.CRISIS, ""),
    (Route.URGENT, ""),
]
FULL = EmergencyNumbers(name="Fullland", emergency="E-1", urgent="U-1", crisis="C-1", poison="P-1")
BARE = EmergencyNumbers(emergency="E-2")


def service(country: str | None) -> ServiceConfig:
    return ServiceConfig(
        service_name="Service",
        country=country,
        emergency_numbers={"FU": FULL, "BA": BARE},
        moderators_channel="moderators",
    )


@pytest.mark.parametrize(("route", "kind"), ALARM_KINDS)
@pytest.mark.parametrize("country", ["FU", "BA", None])
def test_the_emergency_number_is_always_among_them(route: Route, kind: str, country: str | None) -> None:
    shown = numbers_for(service(country), route, kind)
    expected = {"FU": ["E-1"], "BA": ["E-2"], None: ["E-1", "E-2"]}[country]
    assert all(f"*{number}*" in shown for number in expected)


@pytest.mark.parametrize(
    ("route", "kind", "expected"),
    [
        (Route.EMERGENCY, "", "*E-1*"),
        (Route.EMERGENCY, "cauda_equina", "*E-1*"),
        (Route.EMERGENCY, "poisoning", "*E-1* · *P-1* · *C-1*"),
        (Route.CRISIS, "", "*C-1* · *E-1*"),
        (Route.URGENT, "", "*U-1* · *E-1*"),
    ],
)
def test_the_number_that_fits_best_comes_first(route: Route, kind: str, expected: str) -> None:
    assert numbers_for(service("FU"), route, kind) == expected


@pytest.mark.parametrize(("route", "kind"), ALARM_KINDS)
def test_a_country_with_one_number_shows_that_one_and_nothing_empty(route: Route, kind: str) -> None:
    assert numbers_for(service("BA"), route, kind) == "*E-2*"


@pytest.mark.parametrize(("route", "kind"), ALARM_KINDS)
def test_without_a_country_every_country_has_a_line_with_its_name(route: Route, kind: str) -> None:
    full, bare = numbers_for(service(None), route, kind).splitlines()
    assert full.startswith("• Fullland: ")
    assert bare == "• BA: *E-2*"


def test_without_a_country_there_is_no_single_emergency_number() -> None:
    assert emergency_number(service(None)) is None
    assert emergency_number(service("FU")) == "E-1"
