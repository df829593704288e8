"""Alarms when things fail, and what is not acknowledged while the database cannot take it."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from slack_bolt import BoltRequest

from bot.app import Bot
from tests.town import Json, Town, eventually, question_of, rest, running_bot

EMERGENCY = "I have crushing chest pain and cannot breathe"
ANSWERED = question_of("percutaneous-lumbar-fusion")


@pytest.fixture
def town() -> Iterator[Town]:
    """A town whose Slack waits only a moment for an acknowledgement, and brings the message again soon."""
    town = Town.open(ack_seconds=0.5, redelivery_delays=(0.0, 0.2, 0.2))
    yield town
    town.workspace.stop()


@pytest.fixture
def bot(town: Town, data_dir: Path) -> Iterator[Bot]:
    bot = running_bot(town, data_dir)
    yield bot
    bot.stop()


@contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Nobody else can write to the database inside."""
    connection = sqlite3.connect(data_dir / "support-bot.sqlite3", isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def say(town: Town, text: str) -> Json:
    """Say something as a patient in #support; {"message", "acked"}."""
    return town.post("message", channel=town.channels["support"], user=town.users["patient-a"], text=text)


def brought_again(town: Town) -> bool:
    return any(e["kind"] == "envelope_sent" and e["retry_attempt"] for e in town.get("log")["log"])


def test_a_notice_needs_no_database_and_the_question_is_taken_once_it_can_be(
    town: Town, bot: Bot, data_dir: Path
) -> None:
    with locked(data_dir):
        said = say(town, EMERGENCY)
        assert said["acked"] is False
        ts = said["message"]["ts"]
        assert "emergency number now" in town.reply(ts)["text"]
        eventually(lambda: brought_again(town), "Slack to bring the message again")
        assert not town.cards()
    assert "ALARM" in town.card()["text"]
    rest(bot)
    assert len(town.by_bot(town.thread(ts))) == 1
    assert len(town.cards()) == 1


def test_a_notice_that_failed_is_tried_again_when_slack_brings_the_message_again(
    town: Town, bot: Bot, data_dir: Path
) -> None:
    town.fault("chat.postMessage", "error_before", channel="support")
    with locked(data_dir):
        ts = say(town, EMERGENCY)["message"]["ts"]
        assert "emergency number now" in town.reply(ts)["text"]


def test_a_notice_goes_out_while_the_moderators_channel_fails(town: Town, bot: Bot) -> None:
    town.fault("chat.postMessage", "error_before", channel="moderators", times=-1)
    since = time.monotonic()
    ts = town.say("patient-a", EMERGENCY)
    assert "emergency number now" in town.reply(ts)["text"]
    assert time.monotonic() - since < 1.0
    town.clear_faults()
    assert "ALARM" in town.card()["text"]


@pytest.mark.parametrize(
    "fault",
    [{"kind": "error_before"}, {"kind": "hang"}, {"kind": "ratelimited", "retry_after": 1}],
    ids=["500", "hang", "429"],
)
def test_a_notice_that_slack_does_not_take_at_once_is_there_in_the_end(town: Town, bot: Bot, fault: Json) -> None:
    town.fault("chat.postMessage", channel="support", **fault)
    ts = town.say("patient-a", EMERGENCY)
    assert "emergency number now" in town.reply(ts)["text"]
    assert "ALARM" in town.card()["text"]


def test_a_question_that_cannot_be_stored_is_not_acknowledged_and_is_answered_once_afterwards(
    town: Town, bot: Bot, data_dir: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with locked(data_dir):
        said = say(town, ANSWERED)
        assert said["acked"] is False
        eventually(lambda: brought_again(town), "Slack to bring the message again")
    town.reply(said["message"]["ts"])
    rest(bot)
    assert len(town.by_bot(town.thread(said["message"]["ts"]))) == 1
    assert "Traceback" not in capfd.readouterr().err


def test_one_gesture_that_comes_as_two_messages_is_answered_once(town: Town, bot: Bot) -> None:
    said = say(town, ANSWERED)["message"]
    town.reply(said["ts"])
    twin = {**event_of(town, said), "ts": f"{float(said['ts']) + 1:.6f}"}
    assert town.post("event", event=twin)["acked"] is True
    rest(bot)
    assert len(town.by_bot(town.messages("support"))) == 1


def test_a_mention_and_its_message_are_one_question(town: Town, bot: Bot) -> None:
    said = say(town, f"<@{bot.directory.bot_user}> {ANSWERED}")["message"]
    town.reply(said["ts"])
    rest(bot)
    assert len(town.by_bot(town.thread(said["ts"]))) == 1


def test_a_message_of_which_only_the_second_delivery_arrives_is_answered(town: Town, data_dir: Path) -> None:
    said = say(town, ANSWERED)["message"]  # nobody is connected
    town.workspace._parts.socket.forget_everything()
    bot = running_bot(town, data_dir)
    body = {
        "type": "event_callback",
        "team_id": bot.directory.team,
        "event_id": "Ev1",
        "event": event_of(town, said),
    }
    again: dict[str, str | Sequence[str]] = {"x-slack-retry-num": ["1"], "x-slack-retry-reason": ["timeout"]}
    request = BoltRequest(body=json.dumps(body), mode="socket_mode", headers=again)
    assert bot.app.dispatch(request).status == 200
    town.reply(said["ts"])
    bot.stop()


def event_of(town: Town, said: Json) -> Json:
    """The event for a message that was said in #support."""
    return {
        "type": "message",
        "channel": town.channels["support"],
        "channel_type": "channel",
        **{key: said[key] for key in ("user", "text", "ts", "client_msg_id")},
    }
