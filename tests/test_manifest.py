"""The manifest: valid for Slack, and holding every event, command, shortcut and scope that the code uses, no more."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest
import yaml
from slack_bolt import App
from slack_sdk import WebClient

from bot import demo
from bot.app import Bot
from bot.asking import Asking
from bot.config import REPOSITORY, ConfigError
from bot.encoder import Encoder
from bot.knowledge_files import load
from bot.listeners import messages, register
from bot.manifest import FILE, manifest, request_url
from bot.workflows.meaning import Meaning
from bot.workflows.reception import Reception
from tests.program import Program
from tests.town import KNOWLEDGE, PEOPLE, Town, rest

Json = dict[str, Any]
SCHEMA = REPOSITORY.parent / "shared" / "slack" / "manifest.schema.2.0.0.json"
SOCKET: Json = yaml.safe_load(FILE.read_text())
ADDRESS = "https://bot.example.org"
HTTP: Json = yaml.safe_load(manifest(ADDRESS))

KINDS_OF_MESSAGE = {"message.channels", "message.groups", "message.im", "message.mpim"}
HISTORY = {"channels:history", "groups:history", "im:history", "mpim:history"}

SCOPES_OF_EVENTS: dict[str, set[str]] = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "message": HISTORY,
}
"""As on each event's page under docs.slack.dev/reference/events, for the conversations the bot may be in."""

SCOPES_OF_METHODS: dict[str, set[str]] = {
    "assistant.threads.setStatus": {"assistant:write"},
    "assistant.threads.setSuggestedPrompts": {"assistant:write"},
    "auth.test": set(),
    "chat.delete": {"chat:write"},
    "chat.getPermalink": set(),
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": HISTORY,
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.list": {"channels:read", "groups:read"},
    "conversations.members": {"channels:read", "groups:read"},
    "conversations.open": {"im:write"},
    "conversations.replies": HISTORY,
    "reactions.add": {"reactions:write"},
    "usergroups.list": {"usergroups:read"},
    "usergroups.users.list": {"usergroups:read"},
    "users.info": {"users:read"},
    "views.open": set(),
    "views.publish": set(),
    "views.push": set(),
    "views.update": set(),
}
"""As on each method's page under docs.slack.dev/reference/methods."""

SCOPES_OF_FEATURES = {"agent_view": {"assistant:write"}, "slash_commands": {"commands"}, "shortcuts": {"commands"}}
A_METHOD = re.compile(
    r"(api|apps|assistant|auth|chat|conversations|files|reactions|team|usergroups|users|views)\.[\w.]+"
)


# --- what the code uses


class Registered(App):
    """An app that notes what listeners are registered for."""

    def __init__(self) -> None:
        super().__init__(client=WebClient("xoxb-1"), signing_secret="secret", token_verification_enabled=False)
        self.events: set[str] = set()
        self.commands: set[str] = set()
        self.shortcuts: set[tuple[str, str]] = set()

    def event(self, event: Any, *args: Any, **more: Any) -> Any:
        if isinstance(event, str):  # the catch-all is a pattern
            self.events.add(event)
        return super().event(event, *args, **more)

    def command(self, command: Any, *args: Any, **more: Any) -> Any:
        self.commands.add(command)
        return super().command(command, *args, **more)

    def message_shortcut(self, callback_id: Any, *args: Any, **more: Any) -> Any:
        self.shortcuts.add(("message", callback_id))
        return super().message_shortcut(callback_id, *args, **more)

    def global_shortcut(self, callback_id: Any, *args: Any, **more: Any) -> Any:
        self.shortcuts.add(("global", callback_id))
        return super().global_shortcut(callback_id, *args, **more)

    def shortcut(self, constraints: Any, *args: Any, **more: Any) -> Any:
        self.shortcuts.add(("either", constraints))  # the manifest has to say which: so must the code
        return super().shortcut(constraints, *args, **more)


@pytest.fixture(scope="module")
def registered() -> Registered:
    app = Registered()
    register(app, cast(Reception, None))  # registering calls nothing of it
    return app


def methods_called() -> set[str]:
    """Each Web API method that the bot's code names, as a string or as a call of the SDK."""
    of_the_sdk = {name.lower().replace(".", "_"): name for name in SCOPES_OF_METHODS}
    found: set[str] = set()
    for node in nodes_of_the_code():
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and A_METHOD.fullmatch(node.value):
            found.add(node.value)
        if isinstance(node, ast.Attribute) and node.attr.lower() in of_the_sdk:
            found.add(of_the_sdk[node.attr.lower()])
    return found


def nodes_of_the_code() -> Iterator[ast.AST]:
    for folder in ("slack", "listeners", "workflows"):
        for path in (REPOSITORY / "bot" / folder).rglob("*.py"):
            yield from ast.walk(ast.parse(path.read_text()))


def events_of(declared: Json) -> set[str]:
    return set(declared["settings"]["event_subscriptions"]["bot_events"])


def scopes_of(declared: Json) -> list[str]:
    return list(declared["oauth_config"]["scopes"]["bot"])


# --- the manifest holds what the code uses, and no more


def test_every_event_with_a_listener_is_subscribed_to_and_no_other(registered: Registered) -> None:
    used = {*registered.events, *messages.EVENTS}
    assert events_of(SOCKET) == {event for event in used if event != "message"} | KINDS_OF_MESSAGE


def test_every_command_is_declared_and_no_other(registered: Registered) -> None:
    assert {c["command"] for c in SOCKET["features"]["slash_commands"]} == registered.commands


def test_every_shortcut_is_declared_with_its_kind_and_no_other(registered: Registered) -> None:
    assert {(s["type"], s["callback_id"]) for s in SOCKET["features"]["shortcuts"]} == registered.shortcuts


def test_every_scope_is_needed_and_every_needed_scope_is_there(registered: Registered) -> None:
    used = {*registered.events, *messages.EVENTS}
    needed = {scope for event in used for scope in SCOPES_OF_EVENTS[event]}
    needed |= {scope for method in methods_called() for scope in SCOPES_OF_METHODS[method]}
    needed |= {s for feature, scopes in SCOPES_OF_FEATURES.items() if feature in SOCKET["features"] for s in scopes}
    assert scopes_of(SOCKET) == sorted(needed)


def test_the_calls_of_the_code_are_seen() -> None:
    assert {"auth.test", "chat.postMessage", "conversations.list", "views.open"} <= methods_called()


def test_the_demo_offers_what_the_manifest_declares() -> None:
    app, features = demo.seed().app, SOCKET["features"]
    assert [c.command for c in app.commands] == [c["command"] for c in features["slash_commands"]]
    assert [(s.name, s.callback_id) for s in app.shortcuts] == [
        (s["name"], s["callback_id"]) for s in features["shortcuts"]
    ]


@pytest.mark.parametrize("prompt", SOCKET["features"]["agent_view"]["suggested_prompts"], ids=lambda p: p["title"])
def test_each_suggested_prompt_has_a_curated_answer(prompt: Json, meaning: Meaning, encoder: Encoder) -> None:
    asked = Asking(load(KNOWLEDGE), datetime.now(UTC), meaning).as_json(prompt["message"])
    assert asked["action"] == "answer"


def test_nothing_is_asked_of_a_persons_own_account() -> None:
    assert set(SOCKET["oauth_config"]["scopes"]) == {"bot"}
    assert "user_events" not in SOCKET["settings"]["event_subscriptions"]


@pytest.mark.parametrize("kind", ["channel", "group", "im", "mpim"])
def test_messages_of_each_kind_of_conversation_are_listened_to(town: Town, bot: Bot, kind: str) -> None:
    where = town.dm("patient-a") if kind == "im" else town.channels["general"]
    ts = "1700000000.000100"
    patient = town.users[PEOPLE[0]]
    town.event(type="message", channel=where, channel_type=kind, user=patient, ts=ts, text="I have crushing chest pain")
    rest(bot)
    assert town.cards()


# --- Slack takes it


@pytest.mark.skipif(
    not SCHEMA.exists(), reason=f"Slack's public schema is not at ../{SCHEMA.relative_to(REPOSITORY.parent)}"
)
@pytest.mark.parametrize("declared", [SOCKET, HTTP], ids=["socket", "http"])
def test_the_manifest_is_valid_by_slacks_schema(declared: Json) -> None:
    schema = json.loads(SCHEMA.read_text())
    validator = jsonschema.Draft7Validator(schema)
    assert [f"{list(e.path)}: {e.message}" for e in validator.iter_errors(declared)] == []
    assert list(validator.iter_errors({**declared, "surprise": 1}))


def test_the_lengths_are_within_slacks_limits() -> None:
    assert len(SOCKET["display_information"]["name"]) <= 35
    assert len(SOCKET["display_information"]["description"]) <= 140
    assert all(len(s["name"]) <= 24 for s in SOCKET["features"]["shortcuts"])
    assert len(SOCKET["features"]["agent_view"]["suggested_prompts"]) <= 4


# --- Socket Mode, HTTP


def test_the_file_is_for_socket_mode_and_names_no_address() -> None:
    assert SOCKET["settings"]["socket_mode_enabled"] is True
    assert manifest() == FILE.read_text()
    assert "url:" not in manifest()


def test_over_http_events_presses_shortcuts_and_commands_have_the_address() -> None:
    url = f"{ADDRESS}/slack/events"
    settings = HTTP["settings"]
    assert settings["socket_mode_enabled"] is False
    assert settings["event_subscriptions"]["request_url"] == settings["interactivity"]["request_url"] == url
    assert {command["url"] for command in HTTP["features"]["slash_commands"]} == {url}


def test_over_http_nothing_else_is_different() -> None:
    without = json.loads(json.dumps(HTTP))
    del without["settings"]["event_subscriptions"]["request_url"], without["settings"]["interactivity"]["request_url"]
    for command in without["features"]["slash_commands"]:
        del command["url"]
    without["settings"]["socket_mode_enabled"] = True
    assert without == SOCKET


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("https://bot.example.org", "https://bot.example.org/slack/events"),
        ("https://bot.example.org/", "https://bot.example.org/slack/events"),
        ("https://bot.example.org:8443/support/", "https://bot.example.org:8443/support/slack/events"),
        ("https://bot.example.org/slack/events", "https://bot.example.org/slack/events"),
    ],
)
def test_the_address_may_be_written_with_or_without_its_path(address: str, url: str) -> None:
    assert request_url(address) == url


@pytest.mark.parametrize(
    "address", ["bot.example.org", "http://bot.example.org", "https://", "https://a b", "https://a?b=c"]
)
def test_an_address_slack_cannot_call_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match=r"write https://"):
        manifest(address)


def test_the_command_line_prints_both(tmp_path: Path) -> None:
    plain, http = (Program.start(("manifest", *more), tmp_path, {}) for more in ((), ("--http", ADDRESS)))
    assert plain.ends() == http.ends() == 0
    assert plain.said() == FILE.read_text()
    assert yaml.safe_load(http.said()) == HTTP


def test_the_command_line_says_what_is_wrong_with_an_address(tmp_path: Path) -> None:
    program = Program.start(("manifest", "--http", "bot.example.org"), tmp_path, {})
    assert program.ends() == 1
    assert "'bot.example.org' is not an address that Slack can call" in program.said()


# --- the operator is told why


def reasons(section: str) -> dict[str, str]:
    """The table under a heading of the guide: what -> why."""
    guide = (REPOSITORY / "docs" / "slack-setup.md").read_text()
    under = guide.split(f"\n## {section}", 1)[1].split("\n## ", 1)[0]
    return dict(re.findall(r"^\| `(\S+)` \| (.+) \|$", under, re.MULTILINE))


def test_each_scope_has_its_reason_in_the_guide_and_no_other() -> None:
    assert sorted(reasons("Scopes")) == scopes_of(SOCKET)
    assert all(len(why.split()) >= 5 for why in reasons("Scopes").values())


def test_each_event_has_its_reason_in_the_guide_and_no_other() -> None:
    assert set(reasons("Events")) == events_of(SOCKET)
    assert all(len(why.split()) >= 5 for why in reasons("Events").values())
