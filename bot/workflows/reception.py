"""Takes what Slack brings: admits it, sounds alarms at once, and puts it on disk before Slack is acknowledged."""

from __future__ import annotations

import json
import re
import threading
import time
import uuid
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace

import structlog

from bot.domain.decision import (
    JOIN_SECONDS,
    PERSONS_WORDS,
    Accept,
    Admission,
    Later,
    NotOurs,
    Scene,
    admit,
    stands_alone,
)
from bot.domain.knowledge import ChannelMode, MatchingSettings
from bot.domain.question import Door, Question
from bot.domain.scope import Level, Route, Verdict
from bot.domain.text import asks_something, normalise
from bot.domain.tickets import State
from bot.slack.cards import Cards
from bot.slack.message import Json, Message
from bot.slack.messenger import DeliveryError
from bot.storage.store import Draft
from bot.workflows.engine import Engine
from bot.workflows.homes import HomeDesk
from bot.workflows.parts import Parts
from bot.workflows.presses import Press, PressWork
from bot.workflows.questions import QuestionWork
from bot.workflows.tickets import Gesture, TicketWork
from bot.workflows.withdrawing import Withdrawal

log = structlog.get_logger()

ACCEPT_SECONDS = 2.5
"""Slack redelivers what is not acknowledged within 3 s; beyond this there is no acknowledgement."""
WAITING_CHATTER = 200
RECORD_SECONDS = 1.0
"""How long a quick second message waits, before the acknowledgement, until the first is recorded."""
REMEMBERED_ASKERS = 10_000
_HAND_BACK = re.compile(r"\bhand(?:ing)? (?:it |this )?(?:back|over)\b")


@dataclass(frozen=True)
class Arrival:
    """A message event as Slack told it. `subtype` is Slack's, "" for none."""

    question: Question
    subtype: str = ""
    by_bot: bool = False


@dataclass(frozen=True)
class Refusal:
    """Why a moderator's modal cannot go on, in the operator's words."""

    text: str


class Reception:
    """The one way in, whatever the door. Every `take` returns once the thing is durable, or raises: then no ack."""

    def __init__(self, parts: Parts, engine: Engine, questions: QuestionWork, tickets: TicketWork) -> None:
        self._parts = parts
        self._engine = engine
        self._questions = questions
        self._tickets = tickets
        self._chatter = ThreadPoolExecutor(1, thread_name_prefix="chatter")
        self._chatter_room = threading.BoundedSemaphore(WAITING_CHATTER)
        self._latest: OrderedDict[tuple[str, str], str] = OrderedDict()
        self.home = HomeDesk(parts)

    # --- questions

    def take_message(self, arrival: Arrival) -> Admission:
        """Admit a message and, when it is ours, accept it durably. Raises when that does not succeed in time."""
        question = self._with_door(arrival.question)
        verdict = self._judge(question)
        self._sound_first(question, arrival, verdict)
        if verdict.level is Level.NONE and arrival.subtype in PERSONS_WORDS and not arrival.by_bot:
            question = self._joined(question)  # alarms, also possible ones, stand alone
        scene = self._scene(question, arrival)
        if self._handed_back(question, scene):
            return Accept()
        self._note_speaker(question, scene)
        admission = admit(question, scene, verdict, asks=asks_something(question.text), rules=self._rules)
        match admission:
            case Accept(alarm=alarm):
                self._accept(question, alarm)
                self._greet_stranger(question, scene, alarm)
            case Later():
                self._look_later(question, scene, verdict)
            case NotOurs(why=why):
                log.debug("not ours", channel=question.channel, ts=question.ts, why=why)
        return admission

    def take_command(self, question: Question) -> None:
        """Accept a question that has no message of its own: a command, a shortcut, the app's home."""
        verdict = self._judge(question)
        admission = admit(
            question,
            Scene(self._parts.directory.mode(question.channel)),
            verdict,
            asks=True,
            rules=self._rules,
        )
        if isinstance(admission, Accept):
            self._accept(question, admission.alarm)

    def take_edit(self, arrival: Arrival, before: str, edited_ts: str) -> Admission:
        """An edited message: a new alarm sounds; what was not ours is judged anew; what was answered stays answered.

        `before`: the words until then. An alarm that they raised already is not new.
        """
        question = self._with_door(arrival.question)
        verdict = self._judge(question)
        admission = admit(question, self._bare_scene(question, arrival), verdict, asks=False, rules=self._rules)
        if isinstance(admission, Accept) and admission.alarm is not None and self._is_new(admission.alarm, before):
            edited = replace(arrival.question, id=f"{arrival.question.id}:edit:{edited_ts}", client_msg_id="")
            return self.take_message(replace(arrival, question=edited))
        first = self._parts.store.question(question.id)
        if first is None or normalise(question.text) == normalise(before):
            return self.take_message(arrival)
        again = replace(question, id=f"{question.id}:edit:{edited_ts}", client_msg_id="")
        payload = {"first": first.id, "question": again.to_json()}
        self._engine.start_within(ACCEPT_SECONDS, f"revise:{again.id}", QuestionWork.REVISE, payload)
        return Accept()

    def take_deletion(self, team: str, channel: str, ts: str) -> None:
        """Accept that a message was deleted by its writer."""
        payload = {"channel": channel, "ts": ts}
        self._engine.start_within(ACCEPT_SECONDS, f"gone:{team}:{channel}:{ts}", Withdrawal.NAME, payload)

    def take_arrival_of(self, user: str, channel: str) -> None:
        """Somebody has joined a channel: where the bot listens, they are told once what it is."""
        if self._parts.directory.mode(channel) is not ChannelMode.OFF:
            self._greet(user)

    def _greet_stranger(self, question: Question, scene: Scene, alarm: Verdict | None) -> None:
        if question.door is Door.DM and alarm is None and not scene.by_moderator:
            self._greet(question.user)

    def _greet(self, user: str) -> None:
        directory, store = self._parts.directory, self._parts.store
        if user == directory.bot_user or directory.is_moderator(user) or store.is_greeted(user):
            return
        self._engine.start_within(ACCEPT_SECONDS, f"hello:{directory.team}:{user}", QuestionWork.GREET, {"user": user})

    def _handed_back(self, question: Question, scene: Scene) -> bool:
        """A moderator gives a thread back to the bot by naming it there: "hand back"."""
        meant = question.door is Door.MENTION and scene.by_moderator and scene.thread is not None
        if not meant or not _HAND_BACK.search(normalise(question.text)):
            return False
        payload = {"question": question.to_json()}
        self._engine.start_within(ACCEPT_SECONDS, f"back:{question.id}", QuestionWork.HAND_BACK, payload)
        return True

    # --- several quick messages from one person

    def _joined(self, question: Question) -> Question:
        """The message as the rest of what its writer asked there a moment ago, if that is what it is."""
        at_top = question.door in (Door.CHANNEL, Door.MENTION, Door.DM) and not question.thread_ts
        if not at_top or stands_alone(question.text):
            return question
        self._wait_until_recorded(question)
        since = question.asked_at - JOIN_SECONDS
        first = self._parts.store.last_asked(question.channel, question.user, since, question.asked_at)
        facts = self._parts.store.thread(first.channel, first.thread) if first is not None else None
        if first is None or facts is None:
            return question
        if not facts.ticket and (facts.other_speaker or question.has_files):
            return question
        joined = replace(question, joins_thread=first.thread)
        return joined if question.door is Door.DM else replace(joined, door=Door.THREAD, thread_ts=first.thread)

    def _wait_until_recorded(self, question: Question) -> None:
        """The first message may still be on its way through the engine; never for longer than a moment."""
        latest = self._latest.get((question.channel, question.user), question.id)
        until, pause = time.monotonic() + RECORD_SECONDS, threading.Event()
        while latest != question.id and time.monotonic() < until:
            if self._parts.store.question(latest) is not None:
                return
            pause.wait(0.01)

    def _remember(self, question: Question) -> None:
        if question.thread_ts or not question.ts:
            return
        self._latest[question.channel, question.user] = question.id
        self._latest.move_to_end((question.channel, question.user))
        while len(self._latest) > REMEMBERED_ASKERS:
            self._latest.popitem(last=False)

    def _judge(self, question: Question) -> Verdict:
        """What the guard says. A guard that fails must not lose the question: the work behind it brings a person."""
        try:
            return self._parts.wisdom.guard.judge(question.text)
        except Exception as error:
            log.error("guard failed", id=question.id, error=type(error).__name__)
            return Verdict(Route.GENERAL_INFO, Level.CHECK)

    def _is_new(self, alarm: Verdict, before: str) -> bool:
        known = self._parts.wisdom.guard.judge(before)
        return (alarm.level, alarm.route, alarm.kind) != (known.level, known.route, known.kind)

    def _sound_first(self, question: Question, arrival: Arrival, verdict: Verdict) -> None:
        """Start an alarm's notice before the database is asked anything: it may be down."""
        admission = admit(question, self._bare_scene(question, arrival), verdict, asks=False, rules=self._rules)
        if isinstance(admission, Accept) and admission.alarm is not None:
            self._questions.sound(question, admission.alarm)

    def _accept(self, question: Question, alarm: Verdict | None) -> None:
        if alarm is not None:
            self._questions.sound(question, alarm)
        payload = {"question": question.to_json()}
        self._engine.start_within(ACCEPT_SECONDS, question.id, QuestionWork.NAME, payload)
        self._remember(question)

    def _with_door(self, question: Question) -> Question:
        """A message that names the bot comes by mention, whichever of its two events this is."""
        mention = f"<@{self._parts.directory.bot_user}>"
        if mention not in question.text:
            return question
        text = re.sub(rf"\s*{re.escape(mention)}\s*", " ", question.text).strip()
        door = Door.DM if question.door is Door.DM else Door.MENTION
        return replace(question, door=door, text=text)

    def _scene(self, question: Question, arrival: Arrival) -> Scene:
        scene = self._bare_scene(question, arrival)
        if not question.thread_ts:
            return scene
        return replace(scene, thread=self._parts.store.thread(question.channel, question.thread_ts))

    def _bare_scene(self, question: Question, arrival: Arrival) -> Scene:
        directory = self._parts.directory
        return Scene(
            mode=directory.mode(question.channel),
            by_moderator=directory.is_moderator(question.user),
            by_bot=arrival.by_bot or question.user == directory.bot_user,
            subtype=arrival.subtype,
            own_channel=question.channel == directory.moderators_channel,
        )

    def _note_speaker(self, question: Question, scene: Scene) -> None:
        known = scene.thread
        if known is None or scene.by_bot or known.other_speaker or known.asker == question.user:
            return
        self._parts.store.other_spoke(question.channel, question.thread_ts, question.user)

    def _look_later(self, question: Question, scene: Scene, verdict: Verdict) -> None:
        """Match chatter once, off the path of the acknowledgement; when too much waits, the newest is let go."""
        if self._chatter_room.acquire(blocking=False):
            self._chatter.submit(self._look, question, scene, verdict)

    def _look(self, question: Question, scene: Scene, verdict: Verdict) -> None:
        try:
            ranking = self._parts.wisdom.finder.rank(question.text)
            best = ranking.matches[0].confidence if ranking.matches else 0.0
            admission = admit(question, scene, verdict, asks=False, confidence=best, rules=self._rules)
            if isinstance(admission, Accept):
                self._accept(question, admission.alarm)
        except Exception as error:
            log.error("chatter not looked at", channel=question.channel, ts=question.ts, why=type(error).__name__)
        finally:
            self._chatter_room.release()

    # --- presses and modals

    def take_press(self, press: Press) -> None:
        """Accept a pressed button."""
        self._engine.start_within(ACCEPT_SECONDS, press.gesture.id, PressWork.NAME, {"press": press.to_json()})

    def take_sending(self, team: str, view_id: str, user: str, about: str) -> Json | None:
        """Accept "Send to patient"; or the view that says why not."""
        number, draft_id = self._about(about)
        refusal = self._may_write(user, number)
        if refusal is not None:
            return self._cards.refusal(refusal.text)
        gesture = Gesture(f"relay:{team}:{view_id}", user)
        self._engine.start_within(
            ACCEPT_SECONDS, gesture.id, PressWork.RELAY, {"gesture": asdict(gesture), "draft": draft_id}
        )
        return None

    def open_writing(self, press: Press, trigger_id: str) -> None:
        """Open the modal in which a moderator writes to the patient, or say why not."""
        number, user = press.ticket, press.gesture.user
        refusal = self._may_write(user, number)
        draft_id = f"{number}:{user}:{uuid.uuid4().hex[:8]}"
        self._open(press, trigger_id, refusal or self._cards.write(number, draft_id))

    def open_words(self, press: Press, trigger_id: str) -> None:
        """Show the patient's words to a moderator; who read them is kept in the audit."""
        self._open(press, trigger_id, self._words(press.gesture.user, press.ticket))

    def preview(self, user: str, about: str, words: str) -> Json | Refusal:
        """Keep the draft and show it exactly as the patient will get it."""
        number, draft_id = self._about(about)
        refusal = self._may_write(user, number)
        if refusal is not None:
            return refusal
        if not words.strip():
            return Refusal(self._say("write_empty"))
        self._parts.store.save_draft(Draft(draft_id, number, user, words), self._parts.now())
        as_sent = self._parts.wisdom.replies.from_moderator(words, user)
        return self._cards.preview(number, draft_id, as_sent)

    def back_to_writing(self, view_id: str, user: str, about: str) -> None:
        """From the preview back to the words, as this moderator left them."""
        number, draft_id = self._about(about)
        draft = self._parts.store.draft(draft_id)
        words = draft.text if draft is not None and draft.moderator == user else ""
        try:
            self._parts.messenger.update_view(view_id, self._cards.write(number, draft_id, words))
        except DeliveryError as error:
            log.warning("modal not updated", why=str(error))

    def _open(self, press: Press, trigger_id: str, view: Json | Refusal) -> None:
        if isinstance(view, Refusal):
            self._tickets.hint(press.gesture, view.text)
            return
        try:
            self._parts.messenger.open_view(trigger_id, view)
        except DeliveryError as error:
            log.warning("modal not opened", why=str(error))
            self._tickets.hint(press.gesture, self._say("unknown_button"))

    def _may_write(self, user: str, number: int) -> Refusal | None:
        """Why `user` may not answer this ticket now; None when they may."""
        if not self._parts.directory.is_moderator_now(user):
            return Refusal(self._say("not_a_moderator"))
        ticket = self._parts.store.ticket(number)
        if ticket is None:
            return Refusal(self._say("unknown_button"))
        if ticket.state is State.RESOLVED or ticket.holder not in (None, user):
            return Refusal(self._tickets.why_not(ticket))
        return None

    def _words(self, user: str, number: int) -> Json | Refusal:
        if not self._parts.directory.is_moderator_now(user):
            return Refusal(self._say("not_a_moderator"))
        ticket = self._parts.store.ticket(number)
        if ticket is None:
            return Refusal(self._say("unknown_button"))
        self._parts.store.note(number, user, "show_question", self._parts.now())
        return self._cards.words(self._parts.store.words(ticket.question_id))

    def _about(self, private_metadata: str) -> tuple[int, str]:
        """(ticket number, draft id) from a modal of ours."""
        about = json.loads(private_metadata)
        return about["t"], about["d"]

    def usage(self, key: str) -> str:
        """What a command without words is told."""
        return self._say(key)

    def topics(self) -> Message:
        """What can be asked about."""
        return self._parts.wisdom.home.topics(self._parts.current())

    def _say(self, key: str) -> str:
        return self._parts.wisdom.loaded.phrases.say(key)

    @property
    def _cards(self) -> Cards:
        return self._parts.wisdom.cards

    @property
    def _rules(self) -> MatchingSettings:
        return self._parts.wisdom.finder.rules

    def rest(self, seconds: float) -> None:
        """Return once the chatter that waits now has been looked at; raises TimeoutError after `seconds`."""
        self._chatter.submit(lambda: None).result(timeout=seconds)  # one thread, first come, first served

    def stop(self) -> None:
        self._chatter.shutdown(wait=True, cancel_futures=True)
