"""Makes the fixtures that several folders of tests share known to all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import Bot
from tests.town import Town, running_bot

pytest_plugins = ["tests.browser", "tests.workspace.garden"]


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A fresh folder for the bot's data."""
    return tmp_path / "data"


@pytest.fixture
def empty_town() -> Iterator[Town]:
    """A local workspace with its people, and no bot yet."""
    town = Town.open()
    yield town
    town.workspace.stop()


@pytest.fixture
def bot(empty_town: Town, data_dir: Path) -> Iterator[Bot]:
    """The bot, connected to the town over a real socket."""
    bot = running_bot(empty_town, data_dir)
    yield bot
    bot.stop()


@pytest.fixture
def town(empty_town: Town, bot: Bot) -> Town:
    """The town with the bot in it."""
    return empty_town
