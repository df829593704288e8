"""The durable path of one question: decide, record, reply, and bring a person where one is needed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

import structlog

from bot.domain.decision import (
    TEXT_LIMIT,
    Answer,
    Decision,
    Escalate,
    Forward,
    Ignore,
    Reply,
    SafetyNotice,
    Suggestions,
    decide,
    is_confident,
    ticket_for,
)
from bot.domain.knowledge import ChannelMode, Entry
from bot.domain.matching import Ranking
from bot.domain.matching.follow_up import follow_up, narrowed
from bot.domain.question import Door, Question
from bot.domain.scope import Level, Route, Verdict
from bot.domain.text import has_words
from bot.domain.tickets import State, Ticket
from bot.slack.message import Message
from bot.workflows.alarms import Notices
from bot.workflows.engine import Payload
from bot.workflows.parts import Parts
from bot.workflows.places import private_place, reply_place
from bot.workflows.posting import Outgoing, Place, Poster
from bot.workflows.tickets import TicketWork, incident_of
from bot.workflows.withdrawing import Withdrawal

log = structlog.get_logger()


@dataclass(frozen=True)
class QuestionWork:
    """Runs a question from acceptance to outcome. Every effect looks before it acts, so that it may run again."""

    parts: Parts
    poster: Poster
    notices: Notices
    tickets: TicketWork
    withdrawal: Withdrawal

    NAME = "question"
    REVISE = "revise"
    HAND_BACK = "hand_back"
    GREET = "greet"

    def run(self, payload: Payload, *, first_run: bool) -> None:
        question = Question.from_json(payload["question"])
        decision = self.decide(question)
        recorded = self.parts.store.record_question(question, decision, ticket_for(decision), self.parts.now())
        if recorded is None:
            log.info("question is a twin", id=question.id)
            return
        asked, ticket = recorded
        log.info("decided", id=question.id, door=question.door, kind=type(asked.decision).__name__)
        self._carry_out(question, asked.decision, look=not first_run)
        if ticket is not None:
            self.tickets.put_up(ticket, look=not first_run)
        if self.parts.store.is_deleted(question.channel, question.ts):  # while this was being worked on
            self.withdrawal.again(question.channel, question.ts)

    def revise(self, payload: Payload, *, first_run: bool) -> None:
        """The patient has edited a question: what nobody has answered yet is asked anew, in its new words."""
        first, edited = self.parts.store.question(payload["first"]), Question.from_json(payload["question"])
        if first is None:
            return
        if first.thread != first.ts and edited.door is Door.CHANNEL:
            edited = replace(edited, door=Door.THREAD, thread_ts=first.thread)
        ticket = self.parts.store.ticket_of(first.id)
        if ticket is not None:
            self._revise_ticket(ticket, edited, first_run=first_run)
        elif isinstance(first.decision, Ignore | Reply | Suggestions) and not self.parts.store.replies_to(
            first.id, "pick", "rephrase"
        ):
            if self.parts.store.question(edited.id) is None:
                self.withdrawal.hide_replies(first.id)
            self.run({**payload, "question": edited.to_json()}, first_run=first_run)

    def _revise_ticket(self, ticket: Ticket, edited: Question, *, first_run: bool) -> None:
        """A person is to read the new words; what they ask may have its answer all the same."""
        if ticket.state is State.RESOLVED:
            return
        self.parts.store.rewrite(ticket.question_id, edited.text)
        self.tickets.patient_edited(ticket, edited.id, look=not first_run)
        if ticket.state is not State.OPEN or ticket.is_alarm:
            return
        decision = self.decide(edited)
        if isinstance(decision, Answer) and decision.alarm is None:
            self.run({"question": edited.to_json()}, first_run=first_run)

    def hand_back(self, payload: Payload, *, first_run: bool) -> None:
        """A moderator gives a thread back to the bot, which says so there."""
        question = Question.from_json(payload["question"])
        if self.parts.store.hand_back(question.channel, question.thread):
            place = Place(channel=question.channel, thread=question.thread)
            said = self.parts.wisdom.replies.sentence("handed_back")
            self.poster.post(Outgoing(f"back:{question.id}", place, said, question.asked_at), look=not first_run)

    def greet(self, payload: Payload, *, first_run: bool) -> None:
        """Tell a person once what the bot is, who reads it and what is kept."""
        user = payload["user"]
        hello = self.parts.wisdom.replies.sentence("first_contact")
        self.poster.post(Outgoing(f"hello:{user}", Place(user=user), hello, self.parts.now()), look=not first_run)
        self.parts.store.greet(user, self.parts.now())

    # --- deciding

    def decide(self, question: Question) -> Decision:
        wisdom, rules = self.parts.wisdom, self.parts.wisdom.finder.rules
        verdict = wisdom.guard.judge(question.text)
        wanted = verdict.level is not Level.PAGE and len(question.text) <= TEXT_LIMIT
        ranking = self._rank(question) if wanted else None
        thread = self.parts.store.thread(question.channel, question.thread) if question.ts else None
        return decide(question, verdict, ranking, wisdom.loaded.knowledge, rules, self.parts.today(), thread=thread)

    def _rank(self, question: Question) -> Ranking:
        """The entries for a question; for a follow-up under an answer, those for what it means there."""
        wisdom, above = self.parts.wisdom, self._answered_above(question)
        more = follow_up(question.text, above.question) if above is not None else None
        if above is None or more is None:
            return wisdom.finder.rank(question.text)
        if not more.points and self._is_plain(ranking := wisdom.finder.rank(question.text)):
            return ranking
        meant = wisdom.guard.judge(more.text)
        if meant.route is not Route.GENERAL_INFO or meant.level is not Level.NONE:
            return Ranking()  # written out it is nothing to be answered from the knowledge base
        return narrowed(wisdom.finder.rank(more.text), above, wisdom.loaded.knowledge)

    def _answered_above(self, question: Question) -> Entry | None:
        """The entry that was last shown in the thread which the question goes on with."""
        if not question.ts or question.thread == question.ts:
            return None
        entry_id = self.parts.store.last_given(question.channel, question.thread)
        return self.parts.wisdom.loaded.knowledge.get(entry_id) if entry_id is not None else None

    def _is_plain(self, ranking: Ranking) -> bool:
        """Whether the best match would be answered as it stands."""
        wisdom = self.parts.wisdom
        return any(
            is_confident(best, ranking.margin, wisdom.loaded.knowledge.entries[best.entry_id], wisdom.finder.rules)
            for best in ranking.matches[:1]
        )

    # --- carrying out

    def _carry_out(self, question: Question, decision: Decision, *, look: bool) -> None:
        replies = self.parts.wisdom.replies
        match decision:
            case SafetyNotice():
                self.notices.settle(self.notice(question, decision.route, decision.kind), self.poster)
                self._point_to_dm(question, look)
            case Answer():
                self._answer(question, decision, look=look)
            case Suggestions(offered=offered):
                knowledge = self.parts.wisdom.loaded.knowledge
                known = [o for o in offered if o.entry_id in knowledge.entries]
                self._reply(question, replies.suggestions(known, knowledge, question.id, self._intro(question)), look)
            case Escalate():
                self._receipt(question, decision, look=look)
            case Reply(phrase="files_offer"):
                offer = replies.with_person("files_offer", question.id)
                key, place = f"reply:{question.id}", private_place(question)
                self.poster.post(Outgoing(key, place, offer, question.asked_at), look=look)
            case Reply(phrase=phrase):
                self._reply(question, replies.sentence(phrase, self._intro(question)), look)
            case Forward(alarm=alarm):
                self.tickets.patient_wrote_again(question, alarm, look=look)
            case Ignore():
                pass
            case _ as never:
                assert_never(never)
        self._say_files_not_read(question, decision, look=look)

    def _say_files_not_read(self, question: Question, decision: Decision, *, look: bool) -> None:
        """Whoever sent a picture beside words must not think that it was looked at."""
        if not question.has_files or not has_words(question.text) or isinstance(decision, SafetyNotice | Ignore):
            return
        replies, with_a_person = self.parts.wisdom.replies, isinstance(decision, Escalate | Forward)
        note = replies.sentence("files_note") if with_a_person else replies.with_person("files_note_offer", question.id)
        place = private_place(question)
        self.poster.post(Outgoing(f"files:{question.id}", place, note, question.asked_at), look=look)

    def _answer(self, question: Question, decision: Answer, *, look: bool) -> None:
        entry = self.parts.wisdom.loaded.knowledge.get(decision.entry_id)
        if entry is None or entry.version != decision.version:
            # The knowledge base changed between decision and reply: what was approved then is not what stands here now.
            why = Escalate(Route.GENERAL_INFO, "trouble", alarm=decision.alarm)
            ticket, _ = self.parts.store.open_ticket(question.id, question.user, why, self.parts.now())
            self._receipt(question, why, look=look)
            self.tickets.put_up(ticket, look=look)
            return
        strip, replies = decision.alarm is not None, self.parts.wisdom.replies
        place = reply_place(question, self.parts.directory.mode(question.channel))
        if place.thread and not self.parts.store.give(place.channel, place.thread, entry.id, question.id):
            self._reply(question, replies.with_person("answer_above", question.id, strip=strip), look)
            return
        related = () if strip else self.parts.related(entry)
        answer = replies.answer(entry, question.id, strip=strip, intro=self._intro(question), related=related)
        self._reply(question, answer, look)

    def _receipt(self, question: Question, why: Escalate, *, look: bool) -> None:
        """Receipts go where they stay: the thread or the asker's DM, never a message that vanishes."""
        place = reply_place(question, self.parts.directory.mode(question.channel))
        receipt = self.parts.wisdom.replies.received(
            why.route, why.reason, self.parts.now_utc(), self._intro(question), alarm=why.alarm is not None
        )
        self.poster.post(Outgoing(f"reply:{question.id}", place, receipt, question.asked_at), look=look)
        self._point_to_dm(question, look)

    def _reply(self, question: Question, reply: Message, look: bool) -> None:
        by_url = question.response_url and not look
        if by_url and self.parts.messenger.respond(question.response_url, reply):
            return
        place = reply_place(question, self.parts.directory.mode(question.channel))
        self.poster.post(Outgoing(f"reply:{question.id}", place, reply, question.asked_at), look=look)

    def _point_to_dm(self, question: Question, look: bool) -> None:
        """Say where a command was typed that its reply is in the DM; a hint, so it is not repeated."""
        if question.response_url and not look:
            self.parts.messenger.respond(
                question.response_url, Message(self.parts.wisdom.loaded.phrases.say("ask_sent_to_dm"), [])
            )

    def _intro(self, question: Question) -> str:
        """What a reply in the DM says first when the question was asked in a channel."""
        if not question.ts or self.parts.directory.mode(question.channel) is not ChannelMode.PRIVATE:
            return ""
        return self.parts.wisdom.replies.intro(self.parts.link(question.channel, question.ts))

    # --- alarms

    def notice(self, question: Question, route: Route, kind: str) -> Outgoing:
        """The notice for an alarm. A crisis is answered in private, everything else where it was asked."""
        mode = self.parts.directory.mode(question.channel)
        place = private_place(question) if route is Route.CRISIS else reply_place(question, mode)
        return Outgoing(
            f"notice:{question.id}", place, self.parts.wisdom.replies.notice(route, kind), question.asked_at
        )

    def sound(self, question: Question, verdict: Verdict) -> None:
        """Start an alarm's notice now, before anything is stored."""
        self.notices.start(self.notice(question, verdict.route, verdict.kind))

    # --- when something unexpected happened

    def rescue(self, payload: Payload, *, look: bool) -> None:
        """Tell the patient that a person will look, and the moderators that something went wrong."""
        question = Question.from_json(payload["question"])
        why = Escalate(Route.GENERAL_INFO, "trouble")
        recorded = self.parts.store.record_question(question, why, why, self.parts.now())
        if recorded is None:
            return
        ticket, _ = self.parts.store.open_ticket(question.id, question.user, why, self.parts.now())
        place = reply_place(question, self.parts.directory.mode(question.channel))
        sorry = self.parts.wisdom.replies.sentence("trouble")
        self.poster.post(Outgoing(f"trouble:{question.id}", place, sorry, question.asked_at), look=look)
        self.tickets.put_up(ticket, look=look)
        if ticket.reason == "trouble":
            log.error("incident", id=question.id, incident=incident_of(question.id), ticket=ticket.number)
        else:  # it had a ticket before it failed, whose card knows of no failure
            self.tickets.report_failure(question.id)
