"""Socket Mode: one connection per envelope, acknowledgement, redelivery, and events kept for later."""

from __future__ import annotations

import json

import pytest
import websocket
from slack_sdk import WebClient

from bot.workspace import Workspace
from tests.workspace.driver import ACK_SECONDS, BareApp, People, refusal, wait_for


def test_a_connection_is_greeted(app: BareApp, workspace: Workspace, people: People) -> None:
    assert app.hello["type"] == "hello"
    assert app.hello["num_connections"] == 1
    [shown] = people.state()["apps"]
    assert app.hello["connection_info"]["app_id"] == shown["appId"]
    assert shown["connected"]
    assert workspace.wait_until_connected(0)


def test_a_ticket_opens_one_connection_only(app: BareApp) -> None:
    for url in (app.url, app.url.replace("ticket=", "ticket=0")):
        with pytest.raises(websocket.WebSocketBadStatusException):
            websocket.create_connection(url, timeout=5)


def test_an_acknowledged_event_is_not_sent_again(app: BareApp, people: People) -> None:
    posting = people.begin("message", channel="help", user="ann", text="hello")
    envelope = app.next()
    assert (envelope["type"], envelope["retry_attempt"], envelope["retry_reason"]) == ("events_api", 0, "")
    app.ack(envelope)
    assert posting.result()["acked"]
    second = people.begin("message", channel="help", user="ann", text="next")
    assert app.take()["event"]["text"] == "next"
    assert second.result()["acked"]
    assert [entry["retry_attempt"] for entry in people.log("envelope_sent")] == [0, 0]


@pytest.mark.usefixtures("hasty")
def test_posting_returns_when_the_app_has_acknowledged_or_timed_out(app: BareApp, people: People) -> None:
    answer = people.do("message", channel="help", user="ann", text="hello")
    assert (answer["ok"], answer["acked"]) == (True, False)
    app.take()


@pytest.mark.usefixtures("hasty")
def test_an_unacknowledged_event_comes_three_more_times_and_then_never(app: BareApp, people: People) -> None:
    people.begin("message", channel="help", user="ann", text="hello")
    attempts = [app.next() for _ in range(4)]
    assert [envelope["retry_attempt"] for envelope in attempts] == [0, 1, 2, 3]
    assert {envelope["retry_reason"] for envelope in attempts[1:]} == {"timeout"}
    assert len({envelope["payload"]["event_id"] for envelope in attempts}) == 1
    app.socket.settimeout(2 * ACK_SECONDS)
    with pytest.raises(websocket.WebSocketTimeoutException):
        app.receive()


@pytest.mark.usefixtures("hasty")
def test_a_late_acknowledgement_ends_the_redelivery(app: BareApp, people: People) -> None:
    people.begin("message", channel="help", user="ann", text="hello")
    first, second = app.next(), app.next()
    assert second["retry_attempt"] == 1
    app.ack(first)
    app.socket.settimeout(2 * ACK_SECONDS)
    with pytest.raises(websocket.WebSocketTimeoutException):
        app.receive()


def test_each_envelope_goes_to_one_connection_and_they_take_turns(
    app: BareApp, workspace: Workspace, people: People
) -> None:
    second = BareApp(workspace)
    assert second.hello["num_connections"] == 2
    said = {str(number) for number in range(6)}
    for text in sorted(said):
        people.begin("message", channel="help", user="ann", text=text)
    heard = [[connection.take()["event"]["text"] for _ in range(3)] for connection in (app, second)]
    assert sorted(heard[0] + heard[1]) == sorted(said)
    second.close()


def test_an_event_with_no_connection_is_kept_and_delivered_on_connect(workspace: Workspace, people: People) -> None:
    texts = ["first", "second", "third"]
    for text in texts:
        assert people.do("message", channel="help", user="ann", text=text)["acked"] is False
    assert people.state()["apps"][0] | {"connected": False, "kept": 3} == people.state()["apps"][0]
    app = BareApp(workspace)
    assert [app.take()["event"]["text"] for _ in texts] == texts
    app.close()


def test_an_event_lost_with_its_connection_comes_on_another(app: BareApp, workspace: Workspace, people: People) -> None:
    people.begin("message", channel="help", user="ann", text="hello")
    lost = app.next()
    app.close()
    other = BareApp(workspace)
    again = other.next()
    other.ack(again)
    assert again["payload"]["event_id"] == lost["payload"]["event_id"]
    assert again["retry_attempt"] > 0
    other.close()


def test_pings_are_answered(app: BareApp) -> None:
    app.socket.ping("are you there")
    code, payload = app.socket.recv_data(control_frame=True)
    assert (code, payload) == (websocket.ABNF.OPCODE_PONG, b"are you there")
    app.socket.send("ping 7")
    assert app.socket.recv() == "pong 7"
    app.socket.send(json.dumps({"type": "ping", "id": 8}))
    assert app.receive() == {"type": "pong", "reply_to": 8}


def test_words_that_are_no_acknowledgement_do_no_harm(app: BareApp, people: People) -> None:
    for noise in ("", "{", "[]", '{"envelope_id": "unknown"}'):
        app.socket.send(noise)
    people.begin("message", channel="help", user="ann", text="hello")
    assert app.take()["event"]["text"] == "hello"


def test_connections_open_needs_the_app_token(client: WebClient) -> None:
    assert refusal(client.apps_connections_open, app_token="xapp-wrong") == "invalid_auth"


def is_closed(app: BareApp) -> bool:
    opcode, _ = app.socket.recv_data()
    return bool(opcode == websocket.ABNF.OPCODE_CLOSE)


def test_a_connection_is_warned_and_used_until_it_is_closed(app: BareApp, people: People) -> None:
    assert people.do("disconnect", reason="warning", close_after_seconds=0.1)["ok"]
    assert app.receive() == app_frame("warning")
    people.begin("message", channel="help", user="ann", text="still here")
    assert app.take()["event"]["text"] == "still here"
    assert is_closed(app)


def app_frame(reason: str) -> dict[str, object]:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}


def test_a_connection_to_be_refreshed_gets_nothing_more(app: BareApp, workspace: Workspace, people: People) -> None:
    assert people.do("disconnect", reason="refresh_requested")["ok"]
    assert app.receive() == app_frame("refresh_requested")
    assert is_closed(app)
    people.do("message", channel="help", user="ann", text="hello")
    another = BareApp(workspace)
    assert another.take()["event"]["text"] == "hello"
    another.close()


def test_an_event_on_its_way_when_a_connection_is_refreshed_is_not_lost(
    app: BareApp, workspace: Workspace, people: People
) -> None:
    people.begin("message", channel="help", user="ann", text="hello")
    lost = app.next()
    people.do("disconnect", reason="refresh_requested")
    another = BareApp(workspace)
    app.receive()
    assert is_closed(app)
    app.close()
    again = another.next()
    another.ack(again)
    assert again["payload"]["event_id"] == lost["payload"]["event_id"]
    another.close()


def test_with_the_link_disabled_no_connection_opens_until_the_reset(
    app: BareApp, client: WebClient, people: People
) -> None:
    people.do("disconnect", reason="link_disabled")
    assert app.receive() == app_frame("link_disabled")
    assert is_closed(app)
    assert refusal(client.apps_connections_open, app_token="xapp-test") == "forbidden_team"
    people.do("reset")
    assert client.apps_connections_open(app_token="xapp-test")["ok"]


def test_a_disconnect_has_a_reason_slack_knows(people: People) -> None:
    assert people.do("disconnect", reason="boredom")["error"] == "invalid_arguments"
    assert people.do("disconnect", reason="warning", close_after_seconds="soon")["error"] == "invalid_arguments"


def test_an_eleventh_connection_is_one_too_many(workspace: Workspace, people: People) -> None:
    apps = [BareApp(workspace) for _ in range(10)]
    assert [app.hello["num_connections"] for app in apps] == list(range(1, 11))
    refused = BareApp(workspace)
    assert (refused.hello["type"], refused.hello["reason"]) == ("disconnect", "too_many_websockets")
    assert is_closed(refused)
    for app in [*apps, refused]:
        app.close()
    wait_for(lambda: not people.state()["apps"][0]["connected"])
