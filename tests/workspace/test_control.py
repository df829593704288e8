"""What a test and the page may see and do: state, messages by person, log, reset, live hints."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from slack_sdk import WebClient

from bot.workspace import Workspace
from tests.workspace.driver import BOT, BareApp, People, http

Json = dict[str, Any]


def test_the_state_lists_everything_a_page_needs(people: People) -> None:
    state = people.state()
    assert state["workspace"]["name"] == "Test workspace"
    [app] = state["apps"]
    assert (app["botUserId"], app["mode"], app["connected"]) == (people[BOT], "socket", False)
    assert app["commands"] == [{"command": "/ask", "description": "Ask a question", "usage_hint": "[question]"}]
    assert [user["name"] for user in state["users"]] == ["ann", "ben", "mod", "guest", BOT]
    assert [user["is_bot"] for user in state["users"]] == [False, False, False, False, True]
    channels = {channel["name"]: channel for channel in state["channels"]}
    assert channels["desk"]["is_private"]
    assert channels["desk"]["members"] == [people["mod"], people[BOT]]
    assert state["views"] == []


def test_a_dm_has_a_name_and_its_person(people: People) -> None:
    channel = people.do("open-dm", user="ann")["channel"]
    assert (channel["is_im"], channel["user"], channel["name"]) == (True, people["ann"], "dm-ann")
    assert set(channel["members"]) == {people["ann"], people[BOT]}
    assert people.do("open-dm", user="ann")["channel"]["id"] == channel["id"]


def test_messages_of_a_private_channel_are_for_its_members(people: People) -> None:
    people.say("between us", channel="desk", user="mod")
    assert people.texts("desk", "mod") == ["between us"]
    answer = http(f"{people.workspace.url}/_control/messages/{people['desk']}?user={people['ann']}")
    assert answer == {"ok": False, "error": "not_in_channel"}


def test_nobody_writes_where_they_are_not(people: People) -> None:
    answer = people.do("message", channel="desk", user="ann", text="let me in")
    assert answer["error"] == "not_in_channel"
    assert people.do("message", channel="help", user="U0NOBODY", text="x")["error"] == "user_not_found"
    assert people.do("message", channel="nowhere", user="ann", text="x")["error"] == "channel_not_found"
    assert people.do("message", channel="help", text="x")["error"] == "invalid_arguments"


def test_a_reply_to_a_reply_stays_in_the_thread(people: People) -> None:
    question = people.say("q")
    reply = people.say("a", thread_ts=question["ts"])
    assert people.say("b", thread_ts=reply["ts"])["thread_ts"] == question["ts"]
    assert people.do("message", channel="help", user="ann", text="x", thread_ts="1.1")["error"] == ("thread_not_found")


def test_other_bots_bring_blocks_that_are_checked(people: People) -> None:
    from_bot = {"channel": "help", "user": "U0OTHER", "bot_id": "B0OTHER", "text": "x"}
    assert people.do("message", **from_bot, blocks=[{"type": "hologram"}])["error"] == "invalid_blocks"
    message = people.do("message", **from_bot, blocks=[{"type": "divider"}])["message"]
    assert message["blocks"][0]["block_id"]


def test_the_log_has_calls_and_envelopes_without_tokens(app: BareApp, client: WebClient, people: People) -> None:
    people.begin("message", channel="help", user="ann", text="hello")
    app.take()
    client.chat_postMessage(channel=people["help"], text="hi")
    http(f"{people.workspace.api_url}chat.postMessage?token=xoxb-test", {"channel": "C0NOWHERE"})
    calls = [call for call in people.log("call") if call["method"] == "chat.postMessage"]
    assert [(c["ok"], c["error"], c["status"]) for c in calls] == [
        (True, None, 200),
        (False, "channel_not_found", 200),
    ]
    assert calls[0]["args"]["text"] == "hi"
    assert "xoxb-test" not in json.dumps(http(f"{people.workspace.url}/_control/log"))
    assert people.log("envelope_sent")[0]["event_type"] == "message"
    assert people.log("envelope_acked")[0]["event_id"] == people.log("envelope_sent")[0]["event_id"]


def test_a_reset_goes_back_to_the_seed_and_keeps_the_connection(
    app: BareApp, client: WebClient, people: People
) -> None:
    people.begin("message", channel="help", user="ann", text="hello")
    app.next()
    opening = people.begin("open-dm", user="ann")
    app.take("app_home_opened")
    assert opening.result()["acked"]
    people.do("faults", method="*", kind="error_before")
    assert people.do("reset")["ok"]
    assert people.texts("help") == ["Ask here."]
    assert client.auth_test()["ok"]
    people.begin("message", channel="help", user="ann", text="after")
    assert app.take()["event"]["text"] == "after"
    assert not any(channel["is_im"] for channel in people.state()["channels"])


def test_an_unknown_endpoint_is_404(people: People) -> None:
    assert people.do("dance") == {"ok": False, "error": "unknown_endpoint"}
    assert http(f"{people.workspace.url}/_control/dance")["error"] == "unknown_endpoint"


@contextmanager
def hints(workspace: Workspace, user: str = "") -> Iterator[Iterator[Json]]:
    """The live hints one person's page gets."""
    url = f"{workspace.url}/_control/stream" + (f"?user={user}" if user else "")
    with urllib.request.urlopen(url, timeout=5) as response:
        lines = (line.decode() for line in response)
        yield (json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: "))


def test_a_page_is_told_what_changed(workspace: Workspace, people: People) -> None:
    with hints(workspace, people["ann"]) as heard:
        said = people.say("hello", user="ben")
        assert next(heard) == {"type": "message", "channel": people["help"], "ts": said["ts"]}
        reply = people.say("reply", thread_ts=said["ts"])
        assert next(heard) | {"ts": reply["ts"], "thread_ts": said["ts"]} == {
            "type": "message",
            "channel": people["help"],
            "ts": reply["ts"],
            "thread_ts": said["ts"],
        }
        people.do("edit-message", channel="help", user="ann", ts=reply["ts"], text="better")
        assert next(heard)["type"] == "message_changed"
        people.do("delete-message", channel="help", user="ann", ts=reply["ts"])
        assert next(heard)["type"] == "message_deleted"
        dm = people.do("open-dm", user="ann")["channel"]["id"]
        assert next(heard) == {"type": "channel", "channel": dm}
        people.do("reset")
        assert next(heard) == {"type": "reset"}


def test_a_page_hears_only_what_its_person_may_see(workspace: Workspace, client: WebClient, people: People) -> None:
    with hints(workspace, people["ann"]) as ann, hints(workspace) as everyone:
        people.say("between us", channel="desk", user="mod")
        client.chat_postEphemeral(channel=people["help"], user=people["ben"], text="only ben")
        people.do("open-dm", user="ben")
        said = people.say("for all", user="ben")
        assert next(ann)["ts"] == said["ts"]
        assert [next(everyone)["type"] for _ in range(4)] == ["message", "message", "channel", "message"]


def test_a_page_hears_of_its_modal_and_of_the_apps_connection(
    workspace: Workspace, client: WebClient, people: People
) -> None:
    with hints(workspace, people["ann"]) as ann:
        app = BareApp(workspace)
        assert next(ann) == {"type": "connection"}
        people.begin("command", channel="help", user="ann", command="/ask", text="")
        trigger_id = app.take("slash_commands")["trigger_id"]
        title = {"type": "plain_text", "text": "T"}
        client.views_open(trigger_id=trigger_id, view={"type": "modal", "title": title, "blocks": []})
        assert next(ann) == {"type": "view"}
        app.close()
        assert next(ann) == {"type": "connection"}
