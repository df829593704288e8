"""A database of an earlier version is brought up to date, with everything that was in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain.question import Door, Question
from bot.storage.database import Database, open_database
from bot.storage.schema import CURRENT_VERSION, MIGRATIONS, metadata, migrate, schema_version
from bot.storage.store import Store

VERSION_1 = (Path(__file__).parent / "version_1.sql").read_text()


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Database]:
    """A data folder as version 1 of the schema left it."""
    (tmp_path / "data").mkdir()
    with sqlite3.connect(tmp_path / "data" / "support-bot.sqlite3") as file:
        file.executescript(VERSION_1)
    file.close()
    database = open_database(tmp_path / "data")
    yield database
    database.close()


def columns(database: Database) -> dict[str, set[str]]:
    look = sa.inspect(database.ours)
    return {table: {c["name"] for c in look.get_columns(table)} for table in metadata.tables}


def test_every_version_has_its_steps() -> None:
    assert set(MIGRATIONS) == set(range(2, CURRENT_VERSION + 1))


def test_an_old_file_gets_every_table_and_column(old: Database) -> None:
    migrate(old.ours)
    assert columns(old) == {name: {c.name for c in table.columns} for name, table in metadata.tables.items()}
    with old.ours.connect() as c:
        assert c.execute(sa.select(schema_version.c.version)).scalars().all() == [CURRENT_VERSION]


def test_what_an_old_file_held_is_still_there(old: Database) -> None:
    migrate(old.ours)
    store = Store(old.ours)
    asked, ticket = store.question("q:T:C:1.0"), store.ticket(1)
    assert asked is not None
    assert ticket is not None
    assert (asked.user, asked.about_ts, store.words(asked.id)) == ("U-patient", "", "canary words")
    assert (ticket.question_id, ticket.reason) == (asked.id, "no_match")
    fresh = Question("q:T:trigger", "T", "C", "U-patient", "words", Door.SHORTCUT, 3.0, about_ts="1.0")
    assert store.record_question(fresh, asked.decision, None, 3.0) is not None


def test_migrating_an_old_file_twice_changes_nothing_more(old: Database) -> None:
    migrate(old.ours)
    before = columns(old)
    migrate(old.ours)
    assert columns(old) == before
