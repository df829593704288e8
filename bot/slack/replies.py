"""What a patient sees, as messages: pure, from the curated texts word for word."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from slack_sdk.models.blocks import Block

from bot.domain.decision import Offered
from bot.domain.hours import is_open, next_opening
from bot.domain.knowledge import Entry, KnowledgeBase, ServiceConfig
from bot.domain.numbers import emergency_number, numbers_for
from bot.domain.phrases import Phrases
from bot.domain.scope import Route
from bot.slack.message import (
    BUTTON_TEXT_LIMIT,
    Json,
    Message,
    as_typed,
    button,
    buttons,
    context,
    markdown,
    message,
    said,
    sections,
)
from bot.slack.mrkdwn import escape, from_markdown, mention

FEEDBACK_BLOCK = "feedback"
SUGGESTIONS_BLOCK = "suggestions"
PERSON_BLOCK = "person"
RELATED_BLOCK = "related"
RELATED = 4

_RECEIVED = {
    Route.MEDICATION: "received_medication",
    Route.PERSONAL_ADVICE: "received_personal_advice",
    Route.ADMIN: "received_admin",
}
_RECEIVED_BY_REASON = {
    "requested": "received_requested",
    "none_of_these": "received_requested",
    "files": "files_not_read",
    "too_long": "received_too_long",
}
_NOTICES = {"cauda_equina": "emergency_cauda_equina", "poisoning": "emergency_poisoning"}


@dataclass(frozen=True)
class Replies:
    """Renders every message to a patient with the operator's phrases and settings."""

    phrases: Phrases
    config: ServiceConfig

    # --- answers

    def answer(
        self, entry: Entry, question_id: str, *, strip: bool = False, intro: str = "", related: Sequence[Entry] = ()
    ) -> Message:
        """The entry's answer, word for word, with signature, sources, footer and buttons.

        `strip` puts the emergency strip above it; `intro` is a line before everything, e.g. a link to the question;
        `related` entries are offered as buttons.
        """
        before = [line for line in (self.strip() if strip else "", intro) if line]
        text, blocks = self.curated(entry)
        footer = self.phrases.say("answer_footer", emergency_number=self.number())
        return message(
            "\n\n".join([*before, text, footer]),
            *(block for line in before for block in sections(line)),
            *blocks,
            context(footer),
            *sections(self.phrases.say("helpful_question")),
            self._feedback_buttons(entry, question_id),
            *self._related_buttons(related, question_id),
        )

    def _related_buttons(self, related: Sequence[Entry], question_id: str) -> list[Block]:
        if not related:
            return []
        choices = [
            button(f"related_{n}", entry.question, json.dumps({"q": question_id, "e": entry.id}))
            for n, entry in enumerate(related[:RELATED], start=1)
        ]
        return [context(self.phrases.say("related_intro")), buttons(RELATED_BLOCK, choices)]

    def with_person(self, key: str, question_id: str, *, strip: bool = False, **values: str) -> Message:
        """One fixed sentence, and a button that brings a person."""
        parts = [*([self.strip()] if strip else []), self.phrases.say(key, **values)]
        press = button("talk_to_person", self.phrases.say("talk_to_person"), json.dumps({"q": question_id}))
        return message(
            "\n\n".join([*parts, self.footer()]),
            *(block for part in parts for block in sections(part)),
            buttons(PERSON_BLOCK, [press]),
            context(self.footer()),
        )

    def curated(self, entry: Entry) -> tuple[str, list[Block]]:
        """The entry as text and as blocks: question, answer, who answered, when it was reviewed, sources."""
        title = f"*{escape(entry.question)}*"
        signature = self.signature(entry)
        blocks = [*sections(title), markdown(entry.answer), context(*signature)]
        return "\n\n".join([title, from_markdown(entry.answer), *signature]), blocks

    def signature(self, entry: Entry) -> list[str]:
        author = f"{entry.author}, {entry.credentials}" if entry.credentials else entry.author
        lines = [self.phrases.say("answered_by", author=escape(author)), self._review(entry)]
        if entry.sources:
            links = " · ".join(f"<{source.url}|{escape(source.title)}>" for source in entry.sources)
            lines.append(f"{self.phrases.say('sources_label')} {links}")
        return lines

    def _review(self, entry: Entry) -> str:
        if entry.reviewer is None or entry.reviewed_on is None:
            return self.phrases.say("not_reviewed")
        return self.phrases.say("reviewed", reviewer=escape(entry.reviewer), date=readable(entry.reviewed_on))

    def _feedback_buttons(self, entry: Entry, question_id: str) -> Block:
        value = json.dumps({"q": question_id, "e": entry.id})
        return buttons(
            FEEDBACK_BLOCK,
            [
                button("feedback_yes", self.phrases.say("helpful_yes"), value),
                button("feedback_no", self.phrases.say("helpful_no"), value),
                button("talk_to_person", self.phrases.say("talk_to_person"), value),
            ],
        )

    def thanks(self, answer: Message, helpful: bool) -> Message:
        """An answer after the asker has said whether it helped: thanks instead of the two buttons."""
        words = self.phrases.say("helpful_thanks" if helpful else "unhelpful_thanks")
        shown: list[Json] = []
        for block in answer.blocks:
            if block.get("block_id") == FEEDBACK_BLOCK:
                shown.append(context(words).to_dict())
                rest = [e for e in block["elements"] if e.get("action_id") == "talk_to_person"]
                shown.append({**block, "block_id": PERSON_BLOCK, "elements": rest})
            else:
                shown.append(block)
        return Message(f"{answer.text}\n\n{words}", shown)

    # --- did you mean

    def suggestions(
        self, offered: Sequence[Offered], knowledge: KnowledgeBase, question_id: str, intro: str = ""
    ) -> Message:
        """Up to three questions as buttons, and a person. A question too long for its button also stands above it."""
        titles = [(o.entry_id, knowledge.entries[o.entry_id].question) for o in offered]
        ask = self.phrases.say("suggest_intro")
        none = self.phrases.say("suggest_none")
        before = [intro] if intro else []
        listed = "\n".join(f"• {escape(title)}" for _, title in titles)
        cut_off = any(len(title) > BUTTON_TEXT_LIMIT for _, title in titles)
        choices = [
            button(f"pick_{n}", title, json.dumps({"q": question_id, "e": entry_id}))
            for n, (entry_id, title) in enumerate(titles, start=1)
        ]
        choices.append(button("none_of_these", none, json.dumps({"q": question_id})))
        return message(
            "\n\n".join([*before, f"{ask}\n{listed}\n• {none}", self.footer()]),
            *(block for line in before for block in sections(line)),
            *sections(f"{ask}\n{listed}" if cut_off else ask),
            buttons(SUGGESTIONS_BLOCK, choices),
            context(self.footer()),
        )

    def picked(self, question: str) -> Message:
        """What stands in place of the suggestions once the asker has chosen."""
        return said(self.phrases.say("suggest_picked", question=escape(question)))

    # --- a person

    def received(self, route: Route, reason: str, now: datetime, intro: str = "", alarm: bool = False) -> Message:
        """The receipt: a person will read it, when that is likely, and who can read it. `now` is aware."""
        key = _RECEIVED_BY_REASON.get(reason) or _RECEIVED.get(route, "received")
        receipt = (
            self.phrases.say("abuse_boundary")
            if route is Route.ABUSE_SPAM
            else self.phrases.say(key, service=self.config.service_name, hours_line=self.hours_line(now))
        )
        parts = [part for part in (self.strip() if alarm else "", intro, receipt) if part]
        privacy = self.phrases.say("privacy_line")
        return message(
            "\n\n".join([*parts, privacy, self.footer()]),
            *(block for part in parts for block in sections(part)),
            context(privacy, self.footer()),
        )

    def hours_line(self, now: datetime) -> str:
        """When a person is likely to read it, as far as the operator has said."""
        hours = self.config.hours
        if hours is None:
            return self.phrases.say("hours_unknown")
        if is_open(hours, now):
            return self.phrases.say("hours_open")
        opens = next_opening(hours, now)
        if opens is None:
            return self.phrases.say("hours_unknown")
        return self.phrases.say("hours_closed", opens=f"{opens:%A %H:%M} ({hours.timezone})")

    def claimed(self, moderator: str) -> Message:
        return said(self.phrases.say("claimed", moderator=mention(moderator)))

    def from_moderator(self, words: str, moderator: str) -> Message:
        """A moderator's own words, signed with the name."""
        signature = self.phrases.say("moderator_answer", moderator=mention(moderator))
        return message(
            "\n\n".join([escape(words), signature, self.footer()]), as_typed(words), context(signature, self.footer())
        )

    def entry_from_moderator(self, entry: Entry, moderator: str, intro: str = "") -> Message:
        """A curated answer that a moderator chose for the patient."""
        signature = self.phrases.say("moderator_answer", moderator=mention(moderator))
        text, blocks = self.curated(entry)
        before = [intro] if intro else []
        return message(
            "\n\n".join([*before, text, signature, self.footer()]),
            *(block for line in before for block in sections(line)),
            *blocks,
            context(signature, self.footer()),
        )

    def sentence(self, key: str, intro: str = "", *, strip: bool = False) -> Message:
        """One fixed sentence with the footer under it; `strip` puts the emergency strip above it."""
        text = self._fixed(key)
        parts = [part for part in (self.strip() if strip else "", intro, text) if part]
        return message(
            "\n\n".join([*parts, self.footer()]),
            *(block for part in parts for block in sections(part)),
            context(self.footer()),
        )

    def _fixed(self, key: str) -> str:
        if key == "first_contact":
            return self.phrases.say(key, service=self.config.service_name)
        if key == "smalltalk_reply":
            return self.phrases.say(key, service=self.config.service_name)
        if key == "trouble":
            return self.phrases.say(key, emergency_number=self.number())
        return self.phrases.say(key)

    # --- alarms

    def notice(self, route: Route, kind: str = "") -> Message:
        """Where to get help at once. No buttons, no "was this helpful?"."""
        key = _NOTICES.get(kind, f"{route.lower()}_notice")
        text = self.phrases.say(key, numbers=numbers_for(self.config, route, kind))
        told = self.phrases.say("alarm_person_told")
        return message(f"{text}\n\n{told}", *sections(text), context(told))

    def strip(self) -> str:
        """The line above a reply where an alarm is possible and not plain."""
        return self.phrases.say("emergency_strip", emergency_number=self.number())

    def footer(self) -> str:
        """The short "not for emergencies" under every reply that is not an answer from the knowledge base."""
        return self.phrases.say("reply_footer", emergency_number=self.number())

    def number(self) -> str:
        return emergency_number(self.config) or self.phrases.say("emergency_number_unknown")

    def intro(self, link: str) -> str:
        """The first line of a reply that goes to the asker's DM: which question it belongs to."""
        return self.phrases.say("private_intro", link=link) if link else self.phrases.say("private_intro_no_link")


def readable(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
