"""Web API methods that write, change and point at messages."""

from __future__ import annotations

from dataclasses import replace

from bot.workspace.content import Content, content_of
from bot.workspace.ids import canonical_ts
from bot.workspace.methods_conversations import known_channel, truth
from bot.workspace.model import Channel, Json, Message, SlackError
from bot.workspace.parts import Parts
from bot.workspace.render import message_json

# chat.update says so of its `text` (docs.slack.dev/reference/methods/chat.update)
TEXT_IN_UPDATE = 4_000


def chat_post_message(parts: Parts, args: Json) -> Json:
    channel = _writable(parts, args)
    content = _some_content(args)
    thread_ts = _thread(parts, channel, args)
    message = replace(_message(parts, channel, content), thread_ts=thread_ts)
    if thread_ts and truth(args.get("reply_broadcast")):
        message = replace(message, subtype="thread_broadcast")
    parts.workplace.post(message)
    shown = message_json(parts.state, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def chat_post_ephemeral(parts: Parts, args: Json) -> Json:
    channel = _writable(parts, args)
    user = str(args.get("user") or "")
    if user not in parts.state.users:
        raise SlackError("user_not_found" if user else "invalid_arguments")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    content = _some_content(args)
    message = replace(
        _message(parts, channel, content),
        subtype="ephemeral",
        ephemeral_to=user,
        thread_ts=str(args["thread_ts"]) if args.get("thread_ts") else None,
    )
    if _is_shown(parts, message):
        parts.workplace.post_ephemeral(message)
    return {"message_ts": message.ts}


def _is_shown(parts: Parts, message: Message) -> bool:
    """In a thread an ephemeral message appears only if the thread has begun; Slack says ok all the same."""
    if not message.thread_ts:
        return True
    return bool(parts.state.ledger(message.channel).replies(message.thread_ts))


def chat_update(parts: Parts, args: Json) -> Json:
    channel = known_channel(parts.state, args)
    old = parts.state.message(channel.id, _ts(args))
    if old.bot_id != parts.state.identity.bot_id:
        raise SlackError("cant_update_message")
    content = content_of(args)
    if len(content.text or "") > TEXT_IN_UPDATE:
        raise SlackError("msg_too_long")
    if content.text is None and content.blocks is None and content.attachments is None:
        raise SlackError("no_text")
    new = _updated(old, content, parts.state.next_ts())
    if not (new.text or new.blocks or new.attachments):
        raise SlackError("no_text")
    parts.workplace.edit(old, new)
    shown = message_json(parts.state, new, metadata=True)
    return {"channel": channel.id, "ts": new.ts, "text": new.text, "message": shown}


def _updated(old: Message, content: Content, edited_ts: str) -> Message:
    """Attachments and metadata left out stay, blocks only where no text is given; empty ones take them away."""
    blocks = old.blocks if content.text is None and content.blocks is None else content.blocks
    return replace(
        old,
        text=old.text if content.text is None else content.text,
        blocks=blocks or None,
        attachments=old.attachments if content.attachments is None else content.attachments or None,
        metadata=old.metadata if content.metadata is None else content.metadata or None,
        edited_ts=edited_ts,
    )


def chat_delete(parts: Parts, args: Json) -> Json:
    channel = known_channel(parts.state, args)
    message = parts.state.message(channel.id, _ts(args))
    if message.bot_id != parts.state.identity.bot_id:
        raise SlackError("cant_delete_message")
    parts.workplace.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def chat_get_permalink(parts: Parts, args: Json) -> Json:
    channel = known_channel(parts.state, args)
    message = parts.state.message(channel.id, str(args.get("message_ts") or ""))
    link = f"{parts.state.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _writable(parts: Parts, args: Json) -> Channel:
    """The conversation to write to; a user's id means their DM."""
    reference = str(args.get("channel") or "")
    if reference in parts.state.users and reference != parts.state.identity.bot_user:
        return parts.workplace.open_dm(reference)
    channel = known_channel(parts.state, args)
    if not parts.state.bot_is_in(channel):
        raise SlackError("not_in_channel")
    return channel


def _some_content(args: Json) -> Content:
    content = content_of(args)
    if content.is_empty:
        raise SlackError("no_text")
    return content


def _thread(parts: Parts, channel: Channel, args: Json) -> str | None:
    """The parent a reply goes under.

    Slack's documentation asks for the parent's ts and names `cannot_reply_to_message` and
    `thread_not_found`; what it does with a reply's ts is not told, so this double refuses it.
    """
    if not args.get("thread_ts"):
        return None
    try:
        thread_ts = canonical_ts(str(args["thread_ts"]))
    except ValueError:
        raise SlackError("invalid_thread_ts") from None
    if parts.state.message(channel.id, thread_ts, "thread_not_found").is_reply:
        raise SlackError("cannot_reply_to_message")
    return thread_ts


def _message(parts: Parts, channel: Channel, content: Content) -> Message:
    identity = parts.state.identity
    return Message(
        channel=channel.id,
        ts=parts.state.next_ts(),
        user=identity.bot_user,
        text=content.text or "",
        bot_id=identity.bot_id,
        blocks=content.blocks or None,
        attachments=content.attachments or None,
        metadata=content.metadata or None,
    )


def _ts(args: Json) -> str:
    if not args.get("ts"):
        raise SlackError("invalid_arguments", ("[ERROR] missing required field: ts",))
    return str(args["ts"])
