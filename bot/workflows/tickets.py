"""The durable path of a ticket: its card, a moderator's presses, what the patient is told."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass

import structlog

from bot.domain import tickets as rules
from bot.domain.decision import Escalate, entries_of
from bot.domain.knowledge import Entry
from bot.domain.question import Door, Question
from bot.domain.scope import Route
from bot.domain.tickets import InvalidTransition, State, Ticket
from bot.slack.cards import CardFacts
from bot.slack.message import Message, said
from bot.slack.messenger import DeliveryError
from bot.slack.mrkdwn import mention
from bot.storage.store import Asked
from bot.workflows.engine import Payload
from bot.workflows.parts import Parts
from bot.workflows.places import asked_place
from bot.workflows.posting import Later, Outgoing, Place, Poster

log = structlog.get_logger()

CARD_SECONDS = 0.8
"""How long a note that belongs under a card waits for it; no workflow thread waits longer than 1 s."""


@dataclass(frozen=True)
class Gesture:
    """A press or a submission, once it has been accepted. `id` is the same at every redelivery.

    `channel`: where the button was pressed, "" in a modal.
    """

    id: str
    user: str
    response_url: str = ""
    channel: str = ""


def incident_of(work_id: str) -> str:
    """The reference that moderators get and the log explains; always the same for the same work."""
    return uuid.uuid5(uuid.NAMESPACE_URL, work_id).hex[:8]


@dataclass(frozen=True)
class TicketWork:
    """Everything that changes a ticket or tells someone about it."""

    parts: Parts
    poster: Poster
    later: Later

    REFRESH = "refresh_card"

    # --- the card

    def put_up(self, ticket: Ticket, *, look: bool) -> None:
        """Post the ticket's card on the moderators' channel."""
        desk = Place(channel=self.parts.directory.moderators_channel)
        self.poster.post(Outgoing(f"card:{ticket.number}", desk, self.card(ticket), ticket.opened_at), look=look)

    def card(self, ticket: Ticket) -> Message:
        """The ticket as it stands, with a reference for the operator where a part of the bot failed."""
        card = self._card(ticket)
        if ticket.reason != "trouble":
            return card
        note = self._incident_note(ticket.question_id)
        return Message(f"{card.text}\n{note}", [*card.blocks, *said(note).blocks])

    def _incident_note(self, work_id: str) -> str:
        return self.parts.wisdom.loaded.phrases.say("card_incident", incident=incident_of(work_id))

    def _card(self, ticket: Ticket) -> Message:
        wisdom = self.parts.wisdom
        asked = self.parts.store.question(ticket.question_id)
        link = self._link(asked) if asked else ""
        copied = wisdom.loaded.config.copy_patient_words
        words = (self.parts.store.words(ticket.question_id) or "") if copied else ""
        return wisdom.cards.card(
            ticket, wisdom.loaded.knowledge, CardFacts(link, words, self._is_deleted(asked)), self.parts.today()
        )

    def _link(self, asked: Asked) -> str:
        """Nobody else can open a message in a DM."""
        if asked.door == Door.DM or asked.channel.startswith("D"):
            return ""
        return self.parts.link(asked.channel, asked.ts or asked.about_ts)

    def _is_deleted(self, asked: Asked | None) -> bool:
        return asked is not None and self.parts.store.is_deleted(asked.channel, asked.ts)

    def refresh(self, number: int, attempt: int = 1) -> None:
        """Bring the card up to date. The ticket is read again afterwards: two refreshes at once must not end stale."""
        ticket = self.parts.store.ticket(number)
        where = self.parts.store.posted(f"card:{number}")
        if ticket is None or where is None:
            return  # not on the channel yet: it is refreshed as soon as it is
        while True:
            try:
                self.parts.messenger.update(*where, self.card(ticket))
            except DeliveryError as error:
                self._refresh_later(ticket, attempt, error)
                return
            fresh = self.parts.store.ticket(number)
            if fresh is None or fresh.version == ticket.version:
                return
            ticket = fresh

    def _refresh_later(self, ticket: Ticket, attempt: int, error: DeliveryError) -> None:
        log.warning("card not updated", ticket=ticket.number, why=str(error))
        if error.retry_after_seconds is not None and attempt < 20:
            payload = {"ticket": ticket.number, "attempt": attempt + 1}
            work_id = f"refresh:{ticket.number}:{ticket.version}:{attempt}"
            self.later(error.retry_after_seconds, work_id, self.REFRESH, payload)

    # --- moderators' presses

    def claim(self, gesture: Gesture, number: int, *, look: bool) -> None:
        ticket = self._step(gesture, number, "claim")
        if ticket is None:
            return
        self.refresh(number)
        receipt = self.parts.wisdom.replies.claimed(gesture.user)
        self._tell(ticket, f"claimed:{gesture.id}", receipt, look=look)

    def resolve(self, gesture: Gesture, number: int, *, look: bool) -> None:
        ticket = self._step(gesture, number, "resolve")
        if ticket is None:
            return
        if self._is_deleted(self.parts.store.question(ticket.question_id)):
            self.parts.store.forget_words(ticket.question_id)
        self.refresh(number)
        self._tell(ticket, f"closed:{gesture.id}", self.parts.wisdom.replies.sentence("closed"), look=look)

    def send_entry(self, gesture: Gesture, number: int, entry: Entry, *, look: bool) -> None:
        """Send a curated answer, word for word, signed by the moderator who chose it."""
        ticket = self._step(gesture, number, "answer", entry.id)
        if ticket is None:
            return
        answer = self.parts.wisdom.replies.entry_from_moderator(entry, gesture.user)
        place = self.place_of(ticket)
        if place is not None and place.thread:
            self.parts.store.give(place.channel, place.thread, entry.id, ticket.question_id)
        self._tell(ticket, f"answer:{gesture.id}", answer, look=look)
        self.refresh(number)

    def send_words(self, gesture: Gesture, number: int, words: str, *, look: bool) -> None:
        """Send what a moderator wrote, signed."""
        ticket = self._step(gesture, number, "answer")
        if ticket is None:
            return
        self._tell(
            ticket,
            f"answer:{gesture.id}",
            self.parts.wisdom.replies.from_moderator(words, gesture.user),
            look=look,
        )
        self.refresh(number)

    def _step(self, gesture: Gesture, number: int, act: str, detail: str = "") -> Ticket | None:
        """Apply one rule; None when it does not hold, after telling the moderator why."""
        try:
            return self.parts.store.step(
                number, gesture.user, act, rules.STEPS[act], self.parts.now(), gesture.id, detail
            )
        except LookupError:
            self.hint(gesture, self.parts.wisdom.loaded.phrases.say("unknown_button"))
        except InvalidTransition as refused:
            log.info("step refused", ticket=number, act=act, state=refused.ticket.state)
            self.hint(gesture, self.why_not(refused.ticket))
            self.refresh(number)
        return None

    def why_not(self, ticket: Ticket) -> str:
        """Who has the ticket, or that it is closed, in the operator's words."""
        if ticket.state is State.RESOLVED or ticket.holder is None:
            return self.parts.wisdom.loaded.phrases.say("ticket_closed")
        return self.parts.wisdom.loaded.phrases.say("ticket_taken", moderator=mention(ticket.holder))

    def hint(self, gesture: Gesture, text: str) -> None:
        """Tell the person who pressed, and nobody else."""
        if gesture.response_url and self.parts.messenger.respond(gesture.response_url, Message(text, [])):
            return
        try:
            where = gesture.channel or self.parts.directory.moderators_channel
            self.parts.messenger.whisper(where, gesture.user, text)
        except DeliveryError as error:
            log.info("hint not shown", why=str(error))

    # --- the patient

    def _tell(self, ticket: Ticket, key: str, message: Message, *, look: bool) -> None:
        place = self.place_of(ticket)
        if place is not None:
            self.poster.post(Outgoing(key, place, message, ticket.changed_at), look=look)

    def place_of(self, ticket: Ticket) -> Place | None:
        asked = self.parts.store.question(ticket.question_id)
        return self._place(asked) if asked else None

    def _place(self, asked: Asked) -> Place:
        return asked_place(asked, self.parts.directory.mode(asked.channel))

    def bring_a_person(self, gesture: Gesture, asked: Asked, reason: str, *, look: bool) -> bool:
        """Open a ticket for a question that had none, or a closed one again; False when a person has it already."""
        offered = entries_of(asked.decision)
        route = Route.GENERAL_INFO
        ticket, opened = self.parts.store.open_ticket(
            asked.id, asked.user, Escalate(route, reason, offered), self.parts.now()
        )
        if not opened and self._reopened(gesture, ticket, reason, look=look):
            return True
        if not opened and not look:
            return False
        receipt = self.parts.wisdom.replies.received(route, reason, self.parts.now_utc())
        self.poster.post(Outgoing(f"received:{asked.id}", self._place(asked), receipt, ticket.opened_at), look=look)
        self.put_up(ticket, look=look)
        return True

    def _reopened(self, gesture: Gesture, closed: Ticket, reason: str, *, look: bool) -> bool:
        """Open a closed ticket again, on its card, and tell whoever closed it; False when it was open."""
        try:
            ticket = self.parts.store.step(
                closed.number, gesture.user, "reopen", rules.reopen, self.parts.now(), gesture.id, reason
            )
        except InvalidTransition:
            return False
        receipt = self.parts.wisdom.replies.received(closed.route, reason, self.parts.now_utc())
        self._tell(ticket, f"received:{gesture.id}", receipt, look=look)
        self.refresh(closed.number)
        card = self.parts.store.posted(f"card:{closed.number}")
        desk = Place(channel=self.parts.directory.moderators_channel, thread=card[1] if card else "")
        note = self.parts.wisdom.loaded.phrases.say(f"reason_{reason}")
        if closed.holder is not None:
            note = f"{mention(closed.holder)} {note}"
        self.poster.post(Outgoing(f"again:{gesture.id}", desk, said(note), ticket.changed_at), look=look)
        return True

    def withdraw(self, ticket: Ticket) -> None:
        """The patient has deleted the question: close its ticket, unless more has been forwarded to it."""
        asked = self.parts.store.question(ticket.question_id)
        if asked is not None and self.parts.store.joined_by(asked):
            self.patient_deleted(ticket, closed=False)
            return
        now = self.parts.now()
        try:
            gesture = f"gone:{ticket.question_id}"
            ticket = self.parts.store.step(ticket.number, ticket.patient, "withdraw", rules.withdraw, now, gesture)
        except InvalidTransition:
            return
        self.patient_deleted(ticket, closed=True)

    def patient_deleted(self, ticket: Ticket, *, closed: bool) -> None:
        """Show it on the card, and tell under it whoever has the ticket."""
        self.refresh(ticket.number)
        if closed and ticket.holder is None:
            return
        self._note(
            ticket, f"deleted:{ticket.number}", "card_deleted" if closed else "card_deleted_still_open", look=True
        )

    def patient_edited(self, ticket: Ticket, question_id: str, *, look: bool) -> None:
        """Tell the desk that the question now has other words."""
        self.refresh(ticket.number)
        self._note(ticket, f"edited:{question_id}", "card_edited", look=look)

    def _note(self, ticket: Ticket, key: str, phrase: str, *, look: bool) -> None:
        """A line under the ticket's card, to whoever has the ticket. A card that is not up yet will say it itself."""
        card = self.parts.store.posted(f"card:{ticket.number}")
        if card is None:
            return
        note = self.parts.wisdom.loaded.phrases.say(phrase)
        if ticket.holder is not None:
            note = f"{mention(ticket.holder)} {note}"
        desk = Place(channel=card[0], thread=card[1])
        self.poster.post(Outgoing(key, desk, said(note), ticket.opened_at), look=look)

    def patient_wrote_again(self, question: Question, alarm: Route | None, *, look: bool) -> None:
        """Tell the desk, under the card, that the patient has written in the thread, and tell the patient so."""
        ticket = self.parts.store.ticket_in_thread(question.channel, question.thread)
        where = self._card_post(ticket.number) if ticket else None
        desk = self.parts.directory.moderators_channel
        link = "" if question.door is Door.DM else self.parts.link(question.channel, question.ts)
        say, patient = self.parts.wisdom.loaded.phrases.say, mention(question.user)
        note = (
            say("card_patient_wrote_again", patient=patient, link=link)
            if link
            else say("card_patient_wrote_again_no_link", patient=patient)
        )
        if ticket is not None and ticket.holder:
            note = f"{mention(ticket.holder)} {note}"
        if ticket is not None and alarm is not None:
            note = f"{say('card_title_alarm', number=str(ticket.number), route=alarm.value)}\n{note}"
        place = Place(channel=desk, thread=where[1] if where else "")
        self.poster.post(Outgoing(f"again:{question.id}", place, said(note), question.asked_at), look=look)
        here = self.place_of(ticket) if ticket else None
        facts = self.parts.store.thread(question.channel, question.thread)
        among_people = facts is not None and facts.other_speaker
        if ticket is not None and here is not None and (alarm or not (ticket.holder or among_people)):
            # Once a person has claimed it the patient knows who reads; until then silence would worry.
            receipt = self.parts.wisdom.replies.sentence("forwarded", strip=alarm is not None)
            self.poster.post(Outgoing(f"reply:{question.id}", here, receipt, question.asked_at), look=look)

    def _card_post(self, number: int) -> tuple[str, str] | None:
        """Where the ticket's card is. A patient who goes on writing at once can be quicker than the card."""
        until, pause = time.monotonic() + CARD_SECONDS, threading.Event()
        while (post := self.parts.store.posted(f"card:{number}")) is None and time.monotonic() < until:
            pause.wait(0.02)
        return post

    # --- posts that can never arrive

    def undeliverable(self, outgoing: Outgoing, why: str) -> None:
        """Slack refuses a message for good: try the person's DM, else tell the moderators."""
        if outgoing.key.startswith("hello:"):  # e.g. to another bot; nobody waits for it
            return
        if outgoing.place.channel and outgoing.place.user and not outgoing.key.endswith(":dm"):
            direct = Outgoing(f"{outgoing.key}:dm", Place(user=outgoing.place.user), outgoing.message, outgoing.since)
            self.poster.post(direct, look=True)
            return
        if outgoing.place.user:
            note = said(
                f"{mention(outgoing.place.user)}: {self.parts.wisdom.loaded.phrases.say('card_not_delivered')} ({why})"
            )
            desk = Place(channel=self.parts.directory.moderators_channel)
            self.poster.post(Outgoing(f"undelivered:{outgoing.key}", desk, note, outgoing.since), look=True)

    def report_failure(self, work_id: str) -> None:
        """Give the moderators a reference to a piece of work that has failed for good."""
        log.error("incident", id=work_id, incident=incident_of(work_id))
        note = said(self._incident_note(work_id))
        desk = Place(channel=self.parts.directory.moderators_channel)
        self.poster.post(Outgoing(f"failed:{work_id}", desk, note, self.parts.now()), look=True)

    def delivered_late(self, key: str) -> None:
        """A card that arrived late may show an old state."""
        kind, _, number = key.partition(":")
        if kind == "card" and number.isdigit():
            self.refresh(int(number))

    def refresh_again(self, payload: Payload) -> None:
        """The durable work behind a refresh that Slack refused for the moment."""
        self.refresh(payload["ticket"], payload["attempt"])
