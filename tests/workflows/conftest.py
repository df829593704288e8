"""What the tests of durable work share: real processes to kill, and one town for a whole module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import Bot
from tests.program import Program, Run
from tests.town import Town, running_bot


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Starts real processes in a folder of their own; none outlives the module."""
    folder = tmp_path_factory.mktemp("programs")
    started: list[Program] = []

    def start(*arguments: str, **env: str) -> Program:
        started.append(Program.start(arguments, folder, env))
        return started[-1]

    yield start
    for program in started:
        program.kill()


@pytest.fixture(scope="module")
def lasting_town() -> Iterator[Town]:
    """A town without a bot, for all tests of a module."""
    town = Town.open()
    yield town
    town.workspace.stop()


@pytest.fixture(scope="module")
def lasting_bot(lasting_town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """A bot for all tests of a module, with little patience: what it sends has settled after 1.1 s."""
    data_dir: Path = tmp_path_factory.mktemp("lasting") / "data"
    bot = running_bot(lasting_town, data_dir, support_bot_slack_timeout_seconds=0.1)
    yield bot
    bot.stop()
