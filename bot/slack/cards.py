"""What moderators see: the ticket's card and the modals opened from it. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from slack_sdk.models.blocks import (
    Block,
    DividerBlock,
    HeaderBlock,
    InputBlock,
    PlainTextInputElement,
    PlainTextObject,
)
from slack_sdk.models.views import View

from bot.domain.knowledge import Entry, KnowledgeBase
from bot.domain.phrases import Phrases
from bot.domain.tickets import State, Ticket
from bot.slack.message import Json, Message, button, buttons, context, message, plain_sections, sections
from bot.slack.mrkdwn import escape, mention
from bot.slack.replies import readable

WORDS_ON_CARD_LIMIT = 6_000
"""Characters of the patient's words on a card; all of them are behind "Show the question". Slack takes about 13,000
in one message."""
ANSWER_LIMIT = 3_000
"""Characters a moderator can write: what Slack lets a text input hold."""

WRITE, PREVIEW, WORDS = "write_answer", "preview_answer", "show_words"
ANSWER_BLOCK, ANSWER_INPUT = "answer", "words"


@dataclass(frozen=True)
class CardFacts:
    """What a card shows besides the ticket: `link` to the question ("" where there is no message to link to), and
    the patient's `words` ("" unless the operator allows copying them), and whether the patient has `deleted` it."""

    link: str = ""
    words: str = ""
    deleted: bool = False


@dataclass(frozen=True)
class Cards:
    """Renders the moderators' side with the operator's phrases."""

    phrases: Phrases

    def card(self, ticket: Ticket, knowledge: KnowledgeBase, facts: CardFacts, today: date) -> Message:
        """The ticket as it stands now."""
        say = self.phrases.say
        title = self._title(ticket)
        patient = mention(ticket.patient)
        asked = (
            say("card_from", patient=patient, link=facts.link)
            if facts.link
            else say("card_from_no_link", patient=patient)
        )
        reason, state = say(f"reason_{ticket.reason}"), self._state(ticket, facts.deleted)
        words = _beginning(facts.words)
        entries = [(knowledge.entries[e], c) for e, c in ticket.offered if e in knowledge.entries]
        return message(
            "\n".join(
                [title, asked, reason, *filter(None, [escape(words)]), *(_entry_line(*e) for e in entries), state]
            ),
            HeaderBlock(text=PlainTextObject(text=title)),
            *sections(f"{asked}\n{reason}"),
            *(plain_sections(words) if words else []),
            *self._entries(ticket, entries, today),
            *([] if ticket.state is State.RESOLVED else [self._steps(ticket)]),
            context(state),
        )

    def _title(self, ticket: Ticket) -> str:
        number = str(ticket.number)
        if not ticket.is_alarm:
            return self.phrases.say("card_title", number=number)
        return self.phrases.say("card_title_alarm", number=number, route=(ticket.alarm or ticket.route).value)

    def _state(self, ticket: Ticket, deleted: bool) -> str:
        if deleted:
            resolved = ticket.state is State.RESOLVED
            return self.phrases.say("card_deleted" if resolved else "card_deleted_still_open")
        if ticket.holder is None:
            return self.phrases.say("card_unclaimed")
        return self.phrases.say(f"card_{ticket.state}", moderator=mention(ticket.holder))

    def _entries(self, ticket: Ticket, entries: list[tuple[Entry, float]], today: date) -> list[Block]:
        if not entries:
            return [] if ticket.is_alarm else [context(self.phrases.say("card_no_entries"))]
        shown: list[Block] = [DividerBlock(), context(self.phrases.say("card_entries"))]
        for n, (entry, confidence) in enumerate(entries, start=1):
            shown += sections(_entry_line(entry, confidence) + self._draft_note(entry, today))
            if ticket.state is not State.RESOLVED:
                value = json.dumps({"t": ticket.number, "e": entry.id})
                send = button(f"ticket_send_{n}", self.phrases.say("card_send_entry"), value)
                shown.append(buttons(f"entry_{n}", [send]))
        return [*shown, DividerBlock()]

    def _draft_note(self, entry: Entry, today: date) -> str:
        if entry.review_by is None or not entry.overdue(today):
            return ""
        draft = self.phrases.say("card_draft", question=escape(entry.question), review_by=readable(entry.review_by))
        return f"\n{draft}"

    def _steps(self, ticket: Ticket) -> Block:
        value = json.dumps({"t": ticket.number})
        steps = [
            button("ticket_write", self.phrases.say("card_write"), value),
            button("ticket_show", self.phrases.say("card_show"), value),
            button("ticket_resolve", self.phrases.say("card_resolve"), value),
        ]
        if ticket.holder is None:
            steps.insert(0, button("ticket_claim", self.phrases.say("card_claim"), value, style="primary"))
        return buttons("steps", steps)

    # --- modals

    def write(self, ticket_number: int, draft_id: str, words: str = "") -> Json:
        """The modal in which a moderator writes; submitting it shows the preview."""
        typed = PlainTextInputElement(
            action_id=ANSWER_INPUT, multiline=True, max_length=ANSWER_LIMIT, initial_value=words or None
        )
        return self._modal(
            WRITE,
            "write_title",
            {"t": ticket_number, "d": draft_id},
            [
                InputBlock(
                    block_id=ANSWER_BLOCK,
                    element=typed,
                    label=PlainTextObject(text=self.phrases.say("write_label")),
                    hint=PlainTextObject(text=self.phrases.say("write_hint")),
                )
            ],
            submit="write_preview",
        )

    def preview(self, ticket_number: int, draft_id: str, as_sent: Message) -> Json:
        """The message exactly as the patient will get it; submitting it sends."""
        view = self._modal(
            PREVIEW,
            "write_title",
            {"t": ticket_number, "d": draft_id},
            [*sections(self.phrases.say("preview_intro")), DividerBlock()],
            submit="write_send",
        )
        back = button("draft_back", self.phrases.say("write_back"), json.dumps({"t": ticket_number, "d": draft_id}))
        view["blocks"] += [*as_sent.blocks, DividerBlock().to_dict(), buttons("back", [back]).to_dict()]
        return view

    def words(self, words: str | None) -> Json:
        """The patient's own words, or that they have been deleted."""
        blocks = plain_sections(words) if words else sections(self.phrases.say("words_gone"))
        return self._modal(WORDS, "words_title", {}, blocks)

    def refusal(self, text: str) -> Json:
        """A modal that says why something cannot be done now."""
        return self._modal(WORDS, "write_title", {}, sections(text))

    def _modal(
        self, callback_id: str, title: str, about: dict[str, object], blocks: list[Block], submit: str = ""
    ) -> Json:
        return View(
            type="modal",
            callback_id=callback_id,
            title=PlainTextObject(text=self.phrases.say(title)),
            submit=PlainTextObject(text=self.phrases.say(submit)) if submit else None,
            close=PlainTextObject(text=self.phrases.say("write_close")),
            private_metadata=json.dumps(about),
            blocks=blocks,
        ).to_dict()


def _entry_line(entry: Entry, confidence: float) -> str:
    return f"*{escape(entry.question)}* ({confidence:.0%})"


def _beginning(words: str) -> str:
    return words if len(words) <= WORDS_ON_CARD_LIMIT else f"{words[:WORDS_ON_CARD_LIMIT]}…"
