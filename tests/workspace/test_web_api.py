"""Web API: tokens, ways of sending arguments, people and conversations, with Slack's error codes."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from dataclasses import replace

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.workspace import Workspace
from tests.workspace.driver import BOT, SEED, People, http, refusal


def test_auth_test_says_who_the_bot_is(client: WebClient, workspace: Workspace, people: People) -> None:
    answer = client.auth_test()
    assert answer["user_id"] == people[BOT]
    assert answer["url"] == f"{workspace.url}/"
    assert answer["bot_id"].startswith("B")
    assert "chat:write" in answer.headers["x-oauth-scopes"]


def test_ids_are_the_same_on_every_run_and_look_like_slacks(people: People, workspace: Workspace) -> None:
    with Workspace(workspace.seed, port=0) as other:
        assert People(other).ids == people.ids
    kinds = {"ann": "U", BOT: "U", "help": "C", "desk": "C"}
    for name, prefix in kinds.items():
        assert people[name].startswith(prefix)
        assert len(people[name]) == 11
        assert people[name] == people[name].upper()


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        ("", "auth.test", "not_authed"),
        ("xoxb-wrong", "auth.test", "invalid_auth"),
        ("xapp-test", "auth.test", "not_allowed_token_type"),
        ("xoxb-test", "apps.connections.open", "not_allowed_token_type"),
        ("xoxb-test", "chat.fly", "unknown_method"),
    ],
)
def test_a_call_with_the_wrong_token_is_refused(workspace: Workspace, token: str, method: str, error: str) -> None:
    answer = http(f"{workspace.api_url}{method}?token={token}")
    assert answer == {"ok": False, "error": error}


def test_arguments_may_come_as_json_form_or_query(workspace: Workspace, people: People) -> None:
    ann = people["ann"]
    as_query = http(f"{workspace.api_url}users.info?token=xoxb-test&user={ann}")
    form = urllib.parse.urlencode({"token": "xoxb-test", "user": ann}).encode()
    with urllib.request.urlopen(f"{workspace.api_url}users.info", form) as response:
        as_form = json.load(response)
    as_json = http(f"{workspace.api_url}users.info?token=xoxb-test", {"user": ann})
    assert as_query["user"]["id"] == as_form["user"]["id"] == as_json["user"]["id"] == ann


def test_arguments_may_come_as_a_multipart_form(client: WebClient, people: People, workspace: Workspace) -> None:
    form = (
        '--edge\r\nContent-Disposition: form-data; name="channel"\r\n\r\n{}\r\n'
        '--edge\r\nContent-Disposition: form-data; name="text"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
        "one – two\r\nthree\r\n"
        '--edge\r\nContent-Disposition: form-data; name="file"; filename="scan.png"\r\n\r\nbytes\r\n--edge--\r\n'
    ).format(people["help"])
    headers = {"Content-Type": "multipart/form-data; boundary=edge", "Authorization": "Bearer xoxb-test"}
    request = urllib.request.Request(f"{workspace.api_url}chat.postMessage", form.encode(), headers)
    with urllib.request.urlopen(request) as response:
        assert json.load(response)["ok"]
    assert people.texts("help")[-1] == "one – two\r\nthree"
    assert "file" not in people.log("call")[-1]["args"]


def test_the_sdks_files_come_as_a_multipart_form(client: WebClient, people: People) -> None:
    call = {"channel": people["help"], "text": "with a file"}
    assert client.api_call("chat.postMessage", data=call, files={"file": b"bytes"})["ok"]
    assert people.texts("help")[-1] == "with a file"


def test_a_multipart_form_without_its_boundary_is_refused(workspace: Workspace) -> None:
    headers = {"Content-Type": "multipart/form-data"}
    request = urllib.request.Request(f"{workspace.api_url}auth.test?token=xoxb-test", b"--edge--", headers)
    with urllib.request.urlopen(request) as response:
        assert json.load(response)["error"] == "invalid_form_data"


def test_a_token_does_only_what_its_scopes_allow() -> None:
    app = replace(SEED.app, scopes=("chat:write", "channels:history", "channels:read"))
    with Workspace(replace(SEED, app=app), port=0) as workspace:
        people, client = People(workspace), WebClient(SEED.app.bot_token, base_url=workspace.api_url)
        assert client.auth_test().headers["x-oauth-scopes"] == "chat:write,channels:history,channels:read"
        assert client.chat_postMessage(channel=people["desk"], text="x")["ok"]
        assert client.conversations_history(channel=people["help"])["ok"]
        with pytest.raises(SlackApiError) as caught:
            client.conversations_history(channel=people["desk"])
        answer = caught.value.response
        assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:history")
        assert answer["provided"] == "chat:write,channels:history,channels:read"
        assert answer.headers["x-accepted-oauth-scopes"] == "groups:history"
        assert refusal(client.conversations_list, types="public_channel,private_channel") == "missing_scope"
        assert refusal(client.users_list) == "missing_scope"
        assert refusal(client.conversations_open, users=people["ann"]) == "missing_scope"
        people.threads.shutdown()


def test_a_body_that_is_no_json_object_is_refused(workspace: Workspace) -> None:
    url = f"{workspace.api_url}auth.test?token=xoxb-test"
    headers = {"Content-Type": "application/json"}
    for body, error in ((b"{", "invalid_json"), (b"[]", "json_not_object")):
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as response:
            assert json.load(response)["error"] == error


def test_users_have_their_time_zone_and_the_bot_is_among_them(client: WebClient, people: People) -> None:
    ann = client.users_info(user=people["ann"])["user"]
    assert (ann["real_name"], ann["tz"]) == ("Ann Example", "Europe/Helsinki")
    assert ann["tz_offset"] in (7200, 10800)
    bots = [member["id"] for member in client.users_list()["members"] if member["is_bot"]]
    assert bots == [people[BOT]]


def test_users_list_is_paged_by_cursor(client: WebClient) -> None:
    assert [len(page["members"]) for page in client.users_list(limit=3)] == [3, 2]


def test_unknown_people_and_bots_are_refused(client: WebClient) -> None:
    assert refusal(client.users_info, user="U0NOBODY") == "user_not_found"
    assert refusal(client.bots_info, bot="B0NOBODY") == "bot_not_found"
    assert refusal(client.conversations_open, users="U0NOBODY") == "user_not_found"
    assert refusal(client.api_call, "conversations.open") == "users_list_not_supplied"


def test_bots_info_and_team_info(client: WebClient, workspace: Workspace) -> None:
    me = client.auth_test()
    assert client.bots_info(bot=me["bot_id"])["bot"]["user_id"] == me["user_id"]
    team = client.team_info()["team"]
    assert (team["id"], team["name"], team["domain"]) == (me["team_id"], workspace.seed.name, "test")


def test_conversations_list_shows_by_type_what_the_bot_can_see(client: WebClient) -> None:
    public = {c["name"]: c["is_member"] for c in client.conversations_list()["channels"]}
    assert public == {"help": True, "lounge": False}
    private = client.conversations_list(types="private_channel")["channels"]
    assert [c["name"] for c in private] == ["desk"]
    assert refusal(client.conversations_list, types="secret_channel") == "invalid_types"


def test_lists_refuse_a_broken_cursor_or_limit(client: WebClient) -> None:
    assert refusal(client.conversations_list, cursor="???") == "invalid_cursor"
    assert refusal(client.conversations_list, limit="many") == "invalid_limit"


def test_conversations_info_hides_private_channels_the_bot_is_not_in(client: WebClient, people: People) -> None:
    assert client.conversations_info(channel=people["help"])["channel"]["topic"]["value"] == "Questions"
    assert client.conversations_info(channel=people["lounge"])["channel"]["is_member"] is False
    assert refusal(client.conversations_info, channel=people["secret"]) == "channel_not_found"
    assert refusal(client.conversations_info, channel="C0NOWHERE") == "channel_not_found"


def test_members_are_paged(client: WebClient, people: People) -> None:
    pages = client.conversations_members(channel=people["help"], limit=3)
    members = [member for page in pages for member in page["members"]]
    assert members == [people[name] for name in ("ann", "ben", "mod", BOT)]


def test_opening_a_dm_twice_gives_the_same_one(client: WebClient, people: People) -> None:
    first = client.conversations_open(users=people["ann"])
    second = client.conversations_open(users=[people["ann"]], return_im=True)
    assert first["channel"]["id"].startswith("D")
    assert "already_open" not in first
    assert second["already_open"]
    assert second["channel"] | {"id": first["channel"]["id"], "user": people["ann"]} == second["channel"]


def test_a_group_dm_is_an_mpim(client: WebClient, people: People) -> None:
    group = client.conversations_open(users=[people["ann"], people["ben"]])["channel"]["id"]
    assert client.conversations_info(channel=group)["channel"]["is_mpim"]
    people.say("hello", channel=group, user="ben")
    assert people.do("message", channel=group, user="mod", text="me too")["error"] == "not_in_channel"
