"""The durable path of a press on a button: read what was pressed, check who pressed it, carry it out once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import structlog

from bot.domain.decision import Answer, Suggestions
from bot.domain.knowledge import Entry
from bot.domain.question import Door, Question
from bot.slack.message import Json, Message
from bot.slack.messenger import DeliveryError
from bot.storage.store import Asked
from bot.workflows.engine import Payload
from bot.workflows.parts import Parts
from bot.workflows.places import asked_place
from bot.workflows.posting import Outgoing, Place, Poster
from bot.workflows.tickets import Gesture, TicketWork

log = structlog.get_logger()

DESK_ACTIONS = ("ticket_claim", "ticket_resolve", "ticket_send", "ticket_write", "ticket_show", "draft_back")
"""Beginnings of the action ids that only a moderator may press."""


REPHRASE_SECONDS = 3600.0
"""In private: how long "None of these" counts as the first miss. In a thread it does for ever."""


LARGEST_NUMBER = 2**63 - 1
"""What a database's integer holds: a forged number beyond it is no ticket's."""


@dataclass(frozen=True)
class Press:
    """A pressed button. `text` and `blocks` are those of the answer it stands under, where Slack tells them: not those
    of an `ephemeral` one, which only the presser saw."""

    gesture: Gesture
    action_id: str
    value: str
    channel: str
    message_ts: str
    blocks: list[Json]
    ephemeral: bool
    text: str = ""

    def to_json(self) -> Payload:
        return asdict(self)

    @staticmethod
    def from_json(stored: Payload) -> Press:
        return Press(**{**stored, "gesture": Gesture(**stored["gesture"])})

    def about(self) -> Mapping[str, Any]:
        """The button's value as written by us; {} when it is not."""
        try:
            value = json.loads(self.value)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def ticket(self) -> int:
        """The number of the ticket that the button belongs to; 0, which no ticket has, when it names none."""
        number = self.about().get("t")
        return number if type(number) is int and 0 < number <= LARGEST_NUMBER else 0


@dataclass(frozen=True)
class PressWork:
    """Runs an accepted press. A press that means nothing (a stale or forged value) is answered, never an error."""

    parts: Parts
    poster: Poster
    tickets: TicketWork

    NAME = "press"
    RELAY = "relay"

    def run(self, payload: Payload, *, first_run: bool) -> None:
        press = Press.from_json(payload["press"])
        if press.action_id.startswith(DESK_ACTIONS):
            if not self.parts.directory.is_moderator_now(press.gesture.user):
                self._say(press, "not_a_moderator")
                return
            understood = self._desk(press, look=not first_run)
        else:
            understood = self._patient(press, look=not first_run)
        log.info("press", action=press.action_id, understood=understood)
        if not understood:
            self._say(press, "unknown_button")

    def relay(self, payload: Payload, *, first_run: bool) -> None:
        """Send a moderator's previewed answer to the patient."""
        draft = self.parts.store.draft(payload["draft"])
        gesture = Gesture(**payload["gesture"])
        if draft is not None and draft.moderator == gesture.user:
            self.tickets.send_words(gesture, draft.ticket, draft.text, look=not first_run)

    # --- moderators

    def _desk(self, press: Press, *, look: bool) -> bool:
        number = press.ticket
        if self.parts.store.ticket(number) is None:
            return False
        if press.action_id == "ticket_claim":
            self.tickets.claim(press.gesture, number, look=look)
        elif press.action_id == "ticket_resolve":
            self.tickets.resolve(press.gesture, number, look=look)
        elif press.action_id.startswith("ticket_send"):
            entry = self._entry(press)
            if entry is None:
                return False
            self.tickets.send_entry(press.gesture, number, entry, look=look)
        else:
            return False
        return True

    # --- patients

    def _patient(self, press: Press, *, look: bool) -> bool:
        if press.action_id.startswith("topic_"):
            return self._topic(press, look=look)
        asked = self.parts.store.question(str(press.about().get("q", "")))
        if asked is None:
            return False
        if press.action_id in ("feedback_yes", "feedback_no"):
            return self._feedback(press, asked)
        if press.gesture.user != asked.user:
            self._say(press, "only_asker")
            return True
        if press.action_id == "talk_to_person":
            self._person(press, asked, "requested", look=look)
        elif press.action_id == "none_of_these":
            self._none_fits(press, asked, look=look)
            self._replace(press, self.parts.wisdom.replies.picked(self.parts.wisdom.loaded.phrases.say("suggest_none")))
        elif press.action_id.startswith("pick_"):
            return self._pick(press, asked, look=look)
        elif press.action_id.startswith("related_"):
            return self._related(press, asked, look=look)
        else:
            return False
        return True

    def _feedback(self, press: Press, asked: Asked) -> bool:
        entry = self._entry(press)
        if entry is None:
            return False
        helpful = press.action_id == "feedback_yes"
        self.parts.store.record_feedback(asked.id, press.gesture.user, entry.id, helpful, self.parts.now())
        replies = self.parts.wisdom.replies
        if press.gesture.user != asked.user:
            self._say(press, "helpful_thanks" if helpful else "unhelpful_thanks")
            return True
        answer = Message(press.text, press.blocks) if press.blocks else self._answer_again(entry, asked)
        if not self._replace(press, replies.thanks(answer, helpful)):  # e.g. too long for Slack to change
            self._say(press, "helpful_thanks" if helpful else "unhelpful_thanks")
        return True

    def _answer_again(self, entry: Entry, asked: Asked) -> Message:
        return self.parts.wisdom.replies.answer(entry, asked.id, related=self.parts.related(entry))

    def _person(self, press: Press, asked: Asked, reason: str, *, look: bool) -> None:
        if not self.tickets.bring_a_person(press.gesture, asked, reason, look=look):
            self._say(press, "already_with_a_person")
        elif press.ephemeral:
            self._say(press, "ask_sent_to_dm")

    def _pick(self, press: Press, asked: Asked, *, look: bool) -> bool:
        entry = self._entry(press)
        offered = asked.decision.offered if isinstance(asked.decision, Suggestions) else ()
        if entry is None or entry.id not in {o.entry_id for o in offered}:
            return False
        replies = self.parts.wisdom.replies
        if entry.overdue(self.parts.today()):
            self._person(press, asked, "overdue", look=look)
        else:
            self._show(press, asked, "pick", entry, look=look)
        self._replace(press, replies.picked(entry.question))
        return True

    def _related(self, press: Press, asked: Asked, *, look: bool) -> bool:
        entry = self._entry(press)
        if entry is None or entry.overdue(self.parts.today()):
            return False
        self._show(press, asked, "related", entry, look=look)
        return True

    def _show(self, press: Press, asked: Asked, kind: str, entry: Entry, *, look: bool) -> None:
        """An entry's answer where the question was asked; what stands in that thread already is not said again."""
        key, place = f"{kind}:{asked.id}:{entry.id}", self._place(asked)
        known = self.parts.store.posted(key) is not None
        if known or (place.thread and not self.parts.store.give(place.channel, place.thread, entry.id, key)):
            self._say(press, "answer_above")
            return
        answer = self.parts.wisdom.replies.answer(entry, asked.id, related=self.parts.related(entry))
        self._give(press, key, place, answer, look=look)

    def _give(self, press: Press, key: str, place: Place, message: Message, *, look: bool) -> None:
        """Say it to the presser alone where the press was ephemeral, else where it stays."""
        url = press.gesture.response_url if press.ephemeral and not look else ""
        if not (url and self.parts.messenger.respond(url, message)):
            self.poster.post(Outgoing(key, place, message, self.parts.now()), look=look)

    def _none_fits(self, press: Press, asked: Asked, *, look: bool) -> None:
        """The first miss: please say it in other words. The second: a person."""
        place = self._place(asked)
        where = (place.channel, place.thread) if place.thread else ("", "")
        now, store = self.parts.now(), self.parts.store
        first_miss = store.invite_to_rephrase(*where, asked.user, asked.id, now, REPHRASE_SECONDS)
        if not first_miss or store.ticket_of(asked.id) is not None:
            self._person(press, asked, "none_of_these", look=look)
            return
        invitation = self.parts.wisdom.replies.with_person("rephrase", asked.id)
        self._give(press, f"rephrase:{asked.id}", place, invitation, look=look)

    def _topic(self, press: Press, *, look: bool) -> bool:
        """An entry chosen from the list of topics: a question like any other, answered in private."""
        entry = self._entry(press)
        if entry is None or entry.overdue(self.parts.today()):
            return False
        gesture, now = press.gesture, self.parts.now()
        team = self.parts.directory.team
        asks = Question(f"q:{gesture.id}", team, press.channel, gesture.user, entry.question, Door.BUTTON, now)
        self.parts.store.record_question(asks, Answer(entry.id, entry.version, 1.0), None, now)
        answer = self.parts.wisdom.replies.answer(entry, asks.id, related=self.parts.related(entry))
        self._give(press, f"reply:{asks.id}", Place(user=gesture.user), answer, look=look)
        return True

    def _place(self, asked: Asked) -> Place:
        return asked_place(asked, self.parts.directory.mode(asked.channel))

    # --- what both use

    def _entry(self, press: Press) -> Entry | None:
        return self.parts.wisdom.loaded.knowledge.get(str(press.about().get("e", "")))

    def _replace(self, press: Press, message: Message) -> bool:
        """Show the press's outcome in the place of the message that was pressed; one attempt, False when it failed."""
        if press.ephemeral:
            return self.parts.messenger.respond(press.gesture.response_url, message, replace=True)
        try:
            self.parts.messenger.update(press.channel, press.message_ts, message)
        except DeliveryError as error:
            log.info("message not updated", why=str(error))
            return False
        return True

    def _say(self, press: Press, phrase: str) -> None:
        self.tickets.hint(press.gesture, self.parts.wisdom.loaded.phrases.say(phrase))
