"""Answers to an interaction that need no token: the acknowledgement of a command, and response URLs."""

from __future__ import annotations

from dataclasses import replace

from bot.workspace.content import Content, content_of
from bot.workspace.grants import Grants, ResponseGrant
from bot.workspace.model import Json, Message, SlackError
from bot.workspace.state import State
from bot.workspace.workplace import Workplace


class Responses:
    """Posts, replaces or deletes what an answer asks for."""

    def __init__(self, state: State, workplace: Workplace, grants: Grants) -> None:
        self._state = state
        self._workplace = workplace
        self._grants = grants

    def new_url(self, *, user: str, channel: str, message_ts: str = "", command: str = "") -> str:
        """A response URL on the workspace's own address."""
        secret = self._grants.new_response(user=user, channel=channel, message_ts=message_ts, command=command)
        kind = "commands" if command else "actions"
        return f"{self._state.base_url}/{kind}/{self._state.identity.team}/{secret}"

    def use(self, secret: str, answer: Json) -> ResponseGrant:
        """Do what was posted to a response URL; raises as `Grants.response` and `content_of` do."""
        grant = self._grants.response(secret)
        self.apply(grant, answer)
        grant.uses += 1
        return grant

    def apply(self, grant: ResponseGrant, answer: Json) -> None:
        """Do what the app answered; raises `no_text`, `message_not_found` or what `content_of` raises."""
        if answer.get("delete_original"):
            self._delete(self._original(grant))
            return
        content = content_of(answer, total_limit=False)
        if content.is_empty:
            raise SlackError("no_text")
        if answer.get("replace_original"):
            self._replace(self._original(grant), content)
        else:
            self._post(grant, answer, content)

    def _post(self, grant: ResponseGrant, answer: Json, content: Content) -> None:
        in_channel = answer.get("response_type") == "in_channel"
        if in_channel and grant.command:
            # Slack shows what the person typed as soon as the answer is for everyone
            self._workplace.post(Message(grant.channel, self._state.next_ts(), grant.user, grant.command), quiet=True)
            grant.command = ""
        message = Message(
            channel=grant.channel,
            ts=self._state.next_ts(),
            user=self._state.identity.bot_user,
            text=content.text or "",
            thread_ts=answer.get("thread_ts"),
            bot_id=self._state.identity.bot_id,
            blocks=content.blocks,
            attachments=content.attachments,
        )
        if in_channel:
            self._workplace.post(message)
        else:
            self._workplace.post_ephemeral(replace(message, subtype="ephemeral", ephemeral_to=grant.user))

    def _original(self, grant: ResponseGrant) -> Message:
        ledger = self._state.ledger(grant.channel)
        message = ledger.get_ephemeral(grant.message_ts) or ledger.get(grant.message_ts)
        if message is None:
            raise SlackError("message_not_found")
        return message

    def _delete(self, original: Message) -> None:
        if original.ephemeral_to:
            self._workplace.delete_ephemeral(original)
        else:
            self._workplace.delete(original)

    def _replace(self, original: Message, content: Content) -> None:
        new = replace(
            original,
            text=content.text or "",
            blocks=content.blocks,
            attachments=content.attachments,
            edited_ts=self._state.next_ts(),
        )
        if original.ephemeral_to:
            self._workplace.replace_ephemeral(new)
        else:
            self._workplace.edit(original, new)
