"""Web API methods about conversations and what was said in them."""

from __future__ import annotations

from typing import Any

from bot.workspace.ids import canonical_ts
from bot.workspace.ledger import Span
from bot.workspace.model import Channel, Json, Kind, SlackError
from bot.workspace.paging import cursor_at, cursor_of, limit_of, page
from bot.workspace.parts import Parts
from bot.workspace.render import channel_json, message_json
from bot.workspace.state import State

MOST_TOPIC = 250
MOST_IN_GROUP_DM = 8
_TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


def truth(value: Any) -> bool:
    """A boolean argument as Slack reads it, from JSON or from a form."""
    return value is True or str(value).lower() in ("true", "1")


def known_channel(state: State, args: Json) -> Channel:
    """The conversation the bot names; raises `channel_not_found` also for what it cannot see."""
    channel = state.channel(str(args.get("channel") or ""))
    if not state.visible_to(channel, state.identity.bot_user):
        raise SlackError("channel_not_found")
    return channel


def _joined_channel(state: State, args: Json) -> Channel:
    channel = known_channel(state, args)
    if not state.bot_is_in(channel):
        raise SlackError("not_in_channel")
    return channel


def conversations_list(parts: Parts, args: Json) -> Json:
    state = parts.state
    kinds = set()
    for name in str(args.get("types") or "public_channel").split(","):
        if name.strip() not in _TYPES:
            raise SlackError("invalid_types")
        kinds.add(_TYPES[name.strip()])
    bot = state.identity.bot_user
    seen = [c for c in state.channels.values() if c.kind in kinds and state.visible_to(c, bot)]
    channels, cursor = page(seen, args, default=100)
    return {
        "channels": [channel_json(state, channel) for channel in channels],
        "response_metadata": {"next_cursor": cursor},
    }


def conversations_info(parts: Parts, args: Json) -> Json:
    channel = known_channel(parts.state, args)
    shown = channel_json(parts.state, channel)
    if not truth(args.get("include_num_members")):
        shown.pop("num_members", None)
    return {"channel": shown}


def conversations_members(parts: Parts, args: Json) -> Json:
    members, cursor = page(list(known_channel(parts.state, args).members), args, default=100)
    return {"members": members, "response_metadata": {"next_cursor": cursor}}


def conversations_open(parts: Parts, args: Json) -> Json:
    users = [user.strip() for user in _listed(args.get("users")) if user.strip()]
    if args.get("channel"):
        channel, is_new = known_channel(parts.state, args), False
        _refuse_kinds(channel, "channel", "group")
    elif not users:
        raise SlackError("users_list_not_supplied")
    elif len(users) > MOST_IN_GROUP_DM:
        raise SlackError("too_many_users")
    elif len(users) == 1:
        _refuse_self(parts.state, users)
        is_new = not any(c.user == users[0] for c in parts.state.channels.values())
        channel = parts.workplace.open_dm(users[0])
    else:
        _refuse_self(parts.state, users)
        channel, is_new = parts.workplace.open_group(users)
    answer: Json = {} if is_new else {"no_op": True, "already_open": True}
    whole = truth(args.get("return_im"))
    return answer | {"channel": channel_json(parts.state, channel) if whole else {"id": channel.id}}


def _listed(value: Any) -> list[str]:
    return [str(user) for user in value] if isinstance(value, list) else str(value or "").split(",")


def _refuse_self(state: State, users: list[str]) -> None:
    for user in users:
        state.person(user)
        if user == state.identity.bot_user:
            raise SlackError("cannot_dm_bot")


def _refuse_kinds(channel: Channel, *kinds: Kind) -> None:
    if channel.kind in kinds:
        raise SlackError("method_not_supported_for_channel_type")


def conversations_join(parts: Parts, args: Json) -> Json:
    channel = known_channel(parts.state, args)
    _refuse_kinds(channel, "group", "im", "mpim")
    if parts.state.bot_is_in(channel):
        noted = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
        return {"channel": channel_json(parts.state, channel)} | noted
    parts.workplace.join(channel, parts.state.identity.bot_user)
    return {"channel": channel_json(parts.state, channel)}


def conversations_invite(parts: Parts, args: Json) -> Json:
    channel = _joined_channel(parts.state, args)
    _refuse_kinds(channel, "im", "mpim")
    users = [user.strip() for user in _listed(args.get("users")) if user.strip()]
    if not users:
        raise SlackError("no_user")
    bot = parts.state.identity.bot_user
    for user in users:
        if user == bot:
            raise SlackError("cant_invite_self")
        if parts.state.person(user).id in channel.members:
            raise SlackError("already_in_channel")
    for user in users:
        parts.workplace.join(channel, user, inviter=bot)
    return {"channel": channel_json(parts.state, channel)}


def conversations_set_topic(parts: Parts, args: Json) -> Json:
    channel = _joined_channel(parts.state, args)
    topic = str(args.get("topic") or "")
    if len(topic) > MOST_TOPIC:
        raise SlackError("too_long")
    parts.workplace.set_topic(channel, parts.state.identity.bot_user, topic)
    return {"channel": channel_json(parts.state, channel)}


def conversations_history(parts: Parts, args: Json) -> Json:
    channel = _joined_channel(parts.state, args)
    limit = limit_of(args, default=100)
    span = _span(args)
    place = cursor_of(args)
    if place:
        span = Span(span.oldest, _stamp(place, "invalid_cursor"), inclusive=True)
        # going on from a cursor, the oldest message itself stays out unless it was asked for
        span = span if truth(args.get("inclusive")) else _after_oldest(span)
    found, has_more = parts.state.ledger(channel.id).newest_first(span, limit + 1)
    shown = found[:limit]
    more = has_more or len(found) > limit
    metadata = truth(args.get("include_all_metadata"))
    answer: Json = {
        "messages": [message_json(parts.state, message, metadata=metadata) for message in shown],
        "has_more": more,
        "pin_count": 0,
        "channel_actions_ts": None,
        "channel_actions_count": 0,
    }
    if more:
        answer["response_metadata"] = {"next_cursor": cursor_at(found[limit].ts)}
    return answer


def _after_oldest(span: Span) -> Span:
    return Span(f"{span.oldest}~" if span.oldest else "", span.latest, inclusive=True)


def _span(args: Json) -> Span:
    oldest, latest = str(args.get("oldest") or ""), str(args.get("latest") or "")
    if oldest in ("0", ""):
        oldest = ""
    return Span(
        _stamp(oldest, "invalid_ts_oldest") if oldest else "",
        _stamp(latest, "invalid_ts_latest") if latest and latest != "now" else "~",
        truth(args.get("inclusive")),
    )


def _stamp(ts: str, error: str) -> str:
    try:
        return canonical_ts(ts)
    except ValueError:
        raise SlackError(error) from None


def conversations_replies(parts: Parts, args: Json) -> Json:
    state = parts.state
    channel = _joined_channel(state, args)
    parent = state.message(channel.id, str(args.get("ts") or ""), "thread_not_found")
    ledger = state.ledger(channel.id)
    span = _span(args)
    stamps = ledger.replies(parent.ts)
    first, beyond = span.cut(stamps)
    found = [parent.ts, *stamps[first:beyond]]
    chosen, cursor = page(found, args, default=1_000)
    metadata = truth(args.get("include_all_metadata"))
    messages = [ledger.get(ts) for ts in chosen]
    answer: Json = {
        "messages": [message_json(state, message, metadata=metadata) for message in messages if message],
        "has_more": bool(cursor),
    }
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})
