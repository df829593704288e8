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
    sa.Column("about_ts", sa.Text, nullable=False, server_default=""),  # the message a shortcut was used on
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

deletions = sa.Table(  # messages that their writers have deleted, also before the question in them was stored
    "deletions",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("ts", sa.Text, primary_key=True),
    sa.Column("deleted_at", sa.Float, nullable=False),
)

given = sa.Table(  # which entries have been shown in a thread, each by the question that it answered
    "given",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("thread", sa.Text, primary_key=True),
    sa.Column("entry_id", sa.Text, primary_key=True),
    sa.Column("given_for", sa.Text, nullable=False),
)

rephrasings = sa.Table(  # invitations to ask once more in other words; the next miss brings a person
    "rephrasings",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),  # "" with the thread "": wherever the person asks in private
    sa.Column("thread", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("question_id", sa.Text, nullable=False),
    sa.Column("invited_at", sa.Float, nullable=False),
)

greetings = sa.Table(  # who has been told what the bot is, who reads it and what is kept
    "greetings",
    metadata,
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("greeted_at", sa.Float, nullable=False),
)

schema_version = sa.Table("schema_version", metadata, sa.Column("version", sa.Integer, nullable=False))

CURRENT_VERSION = 2

MIGRATIONS = {2: ("ALTER TABLE questions ADD COLUMN about_ts TEXT NOT NULL DEFAULT ''",)}
"""What brings a database from the version before to this one; new tables are made without being named here."""


class DatabaseTooNew(Exception):
    """A newer program has written the database; the message says what to do."""


def migrate(engine: sa.Engine) -> None:
    """Bring the database to CURRENT_VERSION. Raises DatabaseTooNew when a newer program has written it."""
    with engine.begin() as connection:
        metadata.create_all(connection)
        version = connection.execute(sa.select(schema_version.c.version)).scalar()
        if version is None:
            connection.execute(schema_version.insert().values(version=CURRENT_VERSION))
            return
        if version > CURRENT_VERSION:
            raise DatabaseTooNew(
                f"the database has schema version {version}, this program knows {CURRENT_VERSION}: "
                "install the newer program again, or name another data folder"
            )
        for step in range(version + 1, CURRENT_VERSION + 1):
            for statement in MIGRATIONS[step]:
                connection.execute(sa.text(statement))
        connection.execute(schema_version.update().values(version=CURRENT_VERSION))
