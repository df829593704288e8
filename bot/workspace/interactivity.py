"""What people do with what the app put into a conversation: pressing, commands, and shortcuts."""

from __future__ import annotations

from bot.workspace.app_calls import AppCalls
from bot.workspace.grants import Grants, ResponseGrant
from bot.workspace.model import SLACKBOT, Channel, Json, Message, SlackError
from bot.workspace.pressing import completed, state_of
from bot.workspace.render import message_json
from bot.workspace.responses import Responses
from bot.workspace.state import State
from bot.workspace.workplace import Workplace

_CHANNEL_NAMES = {"im": "directmessage", "group": "privategroup"}


class Interactivity:
    """Each method tells the app, waits for its acknowledgement and does what the answer says; each raises
    what `AppCalls.tell` raises."""

    def __init__(
        self,
        state: State,
        calls: AppCalls,
        workplace: Workplace,
        grants: Grants,
        responses: Responses,
    ) -> None:
        self._state = state
        self._calls = calls
        self._workplace = workplace
        self._grants = grants
        self._responses = responses

    async def press(self, channel_id: str, ts: str, user: str, action: Json) -> None:
        """A person presses or chooses an element of a message they can see."""
        channel, message = self._seen(user, channel_id, ts)
        pressed = completed(message.blocks or [], action, self._state.next_ts())
        await self._calls.tell("interactive", self._press_payload(channel, message, user, pressed))

    def _press_payload(self, channel: Channel, message: Message, user: str, action: Json) -> Json:
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": message.ephemeral_to is not None,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload = self._calls.payload("block_actions", user) | {
            "container": container,
            "channel": {"id": channel.id, "name": _name_for_apps(channel)},
            "state": {"values": state_of(message.blocks or [], action)},
            "response_url": self._responses.new_url(user=user, channel=channel.id, message_ts=message.ts),
            "actions": [action],
        }
        if message.ephemeral_to is None:
            # Slack does not repeat an ephemeral message to the app
            payload["message"] = message_json(self._state, message)
        return payload

    async def shortcut(self, user: str, callback_id: str, channel_id: str = "", ts: str = "") -> None:
        """A person chooses a shortcut: on a message they can see, or, with no message, a global one.

        Raises `unknown_shortcut` when the app has none of that id and kind.
        """
        kind = "message" if ts else "global"
        if not any(s.callback_id == callback_id and s.type == kind for s in self._state.seed.app.shortcuts):
            raise SlackError("unknown_shortcut")
        payload = self._calls.payload("message_action" if ts else "shortcut", user)
        payload |= {"callback_id": callback_id, "action_ts": self._state.next_ts()}
        if ts:
            payload |= self._of_message(*self._seen(user, channel_id, ts), user)
        await self._calls.tell("interactive", payload)

    def _of_message(self, channel: Channel, message: Message, user: str) -> Json:
        """What a message shortcut tells besides; it exists on messages for everyone only."""
        if message.ephemeral_to is not None:
            raise SlackError("message_not_found")
        return {
            "channel": {"id": channel.id, "name": _name_for_apps(channel)},
            "message_ts": message.ts,
            "message": message_json(self._state, message),
            "response_url": self._responses.new_url(user=user, channel=channel.id),
        }

    async def command(self, channel_id: str, user: str, command: str, text: str) -> None:
        """A person types a slash command; a failure is shown to them by slackbot."""
        channel = self._channel_of(user, channel_id)
        if command not in {known.command for known in self._state.seed.app.commands}:
            self._say_as_slackbot(channel, user, f"{command} is not a valid command.")
            raise SlackError("unknown_command")
        typed = f"{command} {text}".strip()
        try:
            answer = await self._calls.tell("slash_commands", self._command_payload(channel, user, command, text))
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

    def _channel_of(self, user: str, channel_id: str) -> Channel:
        self._state.person(user)
        channel = self._state.channel(channel_id)
        if not self._state.visible_to(channel, user):
            raise SlackError("channel_not_found")
        return channel

    def _seen(self, user: str, channel_id: str, ts: str) -> tuple[Channel, Message]:
        """A message and its conversation; raises `message_not_found` also for what the person cannot see."""
        channel = self._channel_of(user, channel_id)
        message = self._state.ledger(channel.id).get_ephemeral(ts) or self._state.message(channel.id, ts)
        if not self._workplace.may_read(user, channel, message):
            raise SlackError("message_not_found")
        return channel, message

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
