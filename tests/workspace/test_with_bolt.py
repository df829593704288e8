"""A real Bolt app against the workspace, over the client we use and over the built-in one."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler as BuiltinHandler
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_sdk import WebClient

from bot.workspace import Workspace
from tests.workspace.driver import SEED, People, wait_for

Json = dict[str, Any]
FORM: Json = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "Words"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}
BUTTON: Json = {
    "type": "actions",
    "block_id": "row",
    "elements": [{"type": "button", "action_id": "open", "text": {"type": "plain_text", "text": "Open"}}],
}


def echoing_app(client: WebClient, heard: queue.Queue[Any]) -> App:
    """Answers every message in its thread, opens a form on a button, and tells `heard` everything."""
    app = App(client=client)

    @app.event("message")
    def message(event: Json, say: Any) -> None:
        if not event.get("hidden"):
            say(text=f"You said {event['text']}", thread_ts=event["ts"], blocks=[BUTTON])
        heard.put(("message", event.get("subtype"), event.get("text")))

    @app.event("app_mention")
    def mention(event: Json) -> None:
        heard.put(("app_mention", None, event["text"]))

    @app.action("open")
    def pressed(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=FORM)
        heard.put("pressed")

    @app.view("form")
    def submitted(ack: Any, view: Json) -> None:
        words = view["state"]["values"]["words"]["text"]["value"]
        if words == "bad":
            ack(response_action="errors", errors={"words": "Not that word"})
        else:
            ack()
        heard.put(words)

    @app.command("/ask")
    def ask(ack: Any, respond: Any, command: Json) -> None:
        ack()
        respond(f"You asked {command['text']}")
        heard.put("asked")

    return app


@pytest.fixture(scope="module")
def bolt_workspace() -> Iterator[Workspace]:
    with Workspace(SEED, port=0) as workspace:
        yield workspace


@pytest.fixture(scope="module", params=[SocketModeHandler, BuiltinHandler], ids=["websocket_client", "builtin"])
def heard(request: pytest.FixtureRequest, bolt_workspace: Workspace) -> Iterator[queue.Queue[Any]]:
    """What a running Bolt app heard."""
    told: queue.Queue[Any] = queue.Queue()
    client = WebClient(SEED.app.bot_token, base_url=bolt_workspace.api_url)
    # the interval at which the client looks whether it still has a connection
    handler = request.param(echoing_app(client, told), SEED.app.app_token, ping_interval=1)
    handler.connect()
    assert bolt_workspace.wait_until_connected()
    yield told
    handler.close()
    wait_for(lambda: not bolt_workspace.wait_until_connected(0))


@pytest.fixture
def town(bolt_workspace: Workspace) -> Iterator[People]:
    people = People(bolt_workspace)
    people.do("reset")
    yield people
    people.threads.shutdown()


def test_a_question_is_answered_in_its_thread(heard: queue.Queue[Any], town: People) -> None:
    answer = town.do("message", channel="help", user="ann", text="hello")
    assert answer["acked"]
    assert heard.get(timeout=5) == ("message", None, "hello")
    newest = town.read("help")[-1]
    assert (newest["text"], newest["thread_ts"]) == ("You said hello", answer["message"]["ts"])


def test_an_edit_reaches_the_app(heard: queue.Queue[Any], town: People) -> None:
    said = town.say("hello")
    heard.get(timeout=5)
    assert town.do("edit-message", channel="help", user="ann", ts=said["ts"], text="changed")["acked"]
    assert heard.get(timeout=5)[1] == "message_changed"


def test_a_button_opens_a_form_whose_answer_arrives(heard: queue.Queue[Any], town: People) -> None:
    town.say("hello")
    heard.get(timeout=5)
    ts = town.read("help")[-1]["ts"]
    where = {"channel": "help", "messageTs": ts, "user": "ann"}
    assert town.do("interact", **where, action={"action_id": "open", "block_id": "row"})["ok"]
    assert heard.get(timeout=5) == "pressed"
    refused = town.do("submit-view", user="ann", values={"words": {"text": "bad"}})
    assert refused["errors"] == {"words": "Not that word"}
    assert town.do("submit-view", user="ann", values={"words": {"text": "good"}}) == {"ok": True}
    assert [heard.get(timeout=5), heard.get(timeout=5)] == ["bad", "good"]
    assert town.state()["views"] == []


def test_a_command_is_answered_privately(heard: queue.Queue[Any], town: People) -> None:
    assert town.do("command", channel="help", user="ann", command="/ask", text="why")["ok"]
    assert heard.get(timeout=5) == "asked"
    assert town.texts("help", "ann")[-1] == "You asked why"
    assert "You asked why" not in town.texts("help", "ben")


def test_a_hundred_messages_all_arrive(heard: queue.Queue[Any], town: People) -> None:
    posted = [town.begin("message", channel="help", user="ann", text=str(n)) for n in range(100)]
    assert all(future.result()["acked"] for future in posted)
    texts = {heard.get(timeout=5)[2] for _ in range(100)}
    assert texts == {str(number) for number in range(100)}


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_a_connection_that_slack_ends_is_replaced_and_nothing_is_lost(
    heard: queue.Queue[Any], town: People, reason: str
) -> None:
    before = len(town.log("connection_opened"))
    assert town.do("disconnect", reason=reason, close_after_seconds=0.1)["ok"]
    wait_for(lambda: len(town.log("connection_opened")) > before, seconds=15)
    wait_for(lambda: town.state()["apps"][0]["connected"])
    town.say("after")
    texts = {heard.get(timeout=10)[2]}
    assert texts == {"after"}
