"""Slack's documented rate limits, kept only when a test asks for them.

Each method of a tier may be called so often a minute; `chat.postMessage` once a second in each channel
(docs.slack.dev/apis/web-api/rate-limits). Slack tolerates short bursts without saying how many; this double
tolerates none. Special limits for which Slack gives no number are not kept.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

POSTING = "chat.postMessage"


class RateLimits:
    """Counts calls while `on`; `now` gives seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.on = False
        self._now = now
        self._calls: dict[tuple[str, str], deque[float]] = {}

    def retry_after(self, method: str, channel: str, per_minute: int | None) -> int:
        """Seconds to wait before this call, 0 when it may be made; a call that may be made is counted."""
        most, seconds, place = (1, 1.0, channel) if method == POSTING else (per_minute, 60.0, "")
        if not self.on or most is None:
            return 0
        made, now = self._calls.setdefault((method, place), deque()), self._now()
        while made and made[0] <= now - seconds:
            made.popleft()
        if len(made) >= most:
            return max(1, math.ceil(made[0] + seconds - now))
        made.append(now)
        return 0

    def switch(self, on: bool) -> None:
        """Keep the limits from now on, counting from nothing, or no longer."""
        self.on = on
        self._calls.clear()
