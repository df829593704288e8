"""Calls Slack, one attempt a call, and says of each failure what it means for the message."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.slack.message import Json, Message

METADATA_TYPE = "support_bot_post"
UPDATE_TEXT_LIMIT = 4_000
"""Characters of `text` that chat.update takes (Slack: msg_too_long beyond)."""
_SLACK_IS_UNWELL = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)

_TAKES_JSON = frozenset(
    {"chat.postMessage", "chat.update", "chat.delete", "chat.postEphemeral", "views.open", "views.update"}
    | {"views.publish", "assistant.threads.setSuggestedPrompts"}
)


class DeliveryError(Exception):
    """A message that Slack has not confirmed.

    `retry_after_seconds` is None when no retry can help; `may_be_stored` tells whether Slack may have taken it all the
    same, so that a retry must look first.
    """

    def __init__(self, why: str, retry_after_seconds: float | None, may_be_stored: bool = False) -> None:
        super().__init__(why)
        self.retry_after_seconds = retry_after_seconds
        self.may_be_stored = may_be_stored


@dataclass(frozen=True)
class Posted:
    """Where Slack stored a message."""

    channel: str
    ts: str


class Messenger:
    """The only way out to Slack. `settle_seconds`: how long an unconfirmed message may still be on its way."""

    def __init__(self, client: WebClient, settle_seconds: float) -> None:
        self._client = client  # built with retry_handlers=[]: the SDK would post twice after a lost connection
        self._settle_seconds = settle_seconds
        self._direct: dict[str, str] = {}

    def direct_channel(self, user: str) -> str:
        """The id of the bot's DM with a person. Raises DeliveryError."""
        if user not in self._direct:
            opened = self._call("conversations.open", users=user)
            self._direct[user] = opened["channel"]["id"]
        return self._direct[user]

    def post(self, channel: str, thread: str, key: str, message: Message) -> Posted:
        """Post once, marked with `key`. Raises DeliveryError."""
        metadata = {"event_type": METADATA_TYPE, "event_payload": {"key": key}}
        stored = self._call(
            "chat.postMessage",
            channel=channel,
            text=message.text,
            blocks=message.blocks,
            metadata=metadata,
            unfurl_links=False,
            unfurl_media=False,
            **({"thread_ts": thread} if thread else {}),
        )
        return Posted(stored["channel"], stored["ts"])

    def find(self, channel: str, thread: str, key: str, since: float) -> Posted | None:
        """The message posted under `key` since then (seconds since 1970), if Slack has it. Raises DeliveryError."""
        for found in self._messages(channel, thread, since):
            if found.get("metadata", {}).get("event_payload", {}).get("key") == key:
                return Posted(channel, found["ts"])
        return None

    def _messages(self, channel: str, thread: str, since: float) -> Iterator[Json]:
        method = "conversations.replies" if thread else "conversations.history"
        where = {"ts": thread} if thread else {}
        cursor = ""
        while True:
            page = self._call(
                method,
                channel=channel,
                oldest=f"{since:.6f}",
                include_all_metadata=True,
                limit=200,
                **where,
                **({"cursor": cursor} if cursor else {}),
            )
            yield from page["messages"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Put `message` in the place of an earlier one. Safe to repeat. Raises DeliveryError.

        The blocks stay whole; the text is cut where Slack would refuse it (it takes 40,000 characters in a post).
        """
        text = message.text if len(message.text) <= UPDATE_TEXT_LIMIT else message.text[: UPDATE_TEXT_LIMIT - 1] + "…"
        self._call("chat.update", channel=channel, ts=ts, text=text, blocks=message.blocks)

    def delete(self, channel: str, ts: str) -> None:
        """Take away one of the bot's own messages. Raises DeliveryError, also when it is gone already."""
        self._call("chat.delete", channel=channel, ts=ts)

    def publish_home(self, user: str, view: Json) -> None:
        """Show `view` in the person's Home tab. Raises DeliveryError."""
        self._call("views.publish", user_id=user, view=view)

    def suggest_prompts(self, channel: str, title: str, prompts: list[Json]) -> None:
        """Offer beginnings (title, message; at most 4) in the bot's DM. Raises DeliveryError."""
        self._call("assistant.threads.setSuggestedPrompts", channel_id=channel, title=title, prompts=prompts)

    def whisper(self, channel: str, user: str, text: str) -> None:
        """A note only `user` sees, if they are there. For hints only: it leaves no history. Raises DeliveryError."""
        self._call("chat.postEphemeral", channel=channel, user=user, text=text)

    def open_view(self, trigger_id: str, view: Json) -> str:
        """Open a modal and return its id. Raises DeliveryError, also when the trigger (3 s, one use) has expired."""
        return str(self._call("views.open", trigger_id=trigger_id, view=view)["view"]["id"])

    def update_view(self, view_id: str, view: Json) -> None:
        """Show `view` in an open modal. Raises DeliveryError."""
        self._call("views.update", view_id=view_id, view=view)

    def link_to(self, channel: str, ts: str) -> str:
        """The address of a message, "" when Slack gives none."""
        try:
            return str(self._call("chat.getPermalink", channel=channel, message_ts=ts)["permalink"])
        except DeliveryError:
            return ""

    def respond(self, response_url: str, message: Message, *, replace: bool = False, delete: bool = False) -> bool:
        """Answer a command or a press at its response_url, to that person only. False when it was not taken."""
        try:
            webhook = WebhookClient(response_url, timeout=3, retry_handlers=[])
            if delete:
                return webhook.send(delete_original=True).status_code == 200
            reply = webhook.send(
                text=message.text,
                blocks=message.blocks or None,
                response_type="ephemeral",
                replace_original=replace,
            )
            return reply.status_code == 200
        except (SlackClientError, OSError, http.client.HTTPException, ValueError):
            return False

    def _call(self, method: str, **arguments: Any) -> Any:
        try:
            if method in _TAKES_JSON:
                return self._client.api_call(method, json=arguments)
            return self._client.api_call(method, params=arguments)
        except SlackApiError as error:
            raise self._meaning(method, error) from None
        except URLError as error:
            raise self._unreachable(method, error.reason) from None
        except (SlackClientError, OSError, http.client.HTTPException, ValueError) as error:
            raise self._unconfirmed(f"{method}: {type(error).__name__}") from None

    def _meaning(self, method: str, error: SlackApiError) -> DeliveryError:
        response = error.response
        status, code = getattr(response, "status_code", 500), response.get("error") if response else None
        if status == 429 or code == "ratelimited":
            headers = {k.lower(): v for k, v in response.headers.items()}
            return DeliveryError(f"{method}: ratelimited", float(headers.get("retry-after", 1)))
        if code and " " in code:
            code = None  # the SDK's own words about a body that is not Slack's, e.g. a proxy's page
        if status >= 500 or not code or code in _SLACK_IS_UNWELL:
            return self._unconfirmed(f"{method}: {code or status}")
        return DeliveryError(f"{method}: {code}", None)

    def _unreachable(self, method: str, reason: object) -> DeliveryError:
        if isinstance(reason, ConnectionRefusedError):
            return DeliveryError(f"{method}: connection refused", 1.0)
        return self._unconfirmed(f"{method}: {type(reason).__name__}")

    def _unconfirmed(self, why: str) -> DeliveryError:
        return DeliveryError(why, self._settle_seconds, may_be_stored=True)
