"""Who is where: joining, inviting, leaving, topics, user groups, and the emoji the bot puts under messages."""

from __future__ import annotations

from typing import Any

from slack_sdk import WebClient

from tests.workspace.driver import BOT, BareApp, People

Json = dict[str, Any]


def test_a_person_who_joins_is_told_of_twice(app: BareApp, client: WebClient, people: People) -> None:
    client.conversations_join(channel=people["lounge"])
    assert [app.take()["event"].get("subtype", "event") for _ in range(2)] == ["channel_join", "event"]
    joining = people.begin("join", channel="help", user="guest")
    message, event = app.take()["event"], app.take()["event"]
    assert (message["type"], message["subtype"], message["user"]) == ("message", "channel_join", people["guest"])
    assert "has joined the channel" in message["text"]
    assert event | {"type": "member_joined_channel", "user": people["guest"], "channel_type": "C"} == event
    assert (event["channel"], event["team"]) == (people["help"], people.state()["workspace"]["id"])
    assert "inviter" not in event
    assert people["guest"] in joining.result()["channel"]["members"]
    assert people.do("join", channel="help", user="guest")["error"] == "already_in_channel"


def test_a_person_can_be_brought_into_a_private_channel_by_a_member_only(app: BareApp, people: People) -> None:
    assert people.do("join", channel="desk", user="ann")["error"] == "channel_not_found"
    assert people.do("join", channel="desk", user="ann", inviter=people["ben"])["error"] == "channel_not_found"
    people.begin("join", channel="desk", user="ann", inviter=people["mod"])
    event = app.take("member_joined_channel")["event"]
    assert (event["inviter"], event["channel_type"]) == (people["mod"], "G")


def test_the_bot_hears_that_it_was_invited_and_taken_out(app: BareApp, client: WebClient, people: People) -> None:
    people.begin("join", channel="secret", user=BOT, inviter=people["mod"])
    event = app.take("member_joined_channel")["event"]
    assert (event["user"], event["channel"]) == (people[BOT], people["secret"])
    assert client.conversations_info(channel=people["secret"])["channel"]["is_member"]
    people.begin("leave", channel="secret", user=BOT)
    assert app.take("group_left")["event"]["channel"] == people["secret"]
    people.begin("leave", channel="help", user=BOT)
    assert app.take("channel_left")["event"]["channel"] == people["help"]


def test_a_person_who_leaves_is_told_of(app: BareApp, people: People) -> None:
    people.begin("leave", channel="help", user="ben")
    assert app.take()["event"]["subtype"] == "channel_leave"
    assert app.take()["event"] | {"type": "member_left_channel", "user": people["ben"]}
    assert people.do("leave", channel="help", user="ben")["error"] == "not_in_channel"


def test_who_writes_where_they_are_not_joins_first(app: BareApp, client: WebClient, people: People) -> None:
    people.begin("message", channel="help", user="guest", text="hello")
    heard = [app.take()["event"] for _ in range(3)]
    assert [event.get("subtype") or event["type"] for event in heard] == [
        "channel_join",
        "member_joined_channel",
        "message",
    ]


def test_people_hear_nothing_of_channels_the_bot_is_not_in(app: BareApp, people: People) -> None:
    assert people.do("join", channel="lounge", user="guest")["ok"]
    assert people.do("leave", channel="lounge", user="guest")["ok"]
    assert people.log("envelope_sent") == []


def test_the_bot_joins_invites_and_sets_the_topic(app: BareApp, client: WebClient, people: People) -> None:
    joined = client.conversations_join(channel=people["lounge"])
    assert joined["channel"]["is_member"]
    assert client.conversations_join(channel=people["lounge"])["warning"] == "already_in_channel"
    client.conversations_invite(channel=people["lounge"], users=[people["guest"]])
    assert people["guest"] in client.conversations_members(channel=people["lounge"])["members"]
    client.conversations_setTopic(channel=people["lounge"], topic="Tea")
    assert client.conversations_info(channel=people["lounge"])["channel"]["topic"]["value"] == "Tea"
    for _ in range(2):
        app.take("member_joined_channel")
    event = app.take("message")["event"]
    assert (event["subtype"], event["topic"], event["user"]) == ("channel_topic", "Tea", people[BOT])


def test_a_link_preview_is_a_change_that_nobody_made(app: BareApp, people: People) -> None:
    posting = people.begin("message", channel="help", user="ann", text="see https://example.org")
    app.take()
    people.begin("unfurl", channel="help", ts=posting.result()["message"]["ts"], url="https://example.org")
    event = app.take()["event"]
    assert (event["subtype"], event["hidden"]) == ("message_changed", True)
    assert event["message"]["text"] == event["previous_message"]["text"]
    assert event["message"]["attachments"][0]["from_url"] == "https://example.org"
    assert "edited" not in event["message"]


def test_user_groups_tell_their_people_on_request(client: WebClient, people: People) -> None:
    [group] = client.usergroups_list()["usergroups"]
    assert (group["handle"], group["name"], group["id"][0]) == ("helpers", "Helpers", "S")
    assert not {"users", "user_count"} & set(group)
    [whole] = client.usergroups_list(include_users=True, include_count=True)["usergroups"]
    assert (whole["users"], whole["user_count"]) == ([people["mod"]], 1)
    assert client.usergroups_users_list(usergroup=group["id"])["users"] == [people["mod"]]


def test_the_bot_reacts_and_takes_it_back(app: BareApp, client: WebClient, people: People) -> None:
    ts = client.chat_postMessage(channel=people["help"], text="x")["ts"]
    app.take("message")
    where = {"channel": people["help"], "timestamp": ts}
    assert client.reactions_add(**where, name="eyes")["ok"]
    event = app.take()["event"]
    assert (event["type"], event["reaction"], event["user"]) == ("reaction_added", "eyes", people[BOT])
    [reaction] = client.reactions_get(**where)["message"]["reactions"]
    assert reaction == {"name": "eyes", "users": [people[BOT]], "count": 1}
    assert client.reactions_remove(**where, name="eyes")["ok"]
    assert app.take()["event"]["type"] == "reaction_removed"
    assert "reactions" not in client.reactions_get(**where)["message"]
