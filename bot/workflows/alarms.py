"""Alarm notices: posted at once on threads of their own, with no database and no call but the post itself."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout

import structlog

from bot.slack.messenger import DeliveryError, Messenger, Posted
from bot.workflows.posting import Outgoing, Poster

log = structlog.get_logger()

THREADS = 4
REMEMBERED = 10_000
WAIT_SECONDS = 0.5


class Notices:
    """Starts a notice before the question is accepted and tells the workflow later what became of it.

    One process starts the notice for a key once. After a crash it may appear twice; it must never be missing.
    """

    def __init__(self, messenger: Messenger, settle_seconds: float) -> None:
        self._messenger = messenger
        self._settle_seconds = settle_seconds
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="alarm")
        self._started: OrderedDict[str, Future[Posted]] = OrderedDict()
        self._lock = threading.Lock()

    def start(self, outgoing: Outgoing) -> None:
        """Post the notice now, unless this process has already begun to. One that failed is tried again: Slack brings
        the message a second time only where the question could not be accepted, so nothing else would."""
        with self._lock:
            known = self._started.get(outgoing.key)
            if known is not None and not _failed(known):
                return
            self._started[outgoing.key] = self._pool.submit(self._post, outgoing)
            while len(self._started) > REMEMBERED:
                self._started.popitem(last=False)

    def settle(self, outgoing: Outgoing, poster: Poster) -> None:
        """See the notice through: record it, or go on trying durably where the first attempt did not succeed."""
        with self._lock:
            first = self._started.get(outgoing.key)
        if first is None:
            poster.post(outgoing, look=True, at_once=True)
            return
        try:
            poster.confirm(outgoing, first.result(timeout=WAIT_SECONDS))
        except FutureTimeout:
            poster.again_after(self._settle_seconds, outgoing, 1, look=True)
        except DeliveryError as error:
            log.warning("notice put off", key=outgoing.key, why=str(error))
            seconds = error.retry_after_seconds if error.retry_after_seconds is not None else 1.0
            poster.again_after(seconds, outgoing, 1, look=error.may_be_stored)

    def stop(self) -> None:
        self._pool.shutdown(wait=True)

    def _post(self, outgoing: Outgoing) -> Posted:
        channel = outgoing.place.channel or self._messenger.direct_channel(outgoing.place.user)
        return self._messenger.post(channel, outgoing.place.thread, outgoing.key, outgoing.message)


def _failed(first: Future[Posted]) -> bool:
    return first.done() and first.exception() is not None
