"""Web API methods about the emoji under a message."""

from __future__ import annotations

import re

from bot.workspace.ids import canonical_ts
from bot.workspace.methods_conversations import known_channel
from bot.workspace.model import Channel, Json, Message, SlackError
from bot.workspace.parts import Parts
from bot.workspace.render import message_json

# how an emoji's name is written; which names a workspace has is not looked at
_NAME = re.compile(r"[a-z0-9_+'\-]{1,100}(::skin-tone-[2-6])?")


def reactions_add(parts: Parts, args: Json) -> Json:
    return _react(parts, args, present=True)


def reactions_remove(parts: Parts, args: Json) -> Json:
    return _react(parts, args, present=False)


def _react(parts: Parts, args: Json, *, present: bool) -> Json:
    name = str(args.get("name") or "").strip(":")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name")
    _, message = _item(parts, args)
    parts.workplace.react(message, user=parts.state.identity.bot_user, name=name, present=present)
    return {}


def reactions_get(parts: Parts, args: Json) -> Json:
    channel, message = _item(parts, args)
    return {"type": "message", "channel": channel.id, "message": message_json(parts.state, message)}


def _item(parts: Parts, args: Json) -> tuple[Channel, Message]:
    if not args.get("channel") or not args.get("timestamp"):
        raise SlackError("no_item_specified")
    channel = known_channel(parts.state, args)
    try:
        ts = canonical_ts(str(args["timestamp"]))
    except ValueError:
        raise SlackError("bad_timestamp") from None
    return channel, parts.state.message(channel.id, ts)
