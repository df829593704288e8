"""HTTP mode: what the request URL takes, what it refuses, and what Slack is told when the bot cannot take a message."""

from __future__ import annotations

import http.client
import json
import logging
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from slack_bolt import App, BoltResponse
from slack_sdk.signature import SignatureVerifier

from bot.app import Bot
from bot.config import ConfigError
from bot.listeners.signed_http import BODY_BYTES, PATH, SignedHttp
from tests.program import CONNECTED, Program, slack_settings
from tests.town import SIGNING_SECRET, Town, event_of, eventually, question_of, rest, running_bot, settings

Json = dict[str, Any]
QUESTION = question_of("percutaneous-lumbar-fusion")
JSON = "application/json"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("http") / "data"


@pytest.fixture(scope="module")
def lasting_town() -> Iterator[Town]:
    town = Town.open(redelivery_delays=(0.0, 0.2, 0.2))
    yield town
    town.workspace.stop()


@pytest.fixture(scope="module")
def lasting_bot(lasting_town: Town, data_dir: Path) -> Iterator[Bot]:
    bot = running_bot(lasting_town, data_dir, support_bot_transport="http", slack_app_token="")
    yield bot
    bot.stop()


@pytest.fixture
def bot(lasting_bot: Bot) -> Bot:
    rest(lasting_bot)
    return lasting_bot


@pytest.fixture
def town(lasting_town: Town, bot: Bot) -> Town:
    """A town whose Slack calls its bot by HTTP; the bot has no app token."""
    lasting_town.turn_page()
    return lasting_town


@dataclass(frozen=True)
class Answer:
    status: int
    body: str


def call(address: str, body: bytes, headers: Mapping[str, str], method: str = "POST", path: str = "") -> Answer:
    """One HTTP request to the bot."""
    where = urlsplit(address)
    with closing(http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)) as connection:
        connection.request(method, path or where.path, body, dict(headers))
        response = connection.getresponse()
        return Answer(response.status, response.read().decode())


def signed(body: bytes, *, secret: str = SIGNING_SECRET, late_seconds: int = 0, kind: str = JSON) -> dict[str, str]:
    """Slack's headers for a body, signed `late_seconds` ago."""
    timestamp = str(int(time.time()) - late_seconds)
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    assert signature is not None
    return {"content-type": kind, "x-slack-request-timestamp": timestamp, "x-slack-signature": signature}


def as_slack_tells(town: Town, bot: Bot, words: str = QUESTION) -> bytes:
    """The body that tells of a message; nobody in town has said it, so only this can bring a reply."""
    ts = f"{time.time():.6f}"
    said = {"user": town.users["patient-a"], "text": words, "ts": ts, "client_msg_id": ts}
    told = {"type": "event_callback", "team_id": bot.directory.team, "event": event_of(town, said)}
    return json.dumps(told).encode()


def replies(town: Town) -> list[Json]:
    return [*town.by_bot(town.messages("support")), *town.cards()]


# --- what is taken


def test_a_question_comes_and_is_answered_without_an_app_token(town: Town) -> None:
    assert town.reply(town.say("patient-a", QUESTION))


def test_the_challenge_is_given_back(bot: Bot) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "say this"}).encode()
    answer = call(bot.address, body, signed(body))
    assert (answer.status, json.loads(answer.body)) == (200, {"challenge": "say this"})


def test_a_signed_event_is_acknowledged_and_answered(town: Town, bot: Bot) -> None:
    body = as_slack_tells(town, bot, "what's the capital of France?")
    assert call(bot.address, body, signed(body)).status == 200
    assert town.card()


def test_the_bot_listens_on_this_machine_alone(bot: Bot) -> None:
    assert bot.address.startswith("http://127.0.0.1:")


# --- what is refused


def unsigned(_body: bytes) -> dict[str, str]:
    return {"content-type": JSON}


def of_another_secret(body: bytes) -> dict[str, str]:
    return signed(body, secret="another-secret")


def of_other_words(body: bytes) -> dict[str, str]:
    return signed(body.replace(b"capital", b"Capital"))


def too_old(body: bytes) -> dict[str, str]:
    return signed(body, late_seconds=301)


def of_the_future(body: bytes) -> dict[str, str]:
    return signed(body, late_seconds=-310)


def without_a_time(body: bytes) -> dict[str, str]:
    return {**signed(body), "x-slack-request-timestamp": "yesterday"}


@pytest.mark.parametrize(
    "headers", [unsigned, of_another_secret, of_other_words, too_old, of_the_future, without_a_time]
)
def test_what_slack_has_not_just_signed_is_refused_and_does_nothing(
    town: Town, bot: Bot, headers: Callable[[bytes], dict[str, str]]
) -> None:
    body = as_slack_tells(town, bot, "what's the capital of France?")
    assert call(bot.address, body, headers(body)).status >= 400
    rest(bot)
    assert replies(town) == []


def test_an_event_dressed_up_as_slacks_check_of_the_certificate_does_nothing(town: Town, bot: Bot) -> None:
    body = json.dumps({**json.loads(as_slack_tells(town, bot, "who are you?")), "ssl_check": "1"}).encode()
    call(bot.address, body, {"content-type": JSON})
    rest(bot)
    assert replies(town) == []


@pytest.mark.parametrize("size", [BODY_BYTES + 1, 100 * BODY_BYTES])
def test_a_body_over_the_limit_is_refused_unread(bot: Bot, size: int) -> None:
    where = urlsplit(bot.address)
    with closing(http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)) as connection:
        connection.putrequest("POST", PATH)
        connection.putheader("content-length", str(size))
        connection.endheaders(b"{")
        assert connection.getresponse().status == 413


def test_a_body_within_the_limit_is_read(town: Town, bot: Bot) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "x", "pad": "y" * (BODY_BYTES - 100)}).encode()
    assert BODY_BYTES - 100 < len(body) <= BODY_BYTES
    assert call(bot.address, body, signed(body)).status == 200


@pytest.mark.parametrize("body", [b"{", b"[]", b'"words"', b"\xff\xfe", b"payload={", b"{" * 100_000, b""])
def test_nonsense_is_refused_quietly(bot: Bot, body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "waitress"):
        assert 400 <= call(bot.address, body, {"content-type": JSON}).status < 500
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", PATH), ("PUT", PATH), ("POST", "/"), ("GET", "/"), ("POST", "/slack/install"), ("POST", f"{PATH}/more")],
)
def test_nothing_else_is_served(bot: Bot, method: str, path: str) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "x"}).encode()
    assert call(bot.address, body, signed(body), method, path).status == 404


# --- what cannot be taken


@contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Nobody else can write to the database inside."""
    with closing(sqlite3.connect(data_dir / "support-bot.sqlite3", isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


def test_what_cannot_be_stored_is_not_acknowledged_and_slack_brings_it_again(
    town: Town, bot: Bot, data_dir: Path
) -> None:
    with locked(data_dir):
        said = town.post("message", channel=town.channels["support"], user=town.users["patient-a"], text=QUESTION)
        assert said["acked"] is False
    assert town.reply(said["message"]["ts"])
    rest(bot)
    assert len(town.thread(said["message"]["ts"])) == 1
    answered = [entry["status"] for entry in town.get("log")["log"] if entry["kind"] == "request_answered"]
    assert any(status is None or status >= 500 for status in answered)


# --- starting and stopping


def test_an_address_in_use_is_named_with_its_settings(empty_town: Town, tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        bot = Bot(settings(empty_town, tmp_path, support_bot_transport="http", support_bot_http_port=port))
        with pytest.raises(ConfigError, match=rf"127\.0\.0\.1:{port} .*SUPPORT_BOT_HTTP_PORT"):
            bot.start()


def test_a_bot_without_a_signing_secret_is_not_built(empty_town: Town, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="SLACK_SIGNING_SECRET is not set"):
        Bot(settings(empty_town, tmp_path, support_bot_transport="http", slack_signing_secret=""))


@dataclass
class Slow:
    """An app that holds each request until it is let go."""

    begun: threading.Event
    let_go: threading.Event
    door: SignedHttp

    @staticmethod
    def open() -> tuple[Slow, str]:
        begun, let_go = threading.Event(), threading.Event()

        def hold() -> BoltResponse:
            begun.set()
            let_go.wait(10)
            return BoltResponse(status=200, body="held")

        door = SignedHttp(unconnected_app(before_authorize=hold), "127.0.0.1", 0)
        return Slow(begun, let_go, door), door.open()


def unconnected_app(**options: Any) -> App:
    return App(token="xoxb-1", signing_secret=SIGNING_SECRET, token_verification_enabled=False, **options)


def refuses(address: str) -> bool:
    where = urlsplit(address)
    try:
        socket.create_connection((where.hostname, where.port), timeout=1).close()
    except OSError:
        return True
    return False


def test_a_request_that_has_begun_is_answered_before_the_end() -> None:
    threads = set(threading.enumerate())
    slow, address = Slow.open()
    body = json.dumps({"type": "event_callback", "event": {"type": "message"}}).encode()
    answers: list[Answer] = []
    asking = threading.Thread(target=lambda: answers.append(call(address, body, signed(body))))
    asking.start()
    assert slow.begun.wait(5)
    closing_it = threading.Thread(target=slow.door.close)
    closing_it.start()
    eventually(lambda: refuses(address), "the door to be shut")
    assert answers == []
    slow.let_go.set()
    asking.join(5)
    closing_it.join(5)
    assert answers == [Answer(200, "held")]
    eventually(lambda: set(threading.enumerate()) <= threads, "its threads to end")


def hung_up(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_connection_that_says_nothing_does_not_hold_up_the_end() -> None:
    slow, address = Slow.open()
    where = urlsplit(address)
    with closing(socket.create_connection((where.hostname, where.port))) as silent:
        since = time.monotonic()
        slow.door.close()
        assert time.monotonic() - since < 2.0
        assert hung_up(silent)


def test_a_door_that_was_never_opened_can_be_closed() -> None:
    SignedHttp(unconnected_app(), "127.0.0.1", 0).close()


def test_run_serves_the_request_url_and_ends_with_a_signal(empty_town: Town, tmp_path: Path) -> None:
    env = slack_settings(
        empty_town,
        tmp_path / "data",
        slack_app_token="",
        slack_signing_secret=SIGNING_SECRET,
        support_bot_transport="http",
        support_bot_http_port=0,
    )
    program = Program.start(("run",), tmp_path, env)
    words = program.says(CONNECTED)
    address = next(word.strip("().") for word in words.split() if word.startswith("(http"))
    assert empty_town.post("request-url", url=address)["ok"]
    assert empty_town.reply(empty_town.say("patient-a", QUESTION))
    assert program.end(signal.SIGTERM) == 0
    assert "Traceback" not in program.said()
