"""Shortcuts: on a message and from anywhere, and who may use them where."""

from __future__ import annotations

from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from tests.workspace.driver import BareApp, People
from tests.workspace.test_interactivity import modal


def test_a_message_shortcut_tells_the_message(app: BareApp, client: WebClient, people: People) -> None:
    ts = client.chat_postMessage(channel=people["desk"], text="about this")["ts"]
    app.take("message")
    choosing = people.begin("shortcut", user="mod", callback_id="explain", channel="desk", messageTs=ts)
    payload = app.take("interactive")
    assert choosing.result() == {"ok": True}
    assert (payload["type"], payload["callback_id"]) == ("message_action", "explain")
    assert (payload["user"]["id"], payload["team"]["domain"]) == (people["mod"], "test")
    assert payload["channel"] == {"id": people["desk"], "name": "privategroup"}
    assert (payload["message_ts"], payload["message"]["text"]) == (ts, "about this")
    assert payload["action_ts"]


def test_a_message_shortcut_is_answered_through_its_url(app: BareApp, people: People) -> None:
    said = people.begin("message", channel="help", user="ben", text="about this")
    app.take()
    ts = said.result()["message"]["ts"]
    people.begin("shortcut", user="ann", callback_id="explain", channel="help", messageTs=ts)
    WebhookClient(app.take("interactive")["response_url"]).send(text="Only you see this")
    assert people.texts("help", "ann")[-1] == "Only you see this"
    assert "Only you see this" not in people.texts("help", "ben")


def test_a_global_shortcut_knows_no_channel_and_opens_a_modal(app: BareApp, client: WebClient, people: People) -> None:
    people.begin("shortcut", user="ann", callback_id="ask")
    payload = app.take("interactive")
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "ask")
    assert not {"channel", "message", "response_url"} & set(payload)
    client.views_open(trigger_id=payload["trigger_id"], view=modal())
    assert people.state()["views"][0]["user"] == people["ann"]


def test_a_shortcut_must_be_one_of_the_apps_and_of_its_kind(people: People) -> None:
    ts = people.say("x")["ts"]
    on_message = {"user": "ann", "channel": "help", "messageTs": ts}
    assert people.do("shortcut", **on_message, callback_id="nothing")["error"] == "unknown_shortcut"
    assert people.do("shortcut", **on_message, callback_id="ask")["error"] == "unknown_shortcut"
    assert people.do("shortcut", user="ann", callback_id="explain")["error"] == "unknown_shortcut"


def test_a_shortcut_is_used_on_messages_for_everyone_that_one_can_see(
    app: BareApp, client: WebClient, people: People
) -> None:
    secret = people.say("between us", channel="secret", user="mod")["ts"]
    where = {"user": "ann", "callback_id": "explain"}
    assert people.do("shortcut", **where, channel="secret", messageTs=secret)["error"] == "channel_not_found"
    private = client.chat_postEphemeral(channel=people["help"], user=people["ann"], text="psst")["message_ts"]
    assert people.do("shortcut", **where, channel="help", messageTs=private)["error"] == "message_not_found"


def test_a_shortcut_without_an_app_fails_at_once(people: People) -> None:
    assert people.do("shortcut", user="ann", callback_id="ask")["error"] == "dispatch_failed"
