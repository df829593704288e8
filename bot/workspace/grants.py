"""What an interaction lends the app for a short time: a trigger_id, and a response_url."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.workspace.model import SlackError

TRIGGER_SECONDS = 3.0
RESPONSE_USES = 5
RESPONSE_SECONDS = 30 * 60.0
_REMEMBERED = 10_000
Grant = TypeVar("Grant")


@dataclass
class _Trigger:
    user: str
    given_at: float
    exchanged: bool = False


@dataclass
class ResponseGrant:
    """Where answers to one interaction go: to `user` in `channel`, beside or instead of the message
    `message_ts` the interaction came from. `command` is what the person typed, for slash commands."""

    user: str
    channel: str
    given_at: float
    message_ts: str = ""
    command: str = ""
    uses: int = 0


class Grants:
    """Trigger ids (3 s, one use) and response URLs (30 min, 5 uses). `now` gives seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._triggers: dict[str, _Trigger] = {}
        self._responses: dict[str, ResponseGrant] = {}

    def new_trigger(self, user: str) -> str:
        trigger_id = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = _Trigger(user, self._now())
        _forget_oldest(self._triggers)
        return trigger_id

    def exchange(self, trigger_id: str) -> str:
        """The user a trigger belongs to, and use it up.

        Raises `invalid_trigger_id`, `expired_trigger_id` (older than 3 s) or `exchanged_trigger_id`.
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.exchanged:
            raise SlackError("exchanged_trigger_id")
        if self._now() - trigger.given_at > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.exchanged = True
        return trigger.user

    def new_response(self, *, user: str, channel: str, message_ts: str = "", command: str = "") -> str:
        """The secret part of a new response URL."""
        secret = secrets.token_urlsafe(18)
        self._responses[secret] = ResponseGrant(user, channel, self._now(), message_ts, command)
        _forget_oldest(self._responses)
        return secret

    def response(self, secret: str) -> ResponseGrant:
        """The grant behind a response URL; raises `no_such_url`, `expired_url` or `used_url`."""
        grant = self._responses.get(secret)
        if grant is None:
            raise SlackError("no_such_url")
        if self._now() - grant.given_at > RESPONSE_SECONDS:
            raise SlackError("expired_url")
        if grant.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        return grant

    def clear(self) -> None:
        self._triggers.clear()
        self._responses.clear()


def _forget_oldest(kept: dict[str, Grant]) -> None:
    if len(kept) > _REMEMBERED:
        del kept[next(iter(kept))]
