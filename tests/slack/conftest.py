"""One local workspace for all tests of this folder, put back to its seed before each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.app import _slack_client
from bot.slack.messenger import Messenger
from tests.town import Town, settings

SETTLE_SECONDS = 7.5


@pytest.fixture(scope="session")
def _standing_town() -> Iterator[Town]:
    town = Town.open()
    yield town
    town.workspace.stop()


@pytest.fixture
def slack(_standing_town: Town) -> Iterator[Town]:
    """A workspace in which nothing has happened yet and nothing is at fault."""
    _standing_town.post("reset")
    yield _standing_town
    _standing_town.post("faults", clear=True)


@pytest.fixture
def client(slack: Town, tmp_path: Path) -> WebClient:
    """The bot's client, as the composition root builds it."""
    return _slack_client(settings(slack, tmp_path))


@pytest.fixture
def messenger(client: WebClient) -> Messenger:
    return Messenger(client, SETTLE_SECONDS)


@pytest.fixture
def fault(slack: Town) -> Callable[..., None]:
    """Puts a fault in force: `fault("chat.postMessage", "ratelimited", retry_after=30)`."""

    def add(method: str, kind: str, **more: object) -> None:
        assert slack.post("faults", method=method, kind=kind, **more)["ok"]

    return add
