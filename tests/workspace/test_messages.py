"""Writing, changing, finding and deleting messages through the Web API."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient

from bot.workspace import Workspace
from tests.workspace.driver import BOT, BareApp, People, refusal


def test_a_posted_message_is_in_history_with_its_author(client: WebClient, people: People) -> None:
    posted = client.chat_postMessage(channel=people["help"], text="Hello")
    [newest, *_] = client.conversations_history(channel=people["help"])["messages"]
    assert newest["ts"] == posted["ts"]
    assert (newest["text"], newest["user"]) == ("Hello", people[BOT])
    assert newest["bot_id"] == newest["bot_profile"]["id"]
    assert "thread_ts" not in newest


def test_a_channel_may_be_named_and_a_person_stands_for_their_dm(client: WebClient, people: People) -> None:
    assert client.chat_postMessage(channel="#help", text="x")["channel"] == people["help"]
    dm = client.chat_postMessage(channel=people["ann"], text="x")["channel"]
    assert dm == client.conversations_open(users=people["ann"])["channel"]["id"]


@pytest.mark.parametrize(
    ("channel", "error"),
    [("lounge", "not_in_channel"), ("secret", "channel_not_found"), ("C0NOWHERE", "channel_not_found")],
)
def test_posting_where_the_bot_may_not_is_refused(client: WebClient, people: People, channel: str, error: str) -> None:
    assert refusal(client.chat_postMessage, channel=people.ids.get(channel, channel), text="x") == error


def test_an_empty_message_is_refused(client: WebClient, people: People) -> None:
    for content in ({}, {"text": ""}, {"text": "", "blocks": []}):
        call = {"channel": people["help"], **content}
        assert refusal(client.api_call, "chat.postMessage", json=call) == "no_text"


def test_text_over_forty_thousand_characters_is_cut_there(client: WebClient, people: People) -> None:
    posted = client.chat_postMessage(channel=people["help"], text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000


def test_replies_belong_to_their_thread_and_not_to_the_channel(client: WebClient, people: People) -> None:
    question = people.say("a question")
    reply = client.chat_postMessage(channel=people["help"], text="an answer", thread_ts=question["ts"])
    history = client.conversations_history(channel=people["help"])["messages"]
    assert reply["ts"] not in [message["ts"] for message in history]
    assert history[0]["reply_count"] == 1
    assert history[0]["latest_reply"] == reply["ts"]
    thread = client.conversations_replies(channel=people["help"], ts=question["ts"])["messages"]
    assert [message["text"] for message in thread] == ["a question", "an answer"]
    assert thread[1]["parent_user_id"] == people["ann"]


def test_a_broadcast_reply_is_in_both(client: WebClient, people: People) -> None:
    question = people.say("a question")
    client.chat_postMessage(channel=people["help"], text="for all", thread_ts=question["ts"], reply_broadcast=True)
    assert client.conversations_history(channel=people["help"])["messages"][0]["text"] == "for all"
    assert len(client.conversations_replies(channel=people["help"], ts=question["ts"])["messages"]) == 2


def test_a_thread_that_does_not_exist_is_refused(client: WebClient, people: People) -> None:
    question = people.say("a question")
    reply = client.chat_postMessage(channel=people["help"], text="x", thread_ts=question["ts"])

    def answer_to(ts: str) -> str:
        return refusal(client.chat_postMessage, channel=people["help"], text="x", thread_ts=ts)

    assert answer_to("1000000000.000001") == "thread_not_found"
    assert answer_to("yesterday") == "invalid_thread_ts"
    assert answer_to(reply["ts"]) == "cannot_reply_to_message"
    asked = refusal(client.conversations_replies, channel=people["help"], ts="1000000000.000001")
    assert asked == "thread_not_found"


def test_history_is_only_for_members(client: WebClient, people: People) -> None:
    assert refusal(client.conversations_history, channel=people["lounge"]) == "not_in_channel"
    assert refusal(client.conversations_history, channel=people["secret"]) == "channel_not_found"


def test_history_is_paged_from_the_newest(client: WebClient, people: People) -> None:
    for number in range(7):
        people.say(str(number), channel="desk", user="mod")
    pages = client.conversations_history(channel=people["desk"], limit=3)
    assert [([m["text"] for m in page["messages"]], page["has_more"]) for page in pages] == [
        (["6", "5", "4"], True),
        (["3", "2", "1"], True),
        (["0"], False),
    ]


def test_oldest_and_latest_bound_history(client: WebClient, people: People) -> None:
    stamps = [people.say(str(n), channel="desk", user="mod")["ts"] for n in range(4)]

    def between(**bounds: Any) -> list[str]:
        pages = client.conversations_history(channel=people["desk"], limit=1, **bounds)
        return [message["text"] for page in pages for message in page["messages"]]

    assert between(oldest=stamps[1]) == ["3", "2"]
    assert between(latest=stamps[2]) == ["1", "0"]
    assert between(oldest=stamps[1], latest=stamps[2], inclusive=True) == ["2", "1"]
    assert between(oldest=stamps[1], latest=stamps[2]) == []
    assert refusal(client.conversations_history, channel=people["desk"], oldest="soon") == "invalid_ts_oldest"


def test_replies_are_paged(client: WebClient, people: People) -> None:
    question = people.say("q")
    for number in range(3):
        people.say(str(number), thread_ts=question["ts"])
    pages = client.conversations_replies(channel=people["help"], ts=question["ts"], limit=2)
    assert [[m["text"] for m in page["messages"]] for page in pages] == [["q", "0"], ["1", "2"]]


METADATA = {"event_type": "answer", "event_payload": {"key": "k1"}}


def test_metadata_is_returned_only_on_request(client: WebClient, people: People) -> None:
    question = people.say("q")
    client.chat_postMessage(channel=people["help"], text="a", metadata=METADATA, thread_ts=question["ts"])
    client.chat_postMessage(channel=people["help"], text="b", metadata=METADATA)
    where: dict[str, Any] = {"channel": people["help"], "limit": 1}
    assert "metadata" not in client.conversations_history(**where)["messages"][0]
    shown = client.conversations_history(**where, include_all_metadata=True)["messages"][0]
    assert shown["metadata"] == METADATA
    thread = {"channel": people["help"], "ts": question["ts"]}
    assert "metadata" not in client.conversations_replies(**thread)["messages"][1]
    replies = client.conversations_replies(**thread, include_all_metadata=True)["messages"]
    assert replies[1]["metadata"] == METADATA


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"event_type": "answer"}, "invalid_metadata_schema"),
        ([1], "invalid_metadata_format"),
        ("{", "invalid_metadata_format"),
    ],
)
def test_metadata_without_its_two_parts_is_refused(
    client: WebClient, people: People, metadata: Any, error: str
) -> None:
    call = {"channel": people["help"], "text": "x", "metadata": metadata}
    assert refusal(client.api_call, "chat.postMessage", json=call) == error


def test_an_update_changes_what_it_names_and_keeps_the_rest(client: WebClient, people: People) -> None:
    blocks = [{"type": "divider"}]
    posted = client.chat_postMessage(channel=people["help"], text="old", blocks=blocks, metadata=METADATA)
    client.chat_update(channel=people["help"], ts=posted["ts"], text="new", blocks=blocks)
    [newest, *_] = client.conversations_history(channel=people["help"], include_all_metadata=True)["messages"]
    assert newest["text"] == "new"
    assert newest["edited"]["user"] == people[BOT]
    assert newest["blocks"][0]["type"] == "divider"
    assert newest["metadata"] == METADATA
    client.chat_update(channel=people["help"], ts=posted["ts"], attachments=[{"text": "more", "fallback": "more"}])
    assert client.conversations_history(channel=people["help"])["messages"][0]["blocks"]


@pytest.mark.parametrize("change", [{}, {"blocks": []}])
def test_an_update_of_the_text_alone_takes_the_blocks_away(client: WebClient, people: People, change: Any) -> None:
    posted = client.chat_postMessage(channel=people["help"], text="old", blocks=[{"type": "divider"}])
    client.chat_update(channel=people["help"], ts=posted["ts"], text="new", **change)
    assert "blocks" not in client.conversations_history(channel=people["help"])["messages"][0]


def test_only_its_own_messages_can_be_changed_or_deleted(client: WebClient, people: People) -> None:
    theirs = people.say("mine")["ts"]
    where = {"channel": people["help"]}
    assert refusal(client.chat_update, **where, ts=theirs, text="x") == "cant_update_message"
    assert refusal(client.chat_delete, **where, ts=theirs) == "cant_delete_message"
    assert refusal(client.chat_update, **where, ts="1.000001", text="x") == "message_not_found"
    assert refusal(client.chat_delete, **where, ts="1.000001") == "message_not_found"


def test_a_deleted_message_is_gone(client: WebClient, people: People) -> None:
    posted = client.chat_postMessage(channel=people["help"], text="oops")
    client.chat_delete(channel=people["help"], ts=posted["ts"])
    assert "oops" not in people.texts("help")


def test_of_a_deleted_message_with_replies_a_tombstone_stays(client: WebClient, people: People) -> None:
    question = people.say("q")
    client.chat_postMessage(channel=people["help"], text="a", thread_ts=question["ts"])
    assert people.do("delete-message", channel="help", user="ann", ts=question["ts"])["ok"]
    thread = client.conversations_replies(channel=people["help"], ts=question["ts"])["messages"]
    assert [m.get("subtype") for m in thread] == ["tombstone", None]
    assert thread[0]["user"] == "USLACKBOT"
    client.chat_postMessage(channel=people["help"], text="still here", thread_ts=question["ts"])


def test_an_ephemeral_message_is_seen_by_one_person_only(client: WebClient, people: People) -> None:
    client.chat_postEphemeral(channel=people["help"], user=people["ann"], text="only you")
    assert "only you" in people.texts("help", "ann")
    assert "only you" not in people.texts("help", "ben")
    history = client.conversations_history(channel=people["help"])["messages"]
    assert "only you" not in [message["text"] for message in history]
    [shown] = [m for m in people.read("help") if m["text"] == "only you"]
    assert (shown["subtype"], shown["ephemeral_to"]) == ("ephemeral", people["ann"])


def test_an_ephemeral_message_cannot_be_changed_by_the_web_api(client: WebClient, people: People) -> None:
    sent = client.chat_postEphemeral(channel=people["help"], user=people["ann"], text="x")
    where = {"channel": people["help"], "ts": sent["message_ts"]}
    assert refusal(client.chat_update, **where, text="y") == "message_not_found"
    assert refusal(client.chat_delete, **where) == "message_not_found"


def test_an_ephemeral_message_needs_a_person_who_is_there(client: WebClient, people: People) -> None:
    def to(channel: str, user: str) -> str:
        return refusal(client.chat_postEphemeral, channel=people[channel], user=user, text="x")

    assert to("desk", people["ann"]) == "user_not_in_channel"
    assert to("help", "U0NOBODY") == "user_not_found"


def test_in_a_thread_that_has_not_begun_an_ephemeral_message_is_not_shown(client: WebClient, people: People) -> None:
    question = people.say("q")
    private = {"channel": people["help"], "user": people["ann"], "thread_ts": question["ts"]}
    assert client.chat_postEphemeral(**private, text="too early")["ok"]
    client.chat_postMessage(channel=people["help"], text="a", thread_ts=question["ts"])
    client.chat_postEphemeral(**private, text="in time")
    assert people.texts("help", "ann") == ["Ask here.", "q", "a", "in time"]


def test_a_permalink_leads_to_the_message_on_the_workspace_itself(
    client: WebClient, people: People, workspace: Workspace
) -> None:
    question = people.say("q")
    reply = client.chat_postMessage(channel=people["help"], text="a", thread_ts=question["ts"])
    where = f"{workspace.url}/archives/{people['help']}/p"

    def link(ts: str) -> str:
        return str(client.chat_getPermalink(channel=people["help"], message_ts=ts)["permalink"])

    assert link(question["ts"]) == where + question["ts"].replace(".", "")
    thread = f"?thread_ts={question['ts']}&cid={people['help']}"
    assert link(reply["ts"]) == where + reply["ts"].replace(".", "") + thread
    missing = refusal(client.chat_getPermalink, channel=people["help"], message_ts="1.000001")
    assert missing == "message_not_found"


def test_timestamps_rise_and_are_never_given_twice(client: WebClient, people: People) -> None:
    stamps = [client.chat_postMessage(channel=people["help"], text=str(n))["ts"] for n in range(20)]
    assert stamps == sorted(set(stamps))
    assert all(len(ts) == 17 and ts[10] == "." for ts in stamps)


def test_half_a_surrogate_pair_does_no_harm(app: BareApp, people: People) -> None:
    answer = people.begin("message", channel="help", user="ann", text="broken \ud83d text")
    assert app.take("message")["event"]["text"] == "broken \ud83d text"
    assert answer.result()["ok"]
    assert people.texts("help")[-1] == "broken \ud83d text"
