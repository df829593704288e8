"""The app's home and its stack of modals: publishing, opening, pressing there, pushing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.workspace import Workspace
from tests.workspace.driver import BOT, SEED, BareApp, People, http, refusal
from tests.workspace.test_control import hints
from tests.workspace.test_interactivity import modal

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def home(**changes: Any) -> Json:
    button = {"type": "button", "action_id": "ask", "text": plain("Ask"), "value": "1"}
    typed = {"type": "plain_text_input", "action_id": "words"}
    blocks = [
        {"type": "actions", "block_id": "row", "elements": [button]},
        {"type": "input", "block_id": "search", "label": plain("Search"), "element": typed, "dispatch_action": True},
    ]
    return {"type": "home", "callback_id": "home", "private_metadata": "kept", "blocks": blocks, **changes}


def test_a_published_home_is_shown_to_its_person_only(client: WebClient, people: People) -> None:
    view = client.views_publish(user_id=people["ann"], view=home())["view"]
    assert (view["type"], view["callback_id"], view["private_metadata"]) == ("home", "home", "kept")
    assert people.state()["homes"] == {people["ann"]: view}


def test_publishing_again_replaces_it_under_the_same_id(client: WebClient, people: People) -> None:
    first = client.views_publish(user_id=people["ann"], view=home())["view"]
    second = client.views_publish(user_id=people["ann"], view=home(blocks=[]), hash=first["hash"])["view"]
    assert (second["id"], second["blocks"]) == (first["id"], [])
    again = {"user_id": people["ann"], "view": home(), "hash": first["hash"]}
    assert refusal(client.views_publish, **again) == "hash_conflict"
    updated = client.views_update(view_id=first["id"], view=home())["view"]
    assert people.state()["homes"][people["ann"]] == updated


def test_opening_the_home_tells_the_app_what_is_published_there(
    app: BareApp, client: WebClient, people: People
) -> None:
    people.begin("open-home", user="ann")
    event = app.take()["event"]
    assert (event["type"], event["tab"], event["user"]) == ("app_home_opened", "home", people["ann"])
    assert "view" not in event
    published = client.views_publish(user_id=people["ann"], view=home())["view"]
    people.begin("open-home", user="ann")
    assert app.take()["event"]["view"] == published
    people.begin("open-home", user="ben")
    assert "view" not in app.take()["event"]


def test_opening_the_dm_is_the_messages_tab(app: BareApp, people: People) -> None:
    opening = people.begin("open-dm", user="ann")
    event = app.take()["event"]
    assert (event["type"], event["tab"]) == ("app_home_opened", "messages")
    assert opening.result()["channel"]["id"] == event["channel"]


def test_a_press_in_the_home_tells_its_view_and_values(app: BareApp, client: WebClient, people: People) -> None:
    published = client.views_publish(user_id=people["ann"], view=home())["view"]
    given = {"search": {"words": "pain"}}
    pressing = people.begin("home-interact", user="ann", action={"action_id": "ask"}, values=given)
    payload = app.take("interactive")
    assert pressing.result() == {"ok": True}
    assert payload["type"] == "block_actions"
    assert payload["container"] == {"type": "view", "view_id": published["id"]}
    assert (payload["view"]["type"], payload["view"]["id"]) == ("home", published["id"])
    assert payload["view"]["state"]["values"]["search"]["words"]["value"] == "pain"
    assert payload["actions"][0] | {"action_id": "ask", "value": "1"} == payload["actions"][0]
    assert not {"response_url", "channel", "message"} & set(payload)


def test_a_search_typed_in_the_home_is_an_action_with_its_words(
    app: BareApp, client: WebClient, people: People
) -> None:
    client.views_publish(user_id=people["ann"], view=home())
    people.begin("home-interact", user="ann", action={"action_id": "words", "value": "pain"})
    assert app.take("interactive")["actions"][0] | {"type": "plain_text_input", "value": "pain"}


def test_a_modal_opens_from_the_home(app: BareApp, client: WebClient, people: People) -> None:
    client.views_publish(user_id=people["ann"], view=home())
    people.begin("home-interact", user="ann", action={"action_id": "ask"})
    client.views_open(trigger_id=app.take("interactive")["trigger_id"], view=modal())
    assert [entry["user"] for entry in people.state()["views"]] == [people["ann"]]


def test_there_is_nothing_to_press_in_a_home_never_published(people: People) -> None:
    assert people.do("home-interact", user="ann", action={"action_id": "ask"})["error"] == "view_not_found"


def test_a_page_hears_of_its_own_home(workspace: Workspace, client: WebClient, people: People) -> None:
    with hints(workspace, people["ann"]) as ann:
        client.views_publish(user_id=people["ben"], view=home())
        client.views_publish(user_id=people["ann"], view=home())
        people.say("after")
        assert [next(ann)["type"] for _ in range(2)] == ["home", "message"]


def test_an_app_without_a_home_tab_has_none() -> None:
    with Workspace(replace(SEED, app=replace(SEED.app, home=False)), port=0) as workspace:
        people = People(workspace)
        client = WebClient(SEED.app.bot_token, base_url=workspace.api_url)
        assert refusal(client.views_publish, user_id=people["ann"], view=home()) == "not_enabled"
        assert people.do("open-home", user="ann")["error"] == "not_enabled"
        assert people.state()["apps"][0]["home"] is False
        people.threads.shutdown()


def pressed_in_modal(app: BareApp, people: People) -> Any:
    """The trigger of a button pressed in ann's top modal."""
    view = people.state()["views"][-1]["view"]
    people.begin("interact", user="ann", viewId=view["id"], action={"action_id": "help", "block_id": "more"})
    return app.take("interactive")["trigger_id"]


@pytest.fixture
def root(app: BareApp, client: WebClient, people: People) -> Json:
    """A modal that ann has open."""
    people.begin("command", channel="help", user="ann", command="/ask", text="")
    return dict(client.views_open(trigger_id=app.take("slash_commands")["trigger_id"], view=modal())["view"])


def test_a_modal_is_pushed_on_the_one_that_is_open(app: BareApp, client: WebClient, people: People, root: Json) -> None:
    pushed = client.views_push(trigger_id=pressed_in_modal(app, people), view=modal())["view"]
    assert (pushed["root_view_id"], pushed["previous_view_id"]) == (root["id"], root["id"])
    assert [entry["view"]["id"] for entry in people.state()["views"]] == [root["id"], pushed["id"]]
    people.do("close-view", user="ann")
    assert [entry["view"]["id"] for entry in people.state()["views"]] == [root["id"]]


def test_a_trigger_pushes_once_and_three_modals_are_the_most(
    app: BareApp, client: WebClient, people: People, root: Json
) -> None:
    trigger_id = pressed_in_modal(app, people)
    client.views_push(trigger_id=trigger_id, view=modal())
    assert refusal(client.views_push, trigger_id=trigger_id, view=modal()) == "exchanged_trigger_id"
    client.views_push(trigger_id=pressed_in_modal(app, people), view=modal())
    fourth = pressed_in_modal(app, people)
    assert refusal(client.views_push, trigger_id=fourth, view=modal()) == "push_limit_reached"


def test_nothing_is_pushed_where_nothing_is_open(app: BareApp, client: WebClient, people: People) -> None:
    people.begin("command", channel="help", user="ann", command="/ask", text="")
    trigger_id = app.take("slash_commands")["trigger_id"]
    assert refusal(client.views_push, trigger_id=trigger_id, view=modal()) == "not_found"


def test_the_agent_says_what_it_does_until_it_has_said_something(
    workspace: Workspace, client: WebClient, people: People
) -> None:
    dm = client.conversations_open(users=people["ann"])["channel"]["id"]
    ts = people.say("question", channel=dm)["ts"]
    place = {"channel_id": dm, "thread_ts": ts}
    with hints(workspace, people["ann"]) as ann:
        client.assistant_threads_setStatus(**place, status="is looking")
        assert next(ann) == {"type": "status", "channel": dm, "thread_ts": ts}
        assert people.state()["threads_status"] == {f"{dm}:{ts}": "is looking"}
        client.chat_postMessage(channel=dm, thread_ts=ts, text="Found it")
        assert {next(ann)["type"] for _ in range(2)} == {"message", "status"}
    assert people.state()["threads_status"] == {}


def test_a_status_is_taken_away_by_an_empty_one_or_after_two_minutes(
    client: WebClient, people: People, clock: Any
) -> None:
    ts = people.say("question")["ts"]
    place = {"channel_id": people["help"], "thread_ts": ts}
    client.assistant_threads_setStatus(**place, status="is looking")
    client.assistant_threads_setStatus(**place, status="")
    assert people.state()["threads_status"] == {}
    client.assistant_threads_setStatus(**place, status="is looking")
    clock.ahead_seconds = 121
    assert people.state()["threads_status"] == {}


def test_prompts_are_suggested_for_a_conversation_or_a_thread(
    workspace: Workspace, client: WebClient, people: People
) -> None:
    dm = client.conversations_open(users=people["ann"])["channel"]["id"]
    prompts = [{"title": "Driving", "message": "When may I drive?"}]
    with hints(workspace, people["ann"]) as ann:
        # the client asks for a thread; Slack also takes prompts without one
        call = {"channel_id": dm, "title": "Begin with", "prompts": prompts}
        assert client.api_call("assistant.threads.setSuggestedPrompts", json=call)["ok"]
        assert next(ann) == {"type": "prompts", "channel": dm}
        ts = people.say("question", channel=dm)["ts"]
        client.assistant_threads_setSuggestedPrompts(channel_id=dm, thread_ts=ts, prompts=prompts)
    assert people.state()["prompts"] == {
        dm: {"title": "Begin with", "prompts": prompts},
        f"{dm}:{ts}": {"title": "", "prompts": prompts},
    }


def test_an_agent_suggests_prompts_for_a_conversation_not_for_a_thread() -> None:
    with Workspace(replace(SEED, app=replace(SEED.app, agent_view=True)), port=0) as workspace:
        people, client = People(workspace), WebClient(SEED.app.bot_token, base_url=workspace.api_url)
        prompts = [{"title": "Driving", "message": "When may I drive?"}]
        ts = people.say("question")["ts"]
        where: Json = {"channel_id": people["help"], "prompts": prompts}
        assert client.assistant_threads_setSuggestedPrompts(**where, thread_ts=ts)["ok"]
        assert people.state()["prompts"] == {}
        assert client.api_call("assistant.threads.setSuggestedPrompts", json=where)["ok"]
        assert list(people.state()["prompts"]) == [people["help"]]
        people.threads.shutdown()


def test_the_state_names_who_the_bot_is(people: People) -> None:
    users = {user["name"]: user for user in people.state()["users"]}
    assert users[BOT]["is_bot"]
    assert users["ann"]["tz_offset"] in (7200, 10800)
    assert http(f"{people.workspace.url}/_control/state")["apps"][0]["shortcuts"][0]["type"] == "message"
