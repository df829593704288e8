"""A ticket's life: open -> claimed -> answered -> resolved (-> open). Pure rules; storage applies them atomically."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.scope import ALARMS, Route


class State(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    RESOLVED = "resolved"


@dataclass(frozen=True)
class Ticket:
    """One escalation. Times are seconds since 1970, UTC; `offered` is (entry id, confidence 0-1), best first."""

    number: int
    question_id: str
    patient: str
    route: Route
    alarm: Route | None
    reason: str
    offered: tuple[tuple[str, float], ...]
    state: State
    holder: str | None
    opened_at: float
    changed_at: float
    version: int = 1

    @property
    def is_alarm(self) -> bool:
        return self.route in ALARMS or self.alarm is not None


class InvalidTransition(Exception):
    """The ticket's state does not allow the step; `ticket` tells the present state and holder."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(f"ticket {ticket.number} is {ticket.state}, held by {ticket.holder or 'nobody'}")
        self.ticket = ticket


def claim(ticket: Ticket, by: str, now: float) -> Ticket:
    """`by` takes the ticket. Raises InvalidTransition when it is not open: somebody, perhaps `by`, has it already."""
    _require(ticket, by, State.OPEN)
    return _changed(ticket, State.CLAIMED, by, now)


def answer(ticket: Ticket, by: str, now: float) -> Ticket:
    """`by` answers the patient, taking the ticket if nobody has it."""
    _require(ticket, by, State.OPEN, State.CLAIMED, State.ANSWERED)
    return _changed(ticket, State.ANSWERED, by, now)


def resolve(ticket: Ticket, by: str, now: float) -> Ticket:
    """`by` closes the ticket."""
    _require(ticket, by, State.OPEN, State.CLAIMED, State.ANSWERED)
    return _changed(ticket, State.RESOLVED, by, now)


def reopen(ticket: Ticket, _by: str, now: float) -> Ticket:
    """The patient asks again after the ticket was closed: it is anybody's. Raises InvalidTransition when it is open."""
    if ticket.state is not State.RESOLVED:
        raise InvalidTransition(ticket)
    return _changed(ticket, State.OPEN, None, now)


def withdraw(ticket: Ticket, _by: str, now: float) -> Ticket:
    """The patient has deleted the question: the ticket is closed, whoever has it."""
    if ticket.state is State.RESOLVED:
        raise InvalidTransition(ticket)
    return _changed(ticket, State.RESOLVED, ticket.holder, now)


STEPS = {"claim": claim, "answer": answer, "resolve": resolve}
"""What a moderator can do, by name."""


def _require(ticket: Ticket, by: str, *states: State) -> None:
    if ticket.state not in states or ticket.holder not in (None, by):
        raise InvalidTransition(ticket)


def _changed(ticket: Ticket, state: State, holder: str | None, now: float) -> Ticket:
    return replace(ticket, state=state, holder=holder, changed_at=now, version=ticket.version + 1)
