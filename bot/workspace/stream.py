"""Hints to open pages that something changed, as server-sent events; each page asks for what it needs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from bot.workspace.model import Json

KEEP_ALIVE_SECONDS = 15.0
_MOST_UNREAD = 1_000


@dataclass(eq=False)
class _Page:
    user: str
    hints: asyncio.Queue[Json | None] = field(default_factory=lambda: asyncio.Queue(_MOST_UNREAD))

    def push(self, hint: Json | None) -> None:
        if self.hints.full():
            # a page that does not read: it will refetch everything when it comes back
            while not self.hints.empty():
                self.hints.get_nowait()
            self.hints.put_nowait({"type": "reset"})
        self.hints.put_nowait(hint)


class Stream:
    """The pages listening now. A page of one person hears only what that person may see."""

    def __init__(self) -> None:
        self._pages: set[_Page] = set()

    def publish(self, hint: Json, may_see: Callable[[str], bool] = lambda _user: True) -> None:
        for page in self._pages:
            if not page.user or may_see(page.user):
                page.push(hint)

    def listen(self, user: str) -> AsyncIterator[str]:
        """Server-sent events for `user` (empty: everything), until `close` is called.

        Listening begins with this call, not with the first event taken: a page that refetches when its
        stream opens must not miss what happens in between.
        """
        page = _Page(user)
        self._pages.add(page)
        return self._events(page)

    async def _events(self, page: _Page) -> AsyncIterator[str]:
        try:
            yield ": connected\n\n"
            while True:
                try:
                    hint = await asyncio.wait_for(page.hints.get(), KEEP_ALIVE_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if hint is None:
                    return
                yield f"data: {json.dumps(hint)}\n\n"
        finally:
            self._pages.discard(page)

    def close(self) -> None:
        """End every page's stream."""
        for page in self._pages:
            page.push(None)
