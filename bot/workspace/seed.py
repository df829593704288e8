"""What a local workspace holds when it starts: people, channels and the one app, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field


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
class SeedApp:
    """The app under test: its bot user, its two tokens (`xoxb-...`, `xapp-...`) and its commands."""

    name: str
    bot_name: str
    bot_token: str
    app_token: str
    commands: tuple[SeedCommand, ...] = ()
    signing_secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Seed:
    """Everything a workspace starts with. `team_id` empty means: made from the domain."""

    name: str
    domain: str
    users: tuple[SeedUser, ...]
    channels: tuple[SeedChannel, ...]
    app: SeedApp
    team_id: str = ""
