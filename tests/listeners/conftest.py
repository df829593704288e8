"""One town and one bot for each module of this folder; each test sees only what happens in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import Bot
from tests.town import Town, an_hour_passes, rest, running_bot, town_knowledge


@pytest.fixture(scope="module")
def transport() -> str:
    """How Slack reaches the module's bot; a module may ask for both with `over_both_transports`."""
    return "socket"


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The knowledge folder of the module's bot; a module may have its own."""
    return town_knowledge(tmp_path_factory.mktemp("knowledge"))


@pytest.fixture(scope="module")
def shared_town(transport: str) -> Iterator[Town]:
    town = Town.open()
    yield town
    town.workspace.stop()


@pytest.fixture(scope="module")
def bot(shared_town: Town, knowledge: Path, transport: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    bot = running_bot(
        shared_town,
        tmp_path_factory.mktemp("data"),
        support_bot_knowledge_dir=knowledge,
        support_bot_transport=transport,
    )
    yield bot
    bot.stop()


@pytest.fixture
def town(shared_town: Town, bot: Bot) -> Town:
    """The town on a fresh page, with nothing left to do for the bot."""
    rest(bot)
    an_hour_passes(bot)
    shared_town.turn_page()
    return shared_town
