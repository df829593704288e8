"""A process killed with -9 at the worst moments: after the restart everything is there once.

Each scene brings several posts to a halt, each in its own way, and kills the process once; the tests then read what the
people see. Nobody writes anything after the kill.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.app import Bot
from bot.slack.cards import PREVIEW, WRITE
from bot.slack.messenger import Messenger, Posted
from tests.program import CONNECTED, Program, Run, slack_settings
from tests.town import Json, Town, eventually, question_of, settings

ANSWERED = "percutaneous-lumbar-fusion"
UNANSWERABLE = "What's the capital of France?"
EMERGENCY = "I have crushing chest pain and cannot breathe"
LATE_SECONDS = 3.0
PATIENT_SECONDS = 10.0
"""How long the process that will be killed waits for Slack: longer than a scene takes."""
SHORT_SECONDS = 1.0
"""How long the next process waits for Slack."""


def running(run: Run, town: Town, data_dir: Path, slack_timeout_seconds: float) -> Program:
    env = slack_settings(town, data_dir, support_bot_slack_timeout_seconds=slack_timeout_seconds)
    program = run("run", **env)
    program.says(CONNECTED)
    return program


def at_rest(town: Town, data_dir: Path, run: Run, slack_timeout_seconds: float = SHORT_SECONDS) -> None:
    """Restart the bot, wait until it has nothing left to do, and end it."""
    program = running(run, town, data_dir, slack_timeout_seconds)
    eventually(lambda: not open_work(data_dir), "all work to end", 30)
    assert program.end() == 0
    assert "Traceback" not in program.said()


def open_work(data_dir: Path) -> list[str]:
    """The durable work that has not ended."""
    with closing(sqlite3.connect(data_dir / "support-bot.sqlite3")) as connection:
        rows = connection.execute("SELECT workflow_uuid FROM workflow_status WHERE status != 'SUCCESS'")
        return [row[0] for row in rows]


# --- killed while it was about to reply


@dataclass(frozen=True)
class Scene:
    town: Town
    asked: dict[str, str]

    def replies(self, name: str) -> list[Json]:
        return self.town.by_bot(self.town.thread(self.asked[name]))


@pytest.fixture(scope="module")
def replies_held(lasting_town: Town, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Killed with three replies and a card on their way to Slack."""
    town, data_dir = lasting_town, tmp_path_factory.mktemp("replies") / "data"
    program = running(run, town, data_dir, PATIENT_SECONDS)
    asked: dict[str, str] = {}
    for name, fault in (
        ("lost", {"kind": "hang"}),
        ("stored", {"kind": "hang_after"}),
        ("late", {"kind": "delay", "seconds": LATE_SECONDS}),
    ):
        town.fault("chat.postMessage", channel="support", **fault)
        asked[name] = town.say("patient-a", question_of(ANSWERED))
        town.fault_is_met()
    town.fault("chat.postMessage", "hang", channel="moderators")
    asked["card"] = town.say("patient-b", UNANSWERABLE)
    town.fault_is_met()
    program.kill()
    at_rest(town, data_dir, run, slack_timeout_seconds=LATE_SECONDS)
    return Scene(town, asked)


@pytest.mark.parametrize("name", ["lost", "stored", "late"])
def test_a_reply_under_way_at_the_kill_is_there_once(replies_held: Scene, name: str) -> None:
    assert len(replies_held.replies(name)) == 1
    assert "Answered by" in replies_held.replies(name)[0]["text"]


def test_a_question_killed_between_reply_and_card_has_one_of_each(replies_held: Scene) -> None:
    assert len(replies_held.replies("card")) == 1
    assert len(replies_held.town.cards()) == 1


# --- killed while people were being told


@pytest.fixture(scope="module")
def people_waiting(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Killed with a card, a moderator's answer and an alarm's notice on their way to Slack."""
    town, data_dir = Town.open(), tmp_path_factory.mktemp("people") / "data"
    program = running(run, town, data_dir, PATIENT_SECONDS)
    asked = {"answered": town.say("patient-a", UNANSWERABLE)}
    card = town.card()
    town.press("moderator", card, "ticket_write")
    town.view_when("moderator", WRITE)
    town.submit("moderator", answer={"words": "Paris, and nothing about backs."})
    town.view_when("moderator", PREVIEW)
    town.fault("chat.postMessage", "hang_after", channel="support")
    town.submit("moderator")
    town.fault_is_met()
    town.fault("chat.postMessage", "hang_after", channel="moderators")
    asked["card"] = town.say("patient-b", UNANSWERABLE)
    town.fault_is_met()
    town.fault("chat.postMessage", "hang", channel="support")
    asked["alarm"] = town.say("patient-b", EMERGENCY)
    town.fault_is_met()
    program.kill()
    at_rest(town, data_dir, run)
    return Scene(town, asked)


def test_a_moderators_answer_under_way_at_the_kill_reaches_the_patient_once(people_waiting: Scene) -> None:
    told = [m["text"] for m in people_waiting.replies("answered")]
    assert len([text for text in told if "Paris, and nothing about backs." in text]) == 1


def test_a_card_under_way_at_the_kill_is_on_the_moderators_channel_once(people_waiting: Scene) -> None:
    links = [c for c in people_waiting.town.cards() if people_waiting.asked["card"].replace(".", "") in c["text"]]
    assert len(links) == 1


def test_an_alarm_killed_before_its_notice_was_stored_is_noticed_after_the_restart(people_waiting: Scene) -> None:
    assert "emergency number now" in people_waiting.replies("alarm")[0]["text"]


# --- the proof that these tests can fail


class Blind(Messenger):
    """A messenger that never finds what Slack already has."""

    def find(self, channel: str, thread: str, key: str, since: float) -> Posted | None:  # noqa: ARG002 # sees nothing
        return None


def test_without_the_look_before_reposting_a_reply_is_there_twice(lasting_town: Town, data_dir: Path) -> None:
    town = lasting_town
    bot = Bot(settings(town, data_dir, support_bot_slack_timeout_seconds=0.1), messenger=Blind)
    bot.start()
    try:
        town.fault("chat.postMessage", "hang_after", channel="support")
        asked = town.say("patient-a", question_of(ANSWERED))
        eventually(lambda: len(town.by_bot(town.thread(asked))) == 2, "the second reply")
    finally:
        bot.stop()
        town.clear_faults()


# --- ended politely


def test_sigterm_ends_the_process_while_slack_hangs_and_the_next_one_finishes_the_work(
    lasting_town: Town, run: Run, data_dir: Path
) -> None:
    town = lasting_town
    program = running(run, town, data_dir, SHORT_SECONDS)
    town.fault("chat.postMessage", "hang", channel="support")
    asked = town.say("patient-a", question_of(ANSWERED))
    town.fault_is_met()
    assert program.end(seconds=10) == 0
    assert "Traceback" not in program.said()
    at_rest(town, data_dir, run)
    assert len(town.by_bot(town.thread(asked))) == 1


def test_a_second_process_on_the_same_data_folder_refuses_and_says_why(
    lasting_town: Town, run: Run, data_dir: Path
) -> None:
    first = running(run, lasting_town, data_dir, SHORT_SECONDS)
    second = run("run", **slack_settings(lasting_town, data_dir))
    assert second.ends() == 1
    assert "another support-bot already works in" in second.said()
    assert "SUPPORT_BOT_DATA_DIR" in second.said()
    assert "Traceback" not in second.said()
    assert first.end() == 0
