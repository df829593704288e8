"""What a local workspace holds when it starts: people, channels and the one app, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class SeedUser:
    """A person. `name` is the handle by which seeds refer to them; `tz` an IANA time zone."""

    name: str
    real_name: str
    tz: str = "Europe/London"
    is_admin: bool = False


@dataclass(frozen=True)
class SeedChannel:
    """A channel. `members` are user names, the bot's name among them where the bot has been invited."""

    name: str
    is_private: bool = False
    members: tuple[str, ...] = ()
    first_message: str = ""
    first_message_by: str = ""
    topic: str = ""


@dataclass(frozen=True)
class SeedCommand:
    """A slash command of the app; `command` includes the slash."""

    command: str
    description: str = ""
    usage_hint: str = ""


@dataclass(frozen=True)
class SeedShortcut:
    """A shortcut of the app: on a message, or `global` in the composer's menu."""

    name: str
    type: Literal["message", "global"]
    callback_id: str
    description: str = ""


@dataclass(frozen=True)
class SeedUserGroup:
    """A user group; `handle` without the @, `members` by user name."""

    handle: str
    name: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class SeedApp:
    """The app under test: its bot user, its two tokens (`xoxb-...`, `xapp-...`) and what people see of it.

    `home` is whether its home has a Home tab. With a `request_url` everything is sent there over HTTP, signed
    with `signing_secret`, instead of over Socket Mode. `scopes` are those of the bot token; empty means all.
    With `agent_view` prompts suggested for a thread are taken and not shown, as Slack does for agents.
    """

    name: str
    bot_name: str
    bot_token: str
    app_token: str
    commands: tuple[SeedCommand, ...] = ()
    signing_secret: str = field(default="", repr=False)
    shortcuts: tuple[SeedShortcut, ...] = ()
    home: bool = True
    request_url: str = ""
    scopes: tuple[str, ...] = ()
    agent_view: bool = False


@dataclass(frozen=True)
class Seed:
    """Everything a workspace starts with. `team_id` empty means: made from the domain."""

    name: str
    domain: str
    users: tuple[SeedUser, ...]
    channels: tuple[SeedChannel, ...]
    app: SeedApp
    team_id: str = ""
    usergroups: tuple[SeedUserGroup, ...] = ()
