"""The durable path of a deleted question: what the bot said to it is hidden, its words are erased, its ticket closed.

An alarm is the exception: its notice, its words and its ticket stay until a person has seen to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.domain.tickets import State
from bot.slack.messenger import DeliveryError
from bot.storage.store import Asked
from bot.workflows.engine import Payload
from bot.workflows.parts import Parts
from bot.workflows.posting import Later
from bot.workflows.tickets import TicketWork

log = structlog.get_logger()

AGAIN_SECONDS = 2.0
ATTEMPTS = 20


@dataclass(frozen=True)
class Withdrawal:
    """Takes back what belongs to a deleted message. Safe to repeat. `forget` drops a finished piece of work with the
    words in it and says whether it could."""

    parts: Parts
    tickets: TicketWork
    later: Later
    forget: Callable[[str], bool]

    NAME = "withdraw"

    def run(self, payload: Payload) -> None:
        channel, ts, attempt = payload["channel"], payload["ts"], payload.get("attempt", 1)
        done = [self._withdraw(asked) for asked in self.parts.store.note_deletion(channel, ts, self.parts.now())]
        if not all(done) and attempt < ATTEMPTS:
            self.again(channel, ts, attempt + 1)

    def again(self, channel: str, ts: str, attempt: int = 2) -> None:
        """Look once more in a moment: something about the message was still under way."""
        payload = {"channel": channel, "ts": ts, "attempt": attempt}
        self.later(AGAIN_SECONDS, f"gone:{channel}:{ts}:{attempt}", self.NAME, payload)

    def delivered_late(self, key: str) -> None:
        """A reply that arrived late may answer what is gone by now."""
        asked = self.parts.store.question(key.partition(":")[2])
        if asked is not None and self.parts.store.is_deleted(asked.channel, asked.ts):
            self._withdraw(asked)

    def _withdraw(self, asked: Asked) -> bool:
        """False when a part of it has to be tried again."""
        ticket = self.parts.store.ticket_of(asked.id)
        if ticket is not None and ticket.is_alarm and ticket.state is not State.RESOLVED:
            self.tickets.patient_deleted(ticket, closed=False)
            return True
        hidden = self.hide_replies(asked.id)
        self.parts.store.forget_words(asked.id)
        if ticket is not None:
            self.tickets.withdraw(ticket)
        return self.forget(asked.id) and hidden

    def hide_replies(self, question_id: str) -> bool:
        """Take away what the bot has said to a question; False when a part of it has to be tried again."""
        hidden = [self._hide(*post) for post in self.parts.store.replies_to(question_id)]
        return all(hidden)

    def _hide(self, channel: str, ts: str) -> bool:
        try:
            self.parts.messenger.delete(channel, ts)
        except DeliveryError as error:
            log.info("reply not hidden", why=str(error))
            return error.retry_after_seconds is None  # e.g. gone already
        return True
