"""What happened between the app and the workspace, in order, for tests to read; bounded, without tokens."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from bot.workspace.model import Json

KEPT = 10_000


class Journal:
    """The last 10,000 calls and deliveries; each entry has a `kind`, a `time` (seconds) and its details."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._entries: deque[Json] = deque(maxlen=KEPT)

    def add(self, kind: str, **details: Any) -> None:
        self._entries.append({"kind": kind, "time": self._now(), **details})

    def entries(self) -> list[Json]:
        return list(self._entries)

    def clear(self) -> None:
        self._entries.clear()
