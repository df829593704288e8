"""Faults on request: each kind, for one method, so often, in one channel, until cleared."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.workspace import Workspace
from tests.workspace.driver import BareApp, Clock, People, http, refusal, wait_for

POST = "chat.postMessage"


def fault(people: People, kind: str, method: str = POST, **more: Any) -> None:
    answer = people.do("faults", method=method, kind=kind, **more)
    assert answer["ok"], answer


def post(people: People, text: str = "x", channel: str = "help") -> Any:
    """Post in the background, without retries."""
    url = f"{people.workspace.api_url}{POST}?token=xoxb-test"
    return people.threads.submit(lambda: http(url, {"channel": people[channel], "text": text}))


def test_a_rate_limit_answers_429_with_retry_after_once(client: WebClient, people: People) -> None:
    fault(people, "ratelimited", retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=people["help"], text="x")
    response = caught.value.response
    assert (response.status_code, response["error"]) == (429, "ratelimited")
    assert response.headers["Retry-After"] == "7"
    assert client.chat_postMessage(channel=people["help"], text="y")["ok"]
    assert people.texts("help") == ["Ask here.", "y"]


@pytest.mark.parametrize(("kind", "stored"), [("reset", []), ("reset_after", ["x"])])
def test_a_connection_can_be_reset_before_or_after_storing(
    workspace: Workspace, people: People, kind: str, stored: list[str]
) -> None:
    fault(people, kind)
    plain = WebClient("xoxb-test", base_url=workspace.api_url, retry_handlers=[])
    with pytest.raises(ConnectionResetError):
        plain.chat_postMessage(channel=people["help"], text="x")
    assert people.texts("help")[1:] == stored
    assert plain.chat_postMessage(channel=people["help"], text="y")["ok"]


def test_a_response_url_can_be_reset_too(app: BareApp, people: People) -> None:
    people.begin("command", channel="help", user="ann", command="/ask", text="why")
    hook = WebhookClient(app.take("slash_commands")["response_url"], retry_handlers=[])
    fault(people, "reset_after", method="response_url")
    with pytest.raises(ConnectionResetError):
        hook.send(text="stored")
    assert people.texts("help", "ann")[-1] == "stored"


def test_a_call_can_be_stored_after_its_caller_was_told_it_failed(people: People) -> None:
    fault(people, "late", seconds=0.05)
    assert post(people).result()["error"] == "request_timeout"
    wait_for(lambda: people.texts("help")[1:] == ["x"])


def test_what_is_late_is_stored_when_faults_are_cleared_and_forgotten_on_reset(people: People) -> None:
    fault(people, "late", seconds=60, times=2)
    post(people, "first").result()
    assert people.texts("help")[1:] == []
    people.do("faults", clear=True)
    wait_for(lambda: people.texts("help")[1:] == ["first"])
    fault(people, "late", seconds=60)
    post(people, "second").result()
    fault(people, "delay", seconds=60)
    waiting = post(people, "third")
    wait_for(lambda: people.do("faults", method="other", kind="hang")["faults"][0]["method"] == "other")
    people.do("reset")
    assert waiting.result()["error"] == "request_timeout"
    people.say("after")
    assert people.texts("help")[1:] == ["after"]


def limited(call: Any, **args: Any) -> int:
    """Seconds after which Slack would take this call."""
    with pytest.raises(SlackApiError) as caught:
        call(**args)
    assert (caught.value.response.status_code, caught.value.response["error"]) == (429, "ratelimited")
    return int(caught.value.response.headers["Retry-After"])


def test_posting_is_limited_to_one_a_second_in_each_channel(client: WebClient, people: People, clock: Clock) -> None:
    people.do("faults", kind="rate_limits", on=True)
    client.chat_postMessage(channel=people["help"], text="first")
    assert limited(client.chat_postMessage, channel=people["help"], text="second") == 1
    assert client.chat_postMessage(channel=people["desk"], text="elsewhere")["ok"]
    clock.ahead_seconds += 1
    assert client.chat_postMessage(channel=people["help"], text="third")["ok"]
    assert people.texts("help")[1:] == ["first", "third"]


@pytest.mark.parametrize(("method", "most"), [("users_list", 20), ("team_info", 50), ("users_info", 100)])
def test_a_method_is_limited_by_its_tier(
    client: WebClient, people: People, clock: Clock, method: str, most: int
) -> None:
    people.do("faults", kind="rate_limits", on=True)
    args = {"user": people["ann"]} if method == "users_info" else {}
    for _ in range(most):
        getattr(client, method)(**args)
    assert 1 <= limited(getattr(client, method), **args) <= 60
    assert client.auth_test()["ok"]
    clock.ahead_seconds += 60
    assert getattr(client, method)(**args)["ok"]


def test_nothing_is_limited_unless_asked_for(client: WebClient, people: People) -> None:
    people.do("faults", kind="rate_limits", on=True)
    client.chat_postMessage(channel=people["help"], text="0")
    assert people.do("faults", kind="rate_limits", on=False)["rate_limits"] is False
    for number in range(3):
        client.chat_postMessage(channel=people["help"], text=str(number))


@pytest.mark.parametrize(("kind", "stored"), [("error_before", []), ("error_after", ["x"])])
def test_a_server_error_comes_before_or_after_storing(
    client: WebClient, people: People, kind: str, stored: list[str]
) -> None:
    fault(people, kind)
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=people["help"], text="x")
    assert caught.value.response.status_code == 500
    assert people.texts("help")[1:] == stored


def test_a_hanging_call_stores_nothing_and_ends_when_cleared(people: People) -> None:
    fault(people, "hang")
    waiting = post(people)
    wait_for(lambda: people.do("faults", method="other", kind="hang")["faults"][0]["method"] == "other")
    assert not waiting.done()
    assert people.do("faults", clear=True)["faults"] == []
    assert waiting.result()["error"] == "request_timeout"
    assert people.texts("help") == ["Ask here."]


def test_a_hang_can_end_by_itself(people: People) -> None:
    fault(people, "hang", seconds=0.01)
    assert post(people).result()["error"] == "request_timeout"


def test_a_call_can_hang_after_storing(people: People) -> None:
    fault(people, "hang_after")
    waiting = post(people)
    wait_for(lambda: "x" in people.texts("help"))
    assert not waiting.done()
    people.do("faults", clear=True)
    assert waiting.result()["ok"]


def test_a_delayed_call_is_stored_late(people: People) -> None:
    fault(people, "delay", seconds=60)
    waiting = post(people)
    wait_for(lambda: people.do("faults", method="other", kind="hang")["faults"][0]["method"] == "other")
    assert people.texts("help") == ["Ask here."]
    people.do("faults", clear=True)
    assert waiting.result()["ok"]
    assert people.texts("help") == ["Ask here.", "x"]


def test_a_fault_can_last_several_calls_or_until_cleared(client: WebClient, people: People) -> None:
    fault(people, "error_before", times=2)
    answers = [post(people).result()["ok"] for _ in range(3)]
    assert answers == [False, False, True]
    fault(people, "error_before", times=-1)
    assert not any(post(people).result()["ok"] for _ in range(3))
    people.do("faults", clear=True)
    assert client.chat_postMessage(channel=people["help"], text="x")["ok"]


def test_a_fault_can_be_for_one_channel_and_spares_other_methods(client: WebClient, people: People) -> None:
    fault(people, "error_before", channel="desk", times=-1)
    assert client.auth_test()["ok"]
    assert post(people, channel="help").result()["ok"]
    assert not post(people, channel="desk").result()["ok"]


def test_any_method_can_fail_at_once(client: WebClient, people: People) -> None:
    fault(people, "error_before", method="*")
    assert refusal(client.auth_test) == "internal_error"


def test_a_response_url_can_fail_too(app: BareApp, people: People) -> None:
    people.begin("command", channel="help", user="ann", command="/ask", text="why")
    hook = WebhookClient(app.take("slash_commands")["response_url"])
    fault(people, "error_after", method="response_url")
    assert hook.send(text="stored").status_code == 500
    assert people.texts("help", "ann")[-1] == "stored"


def test_faults_are_listed_and_a_wrong_one_is_explained(workspace: Workspace, people: People) -> None:
    fault(people, "delay", seconds=2)
    [listed] = http(f"{workspace.url}/_control/faults")["faults"]
    assert listed | {"method": POST, "kind": "delay", "seconds": 2.0, "times": 1} == listed
    for wrong in (
        {"method": POST, "kind": "explode"},
        {"kind": "hang"},
        {"method": POST, "kind": "delay", "seconds": "x"},
    ):
        answer = people.do("faults", **wrong)
        assert answer["error"] == "invalid_fault"
        assert answer["details"]


def test_a_hanging_call_does_not_keep_the_workspace_from_stopping(workspace: Workspace) -> None:
    with Workspace(workspace.seed, port=0) as other:
        people = People(other)
        fault(people, "hang", times=1)
        waiting = post(people)
        wait_for(lambda: http(f"{other.url}/_control/faults")["faults"] == [])  # the call has met it and hangs
    assert waiting.result()["error"] in ("request_timeout", "channel_not_found")
    people.threads.shutdown()
