"""What a test does to the workspace and sees of it: failures, any event, the log, the whole state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.workspace.control_args import needed, object_in, seconds_in
from bot.workspace.deliveries import all_settled
from bot.workspace.faults import fault_from
from bot.workspace.methods_conversations import truth
from bot.workspace.model import Json, SlackError
from bot.workspace.parts import Parts
from bot.workspace.people_actions import Action
from bot.workspace.render import shown_channel, shown_message, user_json


class Rigging:
    """The endpoints for tests by name, to post to and to look at."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.posts: dict[str, Action] = {
            "event": self._event,
            "request-url": self._request_url,
            "disconnect": self._disconnect,
            "faults": self._add_fault,
            "reset": self._reset,
        }
        self.gets: dict[str, Action] = {
            "log": self._log,
            "state": self._state,
            "faults": self._list_faults,
        }

    async def _event(self, args: Json) -> Json:
        return {"acked": await all_settled([self._parts.workplace.tell(object_in(args, "event"))])}

    async def _request_url(self, args: Json) -> Json:
        """Give the app a request URL, or ask the one it has for the challenge; an empty one: Socket Mode."""
        url = str(args.get("url", self._parts.web.url))
        if url and not url.startswith(("http://", "https://")):
            raise SlackError("invalid_arguments", ("url is a web address, or empty for Socket Mode",))
        if not await self._parts.line.change_url(url):
            raise SlackError("url_verification_failed")
        return {"mode": self._parts.line.mode}

    async def _disconnect(self, args: Json) -> Json:
        self._parts.socket.disconnect(needed(args, "reason"), seconds_in(args, "close_after_seconds"))
        return {}

    async def _add_fault(self, args: Json) -> Json:
        if args.get("clear"):
            self._parts.faults.clear()
            self._parts.rate_limits.switch(False)
        elif args.get("kind") == "rate_limits":
            self._parts.rate_limits.switch(truth(args.get("on", True)))
        else:
            self._parts.faults.add(fault_from(args))
        return await self._list_faults(args)

    async def _list_faults(self, _args: Json) -> Json:
        return {"faults": self._parts.faults.listed(), "rate_limits": self._parts.rate_limits.on}

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
            "mode": self._parts.line.mode,
            "connected": self._parts.line.is_up,
            "connections": self._parts.socket.connection_count,
            "kept": self._parts.socket.kept_count,
            "commands": [vars(command) for command in seed.app.commands],
            "shortcuts": [vars(shortcut) for shortcut in seed.app.shortcuts],
            "home": seed.app.home,
        }
        return {
            "workspace": {"id": state.identity.team, "name": seed.name, "domain": seed.domain},
            "apps": [app],
            "users": [user_json(state, user) for user in state.users.values()],
            "channels": [shown_channel(state, channel) for channel in state.channels.values()],
            "views": [{"user": user, "view": view} for user, stack in state.views.by_user.items() for view in stack],
            "homes": state.homes,
            "threads_status": _by_place(state.agent.shown_statuses(state.now())),
            "prompts": _by_place(state.agent.prompts),
        }

    async def messages(self, args: Json) -> Json:
        """Everything said in a conversation, or what one person may see of it."""
        channel, user = self._parts.state.channel(args["channel"]), args.get("user")
        messages = self._parts.state.ledger(channel.id).everything()
        if user:
            self._parts.state.person(user)
            if not self._parts.state.visible_to(channel, user):
                raise SlackError("not_in_channel")
            messages = [m for m in messages if self._parts.workplace.may_read(user, channel, m)]
        return {"messages": [shown_message(self._parts.state, message) for message in messages]}


def _by_place(shown: Mapping[tuple[str, str], Any]) -> Json:
    """What is shown in each thread or conversation, by "channel:thread_ts" or "channel"."""
    return {":".join(filter(None, place)): what for place, what in shown.items()}
