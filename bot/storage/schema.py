"""The tables, and the steps that bring an older database up to date."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

questions = sa.Table(
    "questions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("team", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("ts", sa.Text, nullable=False),
    sa.Column("thread", sa.Text, nullable=False),  # ts of the thread a public reply belongs in
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("door", sa.Text, nullable=False),
    sa.Column("asked_at", sa.Float, nullable=False),  # seconds since 1970, UTC; so are all *_at columns
    sa.Column("client_msg_id", sa.Text, unique=True),  # null where Slack sent none
    sa.Column("decision", sa.Text, nullable=False),  # JSON, without the patient's words
    sa.Column("decided_at", sa.Float, nullable=False),
)
sa.Index("questions_by_thread", questions.c.channel, questions.c.thread)

texts = sa.Table(  # patients' words, apart from everything else so that they can be deleted sooner
    "texts",
    metadata,
    sa.Column("question_id", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
)

threads = sa.Table(  # who has spoken in a thread that the bot replied in
    "threads",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("thread", sa.Text, primary_key=True),
    sa.Column("asker", sa.Text, nullable=False),
    sa.Column("other_speaker", sa.Text),  # the first person other than the asker who wrote in it
)

tickets = sa.Table(
    "tickets",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("question_id", sa.Text, nullable=False, unique=True),
    sa.Column("patient", sa.Text, nullable=False),
    sa.Column("route", sa.Text, nullable=False),
    sa.Column("alarm", sa.Text),  # the alarm that was recognised or suspected
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("offered", sa.Text, nullable=False),  # JSON: [[entry id, confidence], ...]
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("holder", sa.Text),  # the moderator who claimed it
    sa.Column("opened_at", sa.Float, nullable=False),
    sa.Column("changed_at", sa.Float, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sqlite_autoincrement=True,  # a number is never used twice
)

audit = sa.Table(  # who did what to which ticket, and when
    "audit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("ticket", sa.Integer, nullable=False, index=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),  # ids only
    sa.Column("gesture", sa.Text, unique=True),  # the press behind it: a repeated one changes nothing
)

posts = sa.Table(  # what Slack has confirmed
    "posts",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("ts", sa.Text, nullable=False),
    sa.Column("posted_at", sa.Float, nullable=False),
)

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("question_id", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("entry_id", sa.Text, nullable=False),
    sa.Column("helpful", sa.Boolean, nullable=False),
    sa.Column("given_at", sa.Float, nullable=False),
)

drafts = sa.Table(  # a moderator's answer between "Preview" and "Send to patient"
    "drafts",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("ticket", sa.Integer, nullable=False),
    sa.Column("moderator", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("saved_at", sa.Float, nullable=False),
)

schema_version = sa.Table("schema_version", metadata, sa.Column("version", sa.Integer, nullable=False))

CURRENT_VERSION = 1


class DatabaseTooNew(Exception):
    """A newer program has written the database; the message says what to do."""


def migrate(engine: sa.Engine) -> None:
    """Bring the database to CURRENT_VERSION. Raises DatabaseTooNew when a newer program has written it."""
    with engine.begin() as connection:
        metadata.create_all(connection)
        version = connection.execute(sa.select(schema_version.c.version)).scalar()
        if version is None:
            connection.execute(schema_version.insert().values(version=CURRENT_VERSION))
        elif version > CURRENT_VERSION:
            raise DatabaseTooNew(
                f"the database has schema version {version}, this program knows {CURRENT_VERSION}: "
                "install the newer program again, or name another data folder"
            )
