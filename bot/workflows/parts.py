"""What every piece of work needs, built once by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.domain.matching import Matcher
from bot.domain.question import Door, Question
from bot.domain.scope import Guard
from bot.knowledge_files import Loaded
from bot.slack.cards import Cards
from bot.slack.directory import Directory
from bot.slack.messenger import Messenger
from bot.slack.replies import Replies
from bot.storage.store import Store


@dataclass(frozen=True)
class Wisdom:
    """One knowledge folder, ready for use. Immutable: a reload makes a new one."""

    loaded: Loaded
    matcher: Matcher
    guard: Guard
    replies: Replies
    cards: Cards

    @staticmethod
    def of(loaded: Loaded) -> Wisdom:
        return Wisdom(
            loaded,
            Matcher(loaded.knowledge),
            Guard(loaded.scope),
            Replies(loaded.phrases, loaded.config),
            Cards(loaded.phrases),
        )


@dataclass(frozen=True)
class Parts:
    """The shared parts. `now` gives seconds since 1970, UTC."""

    wisdom: Wisdom
    store: Store
    messenger: Messenger
    directory: Directory
    now: Callable[[], float]

    def now_utc(self) -> datetime:
        return datetime.fromtimestamp(self.now(), UTC)

    def today(self) -> date:
        """The date where the desk is, for review dates."""
        hours = self.wisdom.loaded.config.hours
        return self.now_utc().astimezone(ZoneInfo(hours.timezone) if hours else UTC).date()

    def link(self, channel: str, ts: str) -> str:
        return self.messenger.link_to(channel, ts) if ts else ""


def is_private(question: Question) -> bool:
    """Whether the question was asked where nobody else reads, and has no message in a channel to link to."""
    return question.door in (Door.COMMAND, Door.DM)
