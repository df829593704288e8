"""A garden club in the workspace, with a small app that is not ours, for the tests of the page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import websocket
from playwright.sync_api import Locator, Page, expect
from slack_sdk import WebClient, WebhookClient

from bot.workspace import Seed, SeedApp, SeedChannel, SeedCommand, SeedShortcut, SeedUser, Workspace
from tests.workspace.driver import BareApp, http

Json = dict[str, Any]

SEED = Seed(
    name="Garden club",
    domain="garden",
    users=(SeedUser("ada", "Ada"), SeedUser("ben", "Ben"), SeedUser("cleo", "Cleo")),
    channels=(
        SeedChannel("plants", members=("ada", "ben", "cleo", "gardener"), topic="Anything that grows"),
        SeedChannel("board", is_private=True, members=("cleo", "gardener")),
        SeedChannel("tools", members=("ada", "ben", "cleo")),
    ),
    app=SeedApp(
        name="Gardener",
        bot_name="gardener",
        bot_token="xoxb-page-tests",
        app_token="xapp-page-tests",
        commands=(
            SeedCommand("/water", "Say what to water", "[plant]"),
            SeedCommand("/weed", "Say what to weed", "[bed]"),
            SeedCommand("/plan", "Plan the beds", ""),
        ),
        shortcuts=(
            SeedShortcut("Ask the gardener about this", "message", "about", "Get an answer in the thread"),
            SeedShortcut("Pin it to the shed", "message", "pin"),
            SeedShortcut("Plan a bed", "global", "plan", "Name it and write it down"),
        ),
    ),
)


class Club:
    """The workspace with its people, for a test to act in and look at."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.bot = WebClient(token=SEED.app.bot_token, base_url=workspace.api_url)
        self.ids = {user["name"]: user["id"] for user in self.bot.users_list()["members"]}
        channels = self.bot.conversations_list(types="public_channel,private_channel")["channels"]
        self.channels = {channel["name"]: channel["id"] for channel in channels}

    def address(self, person: str, path: str = "/") -> str:
        return f"{self.workspace.url}{path}#as={person}"

    def acts(self, endpoint: str, person: str, **more: Any) -> Json:
        """What a person does, in #plants where no other channel is named."""
        body = {"channel": self.channels["plants"], "user": self.ids[person], **more}
        return dict(http(f"{self.workspace.url}/_control/{endpoint}", body))

    def says(self, person: str, text: str, **more: Any) -> str:
        """A person's message; returns its ts."""
        return str(self.acts("message", person, text=text, **more)["message"]["ts"])

    def posts(self, text: str, channel: str = "plants", **more: Any) -> str:
        """The bot's message; returns its ts."""
        return str(self.bot.chat_postMessage(channel=self.channels[channel], text=text, **more)["ts"])

    def messages(self, channel: str = "plants") -> list[Json]:
        answer = http(f"{self.workspace.url}/_control/messages/{self.channels[channel]}")
        return list(answer["messages"])

    def dm(self, person: str) -> str:
        """The person's direct message with the bot."""
        return str(self.bot.conversations_open(users=[self.ids[person]])["channel"]["id"])

    def offers_help(self, channel: str, title: str, prompts: dict[str, str], **more: Any) -> None:
        """The bot suggests prompts, each a title and the message it sends."""
        listed = [{"title": name, "message": message} for name, message in prompts.items()]
        self.bot.assistant_threads_setSuggestedPrompts(channel_id=channel, title=title, prompts=listed, **more)

    def says_it_is(self, doing: str, channel: str, thread: str) -> None:
        """The bot says what it is doing in a thread."""
        status = doing and f"is {doing}"
        self.bot.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status=status)

    def path(self, ts: str) -> str:
        return f"/archives/{self.channels['plants']}/p{ts.replace('.', '')}"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(label: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(label), "action_id": action_id, "value": action_id, **more}


def actions(*elements: Json) -> list[Json]:
    return [{"type": "actions", "elements": list(elements)}]


def field(block_id: str, label: str, **element: Any) -> Json:
    full = {"type": "plain_text_input", "action_id": "typed", **element}
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": full,
    }


def plan_view() -> Json:
    return {
        "type": "modal",
        "callback_id": "plan",
        "title": plain("Plan a bed"),
        "submit": plain("Save"),
        "close": plain("Leave"),
        "blocks": [
            field("bed", "Name of the bed", placeholder=plain("South")),
            field("notes", "Notes", multiline=True, min_length=5),
            *actions(button("Choose a tool", "tool")),
        ],
    }


def tool_view() -> Json:
    return {
        "type": "modal",
        "callback_id": "tool",
        "title": plain("Choose a tool"),
        "submit": plain("Take it"),
        "blocks": [field("tool", "Name of the tool")],
    }


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def home_view(found: str = "") -> Json:
    """What the app shows in its Home tab: a search, its result, and things to do."""
    search = field("search", "Search the almanac", action_id="search", placeholder=plain("Peas"))
    beds = {
        "type": "static_select",
        "action_id": "topic",
        "placeholder": plain("Choose a bed"),
        "options": [{"text": plain(name), "value": name.lower()} for name in ("South", "East")],
    }
    result = [section(found)] if found else []
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Welcome to the garden")},
            search | {"dispatch_action": True, "optional": True},
            *result,
            {"type": "divider"},
            section("*Your beds*\n• South: peas\n• East: nothing yet", accessory=button("Plan a bed", "plan")),
            {"type": "actions", "block_id": "todo", "elements": [beds, button("Note it", "note", style="primary")]},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "In an emergency call the *fire brigade*."}]},
        ],
    }


class Gardener:
    """The club's app, answering in a thread of its own until it is closed; keeps what was submitted to it."""

    def __init__(self, club: Club) -> None:
        self.submitted: list[Json] = []
        self.noted: list[Json] = []
        self._club = club
        self._app = BareApp(club.workspace)
        self._socket: Any = self._app.socket
        self._socket.settimeout(None)
        self._thread = threading.Thread(target=self._run, name="gardener")
        self._thread.start()

    def close(self) -> None:
        self._socket.abort()
        self._thread.join()
        self._app.close()

    def _run(self) -> None:
        try:
            while True:
                envelope = self._app.receive()
                self._answer(envelope, envelope["payload"])
        except (OSError, websocket.WebSocketException):
            return  # the socket was closed

    def _answer(self, envelope: Json, payload: Json) -> None:
        if envelope["type"] == "slash_commands" and payload["command"] == "/water":
            self._app.ack(envelope, {"text": f"Only you see: {payload['text']}"})
        elif payload.get("type") == "view_submission":
            self._app.ack(envelope, self._judged(payload["view"]["state"]["values"]))
        else:
            self._app.ack(envelope)
            self._act(payload)

    def _act(self, payload: Json) -> None:
        pressed = {action["action_id"]: action for action in payload.get("actions", [])}
        event = payload.get("event", {})
        if payload.get("command") == "/plan" or payload.get("callback_id") == "plan" or "plan" in pressed:
            self._club.bot.views_open(trigger_id=payload["trigger_id"], view=plan_view())
        elif "tool" in pressed:
            self._club.bot.views_push(trigger_id=payload["trigger_id"], view=tool_view())
        elif event.get("type") == "app_home_opened" and event["tab"] == "home":
            self._publish(event["user"])
        elif payload.get("view", {}).get("type") == "home":
            self._act_at_home(payload, pressed)
        elif payload.get("type") == "message_action":
            place = {"channel": payload["channel"]["id"], "thread_ts": payload["message_ts"]}
            self._club.bot.chat_postMessage(text=f"About: {payload['message']['text']}", **place)
        else:
            self._reply(payload, pressed)

    def _reply(self, payload: Json, pressed: Json) -> None:
        for name, action in pressed.items():
            chosen = action.get("selected_option", action)["value"]
            replaces = action["type"] == "button"
            WebhookClient(payload["response_url"]).send(text=f"{name}: {chosen}", replace_original=replaces)

    def _publish(self, user: str, found: str = "") -> None:
        self._club.bot.views_publish(user_id=user, view=home_view(found))

    def _act_at_home(self, payload: Json, pressed: Json) -> None:
        self.noted.append(payload["view"]["state"]["values"])
        if "search" in pressed:
            self._publish(payload["user"]["id"], f"Nothing about {pressed['search']['value']} yet.")

    def _judged(self, values: Json) -> Json:
        self.submitted.append(values)
        if values["bed"]["typed"]["value"] != "North":
            return {}
        return {"response_action": "errors", "errors": {"bed": "Nothing grows in the north."}}


@pytest.fixture
def club() -> Iterator[Club]:
    with Workspace(SEED, port=0, ack_seconds=0.4, redelivery_delays=()) as workspace:
        yield Club(workspace)


@pytest.fixture
def gardener(club: Club) -> Iterator[Gardener]:
    gardener = Gardener(club)
    yield gardener
    gardener.close()


def composer(page: Page) -> Locator:
    return page.get_by_test_id("composer")


def begin(page: Page, text: str) -> None:
    """Type key by key, once there is a field to type in: a press of a key does not wait for it."""
    expect(composer(page)).to_be_visible()
    composer(page).press_sequentially(text)


def main_message(page: Page, ts: str) -> Locator:
    return page.locator(f"#channel [data-testid=message][data-ts='{ts}']")


def send(page: Page, text: str) -> None:
    composer(page).fill(text)
    composer(page).press("Enter")
