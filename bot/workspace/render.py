"""The JSON in which Slack shows people, conversations and messages."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.workspace.model import SLACKBOT, Channel, Json, Message, User, UserGroup
from bot.workspace.state import State


def user_json(state: State, user: User) -> Json:
    offset, label = _zone(user.tz, state.now())
    return {
        "id": user.id,
        "team_id": state.identity.team,
        "name": user.name,
        "deleted": False,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": label,
        "tz_offset": offset,
        "profile": _profile(state, user),
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 0,
    }


def _profile(state: State, user: User) -> Json:
    profile = {
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": "" if user.is_bot else user.name,
        "display_name_normalized": "" if user.is_bot else user.name,
        "status_text": "",
        "status_emoji": "",
        "team": state.identity.team,
    }
    if user.is_bot:
        profile |= {"api_app_id": state.identity.app, "bot_id": state.identity.bot_id}
    return profile


def _zone(name: str, now: float) -> tuple[int, str]:
    """Seconds east of UTC at `now`, and the zone's short name."""
    try:
        here = datetime.fromtimestamp(now, ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError):
        here = datetime.fromtimestamp(now, UTC)
    offset = here.utcoffset()
    return int(offset.total_seconds()) if offset else 0, here.tzname() or name


def usergroup_json(state: State, group: UserGroup, *, users: bool, count: bool) -> Json:
    """A user group; its people and their number only on request."""
    shown: Json = {
        "id": group.id,
        "team_id": state.identity.team,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": 0,
        "date_update": 0,
        "date_delete": 0,
        "auto_type": None,
        "created_by": SLACKBOT,
        "updated_by": SLACKBOT,
        "deleted_by": None,
        "prefs": {"channels": [], "groups": []},
    }
    if users:
        shown["users"] = list(group.members)
    return shown | ({"user_count": len(group.members)} if count else {})


def channel_json(state: State, channel: Channel) -> Json:
    """A conversation as the bot sees it."""
    common: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": False,
        "is_im": channel.kind == "im",
        "is_org_shared": False,
        "context_team_id": state.identity.team,
        "updated": channel.created * 1000,
    }
    if channel.kind == "im":
        return common | {"user": channel.user, "is_user_deleted": False, "priority": 0, "is_open": True}
    return common | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.is_private,
        "is_general": channel.name == "general",
        "is_shared": False,
        "is_ext_shared": False,
        "is_member": state.bot_is_in(channel),
        "creator": next(iter(channel.members), SLACKBOT),
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(channel.members),
    }


def bot_json(state: State) -> Json:
    """The app's bot as `bots.info` and `bot_profile` show it."""
    return {
        "id": state.identity.bot_id,
        "app_id": state.identity.app,
        "user_id": state.identity.bot_user,
        "name": state.bot.real_name,
        "deleted": False,
        "updated": 0,
        "icons": {"image_36": "", "image_48": "", "image_72": ""},
    }


def message_json(state: State, message: Message, *, metadata: bool = False) -> Json:
    """A message as history shows it; its metadata only on request."""
    shown: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    shown |= {"team": state.identity.team}
    for name in ("subtype", "bot_id", "blocks", "attachments", "ephemeral_to", "client_msg_id"):
        value = getattr(message, name)
        if value is not None:
            shown[name] = value
    if message.bot_id == state.identity.bot_id:
        shown |= {"app_id": state.identity.app, "bot_profile": bot_json(state)}
    if message.edited_ts:
        shown["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.reactions:
        shown["reactions"] = [
            {"name": r.name, "users": list(r.users), "count": len(r.users)} for r in message.reactions
        ]
    if metadata and message.metadata is not None:
        shown["metadata"] = message.metadata
    return shown | dict(message.extra) | _thread(state, message)


def _thread(state: State, message: Message) -> Json:
    """What a message tells of its thread: a reply its parent, a parent its replies."""
    ledger = state.ledger(message.channel)
    if message.is_reply and message.thread_ts:
        parent = ledger.get(message.thread_ts)
        return {"thread_ts": message.thread_ts} | ({"parent_user_id": parent.user} if parent else {})
    replies = ledger.replies(message.ts)
    if not replies:
        return {}
    authors = dict.fromkeys(found.user for ts in replies[:50] if (found := ledger.get(ts)))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(authors),
        "reply_users": list(authors)[:5],
        "latest_reply": replies[-1],
        "is_locked": False,
        "subscribed": False,
    }


def shown_channel(state: State, channel: Channel) -> Json:
    """A conversation as tests and the page see it: with its name and everyone in it."""
    named = {"name": channel.name, "members": list(channel.members), "topic": channel.topic}
    private = {"is_private": channel.is_private, "is_member": state.bot_is_in(channel)}
    return channel_json(state, channel) | private | named


def shown_message(state: State, message: Message) -> Json:
    """A message as tests and the page see it: with its conversation and metadata."""
    return message_json(state, message, metadata=True) | {"channel": message.channel}
