"""Message events, as one global middleware: a Bolt listener would be acknowledged before it has stored anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import App, BoltResponse

from bot.domain.question import Door, Question
from bot.workflows.reception import Arrival, Reception

EVENTS = ("message", "app_mention", "member_joined_channel")
"""What the middleware takes itself, before any listener is asked. The manifest subscribes to exactly these and to the
events that have a listener."""


def register(app: App, reception: Reception) -> None:
    @app.middleware
    def take_messages(body: dict[str, Any], next: Callable[[], BoltResponse]) -> BoltResponse | None:
        event = body.get("event")
        if not isinstance(event, dict) or event.get("type") not in EVENTS:
            return next()
        _take(reception, body, event)
        return BoltResponse(status=200)


def register_the_rest(app: App) -> None:
    """Events the bot does not use: without a listener Slack would deliver them again and again."""

    @app.event(re.compile(".*"))
    def acknowledge_the_rest() -> None:
        pass


def _take(reception: Reception, body: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    if event.get("type") == "member_joined_channel":
        reception.take_arrival_of(str(event.get("user", "")), str(event.get("channel", "")))
        return
    deleted_ts = _deleted_ts(event)
    if deleted_ts:
        reception.take_deletion(str(body.get("team_id", "")), str(event.get("channel", "")), deleted_ts)
        return
    if event.get("subtype") == "message_changed":
        changed, before = event.get("message") or {}, event.get("previous_message") or {}
        if _words_changed(changed, before):
            message = {**changed, "channel": event.get("channel"), "channel_type": event.get("channel_type")}
            edited_ts = str((changed.get("edited") or {}).get("ts", ""))
            reception.take_edit(arrival_of(body, message), str(before.get("text") or ""), edited_ts)
        return
    if event.get("user") and event.get("ts"):
        reception.take_message(arrival_of(body, event))


def _deleted_ts(event: Mapping[str, Any]) -> str:
    """The ts of the person's message that this event says is gone; where it had replies, a tombstone stays."""
    before = event.get("previous_message") or {}
    if before.get("bot_id") or not before.get("user") or before.get("subtype") == "tombstone":
        return ""
    if event.get("subtype") == "message_deleted":
        return str(event.get("deleted_ts") or before.get("ts") or "")
    changed = event.get("message") or {}
    is_tombstone = event.get("subtype") == "message_changed" and changed.get("subtype") == "tombstone"
    return str(changed.get("ts", "")) if is_tombstone else ""


def _words_changed(message: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """A person edited the words; unfurls and new replies also come as changes and are none."""
    return bool(message.get("edited") and message.get("user")) and message.get("text") != before.get("text")


def arrival_of(body: Mapping[str, Any], event: Mapping[str, Any]) -> Arrival:
    """A message event as an Arrival."""
    team, channel, ts = str(body.get("team_id", "")), str(event.get("channel", "")), str(event.get("ts", ""))
    thread_ts = str(event.get("thread_ts") or "")
    question = Question(
        id=f"q:{team}:{channel}:{ts}",
        team=team,
        channel=channel,
        user=str(event.get("user", "")),
        text=str(event.get("text") or ""),
        door=_door(event, thread_ts, ts),
        asked_at=float(ts),
        ts=ts,
        thread_ts="" if thread_ts == ts else thread_ts,
        client_msg_id=str(event.get("client_msg_id") or ""),
        has_files=bool(event.get("files")),
    )
    return Arrival(question, subtype=str(event.get("subtype") or ""), by_bot=bool(event.get("bot_id")))


def _door(event: Mapping[str, Any], thread_ts: str, ts: str) -> Door:
    if event.get("channel_type") == "im" or str(event.get("channel", "")).startswith("D"):
        return Door.DM
    return Door.THREAD if thread_ts and thread_ts != ts else Door.CHANNEL
