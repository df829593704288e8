"""Alarms when things fail, and what is not acknowledged while the database cannot take it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.app import Bot
from tests.town import Json, Town, event_of, eventually, question_of, rest, running_bot

EMERGENCY = "I have crushing chest pain and cannot breathe"
ANSWERED = question_of("percutaneous-lumbar-fusion")


@pytest.fixture(scope="module")
def hasty_town() -> Iterator[Town]:
    """A town whose Slack waits only a moment for an acknowledgement, and brings the message again soon."""
    town = Town.open(ack_seconds=0.5, redelivery_delays=(0.0, 0.2, 0.2))
    yield town
    town.workspace.stop()


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("alarms") / "data"


@pytest.fixture(scope="module")
def bot(hasty_town: Town, data_dir: Path) -> Iterator[Bot]:
    bot = running_bot(hasty_town, data_dir, support_bot_slack_timeout_seconds=0.1)
    yield bot
    bot.stop()


@pytest.fixture
def town(hasty_town: Town, bot: Bot) -> Iterator[Town]:
    """The hasty town with its bot, which has nothing left to do afterwards."""
    yield hasty_town
    hasty_town.clear_faults()
    rest(bot)


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


def brought_again(town: Town) -> int:
    """How often Slack has brought a message again."""
    return sum(1 for e in town.get("log")["log"] if e["kind"] == "envelope_sent" and e["retry_attempt"])


def card_of(town: Town, ts: str) -> Json:
    """The card of the ticket for a question, which links to it."""
    return eventually(lambda: cards_of(town, ts), "the card")[0]


def cards_of(town: Town, ts: str) -> list[Json]:
    return [card for card in town.cards() if ts.replace(".", "") in card["text"]]


def test_a_notice_needs_no_database_and_the_question_is_taken_once_it_can_be(
    town: Town, bot: Bot, data_dir: Path
) -> None:
    before = brought_again(town)
    with locked(data_dir):
        said = say(town, EMERGENCY)
        assert said["acked"] is False
        ts = said["message"]["ts"]
        assert "emergency number now" in town.reply(ts)["text"]
        eventually(lambda: brought_again(town) > before, "Slack to bring the message again")
        assert not cards_of(town, ts)
    assert "ALARM" in card_of(town, ts)["text"]
    rest(bot)
    assert len(town.by_bot(town.thread(ts))) == 1
    assert len(cards_of(town, ts)) == 1


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
    assert "ALARM" in card_of(town, ts)["text"]


@pytest.mark.parametrize(
    "fault",
    [{"kind": "error_before"}, {"kind": "hang"}, {"kind": "ratelimited", "retry_after": 1}],
    ids=["500", "hang", "429"],
)
def test_a_notice_that_slack_does_not_take_at_once_is_there_in_the_end(town: Town, bot: Bot, fault: Json) -> None:
    town.fault("chat.postMessage", channel="support", **fault)
    ts = town.say("patient-a", EMERGENCY)
    assert "emergency number now" in town.reply(ts)["text"]
    assert "ALARM" in card_of(town, ts)["text"]


def test_a_question_that_cannot_be_stored_is_not_acknowledged_and_is_answered_once_afterwards(
    town: Town, bot: Bot, data_dir: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = brought_again(town)
    with locked(data_dir):
        said = say(town, ANSWERED)
        assert said["acked"] is False
        eventually(lambda: brought_again(town) > before, "Slack to bring the message again")
    town.reply(said["message"]["ts"])
    rest(bot)
    assert len(town.by_bot(town.thread(said["message"]["ts"]))) == 1
    assert "Traceback" not in capfd.readouterr().err


def test_one_gesture_that_comes_as_two_messages_is_answered_once(town: Town, bot: Bot) -> None:
    said = say(town, ANSWERED)["message"]
    town.reply(said["ts"])
    replies = len(town.by_bot(town.messages("support")))
    twin = {**event_of(town, said), "ts": f"{float(said['ts']) + 1:.6f}"}
    assert town.post("event", event=twin)["acked"] is True
    rest(bot)
    assert len(town.by_bot(town.messages("support"))) == replies


def test_a_mention_and_its_message_are_one_question(town: Town, bot: Bot) -> None:
    said = say(town, f"<@{bot.directory.bot_user}> {ANSWERED}")["message"]
    town.reply(said["ts"])
    rest(bot)
    assert len(town.by_bot(town.thread(said["ts"]))) == 1
