"""The events an app gets when people do something, in the form Slack gives them."""

from __future__ import annotations

from typing import Any

from slack_sdk import WebClient

from tests.workspace.driver import BOT, BareApp, People

Json = dict[str, Any]


def test_a_message_event_tells_who_said_what_where(app: BareApp, people: People) -> None:
    people.begin("message", channel="help", user="ann", text="hello")
    payload = app.take()
    assert payload["type"] == "event_callback"
    assert payload["team_id"] == people.state()["workspace"]["id"]
    assert payload["api_app_id"] == people.state()["apps"][0]["appId"]
    assert payload["authorizations"][0] | {"user_id": people[BOT], "is_bot": True} == (payload["authorizations"][0])
    event = payload["event"]
    assert event | {"type": "message", "user": people["ann"], "text": "hello"} == event
    assert (event["channel"], event["channel_type"]) == (people["help"], "channel")
    assert event["event_ts"] == event["ts"]
    assert event["client_msg_id"]
    assert "thread_ts" not in event
    assert "subtype" not in event


def test_each_kind_of_channel_is_named(app: BareApp, client: WebClient, people: People) -> None:
    dm = client.conversations_open(users=people["ann"])["channel"]["id"]
    group = client.conversations_open(users=[people["ann"], people["ben"]])["channel"]["id"]
    for channel, user, kind in (("desk", "mod", "group"), (dm, "ann", "im"), (group, "ben", "mpim")):
        people.begin("message", channel=channel, user=user, text="x")
        assert app.take()["event"]["channel_type"] == kind


def test_what_is_said_where_the_bot_is_not_stays_there(app: BareApp, people: People) -> None:
    assert people.do("message", channel="lounge", user="ann", text="private talk")["ok"]
    assert people.do("message", channel="lounge", user="ann", text=f"<@{people[BOT]}> hello")["ok"]
    people.begin("message", channel="help", user="ann", text="public")
    assert app.take()["event"]["text"] == "public"


def test_a_mention_arrives_twice_with_different_event_ids(app: BareApp, people: People) -> None:
    people.begin("message", channel="help", user="ann", text=f"<@{people[BOT]}> hello")
    first, second = app.take(), app.take()
    assert {first["event"]["type"], second["event"]["type"]} == {"message", "app_mention"}
    assert first["event_id"] != second["event_id"]
    assert first["event"]["ts"] == second["event"]["ts"]


def test_a_mention_in_a_dm_is_only_a_message(app: BareApp, client: WebClient, people: People) -> None:
    dm = client.conversations_open(users=people["ann"])["channel"]["id"]
    people.begin("message", channel=dm, user="ann", text=f"<@{people[BOT]}> hello")
    assert app.take()["event"]["type"] == "message"
    people.begin("message", channel=dm, user="ann", text="next")
    assert app.take()["event"]["text"] == "next"


def test_a_reply_names_its_thread(app: BareApp, people: People) -> None:
    question = people.begin("message", channel="help", user="ann", text="q")
    app.take()
    ts = question.result()["message"]["ts"]
    people.begin("message", channel="help", user="ben", text="a", thread_ts=ts)
    event = app.take()["event"]
    assert (event["thread_ts"], event["parent_user_id"]) == (ts, people["ann"])


def test_an_edit_and_a_deletion_are_hidden_messages(app: BareApp, people: People) -> None:
    said = people.begin("message", channel="help", user="ann", text="old")
    app.take()
    where = {"channel": "help", "user": "ann", "ts": said.result()["message"]["ts"]}
    people.begin("edit-message", **where, text="new")
    changed = app.take()["event"]
    assert (changed["subtype"], changed["hidden"]) == ("message_changed", True)
    assert (changed["message"]["text"], changed["previous_message"]["text"]) == ("new", "old")
    assert changed["message"]["edited"]["user"] == people["ann"]
    people.begin("delete-message", **where)
    deleted = app.take()["event"]
    assert (deleted["subtype"], deleted["hidden"]) == ("message_deleted", True)
    assert (deleted["deleted_ts"], deleted["previous_message"]["text"]) == (where["ts"], "new")


def test_deleting_a_question_with_replies_is_a_change_to_a_tombstone(
    app: BareApp, client: WebClient, people: People
) -> None:
    said = people.begin("message", channel="help", user="ann", text="q")
    app.take()
    ts = said.result()["message"]["ts"]
    client.chat_postMessage(channel=people["help"], text="a", thread_ts=ts)
    app.take()
    people.begin("delete-message", channel="help", user="ann", ts=ts)
    event = app.take()["event"]
    assert event["subtype"] == "message_changed"
    assert event["message"]["subtype"] == "tombstone"


def test_nobody_changes_what_another_person_said(people: People) -> None:
    ts = people.say("mine")["ts"]
    where = {"channel": "help", "user": "ben", "ts": ts}
    assert people.do("edit-message", **where, text="x")["error"] == "cant_update_message"
    assert people.do("delete-message", **where)["error"] == "cant_delete_message"


def test_a_reaction_comes_and_goes(app: BareApp, people: People) -> None:
    said = people.begin("message", channel="help", user="ann", text="x")
    app.take()
    where = {"channel": "help", "user": "ben", "ts": said.result()["message"]["ts"], "name": "eyes"}
    people.begin("reaction", **where)
    added = app.take()["event"]
    assert (added["type"], added["reaction"], added["user"]) == ("reaction_added", "eyes", people["ben"])
    assert added["item"] == {"type": "message", "channel": people["help"], "ts": where["ts"]}
    assert people.read("help")[-1]["reactions"][0]["users"] == [people["ben"]]
    assert people.do("reaction", **where)["error"] == "already_reacted"
    people.begin("reaction", **where, present=False)
    assert app.take()["event"]["type"] == "reaction_removed"
    assert people.do("reaction", **where, present=False)["error"] == "no_reaction"


def test_opening_the_home_is_an_event(app: BareApp, people: People) -> None:
    people.begin("open-home", user="ann")
    event = app.take()["event"]
    assert (event["type"], event["tab"], event["user"]) == ("app_home_opened", "home", people["ann"])
    assert event["channel"].startswith("D")


def test_the_bot_hears_its_own_messages_too(app: BareApp, client: WebClient, people: People) -> None:
    posted = client.chat_postMessage(channel=people["help"], text="mine")
    event = app.take()["event"]
    assert (event["ts"], event["user"]) == (posted["ts"], people[BOT])
    assert event["bot_id"]
    client.chat_update(channel=people["help"], ts=posted["ts"], text="mine, better")
    assert app.take()["event"]["subtype"] == "message_changed"
    client.chat_delete(channel=people["help"], ts=posted["ts"])
    assert app.take()["event"]["subtype"] == "message_deleted"


def test_another_bot_and_a_file_can_be_played(app: BareApp, people: People) -> None:
    people.begin("message", channel="help", user="U0OTHERBOT", bot_id="B0OTHERBOT", text="beep")
    other = app.take()["event"]
    assert (other["bot_id"], other["text"]) == ("B0OTHERBOT", "beep")
    assert "client_msg_id" not in other
    files = [{"id": "F1", "name": "scan.png"}]
    people.begin("message", channel="help", user="ann", subtype="file_share", files=files, text="")
    shared = app.take()["event"]
    assert (shared["subtype"], shared["files"]) == ("file_share", files)


def test_any_event_can_be_sent(app: BareApp, people: People) -> None:
    answer = people.begin("event", event={"type": "member_joined_channel", "user": people["ann"]})
    assert app.take()["event"]["type"] == "member_joined_channel"
    assert answer.result()["acked"]


def test_a_tombstone_is_the_only_trace_in_what_the_app_reads(client: WebClient, people: People) -> None:
    question = people.say("private words")
    people.say("reply", user="ben", thread_ts=question["ts"])
    people.do("delete-message", channel="help", user="ann", ts=question["ts"])
    thread = client.conversations_replies(channel=people["help"], ts=question["ts"])["messages"]
    assert "private words" not in str(thread)
