"""A garden club in the workspace, with a small app that is not ours, for the tests of the page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import websocket
from playwright.sync_api import Locator, Page
from slack_sdk import WebClient, WebhookClient

from bot.workspace import Seed, SeedApp, SeedChannel, SeedCommand, SeedUser, Workspace
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

    def says(self, person: str, text: str, **more: Any) -> str:
        """A person's message in #plants; returns its ts."""
        body = {"channel": self.channels["plants"], "user": self.ids[person], "text": text, **more}
        return str(http(f"{self.workspace.url}/_control/message", body)["message"]["ts"])

    def posts(self, text: str, channel: str = "plants", **more: Any) -> str:
        """The bot's message; returns its ts."""
        return str(self.bot.chat_postMessage(channel=self.channels[channel], text=text, **more)["ts"])

    def messages(self, channel: str = "plants") -> list[Json]:
        answer = http(f"{self.workspace.url}/_control/messages/{self.channels[channel]}")
        return list(answer["messages"])

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
        ],
    }


class Gardener:
    """The club's app, answering in a thread of its own until it is closed; keeps what was submitted to it."""

    def __init__(self, club: Club) -> None:
        self.submitted: list[Json] = []
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
        pressed = payload.get("actions", [])
        if payload.get("command") == "/plan" or any(action["action_id"] == "plan" for action in pressed):
            self._club.bot.views_open(trigger_id=payload["trigger_id"], view=plan_view())
            return
        for action in pressed:
            chosen = action.get("selected_option", action)["value"]
            WebhookClient(payload["response_url"]).send(
                text=f"{action['action_id']}: {chosen}", replace_original=action["type"] == "button"
            )

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


def main_message(page: Page, ts: str) -> Locator:
    return page.locator(f"#channel [data-testid=message][data-ts='{ts}']")


def send(page: Page, text: str) -> None:
    composer(page).fill(text)
    composer(page).press("Enter")
