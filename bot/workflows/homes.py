"""Shows each person their Home tab and what they might ask. One attempt: whoever opens it again sees it anew."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from bot.slack.home import PROMPTS, Asked, QueuedTicket
from bot.slack.message import Json
from bot.slack.messenger import DeliveryError
from bot.workflows.parts import Parts

log = structlog.get_logger()

MY_QUESTIONS = 5
QUEUE = 20


@dataclass(frozen=True)
class HomeDesk:
    """Puts a Home tab together. Moderators also see the queue."""

    parts: Parts

    def show(self, user: str, notice: str = "") -> None:
        """Publish the person's Home tab; `notice` is the key of a sentence that stands above everything."""
        try:
            self.parts.messenger.publish_home(user, self._view(user, notice))
        except DeliveryError as error:
            log.info("home not shown", why=str(error))

    def suggest(self, channel: str) -> None:
        """Offer a few questions in the bot's DM."""
        title = self.parts.wisdom.loaded.phrases.say("prompts_title")
        prompts = [{"title": e.question, "message": e.question} for e in self.parts.current()[:PROMPTS]]
        try:
            if prompts:
                self.parts.messenger.suggest_prompts(channel, title, prompts)
        except DeliveryError as error:
            log.info("prompts not shown", why=str(error))

    def _view(self, user: str, notice: str) -> Json:
        mine = [
            Asked(asked.asked_at, words or "", asked.decision, ticket)
            for asked, words, ticket in self.parts.store.questions_of(user, MY_QUESTIONS)
        ]
        queue = self._queue() if self.parts.directory.is_moderator(user) else None
        return self.parts.wisdom.home.view(mine, self.parts.current(), queue, notice)

    def _queue(self) -> list[QueuedTicket]:
        tickets = self.parts.store.open_tickets(QUEUE)
        return [
            QueuedTicket(t, self.parts.link(*(self.parts.store.posted(f"card:{t.number}") or ("", ""))))
            for t in tickets
        ]
