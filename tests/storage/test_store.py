"""The bot's memory on a real SQLite file: all or nothing, once per gesture, one process at a time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest
import sqlalchemy as sa

from bot.domain.decision import Answer, Decision, Escalate, Offered, Reply, ThreadFacts
from bot.domain.question import Door, Question
from bot.domain.scope import Route
from bot.domain.tickets import InvalidTransition, State, Ticket, answer, claim, resolve
from bot.storage.database import Database, DatabaseInUse, open_database
from bot.storage.schema import CURRENT_VERSION, DatabaseTooNew, metadata, migrate, schema_version
from bot.storage.store import Draft, Store

QUESTION = Question(
    "q:T:C:1.0", "T", "C", "U-patient", "canary words", Door.CHANNEL, 1.0, ts="1.0", client_msg_id="gesture-1"
)
WHY = Escalate(Route.GENERAL_INFO, "no_match", (Offered("driving", 0.4), Offered("flying", 0.2)), Route.URGENT)
THREADS = 8


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "data")
    migrate(database.ours)
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database.ours)


def rows(database: Database, table: str) -> int:
    with database.ours.connect() as c:
        return c.execute(sa.select(sa.func.count()).select_from(metadata.tables[table])).scalar_one()


def opened(store: Store, question: Question = QUESTION) -> Ticket:
    recorded = store.record_question(question, WHY, WHY, 10.0)
    assert recorded is not None
    ticket = recorded[1]
    assert ticket is not None
    return ticket


# --- questions


def test_a_question_is_kept_with_its_words_its_decision_and_its_ticket(store: Store) -> None:
    recorded = store.record_question(QUESTION, WHY, WHY, 10.0)
    assert recorded is not None
    asked, ticket = recorded
    assert store.question(QUESTION.id) == asked
    assert (asked.channel, asked.ts, asked.thread, asked.user) == ("C", "1.0", "1.0", "U-patient")
    assert asked.decision == WHY
    assert store.words(QUESTION.id) == "canary words"
    assert ticket is not None
    assert (ticket.state, ticket.holder, ticket.opened_at, ticket.version) == (State.OPEN, None, 10.0, 1)
    assert (ticket.route, ticket.alarm, ticket.reason) == (Route.GENERAL_INFO, Route.URGENT, "no_match")
    assert ticket.offered == tuple((o.entry_id, o.confidence) for o in WHY.offered)


def test_a_question_recorded_again_stays_as_it_was_first(store: Store, database: Database) -> None:
    first = store.record_question(QUESTION, WHY, WHY, 10.0)
    again = store.record_question(replace(QUESTION, text="other"), Reply("no_words"), None, 20.0)
    assert again == first
    assert store.words(QUESTION.id) == "canary words"
    assert (rows(database, "questions"), rows(database, "tickets")) == (1, 1)


def test_one_gesture_told_as_two_events_is_one_question(store: Store, database: Database) -> None:
    store.record_question(QUESTION, WHY, WHY, 10.0)
    assert store.record_question(replace(QUESTION, id="q:T:C:1.5", ts="1.5"), WHY, WHY, 11.0) is None
    assert (rows(database, "questions"), rows(database, "tickets"), rows(database, "texts")) == (1, 1, 1)


def test_questions_without_a_gesture_id_are_never_taken_for_twins(store: Store) -> None:
    for number in range(2):
        question = replace(QUESTION, id=f"q:{number}", client_msg_id="")
        assert store.record_question(question, Reply("no_words"), None, 10.0) is not None


def test_a_question_without_a_message_leaves_no_thread(store: Store, database: Database) -> None:
    store.record_question(replace(QUESTION, door=Door.COMMAND, ts=""), WHY, None, 10.0)
    assert rows(database, "threads") == 0


def test_when_the_ticket_cannot_be_kept_nothing_is(store: Store, database: Database) -> None:
    refuse = "CREATE TRIGGER full BEFORE INSERT ON tickets BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    with database.ours.begin() as c:
        c.exec_driver_sql(refuse)
    with pytest.raises(sa.exc.IntegrityError):
        store.record_question(QUESTION, WHY, WHY, 10.0)
    assert [rows(database, t) for t in ("questions", "texts", "threads", "tickets", "audit")] == [0, 0, 0, 0, 0]


def test_a_failed_statement_does_not_show_the_patients_words(store: Store, database: Database) -> None:
    with database.ours.begin() as c:
        c.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON texts BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    with pytest.raises(sa.exc.IntegrityError) as raised:
        store.record_question(QUESTION, WHY, WHY, 10.0)
    assert "canary" not in str(raised.value)


def test_the_words_stand_in_their_own_table_only(store: Store, database: Database) -> None:
    opened(store)
    with database.ours.connect() as c:
        for table in metadata.sorted_tables:
            found = "canary" in str([tuple(row) for row in c.execute(sa.select(table))])
            assert found == (table.name == "texts"), table.name


@pytest.mark.parametrize("decision", [Answer("driving", "0123456789ab", 0.9), Reply("no_words"), WHY])
def test_a_decision_is_read_back_as_it_was(store: Store, decision: Decision) -> None:
    store.record_question(QUESTION, decision, None, 10.0)
    asked = store.question(QUESTION.id)
    assert asked is not None
    assert asked.decision == decision


def test_eight_threads_record_one_question_once(store: Store, database: Database) -> None:
    tickets = at_once(lambda _: opened(store))
    assert len({ticket.number for ticket in tickets}) == 1
    assert (rows(database, "questions"), rows(database, "tickets")) == (1, 1)


# --- threads


def test_a_thread_knows_its_asker_other_speakers_and_an_open_ticket(store: Store) -> None:
    assert store.thread("C", "1.0") is None
    ticket = opened(store)
    assert store.thread("C", "1.0") == ThreadFacts("U-patient", other_speaker=False, ticket=True)
    store.other_spoke("C", "1.0", "U-patient")
    assert store.thread("C", "1.0") == ThreadFacts("U-patient", other_speaker=False, ticket=True)
    store.other_spoke("C", "1.0", "U-other")
    store.step(ticket.number, "U-mod", "resolve", resolve, 20.0, "g:1")
    assert store.thread("C", "1.0") == ThreadFacts("U-patient", other_speaker=True, ticket=False)


def test_the_first_asker_of_a_thread_remains_its_asker(store: Store) -> None:
    opened(store)
    mention = replace(QUESTION, id="q:2", ts="2.0", thread_ts="1.0", user="U-other", client_msg_id="gesture-2")
    store.record_question(mention, Reply("no_words"), None, 12.0)
    facts = store.thread("C", "1.0")
    assert facts is not None
    assert facts.asker == "U-patient"


def test_the_newest_open_ticket_of_a_thread_counts(store: Store) -> None:
    first = opened(store)
    second = opened(store, replace(QUESTION, id="q:2", ts="2.0", thread_ts="1.0", client_msg_id="gesture-2"))
    assert store.ticket_in_thread("C", "1.0") == second
    store.step(second.number, "U-mod", "resolve", resolve, 20.0, "g:1")
    assert store.ticket_in_thread("C", "1.0") == first
    assert store.ticket_in_thread("C", "9.0") is None


# --- tickets


def at_once(work: Callable[[int], Ticket]) -> list[Ticket]:
    """What `work` gives on eight threads that begin together."""
    start = Barrier(THREADS)

    def run(number: int) -> Ticket:
        start.wait(timeout=10)
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def claims_at_once(store: Store, number: int, wait_seconds: float) -> list[str]:
    """What became of eight claims on one ticket, none deciding before all have read it, as far as they are let."""
    start, all_have_read = Barrier(THREADS), Barrier(THREADS)

    def claim_together(ticket: Ticket, by: str, now: float) -> Ticket:
        with suppress(BrokenBarrierError):
            all_have_read.wait(timeout=wait_seconds)
        return claim(ticket, by, now)

    def run(at: int) -> str:
        start.wait(timeout=10)
        try:
            store.step(number, f"U-{at}", "claim", claim_together, 20.0, f"g:{at}")
        except InvalidTransition:
            return "refused"
        except sa.exc.OperationalError:
            return "error"
        return "won"

    with ThreadPoolExecutor(THREADS) as pool:
        return sorted(pool.map(run, range(THREADS)))


ONE_WINS = [*["refused"] * (THREADS - 1), "won"]


def test_of_eight_claims_at_once_one_wins_and_seven_are_refused(store: Store) -> None:
    ticket = opened(store)
    assert claims_at_once(store, ticket.number, wait_seconds=0.1) == ONE_WINS
    held = store.ticket(ticket.number)
    assert held is not None
    assert (held.state, held.version) == (State.CLAIMED, 2)
    assert store.audit_of(ticket.number) == [("open", "bot"), ("claim", held.holder)]


def test_without_begin_immediate_the_same_claims_do_not_have_one_winner(tmp_path: Path) -> None:
    """The negative control: on a plain engine the protection is off, and the test above would be red."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'plain.sqlite3'}", pool_size=THREADS)
    migrate(engine)
    store = Store(engine)
    assert claims_at_once(store, opened(store).number, wait_seconds=10) != ONE_WINS
    engine.dispose()


def test_a_known_ticket_is_not_opened_a_second_time(store: Store) -> None:
    ticket = opened(store)
    assert store.open_ticket(QUESTION.id, "U-patient", replace(WHY, reason="requested"), 30.0) == (ticket, False)
    fresh, is_new = store.open_ticket("q:other", "U-patient", WHY, 30.0)
    assert (is_new, fresh.number) == (True, ticket.number + 1)


def test_the_same_gesture_is_applied_once(store: Store) -> None:
    ticket = opened(store)
    first = store.step(ticket.number, "U-mod", "claim", claim, 20.0, "g:1")
    again = store.step(ticket.number, "U-mod", "claim", claim, 30.0, "g:1")
    assert again == first
    assert store.audit_of(ticket.number) == [("open", "bot"), ("claim", "U-mod")]


def test_a_gesture_repeated_after_others_gives_the_ticket_as_it_stands(store: Store) -> None:
    ticket = opened(store)
    store.step(ticket.number, "U-mod", "claim", claim, 20.0, "g:1")
    resolved = store.step(ticket.number, "U-mod", "resolve", resolve, 30.0, "g:2")
    assert store.step(ticket.number, "U-mod", "claim", claim, 40.0, "g:1") == resolved


def test_a_refused_step_leaves_no_trace(store: Store) -> None:
    ticket = opened(store)
    held = store.step(ticket.number, "U-mod", "answer", answer, 20.0, "g:1", "driving")
    with pytest.raises(InvalidTransition, match="held by U-mod"):
        store.step(ticket.number, "U-other", "claim", claim, 30.0, "g:2")
    assert store.ticket(ticket.number) == held
    assert [actor for _, actor in store.audit_of(ticket.number)] == ["bot", "U-mod"]


def test_a_ticket_that_does_not_exist_is_looked_up_in_vain(store: Store) -> None:
    assert store.ticket(99) is None
    with pytest.raises(LookupError):
        store.step(99, "U-mod", "claim", claim, 20.0, "g:1")


def test_who_read_the_words_is_kept_in_the_audit(store: Store) -> None:
    ticket = opened(store)
    store.note(ticket.number, "U-mod", "show_question", 20.0)
    store.note(ticket.number, "U-mod", "show_question", 21.0)
    assert store.audit_of(ticket.number)[1:] == [("show_question", "U-mod")] * 2
    assert store.ticket(ticket.number) == ticket


# --- posts, feedback, drafts


def test_a_post_is_recorded_once_as_it_was_first(store: Store) -> None:
    assert store.posted("reply:1") is None
    store.record_post("reply:1", "C", "1.0", 10.0)
    store.record_post("reply:1", "C", "2.0", 20.0)
    assert store.posted("reply:1") == ("C", "1.0")


def test_the_last_vote_of_each_person_counts(store: Store) -> None:
    for user, helpful in (("U-patient", True), ("U-other", False), ("U-patient", False)):
        store.record_feedback("q:1", user, "driving", helpful, 10.0)
    assert sorted(store.feedback_of("q:1")) == [("U-other", False), ("U-patient", False)]


def test_a_draft_is_kept_and_changed(store: Store) -> None:
    assert store.draft("d:1") is None
    store.save_draft(Draft("d:1", 7, "U-mod", "first"), 10.0)
    store.save_draft(Draft("d:1", 7, "U-mod", "second"), 20.0)
    assert store.draft("d:1") == Draft("d:1", 7, "U-mod", "second")


# --- the database


def test_every_connection_writes_ahead_and_waits_for_the_disk(database: Database) -> None:
    for engine in (database.ours, database.durable):
        with engine.connect() as c:
            pragmas = [
                c.exec_driver_sql(f"PRAGMA {p}").scalar() for p in ("journal_mode", "synchronous", "foreign_keys")
            ]
        assert pragmas == ["wal", 2, 1]


def test_a_second_opening_of_the_same_folder_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(DatabaseInUse, match="SUPPORT_BOT_DATA_DIR"):
        open_database(tmp_path / "data")


def test_a_second_process_is_refused_and_a_later_one_is_not(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from bot.storage.database import open_database; open_database(pathlib.Path(sys.argv[1]))"
    )
    command = [sys.executable, "-W", "ignore", "-c", script, str(tmp_path / "data")]
    database = open_database(tmp_path / "data")
    refused = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    database.close()
    assert "DatabaseInUse" in refused.stderr
    assert subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0


def test_what_is_stored_is_there_after_closing_and_opening_again(tmp_path: Path) -> None:
    first = open_database(tmp_path / "data")
    migrate(first.ours)
    ticket = opened(Store(first.ours))
    first.close()
    second = open_database(tmp_path / "data")
    migrate(second.ours)
    assert Store(second.ours).ticket(ticket.number) == ticket
    second.close()


def test_a_database_of_a_newer_program_is_refused_and_left_alone(database: Database) -> None:
    with database.ours.begin() as c:
        c.execute(schema_version.update().values(version=CURRENT_VERSION + 1))
    with pytest.raises(DatabaseTooNew, match="newer program"):
        migrate(database.ours)
    with database.ours.connect() as c:
        assert c.execute(sa.select(schema_version.c.version)).scalars().all() == [CURRENT_VERSION + 1]


def test_migrating_twice_changes_nothing(database: Database) -> None:
    migrate(database.ours)
    assert rows(database, "schema_version") == 1
