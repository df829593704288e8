"""Identifiers and timestamps that look like Slack's."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MICRO = 1_000_000


def seeded_id(prefix: str, *names: str) -> str:
    """An id of eleven characters that is the same for the same names on every run."""
    number = int.from_bytes(hashlib.sha256("/".join((prefix, *names)).encode()).digest()[:12])
    signs = ""
    for _ in range(9):
        number, rest = divmod(number, len(_SIGNS))
        signs += _SIGNS[rest]
    return f"{prefix}0{signs}"


def fresh_id(prefix: str, length: int = 9) -> str:
    """An id never given before."""
    return f"{prefix}0" + "".join(secrets.choice(_SIGNS) for _ in range(length))


def canonical_ts(ts: str) -> str:
    """`ts` in the one form whose order as text is order in time; raises ValueError on anything else."""
    seconds, _, fraction = ts.partition(".")
    if not seconds.isdecimal() or (fraction and not fraction.isdecimal()):
        raise ValueError(f"not a timestamp: {ts!r}")
    return f"{int(seconds):010d}.{fraction[:6]:0<6}"


class Timestamps:
    """Hands out message timestamps: seconds with six decimals, each later than the one before."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._last = 0

    def next(self) -> str:
        self._last = max(self._last + 1, int(self._now() * _MICRO))
        seconds, micros = divmod(self._last, _MICRO)
        return f"{seconds:010d}.{micros:06d}"
