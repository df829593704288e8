"""Opens the SQLite file as durability needs it: WAL, synchronous=FULL, writers that wait for each other."""

from __future__ import annotations

import fcntl
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

BUSY_TIMEOUT_MS = 30_000
READING = "support_bot_reading"
"""Execution option of an engine whose transactions only read: they do not queue behind writers."""


class DatabaseInUse(Exception):
    """Another process already works with this data folder."""


@dataclass(frozen=True)
class Database:
    """Two engines over one file.

    `ours` begins every transaction with BEGIN IMMEDIATE: a read that leads to a write in the same transaction would
    otherwise lose updates. `durable` is for the durable engine, whose migrations begin their own transactions.
    """

    ours: sa.Engine
    durable: sa.Engine
    lock: IO[str]

    def close(self) -> None:
        self.ours.dispose()
        self.durable.dispose()
        self.lock.close()


def open_database(data_dir: Path) -> Database:
    """Open (and make, if need be) the database in `data_dir`. Raises DatabaseInUse when another process has it."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds patients' words
    lock = _lock(data_dir / "lock")
    url = f"sqlite:///{(data_dir / 'support-bot.sqlite3').resolve()}"
    ours = sa.create_engine(url, pool_size=8, max_overflow=8, hide_parameters=True)
    durable = sa.create_engine(url, pool_size=12, max_overflow=8, hide_parameters=True)
    sa.event.listen(ours, "connect", _connect_ours)
    sa.event.listen(ours, "begin", _begin_immediate)
    sa.event.listen(durable, "connect", _connect_durable)
    return Database(ours, durable, lock)


def _lock(path: Path) -> IO[str]:
    lock = path.open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise DatabaseInUse(
            f"another support-bot already works in {path.parent}. Stop it first, or name another folder "
            "with SUPPORT_BOT_DATA_DIR."
        ) from None
    return lock


def _connect_ours(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    _pragmas(connection)


def _connect_durable(connection: Any, _record: object) -> None:
    connection.isolation_level = "IMMEDIATE"
    _pragmas(connection)


def _pragmas(connection: Any) -> None:
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_immediate(connection: sa.Connection) -> None:
    reading = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
