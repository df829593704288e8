"""What people do with the app's interface: pressing, typing a command, submitting and closing a modal."""

from __future__ import annotations

from typing import Any

from bot.workspace.element_values import (
    has_value,
    refused_inputs,
    stateful_elements,
    value_of,
    values_of,
)
from bot.workspace.grants import Grants, ResponseGrant
from bot.workspace.modals import Modals
from bot.workspace.model import SLACKBOT, Channel, Json, Message, SlackError
from bot.workspace.render import message_json
from bot.workspace.responses import Responses
from bot.workspace.socket_mode import Outcome, SocketMode
from bot.workspace.state import State
from bot.workspace.workplace import Workplace

_CHANNEL_NAMES = {"im": "directmessage", "group": "privategroup"}


class Interactivity:
    """Each method tells the app, waits for its acknowledgement and does what the answer says.

    Each raises `operation_timeout` when nobody acknowledged in time and `dispatch_failed` when the app
    has no connection.
    """

    def __init__(
        self,
        state: State,
        socket: SocketMode,
        workplace: Workplace,
        modals: Modals,
        grants: Grants,
        responses: Responses,
    ) -> None:
        self._state = state
        self._socket = socket
        self._workplace = workplace
        self._modals = modals
        self._grants = grants
        self._responses = responses

    async def press(self, channel_id: str, ts: str, user: str, action: Json) -> None:
        """A person presses or chooses an element of a message they can see."""
        channel = self._channel_of(user, channel_id)
        ledger = self._state.ledger(channel.id)
        message = ledger.get_ephemeral(ts) or self._state.message(channel.id, ts)
        if not self._workplace.may_read(user, channel, message):
            raise SlackError("message_not_found")
        pressed = self._completed(message.blocks or [], action)
        await self._deliver("interactive", self._press_payload(channel, message, user, pressed))

    def _press_payload(self, channel: Channel, message: Message, user: str, action: Json) -> Json:
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": message.ephemeral_to is not None,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload = self._base("block_actions", user) | {
            "container": container,
            "channel": {"id": channel.id, "name": _name_for_apps(channel)},
            "state": {"values": _state_of(message.blocks or [], action)},
            "response_url": self._responses.new_url(user=user, channel=channel.id, message_ts=message.ts),
            "actions": [action],
        }
        if message.ephemeral_to is None:
            # Slack does not repeat an ephemeral message to the app
            payload["message"] = message_json(self._state, message)
        return payload

    async def press_in_view(self, user: str, view_id: str, action: Json, given: Json) -> None:
        """A person presses or chooses an element of a modal they have open."""
        view = self._open_view(user, view_id)
        pressed = self._completed(view["blocks"], action)
        values = values_of(view["blocks"], given)
        for block_id, by_action in _state_of(view["blocks"], pressed).items():
            values.setdefault(block_id, {}).update(by_action)
        payload = self._base("block_actions", user) | {
            "container": {"type": "view", "view_id": view_id},
            "view": view | {"state": {"values": values}},
            "actions": [pressed],
        }
        await self._deliver("interactive", payload)

    async def command(self, channel_id: str, user: str, command: str, text: str) -> None:
        """A person types a slash command; a failure is shown to them by slackbot."""
        channel = self._channel_of(user, channel_id)
        if command not in {known.command for known in self._state.seed.app.commands}:
            self._say_as_slackbot(channel, user, f"{command} is not a valid command.")
            raise SlackError("unknown_command")
        typed = f"{command} {text}".strip()
        try:
            answer = await self._deliver("slash_commands", self._command_payload(channel, user, command, text))
        except SlackError as error:
            self._say_as_slackbot(channel, user, f"{command} failed with the error “{error.code}”")
            raise
        if isinstance(answer, str):
            answer = {"text": answer}
        if isinstance(answer, dict) and (answer.get("text") or answer.get("blocks")):
            grant = ResponseGrant(user, channel.id, self._state.now(), command=typed)
            self._responses.apply(grant, answer)

    def _command_payload(self, channel: Channel, user: str, command: str, text: str) -> Json:
        identity = self._state.identity
        return {
            "token": "verification-token",
            "team_id": identity.team,
            "team_domain": self._state.seed.domain,
            "channel_id": channel.id,
            "channel_name": _name_for_apps(channel),
            "user_id": user,
            "user_name": self._state.users[user].name,
            "command": command,
            "text": text,
            "api_app_id": identity.app,
            "is_enterprise_install": "false",
            "response_url": self._responses.new_url(user=user, channel=channel.id, command=f"{command} {text}".strip()),
            "trigger_id": self._grants.new_trigger(user),
        }

    async def submit(self, user: str, given: Json) -> Json:
        """A person submits their top modal; says what a page shows next.

        A required input left empty never reaches the app, as in Slack's own window.
        """
        view = self._open_view(user)
        values = values_of(view["blocks"], given)
        refused = refused_inputs(view["blocks"], values)
        if refused:
            return {"response_action": "errors", "errors": refused}
        submitted = view | {"state": {"values": values}}
        payload = self._base("view_submission", user) | {"view": submitted, "response_urls": []}
        answer = await self._deliver("interactive", payload)
        return self._modals.submitted(user, view, answer)

    async def close(self, user: str) -> None:
        """A person closes their top modal; the app hears of it if the modal asked for that."""
        view = self._open_view(user)
        if view["clear_on_close"]:
            self._modals.close_all(user)
        else:
            self._modals.close_top(user)
        if view["notify_on_close"]:
            payload = self._base("view_closed", user) | {"view": view, "is_cleared": view["clear_on_close"]}
            payload.pop("trigger_id")
            await self._deliver("interactive", payload)

    async def _deliver(self, type_: str, payload: Json) -> Any:
        """The payload of the acknowledgement."""
        answers = payload.get("type") != "block_actions"
        delivery = self._socket.deliver(type_, payload, accepts_response_payload=answers)
        settled = await delivery.settled
        if settled.outcome is not Outcome.ACKED:
            raise SlackError(settled.outcome.value)
        return settled.payload

    def _base(self, type_: str, user: str) -> Json:
        identity = self._state.identity
        name = self._state.person(user).name
        return {
            "type": type_,
            "user": {"id": user, "username": name, "name": name, "team_id": identity.team},
            "api_app_id": identity.app,
            "token": "verification-token",
            "trigger_id": self._grants.new_trigger(user),
            "team": {"id": identity.team, "domain": self._state.seed.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _completed(self, blocks: list[Json], action: Json) -> Json:
        """The pressed element as the app gets it.

        A value the element does not have is passed on as given: a test may press a forged button.
        """
        block, element = _find(blocks, action)
        kind = str(action.get("type") or element.get("type") or "button")
        pressed: Json = {
            "type": kind,
            "action_id": action.get("action_id") or element.get("action_id", ""),
            "block_id": action.get("block_id") or block.get("block_id", ""),
            "action_ts": self._state.next_ts(),
        }
        given = {name: value for name, value in action.items() if value is not None and name not in pressed}
        if not element:
            return pressed | given
        if kind in ("static_select", "radio_buttons", "overflow", "checkboxes") or has_value(element):
            return pressed | (value_of(element, given.get("value")) if "value" in given else given)
        shown = {name: element[name] for name in ("text", "value", "style", "url") if name in element}
        return pressed | shown | given

    def _channel_of(self, user: str, channel_id: str) -> Channel:
        self._state.person(user)
        channel = self._state.channel(channel_id)
        if not self._state.visible_to(channel, user):
            raise SlackError("channel_not_found")
        return channel

    def _open_view(self, user: str, view_id: str = "") -> Json:
        self._state.person(user)
        for view in reversed(self._state.views.by_user.get(user, [])):
            if view_id in ("", view["id"]):
                return view
        raise SlackError("view_not_found")

    def _say_as_slackbot(self, channel: Channel, user: str, text: str) -> None:
        self._workplace.post_ephemeral(
            Message(
                channel.id,
                self._state.next_ts(),
                SLACKBOT,
                text,
                subtype="ephemeral",
                ephemeral_to=user,
            )
        )


def _name_for_apps(channel: Channel) -> str:
    return _CHANNEL_NAMES.get(channel.kind, channel.name)


def _find(blocks: list[Json], action: Json) -> tuple[Json, Json]:
    """The block and the element an action names; empty where there is none."""
    for block in blocks:
        if action.get("block_id") not in (None, "", block.get("block_id")):
            continue
        for element in (block.get("element"), block.get("accessory"), *block.get("elements", [])):
            if isinstance(element, dict) and element.get("action_id") == action.get("action_id"):
                return block, element
    return {}, {}


def _state_of(blocks: list[Json], action: Json) -> dict[str, dict[str, Json]]:
    """What a chosen element adds to `state.values`."""
    for block, element in stateful_elements(blocks):
        if block["block_id"] == action["block_id"] and element["action_id"] == action["action_id"]:
            chosen = {name: value for name, value in action.items() if name == "type" or name.startswith("selected")}
            return {block["block_id"]: {element["action_id"]: chosen}}
    return {}
