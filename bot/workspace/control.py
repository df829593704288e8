"""The control endpoints: people's actions for tests and for the page, and what a test may look at.

The endpoints message, command, interact, reaction, edit-message, delete-message, open-home, reset, log,
state and messages take and give what those of parvalabs/local-slack do; the others are ours.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.workspace.content import content_of
from bot.workspace.faults import fault_from
from bot.workspace.ids import canonical_ts
from bot.workspace.methods_conversations import truth
from bot.workspace.model import Channel, Json, Message, SlackError
from bot.workspace.parts import Parts
from bot.workspace.render import channel_json, message_json, user_json
from bot.workspace.socket_mode import Delivery, Outcome
from bot.workspace.web_api import AsciiJSON, read_args

Action = Callable[[Json], Awaitable[Json]]

_OWN_FIELDS = frozenset({"channel", "user", "text", "thread_ts", "blocks", "subtype", "bot_id", "metadata"})


class Control:
    """Answers POST and GET under /_control/; a refusal is `{ok: false, error}` with status 200."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._posts: dict[str, Action] = {
            "message": self._message,
            "command": self._command,
            "interact": self._interact,
            "reaction": self._reaction,
            "edit-message": self._edit,
            "delete-message": self._delete,
            "open-home": self._open_home,
            "open-dm": self._open_dm,
            "submit-view": self._submit_view,
            "close-view": self._close_view,
            "event": self._event,
            "faults": self._add_fault,
            "reset": self._reset,
        }
        self._gets: dict[str, Action] = {
            "log": self._log,
            "state": self._state,
            "faults": self._list_faults,
        }

    async def post(self, request: Request) -> Response:
        return await self._answer(self._posts.get(request.path_params["name"]), request)

    async def get(self, request: Request) -> Response:
        return await self._answer(self._gets.get(request.path_params["name"]), request)

    async def messages(self, request: Request) -> Response:
        return await self._answer(self._messages, request, channel=request.path_params["channel"])

    async def stream(self, request: Request) -> Response:
        """Server-sent hints for one person, or for everybody."""
        events = self._parts.stream.listen(request.query_params.get("user", ""))
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    async def _answer(self, action: Action | None, request: Request, **more: str) -> Response:
        if _is_foreign(request):
            return AsciiJSON({"ok": False, "error": "foreign_origin"}, 403)
        if action is None:
            return AsciiJSON({"ok": False, "error": "unknown_endpoint"}, 404)
        try:
            args = await read_args(request)
            return AsciiJSON({"ok": True, **await action(args | more)})
        except SlackError as error:
            details = {"details": list(error.messages)} if error.messages else {}
            return AsciiJSON({"ok": False, "error": error.code, **details})

    # What people do

    async def _message(self, args: Json) -> Json:
        state = self._parts.state
        channel, user = self._place(args)
        if user not in channel.members and not args.get("bot_id"):
            self._parts.workplace.join(channel, user)
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
        deliveries = self._parts.workplace.post(message)
        acked = await _all_settled(deliveries)
        return {"message": self._shown(message), "acked": acked}

    def _parent(self, channel: Channel, args: Json) -> str | None:
        """The thread a person writes in: a reply's own thread when they answer a reply."""
        if not args.get("thread_ts"):
            return None
        parent = self._parts.state.message(channel.id, str(args["thread_ts"]), "thread_not_found")
        return parent.thread_ts if parent.is_reply else parent.ts

    async def _command(self, args: Json) -> Json:
        channel, user = self._place(args)
        command = "/" + _needed(args, "command").removeprefix("/")
        text = str(args.get("text") or "")
        await self._parts.interactivity.command(channel.id, user, command, text)
        return {}

    async def _interact(self, args: Json) -> Json:
        action, user = _object(args, "action"), _needed(args, "user")
        interactivity = self._parts.interactivity
        if args.get("viewId"):
            given = _object(args, "values") if args.get("values") else {}
            await interactivity.press_in_view(user, str(args["viewId"]), action, given)
        else:
            channel, ts = _needed(args, "channel"), _needed(args, "messageTs")
            await interactivity.press(self._parts.state.channel(channel).id, ts, user, action)
        return {}

    async def _reaction(self, args: Json) -> Json:
        _, user, message = self._target(args)
        present = truth(args.get("present", True))
        name = _needed(args, "name").strip(":")
        deliveries = self._parts.workplace.react(message, user=user, name=name, present=present)
        return {"acked": await _all_settled(deliveries)}

    async def _edit(self, args: Json) -> Json:
        _, user, message = self._target(args)
        if message.user != user:
            raise SlackError("cant_update_message")
        new = replace(message, text=str(args.get("text") or ""), edited_ts=self._parts.state.next_ts())
        deliveries = self._parts.workplace.edit(message, new)
        return {"acked": await _all_settled(deliveries), "message": self._shown(new)}

    async def _delete(self, args: Json) -> Json:
        _, user, message = self._target(args)
        if message.user != user:
            raise SlackError("cant_delete_message")
        return {"acked": await _all_settled(self._parts.workplace.delete(message))}

    async def _open_home(self, args: Json) -> Json:
        return {"acked": await _all_settled(self._parts.workplace.open_home(_needed(args, "user")))}

    async def _open_dm(self, args: Json) -> Json:
        channel = self._parts.workplace.open_dm(_needed(args, "user"))
        return {"channel": self._channel(channel)}

    async def _submit_view(self, args: Json) -> Json:
        values = _object(args, "values") if args.get("values") else {}
        return await self._parts.interactivity.submit(_needed(args, "user"), values)

    async def _close_view(self, args: Json) -> Json:
        await self._parts.interactivity.close(_needed(args, "user"))
        return {}

    # What a test does

    async def _event(self, args: Json) -> Json:
        return {"acked": await _all_settled([self._parts.workplace.tell(_object(args, "event"))])}

    async def _add_fault(self, args: Json) -> Json:
        if args.get("clear"):
            self._parts.faults.clear()
        else:
            self._parts.faults.add(fault_from(args))
        return {"faults": self._parts.faults.listed()}

    async def _list_faults(self, _args: Json) -> Json:
        return {"faults": self._parts.faults.listed()}

    async def _reset(self, _args: Json) -> Json:
        self._parts.reset()
        return {}

    async def _log(self, _args: Json) -> Json:
        return {"log": self._parts.journal.entries()}

    async def _state(self, _args: Json) -> Json:
        state, seed = self._parts.state, self._parts.state.seed
        app = {
            "appId": state.identity.app,
            "botUserId": state.identity.bot_user,
            "name": seed.app.name,
            "mode": "socket",
            "connected": self._parts.socket.connection_count > 0,
            "connections": self._parts.socket.connection_count,
            "kept": self._parts.socket.kept_count,
            "commands": [vars(command) for command in seed.app.commands],
        }
        return {
            "workspace": {"id": state.identity.team, "name": seed.name, "domain": seed.domain},
            "apps": [app],
            "users": [user_json(state, user) for user in state.users.values()],
            "channels": [self._channel(channel) for channel in state.channels.values()],
            "views": [{"user": user, "view": view} for user, stack in state.views.by_user.items() for view in stack],
        }

    async def _messages(self, args: Json) -> Json:
        channel, user = self._parts.state.channel(args["channel"]), args.get("user")
        messages = self._parts.state.ledger(channel.id).everything()
        if user:
            self._parts.state.person(user)
            if not self._parts.state.visible_to(channel, user):
                raise SlackError("not_in_channel")
            messages = [m for m in messages if self._parts.workplace.may_read(user, channel, m)]
        return {"messages": [self._shown(message) for message in messages]}

    def _place(self, args: Json) -> tuple[Channel, str]:
        """The channel and the person, who must be able to see it."""
        user = _needed(args, "user")
        channel = self._parts.state.channel(_needed(args, "channel"))
        if not args.get("bot_id"):
            self._parts.state.person(user)
            if not self._parts.state.visible_to(channel, user):
                raise SlackError("not_in_channel")
        return channel, user

    def _target(self, args: Json) -> tuple[Channel, str, Message]:
        channel, user = self._place(args)
        return channel, user, self._parts.state.message(channel.id, canonical(_needed(args, "ts")))

    def _channel(self, channel: Channel) -> Json:
        named = {"name": channel.name, "members": list(channel.members), "topic": channel.topic}
        private = {"is_private": channel.is_private, "is_member": self._parts.state.bot_is_in(channel)}
        return channel_json(self._parts.state, channel) | private | named

    def _shown(self, message: Message) -> Json:
        return message_json(self._parts.state, message, metadata=True) | {"channel": message.channel}


def _is_foreign(request: Request) -> bool:
    """Whether a browser sends this for a page that is not the workspace's own."""
    origin = request.headers.get("origin")
    return origin is not None and origin != f"http://{request.headers.get('host')}"


async def _all_settled(deliveries: list[Delivery]) -> bool:
    """Wait until each is acknowledged, timed out or kept; says whether all were acknowledged."""
    outcomes = [(await delivery.settled).outcome for delivery in deliveries]
    return all(outcome is Outcome.ACKED for outcome in outcomes)


def _needed(args: Json, name: str) -> str:
    value: Any = args.get(name)
    if not value:
        raise SlackError("invalid_arguments", (f"{name} is required",))
    return str(value)


def _object(args: Json, name: str) -> Json:
    value: Any = args.get(name)
    if not isinstance(value, dict):
        raise SlackError("invalid_arguments", (f"{name} must be an object",))
    return value


def canonical(ts: str) -> str:
    """A timestamp in its one form; raises `message_not_found` for anything else."""
    try:
        return canonical_ts(ts)
    except ValueError:
        raise SlackError("message_not_found") from None
