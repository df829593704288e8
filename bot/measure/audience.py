"""What the people of one transcript have before their eyes: in threads, DMs, whispers, cards, windows and homes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.measure.sights import Pressable, Shown, pressables, view_shown
from bot.measure.stage import Stage
from bot.measure.transcript import NUMBERED, Step, Transcript, is_thread

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """Something on somebody's screen. `message` is {} for a window or a home."""

    where: str
    shown: Shown
    message: Json

    @property
    def key(self) -> tuple[str, str]:
        return self.message["channel"], self.message["ts"]


class Audience:
    """Looks into the workspace for one transcript: only at its own people and its own time."""

    def __init__(self, stage: Stage, transcript: Transcript) -> None:
        self._stage = stage
        self.names = stage.names(transcript)
        self.ids = {name: user for user, name in self.names.items()}
        self._since = f"{stage.now():.6f}"
        self._consumed: set[tuple[str, str]] = set()
        self.threads: list[tuple[str, str]] = []
        self.dms: dict[str, str] = {}
        self.last_actor = ""
        self.focus: tuple[str, str] | None = None
        self.card: tuple[str, str] | None = None
        self.remembered: list[tuple[Pressable, Json]] = []
        self.errors: dict[str, dict[str, str]] = {}

    # --- looking

    def look(self, step: Step) -> Seen | None:
        """What the step speaks of, as it is now; None when there is nothing."""
        match step.form:
            case "sees window":
                return self._view(step.who, self.window(step.who))
            case "sees home":
                return self._view(step.who, self.home(step.who))
            case "sees prompts":
                return self._prompts(step.who)
            case "bot now":
                return self._again(self.focus)
            case "card now":
                return self._again(self.card)
            case _:
                return next((seen for seen in self.unmentioned() if self._is_there(step, seen.message)), None)

    def _is_there(self, step: Step, message: Json) -> bool:
        """Whether the message stands where the step says."""
        whispered, thread = message.get("ephemeral_to"), (message["channel"], message.get("thread_ts"))
        desk = message["channel"] == self._stage.channels[self._stage.desk]
        match step.form:
            case "bot only to":
                return bool(whispered == self.ids[step.who])
            case "moderators get":
                return desk and not whispered and not _is_reply(message)
            case "under the card":
                return desk and not whispered and _is_reply(message) and thread == self.card
            case "bot in DM":
                return not whispered and message["channel"] == self.dms.get(step.who)
            case "bot in" if step.place == "DM":
                return not whispered and message["channel"] == self.dms.get(self.last_actor)
            case "bot in" if is_thread(step.place):
                return not whispered and _is_reply(message) and thread == self.thread(step.place)
            case "bot in":
                channel = self._stage.channels.get(step.place)
                return not whispered and message["channel"] == channel and not _is_reply(message)
        return False

    def thread(self, place: str) -> tuple[str, str] | None:
        """(channel, ts) of the thread that the transcript speaks of: the latest, or one by its number."""
        if not self.threads:
            return None
        number = NUMBERED.get(place, len(self.threads) - 1)
        return self.threads[number] if number < len(self.threads) else None

    def unmentioned(self) -> list[Seen]:
        """Everything the bot has said that no step has spoken of yet, oldest first."""
        found = [m for m in self._messages() if self._is_bots(m) and (m["channel"], m["ts"]) not in self._consumed]
        return [self._seen(message) for message in sorted(found, key=lambda m: m["ts"])]

    def _is_bots(self, message: Json) -> bool:
        about_us = message.get("ephemeral_to") in (None, *self.names)
        return message.get("user") == self._stage.bot_user and about_us and not _is_notice_of_slack(message)

    def _messages(self) -> Iterator[Json]:
        self._know_dms()
        shared = [c for name, c in self._stage.channels.items() if not name.startswith("dm-")]
        for channel in (*shared, *self.dms.values()):
            for message in self._stage.get(f"messages/{channel}")["messages"]:
                if message["ts"] > self._since:
                    yield {**message, "channel": channel}

    def _know_dms(self) -> None:
        """DMs come into being when somebody first uses them."""
        state = self._stage.get("state")
        ours = {c.get("user"): c["id"] for c in state["channels"] if c.get("is_im")}
        self.dms = {name: ours[user] for user, name in self.names.items() if user in ours}

    def _seen(self, message: Json) -> Seen:
        shown = Shown.of(message.get("text", ""), message.get("blocks") or [], self.names)
        return Seen(self._where(message), shown, message)

    def _where(self, message: Json) -> str:
        channel, whispered = message["channel"], message.get("ephemeral_to")
        if whispered:
            return f"bot only to {self.names.get(whispered, whispered)}"
        if channel == self._stage.channels[self._stage.desk]:
            return "under the card" if _is_reply(message) else "moderators get"
        for name, dm in self.dms.items():
            if dm == channel:
                return f"bot in DM with {name}"
        return "bot in thread" if _is_reply(message) else f"bot in {self.channel_name(channel)}"

    def channel_name(self, channel: str) -> str:
        return next((name for name, known in self._stage.channels.items() if known == channel), channel)

    def _again(self, key: tuple[str, str] | None) -> Seen | None:
        return next((self._seen(m) for m in self._messages() if (m["channel"], m["ts"]) == key), None)

    def _view(self, who: str, view: Json | None) -> Seen | None:
        if view is None:
            return None
        return Seen(f"{who} sees", view_shown(view, self.names, self.errors.get(who, {})), {})

    def window(self, who: str) -> Json | None:
        """The person's top window."""
        stack = [v["view"] for v in self._stage.get("state")["views"] if v["user"] == self.ids[who]]
        return stack[-1] if stack else None

    def home(self, who: str) -> Json | None:
        home: Json | None = self._stage.get("state")["homes"].get(self.ids[who])
        return home

    def _prompts(self, who: str) -> Seen | None:
        self._know_dms()
        found = [p for at, p in self._stage.get("state")["prompts"].items() if at.split(":")[0] == self.dms.get(who)]
        if not found:
            return None
        titles = tuple(prompt["title"] for prompt in found[-1]["prompts"])
        return Seen(f"{who} sees", Shown("\n".join([found[-1].get("title") or "", *titles]), "", titles), {})

    # --- remembering

    def has_seen(self, step: Step, seen: Seen) -> None:
        """The transcript has spoken of this: it is expected, and its buttons can be pressed later on."""
        if not seen.message:
            return
        self._consumed.add(seen.key)
        self.remembered += [(one, seen.message) for one in pressables(seen.message.get("blocks") or [])]
        if step.form == "moderators get":
            self.card = seen.key
        elif step.form not in ("card now", "under the card"):
            self.focus = seen.key

    def before(self, who: str) -> list[Json]:
        """Every message that the person can read, newest first."""
        user = self.ids[who]
        mine = []
        for message in self._messages():
            dm = message["channel"] in self.dms.values() and message["channel"] != self.dms.get(who)
            desk = message["channel"] == self._stage.channels[self._stage.desk] and not who.startswith("moderator")
            if not dm and not desk and message.get("ephemeral_to") in (None, user):
                mine.append(message)
        return sorted(mine, key=lambda m: str(m["ts"]), reverse=True)


def _is_reply(message: Json) -> bool:
    return message.get("thread_ts") not in (None, message["ts"])


def _is_notice_of_slack(message: Json) -> bool:
    return message.get("subtype") in ("channel_join", "group_join", "tombstone")
