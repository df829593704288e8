"""A patient's question, the same value whatever door it came through."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class Door(StrEnum):
    """Where Slack let the question in."""

    CHANNEL = "channel"  # a top-level message in a channel
    MENTION = "mention"  # names the bot, in any channel or thread
    DM = "dm"
    THREAD = "thread"  # a reply in a thread
    COMMAND = "command"  # /ask, /human
    SHORTCUT = "shortcut"  # chosen on a message
    HOME = "home"  # typed in the app's home
    BUTTON = "button"  # e.g. "Talk to a person", or a topic


@dataclass(frozen=True)
class Question:
    """What was asked, by whom, where.

    `id` is also the workflow's id: `q:{team}:{channel}:{ts}`, or `q:{team}:{trigger}` where there is no message.
    `ts` is Slack's message timestamp (seconds since 1970, as text) or "" where there is no message.
    `thread_ts` is the thread's parent, "" when the message is top-level.
    `asked_at` is seconds since 1970, UTC.
    `wants_person`: asked of a person, not of the bot. `about_ts`: the message that a shortcut was used on.
    `joins_thread`: the thread of the same person's question of a moment ago, which this message goes on with.
    """

    id: str
    team: str
    channel: str
    user: str
    text: str
    door: Door
    asked_at: float
    ts: str = ""
    thread_ts: str = ""
    client_msg_id: str = ""
    response_url: str = ""
    has_files: bool = False
    wants_person: bool = False
    about_ts: str = ""
    joins_thread: str = ""

    @property
    def thread(self) -> str:
        """The ts of the thread in which a public reply belongs: the parent's, the one it joins, or its own."""
        return self.thread_ts or self.joins_thread or self.ts

    def to_json(self) -> dict[str, object]:
        return asdict(self)

    @staticmethod
    def from_json(stored: dict[str, object]) -> Question:
        return Question(**{**stored, "door": Door(str(stored["door"]))})  # type: ignore[arg-type] # our own JSON
