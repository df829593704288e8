"""Buttons, slash commands, modals and response URLs, with a bare app on the other side."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from tests.workspace.driver import BOT, BareApp, Clock, People, refusal

Json = dict[str, Any]

BUTTONS = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "1"},
            {
                "type": "static_select",
                "action_id": "pick",
                "options": [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("red", "blue")],
            },
        ],
    }
]


def modal(**changes: Any) -> Json:
    fields = [
        {"type": "plain_text_input", "action_id": "text", "max_length": 20},
        {
            "type": "radio_buttons",
            "action_id": "choice",
            "options": [{"text": {"type": "plain_text", "text": v}, "value": v} for v in ("yes", "no")],
        },
    ]
    label = {"type": "plain_text", "text": "Label"}
    view = {
        "type": "modal",
        "callback_id": "form",
        "private_metadata": "kept",
        "title": {"type": "plain_text", "text": "Form"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [
            {"type": "input", "block_id": "words", "label": label, "element": fields[0]},
            {"type": "input", "block_id": "radio", "label": label, "element": fields[1], "optional": True},
            {
                "type": "actions",
                "block_id": "more",
                "elements": [{"type": "button", "action_id": "help", "text": {"type": "plain_text", "text": "Help"}}],
            },
        ],
    }
    return view | changes


@pytest.fixture
def message(app: BareApp, client: WebClient, people: People) -> Json:
    """A message of the bot with a button and a select."""
    posted = client.chat_postMessage(channel=people["help"], text="Choose", blocks=BUTTONS)
    app.take("message")
    return dict(posted["message"])


def press(people: People, message: Json, action: Json, user: str = "ann") -> Any:
    return people.begin("interact", channel="help", messageTs=message["ts"], user=user, action=action)


def pressed(app: BareApp, people: People, message: Json, user: str = "ann") -> Json:
    """The payload of the pressed button."""
    press(people, message, {"action_id": "go"}, user)
    return app.take("interactive")


@pytest.fixture
def open_view(app: BareApp, client: WebClient, people: People, message: Json) -> Json:
    """A modal that ann has open."""
    trigger_id = pressed(app, people, message)["trigger_id"]
    return dict(client.views_open(trigger_id=trigger_id, view=modal())["view"])


def test_a_press_tells_who_pressed_what_where(app: BareApp, people: People, message: Json) -> None:
    payload = pressed(app, people, message)
    assert payload["type"] == "block_actions"
    assert (payload["user"]["id"], payload["user"]["name"]) == (people["ann"], "ann")
    assert payload["channel"] == {"id": people["help"], "name": "help"}
    assert payload["container"] == {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": people["help"],
        "is_ephemeral": False,
    }
    assert payload["message"]["ts"] == message["ts"]
    [action] = payload["actions"]
    shown = {"type": "button", "action_id": "go", "block_id": "row", "value": "1"}
    assert action | shown == action
    assert action["text"]["text"] == "Go"


def test_a_choice_is_told_as_the_chosen_option(app: BareApp, people: People, message: Json) -> None:
    press(people, message, {"type": "static_select", "action_id": "pick", "value": "blue"})
    payload = app.take("interactive")
    assert payload["actions"][0]["selected_option"]["value"] == "blue"
    assert payload["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "blue"


def test_a_forged_value_is_passed_on(app: BareApp, people: People, message: Json) -> None:
    press(people, message, {"type": "button", "action_id": "go", "value": "forged"})
    assert app.take("interactive")["actions"][0]["value"] == "forged"


def test_a_press_in_a_thread_of_a_private_channel_says_so(app: BareApp, client: WebClient, people: People) -> None:
    parent = client.chat_postMessage(channel=people["desk"], text="x")["ts"]
    reply = client.chat_postMessage(channel=people["desk"], text="y", thread_ts=parent, blocks=BUTTONS)["ts"]
    people.begin("interact", channel="desk", messageTs=reply, user="mod", action={"action_id": "go"})
    payload = app.take("interactive")
    assert payload["container"]["thread_ts"] == parent
    assert payload["channel"]["name"] == "privategroup"


def test_nobody_presses_what_they_cannot_see(client: WebClient, people: People) -> None:
    posted = client.chat_postMessage(channel=people["desk"], text="x", blocks=BUTTONS)["ts"]
    own = client.chat_postEphemeral(channel=people["help"], user=people["ann"], text="x", blocks=BUTTONS)
    press_go: Json = {"action": {"action_id": "go"}}

    def by(user: str, channel: str, ts: str) -> str:
        return str(people.do("interact", user=user, channel=channel, messageTs=ts, **press_go)["error"])

    assert by("ann", "desk", posted) == "channel_not_found"
    assert by("ben", "help", own["message_ts"]) == "message_not_found"
    assert by("ann", "help", "1.000001") == "message_not_found"


@pytest.mark.usefixtures("hasty")
def test_a_press_nobody_hears_is_told_to_the_person(app: BareApp, people: People, message: Json) -> None:
    pressing = press(people, message, {"action_id": "go"})
    app.next("interactive")
    assert pressing.result() == {"ok": False, "error": "operation_timeout"}
    app.close()
    waiting = press(people, message, {"action_id": "go"})
    assert waiting.result() == {"ok": False, "error": "dispatch_failed"}


@pytest.mark.usefixtures("hasty")
def test_a_button_is_not_pressed_again_by_itself(app: BareApp, people: People, message: Json) -> None:
    press(people, message, {"action_id": "go"}).result()
    people.begin("message", channel="help", user="ann", text="after")
    kinds = [app.next()["type"], app.next()["type"]]
    assert kinds == ["interactive", "events_api"]


# Slash commands


def command(people: People, text: str = "why", channel: str = "help", name: str = "/ask") -> Any:
    return people.begin("command", channel=channel, user="ann", command=name, text=text)


def test_a_command_tells_who_asked_what(app: BareApp, people: People) -> None:
    asking = command(people)
    payload = app.take("slash_commands")
    assert (payload["command"], payload["text"]) == ("/ask", "why")
    assert (payload["user_id"], payload["user_name"]) == (people["ann"], "ann")
    assert (payload["channel_id"], payload["channel_name"]) == (people["help"], "help")
    assert payload["team_domain"] == "test"
    assert asking.result() == {"ok": True}
    assert people.texts("help") == ["Ask here."]


def test_the_text_of_an_acknowledgement_is_seen_by_the_caller_only(app: BareApp, people: People) -> None:
    for payload in ({"text": "thanks"}, "plain thanks"):
        asking = command(people)
        app.ack(app.next("slash_commands"), payload)
        assert asking.result()["ok"]
    assert people.texts("help", "ann")[-2:] == ["thanks", "plain thanks"]
    assert people.texts("help", "ben") == ["Ask here."]


def test_an_answer_for_all_also_shows_what_was_typed(app: BareApp, people: People) -> None:
    asking = command(people)
    app.ack(app.next("slash_commands"), {"text": "for all", "response_type": "in_channel"})
    assert asking.result()["ok"]
    assert people.texts("help", "ben")[-2:] == ["/ask why", "for all"]


@pytest.mark.usefixtures("hasty")
def test_a_command_nobody_acknowledges_fails_visibly_for_the_caller(app: BareApp, people: People) -> None:
    asking = command(people)
    app.next("slash_commands")
    assert asking.result()["error"] == "operation_timeout"
    told = people.read("help", "ann")[-1]
    assert (told["user"], told["ephemeral_to"]) == ("USLACKBOT", people["ann"])
    assert "operation_timeout" in told["text"]


def test_an_unknown_command_never_reaches_the_app(people: People) -> None:
    assert command(people, name="/fly").result()["error"] == "unknown_command"
    assert "/fly is not a valid command" in people.texts("help", "ann")[-1]


def test_a_command_works_where_the_bot_is_not(app: BareApp, people: People) -> None:
    command(people, channel="lounge")
    payload = app.take("slash_commands")
    WebhookClient(payload["response_url"]).send(text="here too")
    assert people.texts("lounge", "ann") == ["here too"]


# Response URLs


def test_a_response_url_answers_the_person_privately_by_default(app: BareApp, people: People, message: Json) -> None:
    hook = WebhookClient(pressed(app, people, message)["response_url"])
    assert hook.send(text="psst").body == "ok"
    assert people.texts("help", "ann")[-1] == "psst"
    assert people.texts("help", "ben")[-1] == "Choose"


def test_a_response_url_can_answer_for_all_and_in_a_thread(app: BareApp, people: People, message: Json) -> None:
    hook = WebhookClient(pressed(app, people, message)["response_url"])
    hook.send_dict({"text": "for all", "response_type": "in_channel", "thread_ts": message["ts"]})
    newest = people.read("help", "ben")[-1]
    assert (newest["text"], newest["thread_ts"]) == ("for all", message["ts"])


def test_a_response_url_replaces_and_deletes_the_original(app: BareApp, people: People, message: Json) -> None:
    hook = WebhookClient(pressed(app, people, message)["response_url"])
    hook.send(text="chosen", replace_original=True)
    assert people.texts("help", "ben")[-1] == "chosen"
    assert "blocks" not in people.read("help")[-1]
    hook.send(delete_original=True)
    assert people.texts("help") == ["Ask here."]


def test_an_ephemeral_original_is_replaced_for_its_person(app: BareApp, client: WebClient, people: People) -> None:
    private: Json = {"channel": people["help"], "user": people["ann"], "text": "only you", "blocks": BUTTONS}
    sent = client.chat_postEphemeral(**private)
    payload = pressed(app, people, {"ts": sent["message_ts"]})
    assert payload["container"]["is_ephemeral"]
    assert "message" not in payload
    hook = WebhookClient(payload["response_url"])
    hook.send(text="still only you", replace_original=True)
    assert people.texts("help", "ann")[-1] == "still only you"
    assert people.texts("help", "ben") == ["Ask here."]
    hook.send(delete_original=True)
    assert people.texts("help", "ann") == ["Ask here."]


def status_of(url: str, body: Json) -> tuple[int, str]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)["error"]


def test_a_response_url_is_good_for_five_uses_in_thirty_minutes(
    app: BareApp, people: People, message: Json, clock: Clock
) -> None:
    url = pressed(app, people, message)["response_url"]
    assert [status_of(url, {"text": str(n)})[0] for n in range(6)] == [200] * 5 + [404]
    assert status_of(url, {"text": "x"}) == (404, "used_url")
    assert status_of(url + "x", {"text": "x"}) == (404, "no_such_url")
    late = pressed(app, people, message)["response_url"]
    clock.ahead_seconds = 30 * 60 + 1
    assert status_of(late, {"text": "x"}) == (404, "expired_url")


def test_a_response_url_refuses_bad_content(app: BareApp, people: People, message: Json) -> None:
    url = pressed(app, people, message)["response_url"]
    assert status_of(url, {}) == (400, "no_text")
    assert status_of(url, {"blocks": [{"type": "hologram"}]}) == (400, "invalid_blocks")


# Modals


def test_a_trigger_opens_one_modal_within_three_seconds(
    app: BareApp, client: WebClient, people: People, message: Json, clock: Clock
) -> None:
    trigger_id = pressed(app, people, message)["trigger_id"]
    late = pressed(app, people, message)["trigger_id"]
    opened = client.views_open(trigger_id=trigger_id, view=modal())["view"]
    assert [(v["user"], v["view"]["id"]) for v in people.state()["views"]] == [(people["ann"], opened["id"])]

    def again(trigger: str) -> str:
        return refusal(client.views_open, trigger_id=trigger, view=modal())

    assert again(trigger_id) == "exchanged_trigger_id"
    assert again("1.2.x") == "invalid_trigger_id"
    clock.ahead_seconds = 3.1
    assert again(late) == "expired_trigger_id"


BAD_VIEWS = [
    ({"title": {"type": "plain_text", "text": "x" * 25}}, "/view/title/text"),
    ({"title": None}, "/view"),
    ({"private_metadata": "x" * 3001}, "/view/private_metadata"),
    ({"callback_id": "x" * 256}, "/view/callback_id"),
    ({"type": "window"}, "/view/type"),
    ({"blocks": [{"type": "divider"}] * 101}, "/view/blocks"),
    ({"blocks": [{"type": "markdown", "text": "x"}]}, "/view/blocks"),
    ({"submit": {"type": "mrkdwn", "text": "Send"}}, "/view/submit/type"),
]


@pytest.mark.parametrize(("changes", "where"), BAD_VIEWS)
def test_a_modal_beyond_slacks_limits_is_refused_and_the_trigger_stays_good(
    app: BareApp, client: WebClient, people: People, message: Json, changes: Json, where: str
) -> None:
    trigger_id = pressed(app, people, message)["trigger_id"]
    call = {"trigger_id": trigger_id, "view": modal(**changes)}
    with pytest.raises(Exception, match="invalid_arguments") as caught:
        client.views_open(**call)
    assert where in str(caught.value.response["response_metadata"]["messages"])  # type: ignore[attr-defined]
    assert client.views_open(trigger_id=trigger_id, view=modal())["ok"]


def test_a_modal_with_an_input_needs_a_submit_button(
    app: BareApp, client: WebClient, people: People, message: Json
) -> None:
    view = {key: value for key, value in modal().items() if key != "submit"}
    trigger_id = pressed(app, people, message)["trigger_id"]
    assert refusal(client.views_open, trigger_id=trigger_id, view=view) == "invalid_arguments"


def test_a_modal_can_be_updated_by_id_and_hash(client: WebClient, people: People, open_view: Json) -> None:
    title = {"type": "plain_text", "text": "Changed"}
    updated = client.views_update(view_id=open_view["id"], hash=open_view["hash"], view=modal(title=title))
    assert updated["view"]["id"] == open_view["id"]
    assert people.state()["views"][0]["view"]["title"] == title
    stale = {"view_id": open_view["id"], "hash": open_view["hash"], "view": modal()}
    assert refusal(client.views_update, **stale) == "hash_conflict"
    assert refusal(client.views_update, view_id="V0GONE", view=modal()) == "not_found"


def test_an_external_id_names_one_modal(app: BareApp, client: WebClient, people: People, message: Json) -> None:
    trigger_id = pressed(app, people, message)["trigger_id"]
    client.views_open(trigger_id=trigger_id, view=modal(external_id="mine"))
    other = pressed(app, people, message, user="ben")["trigger_id"]
    taken = refusal(client.views_open, trigger_id=other, view=modal(external_id="mine"))
    assert taken == "duplicate_external_id"
    assert client.views_update(external_id="mine", view=modal(external_id="mine"))["ok"]


def submit(people: People, **values: Any) -> Any:
    given = {block: {"text" if block == "words" else "choice": value} for block, value in values.items()}
    return people.begin("submit-view", user="ann", values=given)


def test_a_submission_carries_every_value(app: BareApp, people: People, open_view: Json) -> None:
    submitting = submit(people, words="hello", radio="yes")
    payload = app.take("interactive")
    assert payload["type"] == "view_submission"
    view = payload["view"]
    assert (view["id"], view["callback_id"], view["private_metadata"]) == (open_view["id"], "form", "kept")
    values = view["state"]["values"]
    assert values["words"]["text"] == {"type": "plain_text_input", "value": "hello"}
    assert values["radio"]["choice"]["selected_option"]["value"] == "yes"
    assert submitting.result() == {"ok": True}
    assert people.state()["views"] == []


def test_an_untouched_optional_input_is_null(app: BareApp, people: People, open_view: Json) -> None:
    state = {"type": "plain_text_input", "value": "as Slack says it"}
    submit(people, words=state)
    values = app.take("interactive")["view"]["state"]["values"]
    assert values["words"]["text"] == state
    assert values["radio"]["choice"] == {"type": "radio_buttons", "selected_option": None}


@pytest.mark.usefixtures("open_view")
def test_slacks_own_window_refuses_empty_and_overlong_inputs(people: People) -> None:
    for words in (None, "", "x" * 21):
        answer = submit(people, words=words).result()
        assert answer["response_action"] == "errors"
        assert list(answer["errors"]) == ["words"]
    assert people.state()["views"]
    assert submit(people, words="x", radio="maybe").result()["error"] == "option_not_found"


@pytest.mark.usefixtures("open_view")
def test_the_app_can_answer_with_errors(app: BareApp, people: People) -> None:
    submitting = submit(people, words="hello")
    app.ack(app.next("interactive"), {"response_action": "errors", "errors": {"words": "Too short"}})
    answer = submitting.result()
    assert answer == {"ok": True, "response_action": "errors", "errors": {"words": "Too short"}}
    assert len(people.state()["views"]) == 1
    submitting = submit(people, words="hello")
    app.ack(app.next("interactive"), {"response_action": "errors", "errors": {"nowhere": "x"}})
    assert submitting.result()["error"] == "invalid_errors"


def test_the_app_can_update_push_and_clear(app: BareApp, people: People, open_view: Json) -> None:
    def answer(payload: Json) -> list[Json]:
        submitting = submit(people, words="hello")
        app.ack(app.next("interactive"), payload)
        assert submitting.result()["response_action"] == payload["response_action"]
        return [shown["view"] for shown in people.state()["views"]]

    [updated] = answer({"response_action": "update", "view": modal(callback_id="second")})
    assert (updated["id"], updated["callback_id"]) == (open_view["id"], "second")
    first, pushed = answer({"response_action": "push", "view": modal(callback_id="third")})
    assert (first["id"], pushed["previous_view_id"]) == (open_view["id"], open_view["id"])
    assert answer({"response_action": "clear"}) == []


@pytest.mark.usefixtures("hasty", "open_view")
def test_a_modal_nobody_acknowledges_stays_open(app: BareApp, people: People) -> None:
    submitting = submit(people, words="hello")
    app.next("interactive")
    assert submitting.result()["error"] == "operation_timeout"
    assert len(people.state()["views"]) == 1


def test_a_press_inside_a_modal_carries_what_was_typed_so_far(app: BareApp, people: People, open_view: Json) -> None:
    typed = {"words": {"text": {"type": "plain_text_input", "value": "so far"}}}
    people.begin("interact", user="ann", viewId=open_view["id"], action={"action_id": "help"}, values=typed)
    payload = app.take("interactive")
    assert payload["container"] == {"type": "view", "view_id": open_view["id"]}
    assert payload["view"]["state"]["values"]["words"]["text"]["value"] == "so far"
    assert payload["actions"][0]["block_id"] == "more"
    assert "channel" not in payload
    assert "response_url" not in payload


def test_closing_tells_the_app_only_if_it_asked(
    app: BareApp, client: WebClient, people: People, open_view: Json, message: Json
) -> None:
    assert people.do("close-view", user="ann")["ok"]
    assert people.state()["views"] == []
    trigger_id = pressed(app, people, message)["trigger_id"]
    client.views_open(trigger_id=trigger_id, view=modal(notify_on_close=True, callback_id="loud"))
    closing = people.begin("close-view", user="ann")
    payload = app.take("interactive")
    assert (payload["type"], payload["view"]["callback_id"]) == ("view_closed", "loud")
    assert closing.result()["ok"]
    assert people.do("close-view", user="ann")["error"] == "view_not_found"
    assert open_view["callback_id"] == "form"


def test_a_modal_belongs_to_the_person_who_pressed(people: People, open_view: Json) -> None:
    answer = people.do("submit-view", user="ben", values={})
    assert answer == {"ok": False, "error": "view_not_found"}
    theirs = people.do("interact", user="ben", viewId=open_view["id"], action={"action_id": "help"})
    assert theirs["error"] == "view_not_found"


def test_the_bot_itself_is_nobodys_dm(client: WebClient, people: People) -> None:
    assert refusal(client.conversations_open, users=people[BOT]) == "cannot_dm_bot"
