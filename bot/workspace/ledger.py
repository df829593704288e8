"""The messages of one conversation, kept so that no lookup walks over all of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass

from bot.workspace.model import Message


@dataclass(frozen=True)
class Span:
    """A stretch of time between two canonical timestamps; the ends belong to it when `inclusive`."""

    oldest: str = ""
    latest: str = "~"
    inclusive: bool = False

    def cut(self, stamps: list[str]) -> tuple[int, int]:
        """First index inside and first index beyond, in sorted `stamps`."""
        if self.inclusive:
            return bisect_left(stamps, self.oldest), bisect_right(stamps, self.latest)
        return bisect_right(stamps, self.oldest), bisect_left(stamps, self.latest)


class Ledger:
    """Everything said in one conversation. Timestamps are canonical; ephemeral messages are apart."""

    def __init__(self) -> None:
        self._by_ts: dict[str, Message] = {}
        self._shown: list[str] = []
        self._replies: dict[str, list[str]] = {}
        self._ephemeral: dict[str, Message] = {}

    def add(self, message: Message) -> None:
        self._by_ts[message.ts] = message
        if not message.is_reply or message.subtype == "thread_broadcast":
            insort(self._shown, message.ts)
        if message.is_reply and message.thread_ts:
            insort(self._replies.setdefault(message.thread_ts, []), message.ts)

    def get(self, ts: str) -> Message | None:
        return self._by_ts.get(ts)

    def replace(self, message: Message) -> None:
        self._by_ts[message.ts] = message

    def remove(self, ts: str) -> None:
        message = self._by_ts.pop(ts)
        _take_out(self._shown, ts)
        if message.is_reply and message.thread_ts:
            _take_out(self._replies[message.thread_ts], ts)

    def replies(self, thread_ts: str) -> list[str]:
        """Timestamps of a thread's replies, oldest first."""
        return self._replies.get(thread_ts, [])

    def newest_first(self, span: Span, limit: int) -> tuple[list[Message], bool]:
        """At most `limit` messages shown in the channel itself, and whether older ones are left."""
        first, beyond = span.cut(self._shown)
        start = max(first, beyond - limit)
        return [self._by_ts[ts] for ts in reversed(self._shown[start:beyond])], start > first

    def everything(self) -> list[Message]:
        """All messages, replies and ephemeral ones among them, oldest first."""
        return sorted([*self._by_ts.values(), *self._ephemeral.values()], key=lambda message: message.ts)

    def add_ephemeral(self, message: Message) -> None:
        self._ephemeral[message.ts] = message

    def get_ephemeral(self, ts: str) -> Message | None:
        return self._ephemeral.get(ts)

    def remove_ephemeral(self, ts: str) -> None:
        self._ephemeral.pop(ts, None)


def _take_out(stamps: list[str], ts: str) -> None:
    at = bisect_left(stamps, ts)
    if at < len(stamps) and stamps[at] == ts:
        del stamps[at]
