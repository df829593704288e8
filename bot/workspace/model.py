"""The values a workspace is made of: people, conversations and messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["channel", "group", "im", "mpim"]

SLACKBOT = "USLACKBOT"


class SlackError(Exception):
    """A refusal in Slack's words: its error code, the details Slack lists beside it, and further fields."""

    def __init__(
        self,
        code: str,
        messages: tuple[str, ...] = (),
        errors: tuple[str, ...] = (),
        more: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages
        self.errors = errors
        self.more = more or {}


@dataclass(frozen=True)
class User:
    """A person or a bot's user."""

    id: str
    name: str
    real_name: str
    tz: str
    is_bot: bool = False
    is_admin: bool = False


@dataclass(frozen=True)
class UserGroup:
    """Some of the people, mentioned together by `handle`; `members` are user ids."""

    id: str
    handle: str
    name: str
    members: tuple[str, ...]


@dataclass
class Channel:
    """A conversation; `kind` is Slack's `channel_type`. `user` is the person of a DM with the bot."""

    id: str
    name: str
    kind: Kind
    created: int
    members: dict[str, None]
    topic: str = ""
    user: str = ""

    @property
    def is_private(self) -> bool:
        return self.kind != "channel"


@dataclass(frozen=True)
class Reaction:
    """One emoji under a message and who put it there, in order."""

    name: str
    users: tuple[str, ...]


@dataclass(frozen=True)
class Message:
    """A message as stored; an edit makes a new value with the same `ts`.

    `extra` are further fields given by a test (files, for example) and passed through as they are.
    """

    channel: str
    ts: str
    user: str
    text: str
    thread_ts: str | None = None
    bot_id: str | None = None
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    metadata: Json | None = None
    subtype: str | None = None
    edited_ts: str | None = None
    ephemeral_to: str | None = None
    client_msg_id: str | None = None
    reactions: tuple[Reaction, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts
