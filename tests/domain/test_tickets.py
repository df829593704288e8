"""A ticket's life: who may change it, and what can never happen to it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.scope import Route
from bot.domain.tickets import STEPS, InvalidTransition, State, Ticket, answer, claim, resolve

OPEN = Ticket(7, "q:1", "U-patient", Route.GENERAL_INFO, None, "no_match", (), State.OPEN, None, 100.0, 100.0)
people = st.sampled_from(["U-ann", "U-ben", "U-cleo"])
steps = st.sampled_from(sorted(STEPS))
gestures = st.lists(st.tuples(steps, people), max_size=12)


def lived(gestures_made: list[tuple[str, str]]) -> Ticket:
    """A ticket after these gestures, of which the refused ones changed nothing."""
    ticket = OPEN
    for now, (step, person) in enumerate(gestures_made, start=101):
        try:
            ticket = STEPS[step](ticket, person, float(now))
        except InvalidTransition:
            continue
    return ticket


tickets = gestures.map(lived)


@given(tickets, steps, people)
def test_nobody_but_the_holder_changes_a_held_ticket(ticket: Ticket, step: str, person: str) -> None:
    if ticket.holder not in (None, person):
        with pytest.raises(InvalidTransition):
            STEPS[step](ticket, person, 999.0)


@given(tickets, steps, people)
def test_a_resolved_ticket_never_changes_again(ticket: Ticket, step: str, person: str) -> None:
    resolved = ticket if ticket.state is State.RESOLVED else resolve(ticket, ticket.holder or person, 500.0)
    with pytest.raises(InvalidTransition):
        STEPS[step](resolved, person, 999.0)


@given(tickets, steps, people)
def test_every_accepted_step_grows_the_version_by_one_and_leaves_the_ticket_with_who_took_it(
    ticket: Ticket, step: str, person: str
) -> None:
    try:
        changed = STEPS[step](ticket, person, 999.0)
    except InvalidTransition:
        return
    assert changed.version == ticket.version + 1
    assert changed.holder == person
    assert ticket.holder in (None, person)
    assert changed.changed_at == 999.0


@given(tickets, steps, people)
def test_a_step_changes_nothing_of_the_question_behind_the_ticket(ticket: Ticket, step: str, person: str) -> None:
    try:
        changed = STEPS[step](ticket, person, 999.0)
    except InvalidTransition:
        return
    state, holder, changed_at, version = ticket.state, ticket.holder, ticket.changed_at, ticket.version
    assert replace(changed, state=state, holder=holder, changed_at=changed_at, version=version) == ticket


@given(tickets)
def test_a_ticket_is_held_by_someone_as_soon_as_it_is_not_open(ticket: Ticket) -> None:
    assert (ticket.holder is None) == (ticket.state is State.OPEN)


@given(gestures)
def test_a_ticket_only_moves_forward(made: list[tuple[str, str]]) -> None:
    order = list(State)
    states = [order.index(lived(made[:n]).state) for n in range(len(made) + 1)]
    assert states == sorted(states)


@pytest.mark.parametrize("taken", [claim(OPEN, "U-ann", 101.0), answer(OPEN, "U-ann", 101.0)])
def test_only_an_open_ticket_can_be_claimed_even_by_its_holder(taken: Ticket) -> None:
    with pytest.raises(InvalidTransition):
        claim(taken, "U-ann", 102.0)


def test_answering_takes_a_ticket_that_nobody_has() -> None:
    answered = answer(OPEN, "U-ann", 101.0)
    assert (answered.state, answered.holder) == (State.ANSWERED, "U-ann")


def test_the_refusal_names_the_state_and_the_holder() -> None:
    with pytest.raises(InvalidTransition, match="ticket 7 is claimed, held by U-ann") as refused:
        claim(claim(OPEN, "U-ann", 101.0), "U-ben", 102.0)
    assert refused.value.ticket.holder == "U-ann"


@pytest.mark.parametrize(
    ("route", "alarm", "expected"),
    [
        (Route.GENERAL_INFO, None, False),
        (Route.MEDICATION, None, False),
        (Route.GENERAL_INFO, Route.URGENT, True),
        (Route.CRISIS, Route.CRISIS, True),
        (Route.EMERGENCY, None, True),
    ],
)
def test_a_ticket_is_an_alarm_when_one_was_recognised_or_suspected(
    route: Route, alarm: Route | None, expected: bool
) -> None:
    assert replace(OPEN, route=route, alarm=alarm).is_alarm is expected
