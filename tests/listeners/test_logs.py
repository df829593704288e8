"""No patient's or moderator's words in the log: the real process at its most talkative, also when things break."""

from __future__ import annotations

import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.storage.database import open_database
from bot.workflows.engine import Engine, Payload
from tests.town import APP_TOKEN, BOT_TOKEN, KNOWLEDGE, Town, eventually

CANARY = "quokkazanzibar"


@dataclass(frozen=True)
class Process:
    """`support-bot run` with its log and its database."""

    town: Town
    log_file: Path
    database: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    def break_table(self, table: str) -> None:
        """From now on every statement on this table fails."""
        with sqlite3.connect(self.database) as connection:
            connection.execute(f"ALTER TABLE {table} RENAME TO {table}_broken")
        connection.close()

    def once_logged(self, event: str) -> None:
        eventually(lambda: event in self.log, f"the log to say {event!r}")


@pytest.fixture
def process(shared_town: Town, tmp_path: Path) -> Iterator[Process]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": shared_town.workspace.api_url,
        "SUPPORT_BOT_DATA_DIR": str(tmp_path / "data"),
        "SUPPORT_BOT_LOG_LEVEL": "debug",
        "SUPPORT_BOT_KNOWLEDGE_DIR": str(KNOWLEDGE),
        "PYTHONPATH": str(KNOWLEDGE.parent),
    }
    log_file = tmp_path / "log"
    command = [sys.executable, "-m", "bot", "run"]
    with log_file.open("w") as log:
        started = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield Process(shared_town, log_file, tmp_path / "data" / "support-bot.sqlite3")
    finally:
        started.terminate()
        started.wait(timeout=20)


@pytest.fixture
def town(process: Process) -> Town:
    """The town as the running process sees it."""
    assert process.town.workspace.wait_until_connected(20), process.log
    process.once_logged("connected")
    process.town.turn_page()
    return process.town


def test_words_from_every_door_stay_out_of_the_log(town: Town, process: Process) -> None:
    ts = town.say("patient-a", f"what is a {CANARY}?")
    town.reply(ts)
    town.say("patient-a", f"the {CANARY} was good")
    town.say("patient-a", f"a {CANARY} more", thread=ts)
    town.say("moderator", f"my own {CANARY}")
    town.edit("patient-a", ts, f"what is a big {CANARY}?")
    town.say("patient-a", f"{CANARY}: I have chest pain and cant breathe", "general")
    town.say("patient-a", f"what is a {CANARY}?", town.dm("patient-a"))
    town.ask("patient-a", f"what is a {CANARY}?")
    card = town.card()
    town.press("moderator", card, "ticket_show")
    town.view_when("moderator", "show_words")
    town.press("moderator", card, "ticket_write")
    town.view_when("moderator", "write_answer")
    town.submit("moderator", answer={"words": f"a {CANARY} is an animal"})
    town.view_when("moderator", "preview_answer")
    town.submit("moderator")
    eventually(lambda: f"a {CANARY} is an animal" in str(town.thread(ts)), "the answer")
    town.forge("patient-a", town.reply(ts), f"{CANARY}_button", CANARY)
    town.event(type=f"{CANARY}_event", text=CANARY)
    process.once_logged("not ours")
    process.once_logged("decided")
    process.once_logged("understood=False")
    assert CANARY not in process.log.replace(f"{CANARY}_button", "")


def test_words_stay_out_of_the_log_when_a_part_fails(town: Town, process: Process) -> None:
    ts = town.say("patient-a", f"what is a {CANARY}?")
    town.reply(ts)
    town.press("moderator", town.card(), "ticket_write")
    town.view_when("moderator", "write_answer")
    process.break_table("drafts")
    town.submit("moderator", answer={"words": f"a {CANARY} is an animal"})
    process.once_logged("OperationalError")
    process.break_table("texts")
    town.say("patient-a", f"what else is a {CANARY}?")
    process.once_logged("question failed")
    process.break_table("threads")
    town.say("patient-a", f"and the {CANARY}?", thread=ts)
    process.once_logged("not taken")
    assert CANARY not in process.log


def test_the_words_in_an_error_stay_out_of_the_engines_log_and_database(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(payload: Payload) -> None:
        raise ValueError(CANARY)

    database = open_database(tmp_path)
    engine = Engine(database, {"failing": failing})
    caplog.set_level(logging.DEBUG)
    logging.getLogger("dbos").addHandler(caplog.handler)  # the engine keeps its log from the root
    engine.launch()
    engine.start("w1", "failing", {})
    eventually(lambda: "failing: ValueError in test_logs.py" in caplog.text, "the failure")
    assert [work_id for work_id, _, _ in eventually(engine.stranded)] == ["w1"]
    engine.stop()
    database.close()
    logging.getLogger("dbos").removeHandler(caplog.handler)
    assert CANARY not in caplog.text
    assert not any(CANARY.encode() in file.read_bytes() for file in tmp_path.iterdir())


def test_an_error_of_the_database_does_not_repeat_the_words(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    for engine in (database.ours, database.durable):
        with engine.connect() as connection, pytest.raises(sa.exc.OperationalError) as failed:
            connection.execute(sa.text("INSERT INTO nowhere VALUES (:words)"), {"words": CANARY})
        assert CANARY not in str(failed.value)
    database.close()
