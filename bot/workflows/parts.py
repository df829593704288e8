"""What every piece of work needs, built once by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.domain.knowledge import Entry
from bot.domain.scope import Guard
from bot.encoder import Encoder
from bot.knowledge_files import Loaded
from bot.slack.cards import Cards
from bot.slack.directory import Directory
from bot.slack.home import Home
from bot.slack.messenger import Messenger
from bot.slack.replies import Replies
from bot.storage.store import Store
from bot.workflows.finding import Finder, Labelled, Progress


def labelled(loaded: Loaded) -> tuple[Labelled, ...]:
    """The folder's own labelled questions, as the finder wants them."""
    return tuple(Labelled(question.text, frozenset(question.entries)) for question in loaded.questions)


@dataclass(frozen=True)
class Wisdom:
    """One knowledge folder, ready for use. Immutable: a reload makes a new one."""

    loaded: Loaded
    finder: Finder
    guard: Guard
    replies: Replies
    cards: Cards
    home: Home

    @staticmethod
    def of(
        loaded: Loaded, encoder: Encoder | None = None, cache: Path | None = None, progress: Progress | None = None
    ) -> Wisdom:
        """Without an `encoder` it matches by words alone; `cache` and `progress` are as for Finder."""
        return Wisdom(
            loaded,
            Finder(
                loaded.knowledge, loaded.config.matching, encoder, cache, labelled=labelled(loaded), progress=progress
            ),
            Guard(loaded.scope),
            Replies(loaded.phrases, loaded.config),
            Cards(loaded.phrases),
            Home(loaded.phrases, loaded.config),
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

    def related(self, entry: Entry) -> list[Entry]:
        """What can be offered next under an answer."""
        known = (self.wisdom.loaded.knowledge.get(other) for other in entry.related)
        return [other for other in known if other is not None and not other.overdue(self.today())]

    def current(self) -> list[Entry]:
        """Every entry that a patient may be shown today."""
        entries = self.wisdom.loaded.knowledge.entries.values()
        return [entry for entry in entries if not entry.overdue(self.today())]

    def link(self, channel: str, ts: str) -> str:
        return self.messenger.link_to(channel, ts) if ts else ""
