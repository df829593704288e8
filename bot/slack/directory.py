"""Who and where in this workspace: the bot itself, channels by name, who is a moderator. Safe when Slack fails."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.knowledge import ChannelMode, ServiceConfig

_FAILURES = (SlackClientError, OSError, http.client.HTTPException, ValueError)


class CannotReachModerators(Exception):
    """The bot cannot post to the moderators' channel; the message says how to mend it."""


@dataclass(frozen=True)
class Known:
    """One reading of the workspace."""

    modes: dict[str, ChannelMode] = field(default_factory=dict)
    moderators: frozenset[str] = frozenset()
    moderators_channel: str = ""


class Directory:
    """Answers from memory; `refresh` reads Slack again. When a reading fails, the last good one stands.

    Nobody is a moderator before the first good reading: a failure never gives a role away.
    """

    def __init__(self, client: WebClient, config: ServiceConfig) -> None:
        self._client = client
        self._config = config
        self._known = Known()
        self._lock = threading.Lock()
        self.team = ""
        self.bot_user = ""
        self.bot_name = ""

    def identify(self) -> None:
        """Learn who the bot is. Raises what the SDK raises."""
        me = self._client.auth_test()
        self.team, self.bot_user, self.bot_name = me["team_id"], me["user_id"], me["user"]

    def require_moderators_channel(self) -> None:
        """Raise CannotReachModerators unless the bot is a member of the moderators' channel."""
        self._read()
        if not self._known.moderators_channel:
            name = self._config.moderators_channel.lstrip("#")
            raise CannotReachModerators(
                f"the bot cannot post to the moderators' channel '{name}' (moderators_channel in config.yaml). "
                f"Open that channel in Slack and type: /invite @{self.bot_name}. If it has another name or id, correct "
                "moderators_channel."
            )

    def refresh(self) -> bool:
        """Read Slack again; False when that failed and the last reading stands."""
        try:
            self._read()
        except _FAILURES:
            return False
        return True

    @property
    def moderators_channel(self) -> str:
        return self._known.moderators_channel

    def mode(self, channel: str) -> ChannelMode:
        """What the operator chose for a channel (by id); OFF for any not listed."""
        return self._known.modes.get(channel, ChannelMode.OFF)

    def is_moderator(self, user: str) -> bool:
        return user in self._known.moderators

    def is_moderator_now(self, user: str) -> bool:
        """As `is_moderator`, but asks Slack again before saying no: someone may have just joined the channel."""
        return self.is_moderator(user) or (self.refresh() and self.is_moderator(user))

    def _read(self) -> None:
        with self._lock:
            ids = self._channel_ids()
            desk = self._find(self._config.moderators_channel, ids)
            members = set(self._members(desk)) - {self.bot_user} if desk else set()
            self._known = Known(
                modes={self._find(s.channel, ids): s.mode for s in self._config.channels if self._find(s.channel, ids)},
                moderators=frozenset(members | set(self._config.moderators)),
                moderators_channel=desk,
            )

    def _channel_ids(self) -> dict[str, str]:
        """Channels the bot is in: name -> id and id -> id."""
        ids: dict[str, str] = {}
        for channel in self._pages(
            "conversations.list", "channels", types="public_channel,private_channel", exclude_archived=True
        ):
            if channel.get("is_member"):
                ids[channel["name"]] = ids[channel["id"]] = channel["id"]
        return ids

    def _find(self, named: str, ids: dict[str, str]) -> str:
        return ids.get(named.lstrip("#"), "")

    def _members(self, channel: str) -> Iterator[str]:
        return self._pages("conversations.members", "members", channel=channel)

    def _pages(self, method: str, items: str, **arguments: Any) -> Iterator[Any]:
        cursor = ""
        while True:
            try:
                page = self._client.api_call(method, params={"limit": 200, "cursor": cursor, **arguments})
            except SlackApiError as error:
                if error.response.get("error") == "channel_not_found":
                    return
                raise
            yield from page[items]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
