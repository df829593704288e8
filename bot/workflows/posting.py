"""post_once: a message reaches Slack once, whatever fails on the way; nothing is recorded as sent that was not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Protocol

import structlog

from bot.slack.message import Message
from bot.slack.messenger import DeliveryError, Messenger, Posted
from bot.storage.store import Store
from bot.workflows.engine import Payload

log = structlog.get_logger()

RETRY_CAP_SECONDS = 300.0
LOOK_BACK_SECONDS = 60.0
"""How far before a post's own beginning a look goes: Slack's clock and ours may differ."""


@dataclass(frozen=True)
class Place:
    """Where a message goes: a channel (and thread), or the DM with `user` when `channel` is "".

    Where both are given the channel counts, and `user` is whom the message is for.
    """

    channel: str = ""
    thread: str = ""
    user: str = ""


@dataclass(frozen=True)
class Outgoing:
    """A message with the key that makes it one. `since`: seconds since 1970 before which it cannot have been posted."""

    key: str
    place: Place
    message: Message
    since: float

    def to_json(self) -> Payload:
        return asdict(self)

    @staticmethod
    def from_json(stored: Payload) -> Outgoing:
        return Outgoing(stored["key"], Place(**stored["place"]), Message(**stored["message"]), stored["since"])


class Later(Protocol):
    """Start a named piece of work after some seconds, durably, once for its id."""

    def __call__(self, seconds: float, work_id: str, name: str, payload: Payload, /) -> None: ...


class Poster:
    """Delivers messages. No call waits: whatever takes longer than one attempt is started again later.

    `unsettled_seconds`: how long a message that an earlier process sent may still be on its way; 0 once this process
    is old enough. `undeliverable` is told of a message that Slack refuses for good, `delivered_late` of one that took
    more than one attempt.
    """

    WORK = "post"

    def __init__(
        self,
        messenger: Messenger,
        store: Store,
        later: Later,
        now: Callable[[], float],
        unsettled_seconds: Callable[[], float],
        undeliverable: Callable[[Outgoing, str], None],
        delivered_late: Callable[[str], None],
    ) -> None:
        self._messenger = messenger
        self._store = store
        self._later = later
        self._now = now
        self._unsettled_seconds = unsettled_seconds
        self._undeliverable = undeliverable
        self._delivered_late = delivered_late
        self._one_at_a_time = _OneAtATime()

    def post(self, outgoing: Outgoing, *, look: bool, at_once: bool = False) -> Posted | None:
        """One attempt now; what fails for the moment is tried again later under the same key.

        `look`: Slack may have it already (an earlier process may have posted it), so look before posting, once it has
        settled; with `at_once` now, whatever may still be on its way. None: not delivered yet.
        """
        return self._attempt(outgoing, 1, look, at_once=at_once)

    def try_again(self, payload: Payload, *, first_run: bool) -> None:
        """The durable work behind every later attempt."""
        outgoing = Outgoing.from_json(payload["outgoing"])
        if self._attempt(outgoing, payload["attempt"], payload["look"] or not first_run):
            self._delivered_late(outgoing.key)

    def again_after(self, seconds: float, outgoing: Outgoing, attempt: int, *, look: bool) -> None:
        """Try again after some seconds, also in another process."""
        payload = {"outgoing": outgoing.to_json(), "attempt": attempt, "look": look}
        self._later(seconds, f"post:{outgoing.key}:{attempt}", self.WORK, payload)

    def confirm(self, outgoing: Outgoing, posted: Posted) -> None:
        """Record what Slack has confirmed."""
        self._store.record_post(outgoing.key, posted.channel, posted.ts, self._now())

    def _attempt(self, outgoing: Outgoing, attempt: int, look: bool, *, at_once: bool = False) -> Posted | None:
        with self._one_at_a_time.alone(outgoing.key):
            known = self._store.posted(outgoing.key)
            if known:
                return Posted(*known)
            unsettled = self._unsettled_seconds() if look and not at_once else 0.0
            if unsettled > 0.0:
                self.again_after(unsettled, outgoing, attempt + 1, look=True)
                return None
            try:
                posted = self._deliver(outgoing, look)
            except DeliveryError as error:
                self._put_off(outgoing, attempt, look, error)
                return None
            self.confirm(outgoing, posted)
            return posted

    def _deliver(self, outgoing: Outgoing, look: bool) -> Posted:
        channel = outgoing.place.channel or self._messenger.direct_channel(outgoing.place.user)
        if look:
            since = outgoing.since - LOOK_BACK_SECONDS
            found = self._messenger.find(channel, outgoing.place.thread, outgoing.key, since)
            if found:
                return found
        return self._messenger.post(channel, outgoing.place.thread, outgoing.key, outgoing.message)

    def _put_off(self, outgoing: Outgoing, attempt: int, looked: bool, error: DeliveryError) -> None:
        if error.retry_after_seconds is None:
            log.error("post refused", key=outgoing.key, why=str(error))
            self._undeliverable(outgoing, str(error))
            return
        backoff = min(RETRY_CAP_SECONDS, 2.0 ** min(attempt - 1, 8))
        seconds = max(error.retry_after_seconds, backoff if attempt > 1 else 0.0)
        log.warning("post put off", key=outgoing.key, why=str(error), seconds=seconds, attempt=attempt)
        self.again_after(seconds, outgoing, attempt + 1, look=looked or error.may_be_stored)


class _OneAtATime:
    """Keeps two attempts at one message apart: each would look, find nothing, and post.

    After a restart a question that runs again can meet the later attempt that its first run had left behind.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._keys: set[str] = set()

    @contextmanager
    def alone(self, key: str) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: key not in self._keys)
            self._keys.add(key)
        try:
            yield
        finally:
            with self._changed:
                self._keys.discard(key)
                self._changed.notify_all()
