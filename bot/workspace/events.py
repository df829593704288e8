"""Event payloads as Slack's Events API sends them."""

from __future__ import annotations

from bot.workspace.ids import fresh_id
from bot.workspace.model import Channel, Json, Message
from bot.workspace.render import message_json
from bot.workspace.state import State

_NOT_IN_EVENTS = (
    "reply_count",
    "reply_users_count",
    "reply_users",
    "latest_reply",
    "is_locked",
    "subscribed",
    "reactions",
)


def callback(state: State, event: Json) -> Json:
    """The wrapper around any event."""
    identity = state.identity
    return {
        "token": "verification-token",
        "team_id": identity.team,
        "context_team_id": identity.team,
        "context_enterprise_id": None,
        "api_app_id": identity.app,
        "event": event,
        "type": "event_callback",
        "event_id": fresh_id("Ev"),
        "event_time": int(state.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": identity.team,
                "user_id": identity.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{identity.team}-{event.get('channel', '')}",
    }


def said(state: State, channel: Channel, message: Message) -> Json:
    """A message was posted."""
    shown = {k: v for k, v in message_json(state, message).items() if k not in _NOT_IN_EVENTS}
    if not message.is_reply:
        shown.pop("thread_ts", None)
    return shown | {"channel": channel.id, "event_ts": message.ts, "channel_type": channel.kind}


def mentioned(state: State, channel: Channel, message: Message) -> Json:
    """The app was named in a message."""
    event = said(state, channel, message) | {"type": "app_mention"}
    event.pop("channel_type")
    return event


def changed(state: State, channel: Channel, new: Message, old: Message) -> Json:
    """A message was edited."""
    return _hidden(state, channel, "message_changed") | {
        "message": message_json(state, new),
        "previous_message": message_json(state, old),
    }


def deleted(state: State, channel: Channel, old: Json, ts: str) -> Json:
    """A message was deleted; `old` is its last form."""
    return _hidden(state, channel, "message_deleted") | {"deleted_ts": ts, "previous_message": old}


def _hidden(state: State, channel: Channel, subtype: str) -> Json:
    ts = state.next_ts()
    return {
        "type": "message",
        "subtype": subtype,
        "hidden": True,
        "channel": channel.id,
        "channel_type": channel.kind,
        "ts": ts,
        "event_ts": ts,
    }


def reacted(state: State, message: Message, *, user: str, name: str, present: bool) -> Json:
    """An emoji was put under a message or taken away."""
    return {
        "type": "reaction_added" if present else "reaction_removed",
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "item_user": message.user,
        "event_ts": state.next_ts(),
    }


def home_opened(state: State, *, user: str, channel: str, tab: str) -> Json:
    """A person opened a tab (home, messages) of the app's home; with the view published there, if any."""
    event: Json = {
        "type": "app_home_opened",
        "user": user,
        "channel": channel,
        "tab": tab,
        "event_ts": state.next_ts(),
    }
    view = state.homes.get(user) if tab == "home" else None
    return event | ({"view": view} if view else {})


def joined(state: State, channel: Channel, *, user: str, inviter: str) -> Json:
    """Somebody, the app's bot perhaps, entered a channel."""
    return _membership(state, channel, "member_joined_channel", user) | ({"inviter": inviter} if inviter else {})


def left(state: State, channel: Channel, *, user: str) -> Json:
    """Somebody went out of a channel; the app's bot hears of itself in other words."""
    if user == state.identity.bot_user:
        kind = "channel_left" if channel.kind == "channel" else "group_left"
        return {"type": kind, "channel": channel.id, "event_ts": state.next_ts()}
    return _membership(state, channel, "member_left_channel", user)


def _membership(state: State, channel: Channel, kind: str, user: str) -> Json:
    return {
        "type": kind,
        "user": user,
        "channel": channel.id,
        "channel_type": "C" if channel.kind == "channel" else "G",
        "team": state.identity.team,
        "event_ts": state.next_ts(),
    }
