"""Events, interactions and commands over signed HTTP: what is sent, how it is tried again, what answers do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient
from slack_sdk.signature import Clock as SdkClock
from slack_sdk.signature import SignatureVerifier

from bot.workspace import Workspace
from bot.workspace.server import REDELIVERY_DELAYS
from tests.workspace.driver import SEED, People, wait_for
from tests.workspace.web_app import Heard, Reply, WebApp

SECRET = "signing-secret"
DELAYS = (0.0, 0.02, 0.04)
JSON = (("Content-Type", "application/json"),)


@pytest.fixture(scope="module")
def _open() -> Iterator[People]:
    seed = replace(SEED, app=replace(SEED.app, signing_secret=SECRET))
    with Workspace(seed, port=0, ack_seconds=0.3, redelivery_delays=DELAYS) as workspace:
        people = People(workspace)
        yield people
        people.threads.shutdown()


@pytest.fixture
def people(_open: People) -> People:
    _open.do("reset")
    return _open


@pytest.fixture
def client(people: People) -> WebClient:
    return WebClient(SEED.app.bot_token, base_url=people.workspace.api_url)


@pytest.fixture
def web(people: People) -> Iterator[WebApp]:
    """An app whose request URL the workspace knows and has verified."""
    web = WebApp()
    assert people.do("request-url", url=web.url)["mode"] == "http"
    yield web
    web.close()


def is_signed(heard: Heard, at: float | None = None) -> bool:
    verifier = SignatureVerifier(SECRET, SdkClock() if at is None else _At(at))
    return verifier.is_valid_request(heard.body, heard.headers)


class _At(SdkClock):
    """The SDK's clock, standing still."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def now(self) -> float:
        return self.seconds


def test_an_event_is_posted_signed_and_acknowledged_by_a_200(web: WebApp, people: People) -> None:
    answer = people.do("message", channel="help", user="ann", text="hello – “quoted”")
    heard = web.next()
    assert answer["acked"]
    assert heard.payload["event"]["text"] == "hello – “quoted”"
    assert heard.headers["content-type"] == "application/json"
    assert is_signed(heard)
    assert "x-slack-retry-num" not in heard.headers
    assert web.heard.empty()


def test_a_signature_is_for_this_body_secret_and_time_only(web: WebApp, people: People) -> None:
    people.do("message", channel="help", user="ann", text="hello")
    heard = web.next()
    assert not is_signed(replace(heard, body=heard.body + " "))
    assert not SignatureVerifier("another").is_valid_request(heard.body, heard.headers)
    assert not is_signed(heard, at=float(heard.headers["x-slack-request-timestamp"]) + 301)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(500), "http_error"),
        (Reply(404), "http_error"),
        (Reply(302), "http_error"),
        (Reply(hold=True), "http_timeout"),
    ],
)
def test_an_event_without_a_200_comes_three_more_times(web: WebApp, people: People, reply: Reply, reason: str) -> None:
    web.answer_next(*[reply] * 4)
    assert people.do("message", channel="help", user="ann", text="hello")["acked"] is False
    attempts = [web.next() for _ in range(4)]
    assert [heard.headers.get("x-slack-retry-num") for heard in attempts] == [None, "1", "2", "3"]
    assert {heard.headers.get("x-slack-retry-reason") for heard in attempts[1:]} == {reason}
    assert len({heard.payload["event_id"] for heard in attempts}) == 1
    assert all(is_signed(heard) for heard in attempts)
    wait_for(lambda: len(people.log("request_answered")) == 4)
    assert web.heard.empty()


def test_each_attempt_waits_its_time(web: WebApp, people: People) -> None:
    assert REDELIVERY_DELAYS == (0, 60, 300)
    web.answer_next(*[Reply(500)] * 4)
    people.do("message", channel="help", user="ann", text="hello")
    wait_for(lambda: len(people.log("request_answered")) == 4)
    sent, answered = people.log("request_sent"), people.log("request_answered")
    waited = [later["time"] - before["time"] for later, before in zip(sent[1:], answered, strict=False)]
    assert all(seconds >= delay for seconds, delay in zip(waited, DELAYS, strict=True))


def test_a_repeated_event_that_is_acknowledged_does_not_come_again(web: WebApp, people: People) -> None:
    web.answer_next(Reply(503))
    people.do("message", channel="help", user="ann", text="hello")
    assert [web.next().headers.get("x-slack-retry-num") for _ in range(2)] == [None, "1"]
    wait_for(lambda: len(people.log("request_answered")) == 2)
    people.do("message", channel="help", user="ann", text="next")
    assert web.next().payload["event"]["text"] == "next"


def test_an_app_can_refuse_further_attempts(web: WebApp, people: People) -> None:
    web.answer_next(Reply(500, headers=(("X-Slack-No-Retry", "1"),)))
    people.do("message", channel="help", user="ann", text="hello")
    people.do("message", channel="help", user="ann", text="next")
    assert [web.next().payload["event"]["text"] for _ in range(2)] == ["hello", "next"]
    assert web.heard.empty()


def test_an_app_that_is_away_is_tried_again_when_it_is_back(people: People) -> None:
    web = WebApp()
    people.do("request-url", url=web.url)
    web.close()
    assert people.do("message", channel="help", user="ann", text="hello")["acked"] is False
    assert people.state()["apps"][0] | {"mode": "http", "connected": False} == people.state()["apps"][0]
    wait_for(lambda: len(people.log("request_answered")) == 4)
    assert {entry["reason"] for entry in people.log("request_answered")} == {"connection_failed"}


def test_a_button_and_its_modal_travel_as_forms(web: WebApp, client: WebClient, people: People) -> None:
    plain = {"type": "plain_text", "text": "Go & see"}
    blocks = [{"type": "actions", "elements": [{"type": "button", "action_id": "go", "text": plain}]}]
    ts = client.chat_postMessage(channel=people["help"], text="x", blocks=blocks)["ts"]
    web.next()
    assert people.do("interact", channel="help", messageTs=ts, user="ann", action={"action_id": "go"})["ok"]
    pressed = web.next()
    assert is_signed(pressed)
    assert pressed.headers["content-type"] == "application/x-www-form-urlencoded"
    assert pressed.payload["actions"][0]["text"]["text"] == "Go & see"
    view = {"type": "modal", "title": plain, "submit": plain, "blocks": [words()]}
    client.views_open(trigger_id=pressed.payload["trigger_id"], view=view)
    errors = {"response_action": "errors", "errors": {"words": "Say more"}}
    web.answer_next(Reply(body=json.dumps(errors), headers=JSON))
    assert people.do("submit-view", user="ann", values={"words": {"text": "x"}})["errors"] == errors["errors"]
    assert people.do("submit-view", user="ann", values={"words": {"text": "more"}}) == {"ok": True}
    assert people.state()["views"] == []


def words() -> dict[str, object]:
    label = {"type": "plain_text", "text": "Words"}
    element = {"type": "plain_text_input", "action_id": "text"}
    return {"type": "input", "block_id": "words", "label": label, "element": element}


@pytest.mark.parametrize("reply", [Reply(body="Only for you"), Reply(body='{"text": "Only for you"}', headers=JSON)])
def test_a_command_is_answered_by_the_words_in_the_response(web: WebApp, people: People, reply: Reply) -> None:
    web.answer_next(reply)
    assert people.do("command", channel="help", user="ann", command="/ask", text="why & how")["ok"]
    heard = web.next()
    assert is_signed(heard)
    assert (heard.payload["command"], heard.payload["text"]) == ("/ask", "why & how")
    assert people.texts("help", "ann")[-1] == "Only for you"
    assert "Only for you" not in people.texts("help", "ben")


@pytest.mark.parametrize(
    ("reply", "error"), [(Reply(500), "http_service_error"), (Reply(hold=True), "operation_timeout")]
)
def test_what_a_person_waits_for_is_tried_once(web: WebApp, people: People, reply: Reply, error: str) -> None:
    web.answer_next(reply)
    answer = people.do("command", channel="help", user="ann", command="/ask", text="why")
    assert answer["error"] == error
    assert error in people.texts("help", "ann")[-1]
    web.next()
    assert web.heard.empty()


def test_a_command_to_an_app_that_is_away_fails_at_once(people: People) -> None:
    web = WebApp()
    people.do("request-url", url=web.url)
    web.close()
    assert people.do("command", channel="help", user="ann", command="/ask", text="x")["error"] == "dispatch_failed"


def test_a_url_that_does_not_give_the_challenge_back_is_not_taken(people: People) -> None:
    web = WebApp()
    web.challenged = False
    assert people.do("request-url", url=web.url)["error"] == "url_verification_failed"
    web.close()
    assert people.do("request-url", url=web.url)["error"] == "url_verification_failed"
    assert people.state()["apps"][0]["mode"] == "socket"


def test_a_url_can_be_given_back_for_socket_mode(web: WebApp, people: People) -> None:
    assert people.do("request-url")["mode"] == "http"
    assert people.do("request-url", url="")["mode"] == "socket"


def test_a_seed_with_a_url_is_waited_for_until_it_answers() -> None:
    web = WebApp()
    app = replace(SEED.app, signing_secret=SECRET, request_url=web.url)
    with Workspace(replace(SEED, app=app), port=0) as workspace:
        assert workspace.wait_until_connected(5)
        web.close()
        assert not workspace.wait_until_connected(0)


def test_a_url_without_a_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="signing_secret"):
        Workspace(replace(SEED, app=replace(SEED.app, request_url="http://127.0.0.1:1/")), port=0)


@pytest.fixture
def bolt_says(client: WebClient, people: People) -> Iterator[list[str]]:
    """What a real Bolt app heard at the request URL; it answers a command, and checks every signature."""
    heard: list[str] = []
    app = App(client=client, signing_secret=SECRET)
    app.event("message")(lambda event: heard.append(event["text"]))
    app.command("/ask")(lambda ack, command: ack(f"You asked {command['text']}"))

    def answer(request: Heard) -> Reply:
        answered = app.dispatch(BoltRequest(body=request.body, headers=dict(request.headers)))
        headers = tuple((name, values[0]) for name, values in answered.headers.items())
        return Reply(answered.status, answered.body, headers)

    web = WebApp(answer)
    assert people.do("request-url", url=web.url)["ok"]
    yield heard
    web.close()


def test_a_bolt_app_takes_the_challenge_events_and_commands(bolt_says: list[str], people: People) -> None:
    assert people.do("message", channel="help", user="ann", text="hello")["acked"]
    wait_for(lambda: bolt_says == ["hello"])
    assert people.do("command", channel="help", user="ann", command="/ask", text="why")["ok"]
    assert people.texts("help", "ann")[-1] == "You asked why"


def test_a_bolt_app_refuses_another_secret(client: WebClient, people: People) -> None:
    app = App(client=client, signing_secret="another")
    statuses = []

    def answer(request: Heard) -> Reply:
        statuses.append(app.dispatch(BoltRequest(body=request.body, headers=dict(request.headers))).status)
        return Reply(statuses[-1])

    web = WebApp(answer)
    assert people.do("request-url", url=web.url)["error"] == "url_verification_failed"
    assert statuses == [401]
    web.close()


def test_a_request_url_is_a_web_address(people: People) -> None:
    assert people.do("request-url", url="somewhere")["error"] == "invalid_arguments"
