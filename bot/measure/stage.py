"""The stage of a rehearsal: a local workspace with the people of every transcript, and the real bot on a real socket.

Each transcript has people of its own, so that nothing of one is seen in another; the bot and the channels are shared.
"""

from __future__ import annotations

import json
import secrets
import time
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from bot import demo
from bot.app import Bot
from bot.config import Settings, read_settings
from bot.domain.knowledge import ChannelMode, ServiceConfig
from bot.knowledge_files import Loaded
from bot.measure.transcript import Transcript
from bot.workspace import SeedChannel, SeedUser, Workspace

Json: TypeAlias = dict[str, Any]
TIMEOUT_SECONDS = 30.0
MODERATOR = "moderator"
"""Whoever has a name that begins so is a moderator; everybody else is a patient."""


class Refused(Exception):
    """The workspace does not let a person do this; the message says why."""


class Stage:
    """Builds the workspace and the bot for some transcripts. `with` it, or `start` and `stop` it."""

    def __init__(self, transcripts: Iterable[Transcript], loaded: Loaded, knowledge: Path, data: Path) -> None:
        self._transcripts = tuple(transcripts)
        self.loaded = loaded
        self.desk = loaded.config.moderators_channel.lstrip("#")
        self._knowledge, self._data = knowledge, data
        self._passed_seconds = 0.0
        self._seed = replace(demo.seed(), users=tuple(self._users()), channels=tuple(self._channels()))
        self.workspace = Workspace(self._seed, port=0, now=self.now)
        self.bot: Bot | None = None
        self.users: dict[str, str] = {}
        self.channels: dict[str, str] = {}
        self.main = main_channel(loaded.config)

    def __enter__(self) -> Stage:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self.workspace.start()
        try:
            self.bot = Bot(self._settings(), now=self.now)
            self.bot.start()
        except BaseException:
            self.stop()
            raise
        state = self.get("state")
        self.users = {user["name"]: user["id"] for user in state["users"]}
        self.channels = {channel["name"]: channel["id"] for channel in state["channels"]}

    def stop(self) -> None:
        if self.bot is not None:
            self.bot.stop()
        self.workspace.stop()

    def _settings(self) -> Settings:
        return read_settings(
            slack_bot_token=self._seed.app.bot_token,
            slack_app_token=self._seed.app.app_token,
            slack_signing_secret=self._seed.app.signing_secret or secrets.token_hex(16),
            slack_api_url=self.workspace.api_url,
            support_bot_transport="socket",
            support_bot_data_dir=self._data,
            support_bot_knowledge_dir=self._knowledge,
        )

    # --- time

    def now(self) -> float:
        """Seconds since 1970, as the workspace and the bot tell the time."""
        return time.time() + self._passed_seconds

    def let_time_pass(self, seconds: float) -> None:
        self._passed_seconds += seconds

    def rest(self) -> None:
        """Return once the bot has done everything it is going to do."""
        assert self.bot is not None
        self.bot.rest(TIMEOUT_SECONDS)

    # --- who and where

    def _users(self) -> Iterator[SeedUser]:
        for number, transcript in enumerate(self._transcripts):
            for name in transcript.people:
                yield SeedUser(handle(name, number), name)

    def _channels(self) -> Iterator[SeedChannel]:
        configured = {setting.channel.lstrip("#") for setting in self.loaded.config.channels}
        written = {name for transcript in self._transcripts for name in transcript.channels}
        for name in sorted((configured | written) - {self.desk}):
            yield SeedChannel(name, members=(*self._members(name), self._bot_name()))
        yield SeedChannel(self.desk, is_private=True, members=(*self._members(self.desk), self._bot_name()))

    def _members(self, channel: str) -> Iterator[str]:
        for number, transcript in enumerate(self._transcripts):
            for name in transcript.people:
                allowed = channel != self.desk or is_moderator(name)
                if allowed and (name, channel) not in transcript.joins:
                    yield handle(name, number)

    @staticmethod
    def _bot_name() -> str:
        return demo.seed().app.bot_name

    def names(self, transcript: Transcript) -> dict[str, str]:
        """Whom each user id belongs to, by the name in the transcript."""
        number = self._transcripts.index(transcript)
        people = {self.users[handle(name, number)]: name for name in transcript.people}
        return people | {self.bot_user: "bot"}

    @property
    def bot_user(self) -> str:
        return self.users[self._bot_name()]

    # --- talking to the workspace

    def get(self, endpoint: str) -> Json:
        return self._open(urllib.request.Request(f"{self.workspace.url}/_control/{endpoint}"))

    def post(self, endpoint: str, **values: object) -> Json:
        """Do something in the workspace. Raises Refused when it is not possible there."""
        address = f"{self.workspace.url}/_control/{endpoint}"
        headers = {"content-type": "application/json"}
        answer = self._open(urllib.request.Request(address, json.dumps(values).encode(), headers))
        if not answer["ok"]:
            raise Refused(f"Slack refuses it ({answer['error']})")
        return answer

    @staticmethod
    def _open(request: urllib.request.Request) -> Json:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            return dict(json.load(response))


def handle(name: str, number: int) -> str:
    """A person's handle in the shared workspace, in the transcript with this number."""
    return f"{name}.{number}"


def is_moderator(name: str) -> bool:
    return name.startswith(MODERATOR)


def main_channel(config: ServiceConfig) -> str:
    """Where somebody types a command when the transcript does not say: the first channel the bot listens in."""
    listened = [s.channel for s in config.channels if s.mode is not ChannelMode.OFF] or ["general"]
    return listened[0].lstrip("#")
