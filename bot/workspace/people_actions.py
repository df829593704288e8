"""What people do, one control endpoint each: writing, pressing, reacting, joining, opening, submitting."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

from bot.workspace.content import content_of
from bot.workspace.control_args import canonical, needed, object_in, values_in
from bot.workspace.deliveries import Delivery, all_settled
from bot.workspace.methods_conversations import truth
from bot.workspace.model import Channel, Json, Message, SlackError
from bot.workspace.parts import Parts
from bot.workspace.render import shown_channel, shown_message

Action = Callable[[Json], Awaitable[Json]]

_OWN_FIELDS = frozenset({"channel", "user", "text", "thread_ts", "blocks", "subtype", "bot_id", "metadata"})


class PeopleActions:
    """The people's endpoints by name; each returns when the app has acknowledged what it was told, or has not."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.posts: dict[str, Action] = {
            "message": self._message,
            "command": self._command,
            "interact": self._interact,
            "reaction": self._reaction,
            "edit-message": self._edit,
            "delete-message": self._delete,
            "unfurl": self._unfurl,
            "join": self._join,
            "leave": self._leave,
            "open-home": self._open_home,
            "open-dm": self._open_dm,
            "home-interact": self._home_interact,
            "shortcut": self._shortcut,
            "submit-view": self._submit_view,
            "close-view": self._close_view,
        }

    async def _message(self, args: Json) -> Json:
        state = self._parts.state
        channel, user = self._place(args)
        deliveries: list[Delivery] = []
        if user not in channel.members and not args.get("bot_id"):
            deliveries += self._parts.workplace.join(channel, user)
        content = content_of(args)
        message = Message(
            channel=channel.id,
            ts=state.next_ts(),
            user=user,
            text=content.text or "",
            thread_ts=self._parent(channel, args),
            bot_id=args.get("bot_id"),
            blocks=content.blocks,
            metadata=content.metadata,
            subtype=args.get("subtype"),
            client_msg_id=None if args.get("bot_id") else str(uuid4()),
            extra={name: value for name, value in args.items() if name not in _OWN_FIELDS},
        )
        deliveries += self._parts.workplace.post(message)
        acked = await all_settled(deliveries)
        return {"message": shown_message(self._parts.state, message), "acked": acked}

    def _parent(self, channel: Channel, args: Json) -> str | None:
        """The thread a person writes in: a reply's own thread when they answer a reply."""
        if not args.get("thread_ts"):
            return None
        parent = self._parts.state.message(channel.id, str(args["thread_ts"]), "thread_not_found")
        return parent.thread_ts if parent.is_reply else parent.ts

    async def _command(self, args: Json) -> Json:
        channel, user = self._place(args)
        command = "/" + needed(args, "command").removeprefix("/")
        text = str(args.get("text") or "")
        await self._parts.interactivity.command(channel.id, user, command, text)
        return {}

    async def _interact(self, args: Json) -> Json:
        action, user = object_in(args, "action"), needed(args, "user")
        if args.get("viewId"):
            await self._parts.in_views.press(user, str(args["viewId"]), action, values_in(args))
        else:
            channel, ts = needed(args, "channel"), needed(args, "messageTs")
            await self._parts.interactivity.press(self._parts.state.channel(channel).id, ts, user, action)
        return {}

    async def _home_interact(self, args: Json) -> Json:
        await self._parts.in_views.press_in_home(needed(args, "user"), object_in(args, "action"), values_in(args))
        return {}

    async def _shortcut(self, args: Json) -> Json:
        ts = str(args.get("messageTs") or "")
        channel = needed(args, "channel") if ts else ""
        await self._parts.interactivity.shortcut(needed(args, "user"), needed(args, "callback_id"), channel, ts)
        return {}

    async def _reaction(self, args: Json) -> Json:
        _, user, message = self._target(args)
        present = truth(args.get("present", True))
        name = needed(args, "name").strip(":")
        deliveries = self._parts.workplace.react(message, user=user, name=name, present=present)
        return {"acked": await all_settled(deliveries)}

    async def _edit(self, args: Json) -> Json:
        _, user, message = self._target(args)
        if message.user != user:
            raise SlackError("cant_update_message")
        new = replace(message, text=str(args.get("text") or ""), edited_ts=self._parts.state.next_ts())
        deliveries = self._parts.workplace.edit(message, new)
        return {"acked": await all_settled(deliveries), "message": shown_message(self._parts.state, new)}

    async def _delete(self, args: Json) -> Json:
        _, user, message = self._target(args)
        if message.user != user:
            raise SlackError("cant_delete_message")
        return {"acked": await all_settled(self._parts.workplace.delete(message))}

    async def _unfurl(self, args: Json) -> Json:
        """Slack adds a preview of a link to a message: a change that nobody made."""
        channel = self._parts.state.channel(needed(args, "channel"))
        message = self._parts.state.message(channel.id, canonical(needed(args, "ts")))
        preview = args.get("attachments") or [{"id": 1, "from_url": str(args.get("url", "")), "title": "Preview"}]
        new = replace(message, attachments=preview)
        deliveries = self._parts.workplace.edit(message, new)
        return {"acked": await all_settled(deliveries), "message": shown_message(self._parts.state, new)}

    async def _join(self, args: Json) -> Json:
        """Somebody, the bot perhaps, enters a channel; with `inviter` they are brought in by that person."""
        channel = self._parts.state.channel(needed(args, "channel"))
        user, inviter = self._parts.state.person(needed(args, "user")).id, str(args.get("inviter") or "")
        if user in channel.members:
            raise SlackError("already_in_channel")
        if not self._parts.state.visible_to(channel, inviter or user):
            raise SlackError("channel_not_found")
        deliveries = self._parts.workplace.join(channel, user, inviter)
        return {"acked": await all_settled(deliveries), "channel": shown_channel(self._parts.state, channel)}

    async def _leave(self, args: Json) -> Json:
        channel = self._parts.state.channel(needed(args, "channel"))
        return {"acked": await all_settled(self._parts.workplace.leave(channel, needed(args, "user")))}

    async def _open_home(self, args: Json) -> Json:
        return {"acked": await all_settled(self._parts.workplace.open_home(needed(args, "user")))}

    async def _open_dm(self, args: Json) -> Json:
        channel, deliveries = self._parts.workplace.open_messages(needed(args, "user"))
        return {"acked": await all_settled(deliveries), "channel": shown_channel(self._parts.state, channel)}

    async def _submit_view(self, args: Json) -> Json:
        return await self._parts.in_views.submit(needed(args, "user"), values_in(args))

    async def _close_view(self, args: Json) -> Json:
        await self._parts.in_views.close(needed(args, "user"))
        return {}

    def _place(self, args: Json) -> tuple[Channel, str]:
        """The channel and the person, who must be able to see it."""
        user = needed(args, "user")
        channel = self._parts.state.channel(needed(args, "channel"))
        if not args.get("bot_id"):
            self._parts.state.person(user)
            if not self._parts.state.visible_to(channel, user):
                raise SlackError("not_in_channel")
        return channel, user

    def _target(self, args: Json) -> tuple[Channel, str, Message]:
        channel, user = self._place(args)
        return channel, user, self._parts.state.message(channel.id, canonical(needed(args, "ts")))
