"""Failures a test asks for: which call meets which fault, how often, and how long it takes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace

from bot.workspace.model import Json, SlackError

KINDS = frozenset(
    ["hang", "hang_after", "delay", "late", "ratelimited", "error_before", "error_after", "reset", "reset_after"]
)
UNTIL_CLEARED = -1


@dataclass(frozen=True)
class Fault:
    """One fault. `times` is how many calls still meet it (-1: until cleared).

    hang: nothing is stored and nothing is answered until cleared, or for `seconds`.
    hang_after: stored, then as hang. delay: answered after `seconds`. ratelimited: 429 with
    `retry_after` seconds. error_before and error_after: 500, before or after storing. reset and
    reset_after: the connection is reset, before or after storing. late: answered at once with 504, stored
    `seconds` later.
    `channel` empty means any; `method` may be `*` and, for response URLs, `response_url`.
    """

    method: str
    kind: str
    seconds: float | None = None
    retry_after: int = 1
    times: int = 1
    channel: str = ""


def fault_from(given: Json) -> Fault:
    """The fault a control request describes; raises `invalid_fault` saying what is wrong."""
    unknown = set(given) - {field.name for field in fields(Fault)}
    if unknown or not given.get("method") or given.get("kind") not in KINDS:
        kinds = ", ".join(sorted(KINDS))
        raise SlackError("invalid_fault", (f"needs method and kind ({kinds}); unknown: {sorted(unknown)}",))
    try:
        return Fault(
            method=str(given["method"]),
            kind=str(given["kind"]),
            seconds=None if given.get("seconds") is None else float(given["seconds"]),
            retry_after=int(given.get("retry_after", 1)),
            times=int(given.get("times", 1)),
            channel=str(given.get("channel", "")),
        )
    except (TypeError, ValueError):
        raise SlackError("invalid_fault", ("seconds, retry_after and times are numbers",)) from None


class Faults:
    """The faults in force, oldest first; a call meets the first that fits it."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._released = asyncio.Event()
        self._forgotten = 0
        self._late: set[asyncio.Task[None]] = set()

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def clear(self) -> None:
        """Forget every fault and let go of every call that hangs."""
        self._faults.clear()
        self._released.set()
        self._released = asyncio.Event()

    def forget(self) -> None:
        """As `clear`, and what still waits to be stored never is."""
        self._forgotten += 1
        self.clear()

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Act after `seconds`, or when the faults are cleared."""

        async def wait_and_act() -> None:
            if await self.wait(seconds):
                act()

        task = asyncio.create_task(wait_and_act())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    def listed(self) -> list[Json]:
        return [asdict(fault) for fault in self._faults]

    def meet(self, method: str, channel: str) -> Fault | None:
        """The fault this call meets, used up once."""
        for at, fault in enumerate(self._faults):
            if fault.method in (method, "*") and fault.channel in ("", channel):
                self._use_up(at, fault)
                return fault
        return None

    def _use_up(self, at: int, fault: Fault) -> None:
        if fault.times == UNTIL_CLEARED:
            return
        if fault.times <= 1:
            del self._faults[at]
        else:
            self._faults[at] = replace(fault, times=fault.times - 1)

    async def wait(self, seconds: float | None) -> bool:
        """Return after `seconds`, or when the faults are cleared, whichever is first; says whether what waited
        is still wanted, which it is not after `forget`."""
        before = self._forgotten
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._released.wait(), seconds)
        return self._forgotten == before
