"""Makes the fixtures that several folders of tests share known to all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import Bot
from bot.config import read_settings
from bot.encoder import Encoder
from bot.knowledge_files import load
from bot.workflows.meaning import Meaning
from bot.workflows.parts import Wisdom
from tests.town import KNOWLEDGE, Town, running_bot

pytest_plugins = ["tests.browser", "tests.workspace.garden"]


@pytest.fixture(scope="session", autouse=True)
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One cache folder for all tests and their programs, and never that of whoever runs them."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SUPPORT_BOT_CACHE_DIR", str(folder))
        yield folder


@pytest.fixture(scope="session")
def meaning(cache_dir: Path) -> Meaning:
    """The real sentence encoder, opened once; without it where it is not installed."""
    return Meaning.of(read_settings(support_bot_cache_dir=cache_dir, support_bot_encoder="auto"))


@pytest.fixture(scope="session")
def encoder(meaning: Meaning) -> Encoder:
    """The real sentence encoder; where it is not installed the test is skipped, and fails in CI."""
    if meaning.encoder is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(meaning.why_not)
    return meaning.encoder


@pytest.fixture(scope="session")
def prepared(meaning: Meaning) -> Wisdom:
    """The starter knowledge, encoded and calibrated: programs that are started later find both in the cache."""
    return Wisdom.of(load(KNOWLEDGE), meaning.encoder, meaning.cache)


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
