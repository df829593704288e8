"""The durable engine: once for an id, over restarts and changes of the code; and what it gives up reaches a person."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.app import Bot
from bot.domain.decision import Accept, Later
from bot.domain.matching import Ranking
from bot.domain.question import Door, Question
from bot.domain.scope import Guard, Verdict
from bot.knowledge_files import Loaded
from bot.slack.message import Message
from bot.slack.messenger import Messenger, Posted
from bot.storage.database import open_database
from bot.workflows.engine import Engine, EngineStopped, Payload, Work
from bot.workflows.finding import Finder
from bot.workflows.parts import Wisdom
from bot.workflows.reception import Arrival
from tests.town import Town, eventually, phrases, question_of, settings

ANSWERED = question_of("percutaneous-lumbar-fusion")
TROUBLE = "something went wrong on our side"


class Life:
    """One engine over a folder, from launch to stop; `done` is what its works were given, in order."""

    def __init__(self, folder: Path, works: Mapping[str, Work] | None = None) -> None:
        self.done: list[Payload] = []
        self._database = open_database(folder)
        self.engine = Engine(self._database, works or {"note": self.done.append})
        self.engine.launch()

    def end(self, seconds: float = 5.0) -> None:
        self.engine.stop(seconds)
        self._database.close()

    def __enter__(self) -> Life:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


def leave_open(_payload: Payload) -> None:
    """Work that is under way when the process ends."""
    raise EngineStopped


def stored_inputs(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "support-bot.sqlite3")) as connection:
        return [row[0] for row in connection.execute("SELECT inputs FROM workflow_input")]


# --- the engine alone


def test_work_started_from_16_threads_with_one_id_runs_once(tmp_path: Path) -> None:
    with Life(tmp_path) as life, ThreadPoolExecutor(16) as people:
        for started in [people.submit(life.engine.start, "id", "note", {"n": n}) for n in range(16)]:
            started.result()
        eventually(lambda: life.engine.unfinished() == 0, "the work to end")
        assert len(life.done) == 1


def test_work_that_was_put_off_is_done_by_the_next_process(tmp_path: Path) -> None:
    with Life(tmp_path) as first:
        first.engine.start_after(0.5, "id", "note", {"n": 1})
    assert first.done == []
    with Life(tmp_path) as second:
        eventually(lambda: second.done, "the work to be done")
        assert [p["n"] for p in second.done] == [1]
        assert not second.engine.is_first_run(second.done[0])


def test_open_work_is_taken_up_by_a_program_whose_code_has_changed(tmp_path: Path) -> None:
    with Life(tmp_path, {"note": leave_open}) as first:
        first.engine.start("id", "note", {"n": 1})
        assert first.engine.unfinished() == 1
    with Life(tmp_path) as second:
        eventually(lambda: second.done, "the work to be done")
        eventually(lambda: second.engine.unfinished() == 0, "the work to end")
        assert [p["n"] for p in second.done] == [1]


def test_work_is_given_time_to_end_and_is_not_done_again(tmp_path: Path) -> None:
    begun, ended = threading.Event(), threading.Event()

    def slow(_payload: Payload) -> None:
        begun.set()
        stopping.wait(10)
        ended.set()

    stopping = threading.Event()
    life = Life(tmp_path, {"note": slow})
    life.engine.start("id", "note", {})
    begun.wait(10)
    threading.Timer(0.2, stopping.set).start()
    life.end()
    assert ended.is_set()
    with Life(tmp_path) as second:
        assert second.engine.unfinished() == 0


def test_after_the_stop_nothing_is_started_and_nothing_is_recorded_as_failed(tmp_path: Path) -> None:
    begun, stopped, seen = threading.Event(), threading.Event(), threading.Event()

    def puts_off(payload: Payload) -> None:
        begun.set()
        stopped.wait(10)
        try:
            life.engine.start_after(1.0, "later", "note", payload)
        finally:
            seen.set()

    life = Life(tmp_path, {"note": puts_off})
    life.engine.start("id", "note", {})
    begun.wait(10)
    life.end(seconds=0.0)
    stopped.set()
    assert seen.wait(10)
    with pytest.raises(EngineStopped):
        life.engine.start("id-2", "note", {})
    with Life(tmp_path) as second:
        eventually(lambda: second.done, "the work to be taken up")


def test_payloads_are_stored_as_json(tmp_path: Path) -> None:
    with Life(tmp_path, {"note": leave_open}) as life:
        life.engine.start("id", "note", {"words": "naïve 🙂"})
    assert [json.loads(stored)["args"][0]["words"] for stored in stored_inputs(tmp_path)] == ["naïve 🙂"]


# --- the whole bot, when a part of it is broken


class BrokenFinder(Finder):
    def rank(self, text: str, top: int = 0) -> Ranking:  # noqa: ARG002 # it fails whatever is wanted
        raise ZeroDivisionError(text)


class BrokenGuard(Guard):
    def judge(self, text: str) -> Verdict:
        raise ZeroDivisionError(text)


def with_broken_finder(loaded: Loaded, *_: object) -> Wisdom:
    broken = BrokenFinder(loaded.knowledge, loaded.config.matching, None, None)
    return replace(Wisdom.of(loaded), finder=broken)


def with_broken_guard(loaded: Loaded, *_: object) -> Wisdom:
    return replace(Wisdom.of(loaded), guard=BrokenGuard(loaded.scope))


class Stumbling(Messenger):
    """A way out to Slack with a mistake in it: posts whose key begins with one of `stumbles` fail, each once."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.stumbles = ["reply:", "trouble:"]

    def post(self, channel: str, thread: str, key: str, message: Message) -> Posted:
        for stumble in self.stumbles:
            if key.startswith(stumble):
                self.stumbles.remove(stumble)
                raise ZeroDivisionError(message.text)
        return super().post(channel, thread, key, message)


@pytest.fixture
def broken(empty_town: Town, data_dir: Path) -> Iterator[Any]:
    """Starts a bot with a broken part."""
    bots: list[Bot] = []

    def start(**parts: Any) -> Bot:
        bots.append(Bot(settings(empty_town, data_dir, support_bot_slack_timeout_seconds=0.1), **parts))
        bots[0].start()
        return bots[0]

    yield start
    for bot in bots:
        bot.stop()


class Patient(Finder):
    """A finder that takes its time: nothing is found until it is `let`."""

    let = threading.Event()

    def rank(self, text: str, top: int = 10) -> Ranking:
        assert self.let.wait(10)
        return super().rank(text, top)


@pytest.mark.parametrize("words", [ANSWERED, "fusion and me, a story"])
def test_a_message_is_taken_before_anything_is_matched(
    broken: Callable[..., Bot], empty_town: Town, words: str
) -> None:
    """Slack waits three seconds for its acknowledgement; an encoder in that time would lose a burst of messages."""

    def wise(loaded: Loaded, *_: object) -> Wisdom:
        return replace(Wisdom.of(loaded), finder=Patient(loaded.knowledge, loaded.config.matching, None, None))

    Patient.let.clear()
    bot = broken(wise=wise)
    channel, user = empty_town.channels["support"], empty_town.users["patient-a"]
    ts = f"{time.time():.6f}"
    question = Question(f"q:T:{channel}:{ts}", "T", channel, user, words, Door.CHANNEL, time.time(), ts)
    assert isinstance(bot.reception.take_message(Arrival(question)), Accept | Later)
    Patient.let.set()
    bot.rest()


def assert_a_person_has_it(town: Town, ts: str) -> None:
    assert TROUBLE in town.reply(ts)["text"]
    card = town.card()["text"]
    assert phrases().say("reason_trouble") in card
    assert phrases().say("card_incident", incident="").strip() in card
    assert len(town.cards()) == 1


@pytest.mark.parametrize("wise", [with_broken_finder, with_broken_guard])
def test_a_question_on_which_the_bot_fails_reaches_a_person(
    empty_town: Town, broken: Any, wise: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    broken(wise=wise)
    ts = empty_town.say("patient-a", ANSWERED)
    assert_a_person_has_it(empty_town, ts)
    logged = "".join(capfd.readouterr())
    assert "ZeroDivisionError" in logged
    assert ANSWERED not in logged


def test_a_question_that_the_engine_has_given_up_reaches_a_person(empty_town: Town, broken: Any) -> None:
    bot = broken(messenger=Stumbling)
    eventually(lambda: bot.poster._unsettled_seconds() == 0, "the process to be old enough to post at once")
    ts = empty_town.say("patient-a", ANSWERED)
    eventually(lambda: bot.engine.stranded(), "the engine to give the question up")
    assert bot.upkeep.sweep(bot.engine) == 1
    assert_a_person_has_it(empty_town, ts)
    assert bot.upkeep.sweep(bot.engine) == 0


def test_the_reference_to_a_failure_stays_on_the_card(empty_town: Town, broken: Any) -> None:
    broken(wise=with_broken_finder)
    empty_town.say("patient-a", ANSWERED)
    empty_town.press("moderator", empty_town.card(), "ticket_claim")
    card = empty_town.card_when("Claimed by")
    assert phrases().say("card_incident", incident="").strip() in card["text"]


def test_other_work_that_fails_is_tried_once_more_and_then_told_to_the_moderators(
    empty_town: Town, broken: Any
) -> None:
    bot = broken()
    bot.engine.start("press:broken", "press", {})
    for _ in range(2):
        eventually(lambda: bot.engine.stranded(), "the engine to give the work up")
        assert bot.upkeep.sweep(bot.engine) == 1
    eventually(lambda: empty_town.by_bot(empty_town.messages("moderators")), "the moderators to be told")
    assert phrases().say("card_incident", incident="").strip() in empty_town.cards()[0]["text"]
    assert bot.engine.stranded() == []
