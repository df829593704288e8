"""Every Web API method served, called with good and bad arguments: Slack's documented result or error code.

The table below is read by eye: a method, its arguments, what Slack gives, and the page that says so. Most rows rest
on the method's own page, which lists its errors and those common to every method.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.workspace.methods import METHODS
from tests.workspace.driver import BOT, SEED, BareApp, Clock, People

Json = dict[str, Any]
OK = "ok"
BLOCK_KIT = "reference/block-kit/blocks"


@dataclass(frozen=True)
class Row:
    """One call. `{names}` in its arguments stand for what the workspace holds; `gives` are fields of the answer
    that Slack documents. `token` takes the place of the right one."""

    method: str
    given: Json
    expected: str
    gives: tuple[str, ...] = ()
    page: str = ""
    token: str | None = None

    @property
    def source(self) -> str:
        return f"https://docs.slack.dev/{self.page or f'reference/methods/{self.method}'}"

    @property
    def title(self) -> str:
        shown = json.dumps(self.given) if self.token is None else f"token {self.token or 'left out'}"
        return f"{self.method} {shown[:60]} -> {self.expected}"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(**more: Any) -> Json:
    return {"type": "button", "action_id": "go", "text": plain("Go"), **more}


def actions(*elements: Json) -> list[Json]:
    return [{"type": "actions", "elements": list(elements)}]


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain("Title"), "blocks": [section("words")], **more}


def home(**more: Any) -> Json:
    return {"type": "home", "blocks": [section("words")], **more}


HELP = {"channel": "{help}"}
OWN = {"channel": "{help}", "ts": "{own}"}
ON_OWN = {"channel": "{help}", "timestamp": "{own}"}
THREAD = {"channel_id": "{help}", "thread_ts": "{theirs}"}
PROMPT = {"title": "Driving", "message": "When may I drive?"}
NOWHERE, NOBODY, NEVER = "C0NOWHERE", "U0NOBODY", "1000000000.000001"

SAYING = [
    Row("chat.postMessage", {**HELP, "text": "hello"}, OK, ("channel", "ts", "message")),
    Row("chat.postMessage", {"channel": "{ann}", "text": "to a person"}, OK, ("channel", "ts")),
    Row("chat.postMessage", {**HELP, "text": "reply", "thread_ts": "{theirs}"}, OK, ("ts",)),
    Row("chat.postMessage", {**HELP, "text": "x", "thread_ts": "{theirs}", "reply_broadcast": True}, OK),
    Row("chat.postMessage", {**HELP, "blocks": [section("words")], "text": "words"}, OK, ("message",)),
    Row("chat.postMessage", {**HELP, "markdown_text": "**bold**"}, OK),
    Row("chat.postMessage", {**HELP}, "no_text"),
    Row("chat.postMessage", {**HELP, "text": ""}, "no_text"),
    Row("chat.postMessage", {"text": "x"}, "channel_not_found"),
    Row("chat.postMessage", {"channel": NOWHERE, "text": "x"}, "channel_not_found"),
    Row("chat.postMessage", {"channel": "{secret}", "text": "x"}, "channel_not_found"),
    Row("chat.postMessage", {"channel": "{lounge}", "text": "x"}, "not_in_channel"),
    Row("chat.postMessage", {**HELP, "text": "x", "thread_ts": "{reply}"}, "cannot_reply_to_message"),
    Row("chat.postMessage", {**HELP, "text": "x", "blocks": "[{"}, "invalid_blocks_format"),
    Row("chat.postMessage", {**HELP, "text": "x", "blocks": [{"type": "hologram"}]}, "invalid_blocks"),
    Row("chat.postMessage", {**HELP, "text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
    Row("chat.postMessage", {**HELP, "text": "x", "metadata": "{"}, "invalid_metadata_format"),
    Row("chat.postMessage", {**HELP, "text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_schema"),
    Row("chat.postMessage", {**HELP, "text": "x", "blocks": [section("w" * 2900)] * 6}, "msg_blocks_too_long"),
    Row("chat.update", {**OWN, "text": "changed"}, OK, ("channel", "ts", "text", "message")),
    Row("chat.update", {**OWN, "text": "changed", "blocks": [section("changed")]}, OK),
    Row("chat.update", {**OWN}, "no_text"),
    Row("chat.update", {**OWN, "text": "w" * 4001}, "msg_too_long"),
    Row("chat.update", {**OWN, "text": "x", "channel": NOWHERE}, "channel_not_found"),
    Row("chat.update", {**OWN, "text": "x", "ts": NEVER}, "message_not_found"),
    Row("chat.update", {**OWN, "text": "x", "ts": "{theirs}"}, "cant_update_message"),
    Row("chat.update", {**OWN, "text": "x", "blocks": [{"type": "hologram"}]}, "invalid_blocks"),
    Row("chat.delete", {**OWN}, OK, ("channel", "ts")),
    Row("chat.delete", {**OWN, "channel": NOWHERE}, "channel_not_found"),
    Row("chat.delete", {**OWN, "ts": NEVER}, "message_not_found"),
    Row("chat.delete", {**OWN, "ts": "{theirs}"}, "cant_delete_message"),
    Row("chat.postEphemeral", {**HELP, "user": "{ann}", "text": "psst"}, OK, ("message_ts",)),
    Row("chat.postEphemeral", {**HELP, "user": "{guest}", "text": "psst"}, "user_not_in_channel"),
    Row("chat.postEphemeral", {**HELP, "user": "{ann}"}, "no_text"),
    Row("chat.postEphemeral", {"channel": "{lounge}", "user": "{ann}", "text": "x"}, "not_in_channel"),
    Row("chat.postEphemeral", {"channel": NOWHERE, "user": "{ann}", "text": "x"}, "channel_not_found"),
    Row("chat.getPermalink", {**HELP, "message_ts": "{own}"}, OK, ("channel", "permalink")),
    Row("chat.getPermalink", {**HELP, "message_ts": NEVER}, "message_not_found"),
    Row("chat.getPermalink", {"channel": NOWHERE, "message_ts": "{own}"}, "channel_not_found"),
]

BLOCKS = [
    Row(
        "chat.postMessage",
        {**HELP, "text": "x", "blocks": blocks},
        expected,
        page=f"{BLOCK_KIT}/{page}",
    )
    for blocks, expected, page in [
        ([section("w" * 3000)], OK, "section-block"),
        ([section("w" * 3001)], "invalid_blocks", "section-block"),
        ([section("")], "invalid_blocks", "section-block"),
        ([{"type": "divider"}] * 50, OK, ""),
        ([{"type": "divider"}] * 51, "invalid_blocks", ""),
        ([section("w", block_id="b"), section("w", block_id="b")], "invalid_blocks", ""),
        ([{"type": "header", "text": plain("w" * 150)}], OK, "header-block"),
        ([{"type": "header", "text": plain("w" * 151)}], "invalid_blocks", "header-block"),
        ([{"type": "context", "elements": [plain("w")] * 10}], OK, "context-block"),
        ([{"type": "context", "elements": [plain("w")] * 11}], "invalid_blocks", "context-block"),
        (actions(*[button(action_id=f"a{n}") for n in range(25)]), OK, "actions-block"),
        (actions(*[button(action_id=f"a{n}") for n in range(26)]), "invalid_blocks", "actions-block"),
        (actions(button(text=plain("w" * 76))), "invalid_blocks", "actions-block"),
        (actions(button(value="w" * 2001)), "invalid_blocks", "actions-block"),
        (actions(button(action_id="w" * 256)), "invalid_blocks", "actions-block"),
        ([{"type": "markdown", "text": "w" * 12_000}], OK, "markdown-block"),
        ([{"type": "markdown", "text": "w" * 12_001}], "invalid_blocks", "markdown-block"),
    ]
]

CONVERSATIONS = [
    Row("conversations.history", {**HELP}, OK, ("messages", "has_more")),
    Row(
        "conversations.history",
        {**HELP, "limit": 1, "latest": "{own}", "inclusive": True},
        OK,
        ("messages", "has_more", "response_metadata"),
    ),
    Row("conversations.history", {"channel": "{lounge}"}, "not_in_channel"),
    Row("conversations.history", {"channel": NOWHERE}, "channel_not_found"),
    Row("conversations.history", {**HELP, "cursor": "???"}, "invalid_cursor"),
    Row("conversations.history", {**HELP, "oldest": "long ago"}, "invalid_ts_oldest"),
    Row("conversations.history", {**HELP, "latest": "just now"}, "invalid_ts_latest"),
    Row("conversations.replies", {**HELP, "ts": "{theirs}"}, OK, ("messages", "has_more")),
    Row("conversations.replies", {**HELP, "ts": NEVER}, "thread_not_found"),
    Row("conversations.replies", {**HELP}, "thread_not_found"),
    Row("conversations.replies", {"channel": NOWHERE, "ts": "{theirs}"}, "channel_not_found"),
    Row("conversations.replies", {**HELP, "ts": "{theirs}", "cursor": "???"}, "invalid_cursor"),
    Row("conversations.info", {**HELP}, OK, ("channel",)),
    Row("conversations.info", {"channel": NOWHERE}, "channel_not_found"),
    Row("conversations.info", {"channel": "{secret}"}, "channel_not_found"),
    Row("conversations.list", {"types": "public_channel,private_channel,im,mpim"}, OK, ("channels",)),
    Row("conversations.list", {"types": "secret_channel"}, "invalid_types"),
    Row("conversations.list", {"limit": "many"}, "invalid_limit"),
    Row("conversations.list", {"cursor": "???"}, "invalid_cursor"),
    Row("conversations.members", {**HELP}, OK, ("members", "response_metadata")),
    Row("conversations.members", {"channel": NOWHERE}, "channel_not_found"),
    Row("conversations.members", {**HELP, "limit": "many"}, "invalid_limit"),
    Row("conversations.open", {"users": "{ann}"}, OK, ("channel",)),
    Row("conversations.open", {"users": "{ann},{ben}"}, OK, ("channel",)),
    Row("conversations.open", {"channel": "{dm}"}, OK, ("channel",)),
    Row("conversations.open", {}, "users_list_not_supplied"),
    Row("conversations.open", {"users": NOBODY}, "user_not_found"),
    Row("conversations.open", {"users": ",".join(["{ann}"] * 9)}, "too_many_users"),
    Row("conversations.open", {**HELP}, "method_not_supported_for_channel_type"),
    Row("conversations.join", {"channel": "{lounge}"}, OK, ("channel",)),
    Row("conversations.join", {**HELP}, OK, ("channel", "warning", "response_metadata")),
    Row("conversations.join", {"channel": "{secret}"}, "channel_not_found"),
    Row("conversations.join", {"channel": "{desk}"}, "method_not_supported_for_channel_type"),
    Row("conversations.invite", {**HELP, "users": "{guest}"}, OK, ("channel",)),
    Row("conversations.invite", {**HELP, "users": "{ann}"}, "already_in_channel"),
    Row("conversations.invite", {**HELP, "users": "{bot}"}, "cant_invite_self"),
    Row("conversations.invite", {**HELP, "users": NOBODY}, "user_not_found"),
    Row("conversations.invite", {**HELP}, "no_user"),
    Row("conversations.invite", {"channel": "{lounge}", "users": "{guest}"}, "not_in_channel"),
    Row("conversations.invite", {"channel": "{dm}", "users": "{ben}"}, "method_not_supported_for_channel_type"),
    Row("conversations.setTopic", {**HELP, "topic": "Tea"}, OK, ("channel",)),
    Row("conversations.setTopic", {**HELP, "topic": "w" * 251}, "too_long"),
    Row("conversations.setTopic", {"channel": "{lounge}", "topic": "Tea"}, "not_in_channel"),
    Row("conversations.setTopic", {"channel": NOWHERE, "topic": "Tea"}, "channel_not_found"),
]

REACTIONS = [
    Row("reactions.add", {**ON_OWN, "name": "eyes"}, OK),
    Row("reactions.add", {**ON_OWN, "name": "thumbsup"}, "already_reacted"),
    Row("reactions.add", {**ON_OWN, "name": "no such name"}, "invalid_name"),
    Row("reactions.add", {**HELP, "name": "eyes"}, "no_item_specified"),
    Row("reactions.add", {**ON_OWN, "name": "eyes", "timestamp": NEVER}, "message_not_found"),
    Row("reactions.add", {**ON_OWN, "name": "eyes", "timestamp": "yesterday"}, "bad_timestamp"),
    Row("reactions.add", {**ON_OWN, "name": "eyes", "channel": NOWHERE}, "channel_not_found"),
    Row("reactions.remove", {**ON_OWN, "name": "thumbsup"}, OK),
    Row("reactions.remove", {**ON_OWN, "name": "eyes"}, "no_reaction"),
    Row("reactions.remove", {**ON_OWN, "name": ""}, "invalid_name"),
    Row("reactions.remove", {"name": "eyes"}, "no_item_specified"),
    Row("reactions.get", {**ON_OWN}, OK, ("type", "channel", "message")),
    Row("reactions.get", {**ON_OWN, "timestamp": NEVER}, "message_not_found"),
    Row("reactions.get", {}, "no_item_specified"),
]

VIEWS = [
    Row("views.open", {"trigger_id": "{trigger}", "view": modal()}, OK, ("view",)),
    Row("views.open", {"trigger_id": "{used}", "view": modal()}, "exchanged_trigger_id"),
    Row("views.open", {"trigger_id": "{expired}", "view": modal()}, "expired_trigger_id"),
    Row("views.open", {"trigger_id": "1.2.abc", "view": modal()}, "invalid_trigger_id"),
    Row("views.open", {"view": modal()}, "invalid_arguments"),
    Row("views.open", {"trigger_id": "{trigger}"}, "invalid_arguments"),
    Row("views.open", {"trigger_id": "{trigger}", "view": modal(title=plain("w" * 25))}, "invalid_arguments"),
    Row("views.open", {"trigger_id": "{trigger}", "view": modal(private_metadata="w" * 3001)}, "invalid_arguments"),
    Row("views.open", {"trigger_id": "{trigger}", "view": modal(blocks=[section("w")] * 101)}, "invalid_arguments"),
    Row("views.open", {"trigger_id": "{trigger}", "view": home()}, "invalid_arguments"),
    Row("views.open", {"trigger_id": "{trigger}", "view": modal(blocks=[section("w" * 2999)] * 90)}, "view_too_large"),
    Row("views.open", {"trigger_id": "{trigger}", "view": modal(external_id="mine")}, OK, ("view",)),
    Row("views.push", {"trigger_id": "{trigger_in_view}", "view": modal()}, OK, ("view",)),
    Row("views.push", {"trigger_id": "{used}", "view": modal()}, "exchanged_trigger_id"),
    Row("views.push", {"trigger_id": "{expired}", "view": modal()}, "expired_trigger_id"),
    Row("views.push", {"trigger_id": "1.2.abc", "view": modal()}, "invalid_trigger_id"),
    Row("views.push", {"trigger_id": "{trigger}", "view": modal()}, "not_found"),
    Row("views.update", {"view_id": "{view}", "view": modal()}, OK, ("view",)),
    Row("views.update", {"external_id": "known", "view": modal()}, OK, ("view",)),
    Row("views.update", {"view_id": "V0NOWHERE", "view": modal()}, "not_found"),
    Row("views.update", {"view_id": "{view}", "view": modal(), "hash": "1.old"}, "hash_conflict"),
    Row("views.update", {"view": modal()}, "invalid_arguments"),
    Row("views.publish", {"user_id": "{ann}", "view": home()}, OK, ("view",)),
    Row("views.publish", {"user_id": NOBODY, "view": home()}, "invalid_arguments"),
    Row("views.publish", {"user_id": "{ann}", "view": modal()}, "invalid_arguments"),
    Row("views.publish", {"user_id": "{mod}", "view": home(), "hash": "1.old"}, "hash_conflict"),
    Row("views.publish", {"user_id": "{ann}", "view": home(external_id="taken")}, "duplicate_external_id"),
    Row("views.publish", {"user_id": "{ann}", "view": home(blocks=[section("w" * 2999)] * 90)}, "view_too_large"),
]

PEOPLE = [
    Row("auth.test", {}, OK, ("url", "team", "user", "team_id", "user_id", "bot_id")),
    Row("bots.info", {"bot": "{bot_id}"}, OK, ("bot",)),
    Row("bots.info", {"bot": "B0NOBODY"}, "bot_not_found"),
    Row("team.info", {}, OK, ("team",)),
    Row("team.info", {"team": "T0NOWHERE"}, "team_not_found"),
    Row("users.info", {"user": "{ann}"}, OK, ("user",)),
    Row("users.info", {"user": NOBODY}, "user_not_found"),
    Row("users.info", {}, "user_not_found"),
    Row("users.list", {}, OK, ("members", "cache_ts", "response_metadata")),
    Row("users.list", {"cursor": "???"}, "invalid_cursor"),
    Row("usergroups.list", {"include_users": True}, OK, ("usergroups",)),
    Row("usergroups.users.list", {"usergroup": "{usergroup}"}, OK, ("users",)),
    Row("usergroups.users.list", {"usergroup": "S0NOBODY"}, "no_such_subteam"),
    Row("assistant.threads.setStatus", {**THREAD, "status": "is looking"}, OK),
    Row("assistant.threads.setStatus", {**THREAD, "status": ""}, OK),
    Row("assistant.threads.setStatus", {**THREAD, "status": "x", "channel_id": NOWHERE}, "channel_not_found"),
    Row("assistant.threads.setStatus", {**THREAD, "status": "x", "thread_ts": NEVER}, "invalid_thread_ts"),
    Row("assistant.threads.setStatus", {**THREAD}, "invalid_arguments"),
    Row("assistant.threads.setSuggestedPrompts", {**THREAD, "prompts": [PROMPT] * 4}, OK),
    Row("assistant.threads.setSuggestedPrompts", {"channel_id": "{dm}", "prompts": [PROMPT]}, OK),
    Row(
        "assistant.threads.setSuggestedPrompts",
        {**THREAD, "prompts": [PROMPT] * 5},
        "invalid_arguments",
    ),
    Row("assistant.threads.setSuggestedPrompts", {**THREAD}, "invalid_arguments"),
    Row(
        "assistant.threads.setSuggestedPrompts",
        {"channel_id": NOWHERE, "prompts": [PROMPT]},
        "channel_not_found",
    ),
]

ACCESS = [
    Row("apps.connections.open", {}, OK, ("url",), token=SEED.app.app_token),
    Row("apps.connections.open", {}, "not_allowed_token_type", token=SEED.app.bot_token),
    Row("auth.test", {}, "not_authed", token=""),
    Row("auth.test", {}, "invalid_auth", token="xoxb-wrong"),
    Row("auth.test", {}, "not_allowed_token_type", token=SEED.app.app_token),
    Row("chat.postMessage", {**HELP, "text": "x"}, "invalid_auth", token="xoxb-wrong"),
    Row("usergroups.list", {}, "invalid_auth", token="xoxb-wrong"),
    Row("chat.fly", {}, "unknown_method"),
]

TABLE = [*SAYING, *BLOCKS, *CONVERSATIONS, *REACTIONS, *VIEWS, *PEOPLE, *ACCESS]


_NAME = re.compile(r"\{(\w+)\}")


@dataclass
class Names:
    """What the names in a row stand for, looked up or made when a row needs it."""

    client: WebClient
    people: People
    clock: Clock
    open_app: Callable[[], BareApp]
    known: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        if name not in self.known:
            make = getattr(self, f"_{name}", None)
            self.known[name] = str(make() if make else self.people[BOT if name == "bot" else name])
        return self.known[name]

    def filled(self, given: Any) -> Any:
        """The arguments with every {name} replaced."""
        if isinstance(given, dict):
            return {key: self.filled(value) for key, value in given.items()}
        if isinstance(given, list):
            return [self.filled(value) for value in given]
        return _NAME.sub(lambda found: self[found[1]], given) if isinstance(given, str) else given

    def _own(self) -> Any:
        """A message of the bot, with one emoji of its own under it."""
        ts = self.client.chat_postMessage(channel=self["help"], text="mine")["ts"]
        self.client.reactions_add(channel=self["help"], timestamp=ts, name="thumbsup")
        return ts

    def _theirs(self) -> Any:
        return self.people.say("theirs")["ts"]

    def _reply(self) -> Any:
        reply = self.client.chat_postMessage(channel=self["help"], text="reply", thread_ts=self["theirs"])
        return reply["ts"]

    def _dm(self) -> Any:
        return self.client.conversations_open(users=self["ann"])["channel"]["id"]

    def _bot_id(self) -> Any:
        return self.client.auth_test()["bot_id"]

    def _usergroup(self) -> Any:
        return self.client.usergroups_list()["usergroups"][0]["id"]

    def _trigger(self) -> Any:
        app = self.open_app()
        self.people.begin("command", channel="help", user="ann", command="/ask", text="")
        return app.take("slash_commands")["trigger_id"]

    def _used(self) -> Any:
        trigger_id = self._trigger()
        self.client.views_open(trigger_id=trigger_id, view=modal())
        return trigger_id

    def _expired(self) -> Any:
        trigger_id = self._trigger()
        self.clock.ahead_seconds += 3.1
        return trigger_id

    def _view(self) -> Any:
        opened = modal(external_id="known", blocks=actions(button()))
        return self.client.views_open(trigger_id=self._trigger(), view=opened)["view"]["id"]

    def _trigger_in_view(self) -> Any:
        self.people.begin("interact", user="ann", viewId=self["view"], action={"action_id": "go"})
        return self.open_app().take("interactive")["trigger_id"]


@pytest.fixture
def names(client: WebClient, people: People, clock: Clock, request: pytest.FixtureRequest) -> Names:
    def open_app() -> BareApp:
        app: BareApp = request.getfixturevalue("app")
        return app

    return Names(client, people, clock, open_app)


def answered(client: WebClient, row: Row, given: Json) -> SlackResponse | Json:
    caller = client if row.token is None else WebClient(row.token or None, base_url=client.base_url)
    try:
        return caller.api_call(row.method, json=given)
    except SlackApiError as refused:
        return dict(refused.response.data)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.title)
def test_a_call_is_answered_as_slack_documents(row: Row, client: WebClient, names: Names) -> None:
    if "known" in row.given.values():
        names["view"]
    if row.expected in ("hash_conflict", "duplicate_external_id"):
        client.views_publish(user_id=names["mod"], view=home(external_id="taken"))
    answer = answered(client, row, names.filled(row.given))
    assert answer["ok"] is (row.expected == OK)
    assert answer.get("error", OK) == row.expected, row.source
    assert all(answer.get(name) is not None for name in row.gives), row.source


def test_the_table_is_long_enough_and_has_every_method_both_ways() -> None:
    assert len(TABLE) >= 80
    fine = {row.method for row in TABLE if row.expected == OK}
    refused = {row.method for row in TABLE if row.expected != OK}
    assert fine == set(METHODS)
    assert refused >= set(METHODS)
