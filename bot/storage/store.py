"""Every statement the bot runs on its own tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import sqlalchemy as sa

from bot.domain import decision as decisions
from bot.domain.decision import Answer, Decision, Escalate, Forward, ThreadFacts
from bot.domain.question import Question
from bot.domain.scope import Route
from bot.domain.tickets import State, Ticket
from bot.storage.database import READING
from bot.storage.schema import (
    audit,
    deletions,
    drafts,
    feedback,
    given,
    greetings,
    posts,
    questions,
    rephrasings,
    texts,
    threads,
    tickets,
)

Rule: TypeAlias = Callable[[Ticket, str, float], Ticket]


@dataclass(frozen=True)
class Asked:
    """A stored question: where it was asked and what was decided. `thread` is "" where there is no message."""

    id: str
    channel: str
    ts: str
    thread: str
    user: str
    door: str
    decision: Decision
    about_ts: str = ""
    asked_at: float = 0.0


@dataclass(frozen=True)
class Draft:
    """A moderator's answer that has been previewed and not yet sent."""

    id: str
    ticket: int
    moderator: str
    text: str


class Store:
    """The bot's memory. Every method is one transaction."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**{READING: True})

    # --- questions

    def record_question(
        self, question: Question, decision: Decision, ticket: Escalate | None, now: float
    ) -> tuple[Asked, Ticket | None] | None:
        """Store the question, its words, the decision and (where `ticket` is given) a new ticket, all or nothing.

        Known already: what was stored the first time comes back unchanged. None: the same gesture has been stored under
        another id (Slack can send one message as two events), or its message has been deleted meanwhile and needs no
        person, so there is nothing left to do.
        """
        with self._engine.begin() as c:
            known = _asked(c, question.id)
            if known is not None:
                return known, _ticket_of(c, question.id)
            twin = sa.select(questions.c.id).where(questions.c.client_msg_id == question.client_msg_id)
            if question.client_msg_id and c.execute(twin).first():
                return None
            if ticket is None and question.ts and _deleted(c, question.channel, question.ts):
                return None
            c.execute(questions.insert().values(**_question_row(question, decision, now)))
            c.execute(texts.insert().values(question_id=question.id, text=question.text))
            _remember_thread(c, question)
            opened = _open_ticket(c, question.id, question.user, ticket, now) if ticket else None
            asked = _asked(c, question.id)
            assert asked is not None
            return asked, opened

    def question(self, question_id: str) -> Asked | None:
        with self._reading.begin() as c:
            return _asked(c, question_id)

    def words(self, question_id: str) -> str | None:
        """The patient's words, None when they have been deleted."""
        with self._reading.begin() as c:
            return c.execute(sa.select(texts.c.text).where(texts.c.question_id == question_id)).scalar()

    def rewrite(self, question_id: str, text: str) -> None:
        """Keep the patient's edited words in the place of the first ones."""
        with self._engine.begin() as c:
            c.execute(texts.update().where(texts.c.question_id == question_id).values(text=text))

    def forget_words(self, question_id: str) -> None:
        with self._engine.begin() as c:
            c.execute(texts.delete().where(texts.c.question_id == question_id))

    def last_asked(self, channel: str, user: str, since: float, before: float) -> Asked | None:
        """The person's newest question at the top of a channel between the two times (seconds since 1970)."""
        at_top = (questions.c.thread == questions.c.ts) & (questions.c.channel == channel) & (questions.c.ts != "")
        newest = (
            sa.select(questions.c.id)
            .where(at_top, questions.c.user_id == user, questions.c.asked_at >= since, questions.c.asked_at < before)
            .order_by(questions.c.asked_at.desc())
        )
        with self._reading.begin() as c:
            found = c.execute(newest).scalar()
            return _asked(c, found) if found else None

    def questions_of(self, user: str, count: int) -> list[tuple[Asked, str | None, Ticket | None]]:
        """A person's newest questions, each with its words and ticket where there are."""
        newest = sa.select(questions.c.id).where(questions.c.user_id == user).order_by(questions.c.asked_at.desc())
        words = sa.select(texts.c.text)
        with self._reading.begin() as c:
            found = [_asked(c, row.id) for row in c.execute(newest.limit(count)).all()]
            return [
                (asked, c.execute(words.where(texts.c.question_id == asked.id)).scalar(), _ticket_of(c, asked.id))
                for asked in found
                if asked is not None
            ]

    # --- deleted messages

    def note_deletion(self, channel: str, ts: str, now: float) -> list[Asked]:
        """Note that a message was deleted; returns the questions it asked (an edited one may have asked two)."""
        with self._engine.begin() as c:
            if not _deleted(c, channel, ts):
                c.execute(deletions.insert().values(channel=channel, ts=ts, deleted_at=now))
            rows = c.execute(sa.select(questions.c.id).where(questions.c.channel == channel, questions.c.ts == ts))
            return [asked for row in rows.all() if (asked := _asked(c, row.id)) is not None]

    def is_deleted(self, channel: str, ts: str) -> bool:
        with self._reading.begin() as c:
            return bool(ts) and _deleted(c, channel, ts)

    def replies_to(self, question_id: str, *only: str) -> list[tuple[str, str]]:
        """(channel, ts) of what the bot has said to a question; an alarm's notice is never among them."""
        kinds = only or ("reply", "received", "pick", "related", "files", "rephrase", "trouble")
        ours = [posts.c.key.startswith(f"{kind}:{question_id}", autoescape=True) for kind in kinds]
        with self._reading.begin() as c:
            return [(row.channel, row.ts) for row in c.execute(sa.select(posts).where(sa.or_(*ours)))]

    def joined_by(self, asked: Asked) -> bool:
        """Whether the person has gone on in the question's thread, with words that they have not deleted."""
        kept = ~sa.exists().where(deletions.c.channel == questions.c.channel, deletions.c.ts == questions.c.ts)
        more = sa.select(questions.c.id).where(
            questions.c.channel == asked.channel, questions.c.thread == asked.thread, questions.c.id != asked.id, kept
        )
        with self._reading.begin() as c:
            rows = [_asked(c, row.id) for row in c.execute(more.where(questions.c.user_id == asked.user)).all()]
            return any(isinstance(row.decision, Forward) for row in rows if row is not None)

    # --- threads

    def hand_back(self, channel: str, thread: str) -> bool:
        """The bot may speak in the thread again; False when it does not know the thread."""
        with self._engine.begin() as c:
            return (
                c.execute(threads.update().where(_is_thread(channel, thread)).values(other_speaker=None)).rowcount > 0
            )

    def give(self, channel: str, thread: str, entry_id: str, given_for: str) -> bool:
        """Note that an entry is shown in a thread; False when it was shown there before, for something else."""
        there = _given_in(channel, thread) & (given.c.entry_id == entry_id)
        with self._engine.begin() as c:
            known = c.execute(sa.select(given.c.given_for).where(there)).scalar()
            if known is None:
                row = {"channel": channel, "thread": thread, "entry_id": entry_id, "given_for": given_for}
                c.execute(given.insert().values(**row))
            return known in (None, given_for)

    def last_given(self, channel: str, thread: str) -> str | None:
        """The id of the entry that a thread's newest answer showed; None where none was shown."""
        asked = sa.select(questions).where(questions.c.channel == channel, questions.c.thread == thread)
        chosen = sa.select(given.c.entry_id, posts.c.posted_at).join(posts, posts.c.key == given.c.given_for)
        with self._reading.begin() as c:
            shown = [(row.posted_at, row.entry_id) for row in c.execute(chosen.where(_given_in(channel, thread)))]
            for row in c.execute(asked.order_by(questions.c.decided_at)):
                decision = decisions.from_json(json.loads(row.decision))
                if isinstance(decision, Answer):
                    shown.append((row.decided_at, decision.entry_id))
        return max(shown)[1] if shown else None

    def invite_to_rephrase(
        self, channel: str, thread: str, user: str, question_id: str, now: float, for_seconds: float
    ) -> bool:
        """Note the invitation to ask again in other words; False when there was one before, for another question.

        One in a thread holds for ever, one in private (`thread` "") for so many seconds.
        """
        mine = (rephrasings.c.channel == channel) & (rephrasings.c.thread == thread) & (rephrasings.c.user_id == user)
        values = {"question_id": question_id, "invited_at": now}
        with self._engine.begin() as c:
            known = c.execute(sa.select(rephrasings).where(mine)).first()
            if known is None:
                c.execute(rephrasings.insert().values(channel=channel, thread=thread, user_id=user, **values))
                return True
            if known.question_id == question_id:
                return True
            if thread or known.invited_at > now - for_seconds:
                return False
            c.execute(rephrasings.update().where(mine).values(**values))
            return True

    # --- first contact

    def greet(self, user: str, now: float) -> bool:
        """Note that a person is told what the bot is; False when they have been told before."""
        with self._engine.begin() as c:
            if c.execute(sa.select(greetings.c.user_id).where(greetings.c.user_id == user)).first():
                return False
            c.execute(greetings.insert().values(user_id=user, greeted_at=now))
            return True

    def is_greeted(self, user: str) -> bool:
        with self._reading.begin() as c:
            return bool(c.execute(sa.select(greetings.c.user_id).where(greetings.c.user_id == user)).first())

    def thread(self, channel: str, thread: str) -> ThreadFacts | None:
        """What is known of a thread the bot has replied in; None for any other thread."""
        with self._reading.begin() as c:
            row = c.execute(sa.select(threads).where(_is_thread(channel, thread))).first()
            if row is None:
                return None
            return ThreadFacts(
                row.asker, row.other_speaker is not None, _open_in_thread(c, channel, thread) is not None
            )

    def other_spoke(self, channel: str, thread: str, speaker: str) -> None:
        """Note that a person other than the asker wrote in the thread: from now on the bot is silent there."""
        fresh = _is_thread(channel, thread) & threads.c.other_speaker.is_(None) & (threads.c.asker != speaker)
        with self._engine.begin() as c:
            c.execute(threads.update().where(fresh).values(other_speaker=speaker))

    # --- tickets

    def open_ticket(self, question_id: str, patient: str, why: Escalate, now: float) -> tuple[Ticket, bool]:
        """The question's ticket, and whether this call opened it. A question never has two."""
        with self._engine.begin() as c:
            known = _ticket_of(c, question_id)
            if known is not None:
                return known, False
            return _open_ticket(c, question_id, patient, why, now), True

    def ticket(self, number: int) -> Ticket | None:
        with self._reading.begin() as c:
            row = c.execute(sa.select(tickets).where(tickets.c.number == number)).first()
            return _ticket(row) if row else None

    def ticket_of(self, question_id: str) -> Ticket | None:
        with self._reading.begin() as c:
            return _ticket_of(c, question_id)

    def open_tickets(self, count: int) -> list[Ticket]:
        """The tickets that are not resolved, oldest first."""
        queue = sa.select(tickets).where(tickets.c.state != State.RESOLVED).order_by(tickets.c.number).limit(count)
        with self._reading.begin() as c:
            return [_ticket(row) for row in c.execute(queue)]

    def ticket_in_thread(self, channel: str, thread: str) -> Ticket | None:
        """The newest unresolved ticket of a question asked in this thread."""
        with self._reading.begin() as c:
            return _open_in_thread(c, channel, thread)

    def step(self, number: int, by: str, act: str, rule: Rule, now: float, gesture: str, detail: str = "") -> Ticket:
        """Apply a rule of domain.tickets to the ticket, atomically, and write it to the audit.

        The same gesture is applied once: repeated, it returns the ticket as it stands. Raises InvalidTransition from
        the rule and LookupError when there is no such ticket.
        """
        with self._engine.begin() as c:
            row = c.execute(sa.select(tickets).where(tickets.c.number == number)).first()
            if row is None:
                raise LookupError(number)
            if c.execute(sa.select(audit.c.id).where(audit.c.gesture == gesture)).first():
                return _ticket(row)
            changed = rule(_ticket(row), by, now)
            c.execute(
                tickets.update()
                .where(tickets.c.number == number)
                .values(
                    state=changed.state,
                    holder=changed.holder,
                    changed_at=changed.changed_at,
                    version=changed.version,
                )
            )
            _write_audit(c, number, by, act, detail, now, gesture)
            return changed

    def note(self, number: int, by: str, act: str, now: float, detail: str = "") -> None:
        """Write to the ticket's audit without changing it, e.g. that someone read the patient's words."""
        with self._engine.begin() as c:
            _write_audit(c, number, by, act, detail, now)

    def audit_of(self, number: int) -> list[tuple[str, str]]:
        """(act, actor) of everything done to a ticket, oldest first."""
        with self._reading.begin() as c:
            rows = c.execute(sa.select(audit).where(audit.c.ticket == number).order_by(audit.c.id))
            return [(row.act, row.actor) for row in rows]

    # --- posts

    def posted(self, key: str) -> tuple[str, str] | None:
        """(channel, ts) of the message that Slack confirmed under this key."""
        with self._reading.begin() as c:
            row = c.execute(sa.select(posts).where(posts.c.key == key)).first()
            return (row.channel, row.ts) if row else None

    def record_post(self, key: str, channel: str, ts: str, now: float) -> None:
        with self._engine.begin() as c:
            if not c.execute(sa.select(posts.c.key).where(posts.c.key == key)).first():
                c.execute(posts.insert().values(key=key, channel=channel, ts=ts, posted_at=now))

    # --- feedback and drafts

    def record_feedback(self, question_id: str, user: str, entry_id: str, helpful: bool, now: float) -> None:
        """Keep what one person says of one answer; the last word counts."""
        values = {"entry_id": entry_id, "helpful": helpful, "given_at": now}
        mine = (feedback.c.question_id == question_id) & (feedback.c.user_id == user)
        with self._engine.begin() as c:
            if c.execute(feedback.update().where(mine).values(**values)).rowcount == 0:
                c.execute(feedback.insert().values(question_id=question_id, user_id=user, **values))

    def feedback_of(self, question_id: str) -> list[tuple[str, bool]]:
        """(user, helpful) of everyone who said whether the answer helped."""
        with self._reading.begin() as c:
            rows = c.execute(sa.select(feedback).where(feedback.c.question_id == question_id))
            return [(row.user_id, row.helpful) for row in rows]

    def save_draft(self, draft: Draft, now: float) -> None:
        with self._engine.begin() as c:
            if c.execute(drafts.update().where(drafts.c.id == draft.id).values(text=draft.text)).rowcount == 0:
                c.execute(
                    drafts.insert().values(
                        id=draft.id,
                        ticket=draft.ticket,
                        moderator=draft.moderator,
                        text=draft.text,
                        saved_at=now,
                    )
                )

    def draft(self, draft_id: str) -> Draft | None:
        with self._reading.begin() as c:
            row = c.execute(sa.select(drafts).where(drafts.c.id == draft_id)).first()
            return Draft(row.id, row.ticket, row.moderator, row.text) if row else None


def _question_row(question: Question, decision: Decision, now: float) -> dict[str, object]:
    return {
        "id": question.id,
        "team": question.team,
        "channel": question.channel,
        "ts": question.ts,
        "thread": question.thread,
        "user_id": question.user,
        "door": question.door,
        "asked_at": question.asked_at,
        "client_msg_id": question.client_msg_id or None,
        "decision": json.dumps(decisions.to_json(decision)),
        "decided_at": now,
        "about_ts": question.about_ts,
    }


def _asked(c: sa.Connection, question_id: str) -> Asked | None:
    row = c.execute(sa.select(questions).where(questions.c.id == question_id)).first()
    if row is None:
        return None
    decision = decisions.from_json(json.loads(row.decision))
    return Asked(row.id, row.channel, row.ts, row.thread, row.user_id, row.door, decision, row.about_ts, row.asked_at)


def _deleted(c: sa.Connection, channel: str, ts: str) -> bool:
    there = (deletions.c.channel == channel) & (deletions.c.ts == ts)
    return c.execute(sa.select(deletions.c.ts).where(there)).first() is not None


def _is_thread(channel: str, thread: str) -> sa.ColumnElement[bool]:
    return (threads.c.channel == channel) & (threads.c.thread == thread)


def _given_in(channel: str, thread: str) -> sa.ColumnElement[bool]:
    return (given.c.channel == channel) & (given.c.thread == thread)


def _remember_thread(c: sa.Connection, question: Question) -> None:
    if not question.ts:
        return
    known = c.execute(sa.select(threads.c.asker).where(_is_thread(question.channel, question.thread))).first()
    if not known:
        c.execute(threads.insert().values(channel=question.channel, thread=question.thread, asker=question.user))


def _open_ticket(c: sa.Connection, question_id: str, patient: str, why: Escalate, now: float) -> Ticket:
    inserted = c.execute(
        tickets.insert().values(
            question_id=question_id,
            patient=patient,
            route=why.route,
            alarm=why.alarm,
            reason=why.reason,
            offered=json.dumps([[o.entry_id, o.confidence] for o in why.offered]),
            state=State.OPEN,
            opened_at=now,
            changed_at=now,
            version=1,
        )
    )
    number = inserted.inserted_primary_key[0] if inserted.inserted_primary_key else 0
    _write_audit(c, number, "bot", "open", why.reason, now)
    row = c.execute(sa.select(tickets).where(tickets.c.number == number)).one()
    return _ticket(row)


def _ticket_of(c: sa.Connection, question_id: str) -> Ticket | None:
    row = c.execute(sa.select(tickets).where(tickets.c.question_id == question_id)).first()
    return _ticket(row) if row else None


def _open_in_thread(c: sa.Connection, channel: str, thread: str) -> Ticket | None:
    row = c.execute(
        sa.select(tickets)
        .join(questions, questions.c.id == tickets.c.question_id)
        .where(questions.c.channel == channel, questions.c.thread == thread, tickets.c.state != State.RESOLVED)
        .order_by(tickets.c.number.desc())
    ).first()
    return _ticket(row) if row else None


def _write_audit(
    c: sa.Connection, number: int, by: str, act: str, detail: str, now: float, gesture: str | None = None
) -> None:
    c.execute(audit.insert().values(ticket=number, at=now, actor=by, act=act, detail=detail, gesture=gesture))


def _ticket(row: Any) -> Ticket:
    return Ticket(
        number=row.number,
        question_id=row.question_id,
        patient=row.patient,
        route=Route(row.route),
        alarm=Route(row.alarm) if row.alarm else None,
        reason=row.reason,
        offered=tuple((entry_id, confidence) for entry_id, confidence in json.loads(row.offered)),
        state=State(row.state),
        holder=row.holder,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        version=row.version,
    )
