"""One thing told to the app, and how that ended; the same for every way of telling it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum
from typing import Any

from bot.workspace.journal import Journal
from bot.workspace.model import Json

EVENT = "events_api"


class Outcome(Enum):
    """How the first attempt of a delivery ended, in the words a person reads."""

    ACKED = "acked"
    TIMED_OUT = "operation_timeout"
    NOT_CONNECTED = "dispatch_failed"
    REFUSED = "http_service_error"


@dataclass(frozen=True)
class Settled:
    """The outcome, and the payload that came with the acknowledgement, if any."""

    outcome: Outcome
    payload: Any = None


@dataclass(eq=False)
class Delivery:
    """One thing to tell the app; `settled` is done once the first attempt is acknowledged, has failed, or is
    kept for later."""

    type: str
    payload: Json
    settled: asyncio.Future[Settled]
    attempt: int = 0
    reason: str = ""

    @property
    def is_event(self) -> bool:
        return self.type == EVENT

    def settle(self, settled: Settled) -> None:
        if not self.settled.done():
            self.settled.set_result(settled)

    def note(self, journal: Journal, kind: str, **details: Any) -> None:
        """Put what happened to this delivery into the journal."""
        event = self.payload.get("event", {})
        journal.add(
            kind,
            type=self.type,
            event_type=event.get("type") or self.payload.get("type") or self.payload.get("command"),
            event_id=self.payload.get("event_id"),
            retry_attempt=self.attempt,
            **details,
        )


async def all_settled(deliveries: list[Delivery]) -> bool:
    """Wait until each is acknowledged, timed out or kept; says whether all were acknowledged."""
    outcomes = [(await delivery.settled).outcome for delivery in deliveries]
    return all(outcome is Outcome.ACKED for outcome in outcomes)
