"""Slack out of reach while the bot runs."""

from __future__ import annotations

import gc
import time
from pathlib import Path

import pytest

from bot.app import Bot
from bot.config import ConfigError
from bot.slack.message import said
from bot.workflows.posting import Outgoing, Place
from tests.town import Town, eventually, running_bot, settings


def test_a_message_is_delivered_once_slack_can_be_reached_again(empty_town: Town, data_dir: Path) -> None:
    town, bot = empty_town, Bot(settings(empty_town, data_dir))
    bot.engine.launch()
    town.workspace.stop()
    support = Place(channel=town.channels["support"])
    assert bot.poster.post(Outgoing("test:1", support, said("back again"), time.time()), look=False) is None
    assert bot.parts.store.posted("test:1") is None
    town.workspace.start()
    eventually(lambda: bot.parts.store.posted("test:1"), "the message to be delivered")
    assert [m["text"] for m in town.by_bot(town.messages("support"))] == ["back again"]
    bot.stop()


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # the websocket library leaves its broken socket open
def test_the_bot_stops_quickly_while_slack_is_away(empty_town: Town, data_dir: Path) -> None:
    bot = running_bot(empty_town, data_dir)
    empty_town.workspace.stop()
    since = time.monotonic()
    bot.stop()
    assert time.monotonic() - since < 5.0
    gc.collect()


@pytest.mark.parametrize("fault", [{"kind": "hang"}, {"kind": "error_before"}, {"kind": "ratelimited"}])
def test_an_outage_at_start_is_waited_out(empty_town: Town, data_dir: Path, fault: dict[str, str]) -> None:
    empty_town.fault("auth.test", **fault)
    bot = Bot(settings(empty_town, data_dir))
    assert bot.directory.bot_user
    bot.stop()


@pytest.mark.parametrize("fault", ["hang", "error_before", "ratelimited"])
def test_the_patience_with_a_slack_that_does_not_answer_has_an_end(
    empty_town: Town, data_dir: Path, fault: str
) -> None:
    empty_town.fault("*", fault, times=-1)
    since = time.monotonic()
    with pytest.raises(ConfigError, match=r"Slack does not answer .* SLACK_API_URL"):
        Bot(settings(empty_town, data_dir), patience_seconds=1.0)
    assert time.monotonic() - since < 6.0
    empty_town.clear_faults()
