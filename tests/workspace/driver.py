"""Drives a workspace from outside: the people in it, and a bare app that decides itself what it
acknowledges."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
import websocket
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.workspace import Seed, SeedApp, SeedChannel, SeedCommand, SeedShortcut, SeedUser, SeedUserGroup, Workspace

Json = dict[str, Any]
ACK_SECONDS = 0.25
BOT = "helper-bot"

SEED = Seed(
    name="Test workspace",
    domain="test",
    users=(
        SeedUser("ann", "Ann Example", tz="Europe/Helsinki"),
        SeedUser("ben", "Ben Example"),
        SeedUser("mod", "Mod Example", is_admin=True),
        SeedUser("guest", "Guest Example"),
    ),
    channels=(
        SeedChannel("help", members=("ann", "ben", "mod", BOT), first_message="Ask here.", topic="Questions"),
        SeedChannel("desk", is_private=True, members=("mod", BOT)),
        SeedChannel("lounge", members=("ann", "ben", "mod")),
        SeedChannel("secret", is_private=True, members=("mod",)),
    ),
    app=SeedApp(
        "Helper",
        BOT,
        bot_token="xoxb-test",
        app_token="xapp-test",
        commands=(SeedCommand("/ask", "Ask a question", "[question]"),),
        shortcuts=(
            SeedShortcut("Explain this", "message", "explain", "Ask about a message"),
            SeedShortcut("Ask", "global", "ask", "Ask from anywhere"),
        ),
    ),
    usergroups=(SeedUserGroup("helpers", "Helpers", ("mod",)),),
)


class Clock:
    """Real time plus what a test adds to it."""

    def __init__(self) -> None:
        self.ahead_seconds = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_seconds


def http(url: str, body: Json | None = None) -> Any:
    """GET, or POST with a JSON body; the JSON answer whatever the status."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return json.load(error)


@dataclass
class People:
    """What people do in the workspace, through its control endpoints."""

    workspace: Workspace
    ids: dict[str, str] = field(default_factory=dict)
    threads: ThreadPoolExecutor = field(default_factory=ThreadPoolExecutor)

    def __post_init__(self) -> None:
        state = self.state()
        self.ids = {u["name"]: u["id"] for u in state["users"]} | {c["name"]: c["id"] for c in state["channels"]}

    def __getitem__(self, name: str) -> str:
        return self.ids[name]

    def do(self, endpoint: str, **body: Any) -> Json:
        """POST to a control endpoint; names of people and channels stand for their ids."""
        named = {
            key: self.ids.get(value, value) if key in ("user", "channel") else value for key, value in body.items()
        }
        return dict(http(f"{self.workspace.url}/_control/{endpoint}", named))

    def begin(self, endpoint: str, **body: Any) -> Future[Json]:
        """The same while the test goes on."""
        return self.threads.submit(lambda: self.do(endpoint, **body))

    def say(self, text: str, *, user: str = "ann", channel: str = "help", **more: Any) -> Json:
        answer = self.do("message", channel=channel, user=user, text=text, **more)
        assert answer["ok"], answer
        return dict(answer["message"])

    def state(self) -> Json:
        return dict(http(f"{self.workspace.url}/_control/state"))

    def log(self, kind: str) -> list[Json]:
        return [e for e in http(f"{self.workspace.url}/_control/log")["log"] if e["kind"] == kind]

    def read(self, channel: str, user: str = "") -> list[Json]:
        suffix = f"?user={self.ids[user]}" if user else ""
        answer = http(f"{self.workspace.url}/_control/messages/{self.ids.get(channel, channel)}{suffix}")
        assert answer["ok"], answer
        return list(answer["messages"])

    def texts(self, channel: str, user: str = "") -> list[str]:
        return [message["text"] for message in self.read(channel, user)]


class BareApp:
    """An app that is nothing but one Socket Mode connection."""

    def __init__(self, workspace: Workspace) -> None:
        token = workspace.seed.app.app_token
        client = WebClient(base_url=workspace.api_url)
        self.url = str(client.apps_connections_open(app_token=token)["url"])
        self.socket: Any = websocket.create_connection(self.url, timeout=5)
        self.hello = self.receive()

    def receive(self) -> Json:
        return dict(json.loads(self.socket.recv()))

    def next(self, type_: str = "") -> Json:
        """The next envelope; those of another type are acknowledged and passed over."""
        while True:
            envelope = self.receive()
            event = envelope["payload"].get("event", {})
            if type_ in ("", envelope["type"], event.get("type")):
                return envelope
            self.ack(envelope)

    def ack(self, envelope: Json, payload: Any = None) -> None:
        answer = {"envelope_id": envelope["envelope_id"]}
        self.socket.send(json.dumps(answer if payload is None else answer | {"payload": payload}))

    def take(self, type_: str = "") -> Json:
        """The payload of the next envelope, acknowledged."""
        envelope = self.next(type_)
        self.ack(envelope)
        return dict(envelope["payload"])

    def close(self) -> None:
        self.socket.close()
        # what the workspace has closed already, `close` leaves open
        self.socket.shutdown()


def wait_for(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Ask again and again until `condition` holds; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"


def refusal(call: Any, *args: Any, **kwargs: Any) -> str:
    """The error code with which Slack refuses a call."""
    with pytest.raises(SlackApiError) as caught:
        call(*args, **kwargs)
    return str(caught.value.response["error"])
