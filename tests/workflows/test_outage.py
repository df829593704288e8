"""Slack out of reach while the bot runs."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from slack_bolt import BoltRequest

from bot.app import Bot
from bot.config import ConfigError
from bot.slack.message import said
from bot.workflows.posting import Outgoing, Place
from tests.town import Town, event_of, eventually, question_of, running_bot, settings


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


def test_a_message_of_which_only_the_second_delivery_arrives_is_answered(empty_town: Town, data_dir: Path) -> None:
    town = empty_town
    ts = town.say("patient-a", question_of("percutaneous-lumbar-fusion"))  # nobody is connected
    message = next(m for m in town.messages("support") if m["ts"] == ts)
    town.workspace._parts.socket.forget_everything()
    bot = running_bot(town, data_dir)
    body = {
        "type": "event_callback",
        "team_id": bot.directory.team,
        "event_id": "Ev1",
        "event": event_of(town, message),
    }
    again: dict[str, str | Sequence[str]] = {"x-slack-retry-num": ["1"], "x-slack-retry-reason": ["timeout"]}
    request = BoltRequest(body=json.dumps(body), mode="socket_mode", headers=again)
    assert bot.app.dispatch(request).status == 200
    town.reply(ts)
    bot.stop()
