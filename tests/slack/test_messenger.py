"""Calls to Slack against a real server: what is sent, and what each failure means for the message."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from slack_sdk import WebClient

from bot.slack.message import Message, said
from bot.slack.messenger import METADATA_TYPE, DeliveryError, Messenger, Posted
from tests.slack.conftest import SETTLE_SECONDS
from tests.town import BOT_TOKEN, Town

Fault = Callable[..., None]
HELLO = said("Hello.")


def failure(attempt: Callable[[], object]) -> DeliveryError:
    with pytest.raises(DeliveryError) as raised:
        attempt()
    return raised.value


def nobody_there() -> str:
    """An address on this machine where nothing listens."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


def texts(slack: Town, channel: str = "support") -> list[str]:
    return [m["text"] for m in slack.by_bot(slack.messages(channel))]


# --- what is sent


def test_a_message_is_posted_with_its_key_and_without_unfurling(slack: Town, messenger: Messenger) -> None:
    posted = messenger.post(slack.channels["support"], "", "reply:1", HELLO)
    assert posted == Posted(slack.channels["support"], slack.messages("support")[-1]["ts"])
    [call] = slack.calls("chat.postMessage")
    assert call["args"]["metadata"] == {"event_type": METADATA_TYPE, "event_payload": {"key": "reply:1"}}
    assert call["args"]["unfurl_links"] is False
    assert call["args"]["unfurl_media"] is False
    assert texts(slack) == ["Hello."]


def test_a_reply_goes_into_its_thread(slack: Town, messenger: Messenger) -> None:
    ts = slack.say("patient-a", "a question")
    messenger.post(slack.channels["support"], ts, "reply:1", HELLO)
    assert [m["text"] for m in slack.thread(ts)] == ["Hello."]


def test_a_message_is_updated_in_its_place(slack: Town, messenger: Messenger) -> None:
    posted = messenger.post(slack.channels["support"], "", "card:1", HELLO)
    messenger.update(posted.channel, posted.ts, said("Changed."))
    assert texts(slack) == ["Changed."]


def test_a_whisper_is_seen_by_one_person(slack: Town, messenger: Messenger) -> None:
    messenger.whisper(slack.channels["support"], slack.users["patient-a"], "Only for you.")
    assert [m["text"] for m in slack.whispers("patient-a")] == ["Only for you."]
    assert slack.whispers("patient-b") == []


def test_the_dm_with_a_person_is_asked_for_once(slack: Town, messenger: Messenger) -> None:
    first = messenger.direct_channel(slack.users["patient-a"])
    assert messenger.direct_channel(slack.users["patient-a"]) == first
    assert len(slack.calls("conversations.open")) == 1


def test_the_address_of_a_message_and_none_of_a_message_that_is_not_there(slack: Town, messenger: Messenger) -> None:
    ts = slack.say("patient-a", "a question")
    assert messenger.link_to(slack.channels["support"], ts).startswith("http")
    assert messenger.link_to(slack.channels["support"], "1.000000") == ""


# --- what a failure means


def test_too_many_posts_are_to_be_tried_again_when_slack_says(slack: Town, messenger: Messenger, fault: Fault) -> None:
    fault("chat.postMessage", "ratelimited", retry_after=30)
    error = failure(lambda: messenger.post(slack.channels["support"], "", "k", HELLO))
    assert (error.retry_after_seconds, error.may_be_stored) == (30.0, False)
    assert texts(slack) == []


@pytest.mark.parametrize(("kind", "stored"), [("error_before", []), ("error_after", ["Hello."])])
def test_after_a_server_error_the_message_may_be_stored(
    slack: Town, messenger: Messenger, fault: Fault, kind: str, stored: list[str]
) -> None:
    fault("chat.postMessage", kind)
    error = failure(lambda: messenger.post(slack.channels["support"], "", "k", HELLO))
    assert (error.retry_after_seconds, error.may_be_stored) == (SETTLE_SECONDS, True)
    assert texts(slack) == stored


@pytest.mark.parametrize(("kind", "stored"), [("hang", []), ("hang_after", ["Hello."])])
def test_after_no_answer_the_message_may_be_stored(
    slack: Town, messenger: Messenger, fault: Fault, kind: str, stored: list[str]
) -> None:
    fault("chat.postMessage", kind)
    error = failure(lambda: messenger.post(slack.channels["support"], "", "k", HELLO))
    assert (error.retry_after_seconds, error.may_be_stored) == (SETTLE_SECONDS, True)
    assert texts(slack) == stored


def test_where_nobody_listens_nothing_is_stored_and_a_retry_can_help() -> None:
    lost = Messenger(WebClient(BOT_TOKEN, base_url=nobody_there(), timeout=1, retry_handlers=[]), SETTLE_SECONDS)
    error = failure(lambda: lost.post("C1", "", "k", HELLO))
    assert error.retry_after_seconds == 1.0
    assert not error.may_be_stored


@pytest.mark.parametrize(
    ("channel", "message"),
    [("C00000000", HELLO), ("", HELLO), ("support", Message("", []))],
    ids=["no such channel", "no channel", "nothing to say"],
)
def test_what_slack_refuses_is_not_tried_again(
    slack: Town, messenger: Messenger, channel: str, message: Message
) -> None:
    error = failure(lambda: messenger.post(slack.channels.get(channel, channel), "", "k", message))
    assert error.retry_after_seconds is None
    assert not error.may_be_stored


def test_the_refusal_names_slacks_reason(messenger: Messenger) -> None:
    assert str(failure(lambda: messenger.post("C00000000", "", "k", HELLO))) == "chat.postMessage: channel_not_found"


def test_a_failure_never_repeats_the_message(slack: Town, messenger: Messenger, fault: Fault) -> None:
    for kind in ("ratelimited", "error_before", "error_after"):
        fault("chat.postMessage", kind)
        error = failure(lambda: messenger.post(slack.channels["support"], "", "k", said("canary phrase")))
        assert "canary" not in f"{error!r} {error.__context__!r}" or error.__suppress_context__
        assert "canary" not in str(error)


class _Page(BaseHTTPRequestHandler):
    """What a proxy shows when Slack is not behind it: a page, with status 200."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<html><body>Please sign in to the network</body></html>")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing on the terminal."""


@contextmanager
def serving(server: HTTPServer) -> Iterator[None]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield
    server.shutdown()
    thread.join()


def test_a_page_that_is_not_slacks_is_no_refusal(client: WebClient) -> None:
    with HTTPServer(("127.0.0.1", 0), _Page) as server, serving(server):
        client.base_url = f"http://127.0.0.1:{server.server_port}/"
        error = failure(lambda: Messenger(client, SETTLE_SECONDS).post("C1", "", "k", HELLO))
    assert (error.retry_after_seconds, error.may_be_stored) == (SETTLE_SECONDS, True)


class _HangsUp(BaseHTTPRequestHandler):
    """Takes a call and hangs up without an answer, as after a lost connection."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.close_connection = True
        assert isinstance(self.server, _Counting)
        self.server.calls += 1


class _Counting(HTTPServer):
    calls = 0


def test_after_a_lost_connection_the_message_is_not_sent_a_second_time_unasked(client: WebClient) -> None:
    """The SDK's own retries would: they cannot know that the first may be stored."""
    with _Counting(("127.0.0.1", 0), _HangsUp) as server, serving(server):
        client.base_url = f"http://127.0.0.1:{server.server_port}/"
        error = failure(lambda: Messenger(client, SETTLE_SECONDS).post("C1", "", "k", HELLO))
    assert error.may_be_stored
    assert server.calls == 1


# --- looking before posting again


def filled(slack: Town, messenger: Messenger, thread: str, count: int) -> None:
    for number in range(count):
        messenger.post(slack.channels["support"], thread, f"other:{number}", said(f"other {number}"))


def test_a_message_is_found_by_its_key_in_a_thread(slack: Town, messenger: Messenger) -> None:
    ts = slack.say("patient-a", "a question")
    posted = messenger.post(slack.channels["support"], ts, "reply:1", HELLO)
    messenger.post(slack.channels["support"], ts, "reply:2", HELLO)
    assert messenger.find(slack.channels["support"], ts, "reply:1", 0.0) == posted
    assert messenger.find(slack.channels["support"], ts, "reply:3", 0.0) is None


def test_a_message_is_found_by_its_key_among_the_channels_messages(slack: Town, messenger: Messenger) -> None:
    posted = messenger.post(slack.channels["moderators"], "", "card:1", HELLO)
    assert messenger.find(slack.channels["moderators"], "", "card:1", 0.0) == posted
    assert messenger.find(slack.channels["moderators"], "", "card:2", 0.0) is None


def test_a_message_in_the_channel_is_found_behind_200_newer_ones(slack: Town, messenger: Messenger) -> None:
    posted = messenger.post(slack.channels["support"], "", "wanted", HELLO)
    filled(slack, messenger, "", 201)
    assert messenger.find(slack.channels["support"], "", "wanted", float(posted.ts) - 60) == posted
    assert len(slack.calls("conversations.history")) == 2


def test_a_message_in_a_thread_is_found_behind_200_older_ones(slack: Town, messenger: Messenger) -> None:
    ts = slack.say("patient-a", "a question")
    filled(slack, messenger, ts, 201)
    posted = messenger.post(slack.channels["support"], ts, "wanted", HELLO)
    assert messenger.find(slack.channels["support"], ts, "wanted", float(ts) - 60) == posted
    assert len(slack.calls("conversations.replies")) == 2


def test_a_message_older_than_asked_for_is_not_found(slack: Town, messenger: Messenger) -> None:
    posted = messenger.post(slack.channels["support"], "", "wanted", HELLO)
    assert messenger.find(slack.channels["support"], "", "wanted", float(posted.ts) + 1) is None


def test_a_look_that_fails_says_so_instead_of_finding_nothing(slack: Town, messenger: Messenger, fault: Fault) -> None:
    fault("conversations.history", "ratelimited", retry_after=5)
    error = failure(lambda: messenger.find(slack.channels["support"], "", "k", 0.0))
    assert error.retry_after_seconds == 5.0


# --- response URLs and modals


def test_a_response_url_that_is_dead_or_used_up_is_not_taken(slack: Town, messenger: Messenger) -> None:
    assert messenger.respond(nobody_there(), HELLO) is False
    assert messenger.respond(f"{slack.workspace.url}/actions/T0/no-such-grant", HELLO) is False
    assert messenger.respond("not an address", HELLO) is False
    assert messenger.respond("", HELLO) is False


def test_a_modal_whose_trigger_has_expired_is_refused(messenger: Messenger) -> None:
    title = {"type": "plain_text", "text": "Title"}
    view = {"type": "modal", "title": title, "blocks": [{"type": "divider"}]}
    assert failure(lambda: messenger.open_view("no-such-trigger", view)).retry_after_seconds is None


def test_an_update_longer_than_slack_takes_keeps_its_blocks_whole_and_cuts_its_text(
    slack: Town, messenger: Messenger
) -> None:
    channel = slack.channels["support"]
    posted = messenger.post(channel, "", "k", said("short"))
    messenger.update(channel, posted.ts, said("many words " * 900))
    [now] = [m for m in slack.messages("support") if m["ts"] == posted.ts]
    assert len(now["text"]) == 4_000
    assert "".join(block["text"]["text"] for block in now["blocks"]).count("many") == 900
