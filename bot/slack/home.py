"""The app's Home tab and the list of topics, from the curated texts. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import (
    Block,
    DividerBlock,
    HeaderBlock,
    InputBlock,
    PlainTextInputElement,
    PlainTextObject,
)
from slack_sdk.models.blocks.basic_components import DispatchActionConfig
from slack_sdk.models.views import View

from bot.domain.decision import Answer, Decision, Ignore, SafetyNotice
from bot.domain.knowledge import Entry, ServiceConfig
from bot.domain.numbers import numbers_for
from bot.domain.phrases import Phrases
from bot.domain.scope import Route
from bot.domain.tickets import State, Ticket
from bot.slack.message import Json, Message, button, buttons, context, message, sections
from bot.slack.mrkdwn import escape, mention

HOME_ASK, HOME_BLOCK = "home_ask", "home_ask_block"
PROMPTS = 4
TOPICS = 24
"""Groups of entries in one list: each takes two blocks, and Slack takes 50 in a message."""
IN_A_TOPIC = 25
WORDS_SHOWN = 150
"""Characters of each of a person's own questions in their Home tab."""


_STATES = {
    State.OPEN: "home_state_open",
    State.CLAIMED: "home_state_open",  # by nobody we can name
    State.ANSWERED: "home_state_answered",
    State.RESOLVED: "home_state_resolved",
}


@dataclass(frozen=True)
class Asked:
    """One of the person's own questions. `words` is "" when they are no longer kept."""

    asked_at: float
    words: str
    decision: Decision
    ticket: Ticket | None


@dataclass(frozen=True)
class QueuedTicket:
    """A ticket that is not resolved, with the address of its card ("" where it has none)."""

    ticket: Ticket
    link: str


@dataclass(frozen=True)
class Home:
    """Renders with the operator's phrases and settings."""

    phrases: Phrases
    config: ServiceConfig

    def topics(self, entries: Sequence[Entry]) -> Message:
        """Every entry as a button, in groups by its first topic."""
        intro, groups = self.phrases.say("topics_intro"), _groups(entries)
        listed = [f"*{escape(topic)}*\n" + "\n".join(f"• {escape(e.question)}" for e in es) for topic, es in groups]
        return message("\n\n".join([intro, *listed]), *sections(intro), *_topic_blocks(groups))

    def view(
        self, mine: Sequence[Asked], entries: Sequence[Entry], queue: Sequence[QueuedTicket] | None, notice: str
    ) -> Json:
        """A person's Home tab; `queue` is for moderators, None for everyone else."""
        blocks = [
            *(sections(self.phrases.say(notice)) if notice else []),
            *(self._queue(queue) if queue is not None else []),
            *sections(self.phrases.say("home_intro", service=self.config.service_name)),
            self._ask(),
            *self._titled("home_emergency"),
            *sections(numbers_for(self.config, Route.EMERGENCY, "")),
            *self._titled("home_mine"),
            *self._mine(mine),
            *self._titled("home_topics"),
            *_topic_blocks(_groups(entries)),
            *self._titled("home_privacy"),
            *sections(self.phrases.say("first_contact", service=self.config.service_name)),
        ]
        return View(type="home", blocks=blocks).to_dict()

    def _titled(self, key: str) -> list[Block]:
        return [DividerBlock(), HeaderBlock(text=PlainTextObject(text=self.phrases.say(key)))]

    def _ask(self) -> Block:
        typed = PlainTextInputElement(
            action_id=HOME_ASK,
            max_length=3000,
            placeholder=PlainTextObject(text=self.phrases.say("home_ask_hint")),
            dispatch_action_config=DispatchActionConfig(trigger_actions_on=["on_enter_pressed"]),
        )
        label = PlainTextObject(text=self.phrases.say("home_ask_label"))
        return InputBlock(block_id=HOME_BLOCK, element=typed, label=label, dispatch_action=True)

    def _mine(self, mine: Sequence[Asked]) -> list[Block]:
        shown = [self._my_question(asked) for asked in mine if not isinstance(asked.decision, Ignore)]
        return [block for text in shown for block in sections(text)] or [context(self.phrases.say("home_mine_none"))]

    def _my_question(self, asked: Asked) -> str:
        words = " ".join(asked.words.split()) or self.phrases.say("words_gone")
        shown = words if len(words) <= WORDS_SHOWN else f"{words[:WORDS_SHOWN]}…"
        day = f"<!date^{int(asked.asked_at)}^{{date_short_pretty}}|->"
        return f"{day} · {escape(shown)}\n_{self._state(asked)}_"

    def _state(self, asked: Asked) -> str:
        ticket = asked.ticket
        if ticket is None:
            answered = isinstance(asked.decision, Answer)
            return self.phrases.say("home_state_answered" if answered else "home_state_replied")
        if ticket.state is State.CLAIMED and ticket.holder is not None:
            return self.phrases.say("home_state_claimed", moderator=mention(ticket.holder))
        if ticket.state is State.OPEN and isinstance(asked.decision, SafetyNotice):
            return self.phrases.say("home_state_alarm")
        return self.phrases.say(_STATES[ticket.state])

    def _queue(self, queue: Sequence[QueuedTicket]) -> list[Block]:
        title = HeaderBlock(text=PlainTextObject(text=self.phrases.say("home_queue")))
        lines = [self._queued(each) for each in queue] or [self.phrases.say("home_queue_empty")]
        return [title, *(block for line in lines for block in sections(line)), DividerBlock()]

    def _queued(self, queued: QueuedTicket) -> str:
        ticket, say = queued.ticket, self.phrases.say
        number = str(ticket.number)
        title = (
            say("card_title_alarm", number=number, route=(ticket.alarm or ticket.route).value)
            if ticket.is_alarm
            else say("card_title", number=number)
        )
        state = (
            say(f"card_{ticket.state}", moderator=mention(ticket.holder)) if ticket.holder else say("card_unclaimed")
        )
        shown = f"<{queued.link}|{title}>" if queued.link else title
        return f"*{shown}*\n{say(f'reason_{ticket.reason}')}\n{state}"


def _groups(entries: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    """Entries by their first topic, in the order in which the topics appear."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.topics[0] if entry.topics else "", []).append(entry)
    return [(topic or "…", found) for topic, found in groups.items()]


def _topic_blocks(groups: Sequence[tuple[str, list[Entry]]]) -> list[Block]:
    blocks: list[Block] = []
    for n, (topic, entries) in enumerate(groups[:TOPICS], start=1):
        chosen = [
            button(f"topic_{n}_{m}", entry.question, json.dumps({"e": entry.id}))
            for m, entry in enumerate(entries[:IN_A_TOPIC], start=1)
        ]
        blocks += [*sections(f"*{escape(topic.capitalize())}*"), buttons(f"topic_{n}", chosen)]
    return blocks
