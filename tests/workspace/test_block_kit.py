"""Block Kit is refused where Slack refuses it, with a pointer to the place."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.workspace.driver import People

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(**changes: Any) -> Json:
    return {"type": "button", "action_id": "go", "text": plain("Go"), **changes}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def buttons(count: int) -> Json:
    return actions(*(button(action_id=f"go-{number}") for number in range(count)))


def option(value: str = "v", text: str = "t") -> Json:
    return {"text": plain(text), "value": value}


def select(count: int, **more: Any) -> Json:
    options = [option(str(number)) for number in range(count)]
    return {"type": "static_select", "action_id": "pick", "options": options, **more}


def feedback(**changes: Any) -> Json:
    element = {
        "type": "feedback_buttons",
        "action_id": "helpful",
        "positive_button": {"text": plain("Yes"), "value": "yes"},
        "negative_button": {"text": plain("No"), "value": "no"},
    }
    return {"type": "context_actions", "elements": [element | changes]}


def input_block(element: Json) -> Json:
    return {"type": "input", "label": plain("Label"), "element": element}


def refusals(client: WebClient, people: People, blocks: Any) -> tuple[str, list[str]]:
    """The error code and the messages of a refused post; an empty code if it was accepted."""
    try:
        call = {"channel": people["help"], "text": "x", "blocks": blocks}
        client.api_call("chat.postMessage", json=call)
    except SlackApiError as error:
        details = error.response.get("response_metadata") or {}
        return str(error.response["error"]), list(details.get("messages", []))
    return "", []


AT_THE_LIMIT = [
    [section("x" * 3000)],
    [{"type": "section", "fields": [mrkdwn("x" * 900)] * 10}],
    [{"type": "header", "text": plain("x" * 150)}],
    [{"type": "divider"}] * 50,
    [buttons(25)],
    [{"type": "context", "elements": [mrkdwn("x")] * 10}],
    [{"type": "markdown", "text": "x" * 12_000}],
    [actions(button(text=plain("x" * 75), value="x" * 2000, action_id="x" * 255))],
    [actions(button(style="danger", url="https://example.org", visible_to_user_ids=["U1"]))],
    [actions(select(100))],
    [section(accessory=select(1, placeholder=plain("Choose")))],
    [feedback()],
    [input_block({"type": "plain_text_input", "action_id": "a", "multiline": True})],
    [section(block_id="one"), section(block_id="two")],
    [actions(button()), actions(button())],
    [{"type": "rich_text", "elements": []}],
]


@pytest.mark.parametrize("blocks", AT_THE_LIMIT)
def test_blocks_at_slacks_limits_are_accepted(client: WebClient, people: People, blocks: list[Json]) -> None:
    assert refusals(client, people, blocks) == ("", [])


OVER_THE_LIMIT = [
    ([section("x" * 3001)], "must be less than 3001 characters", "/blocks/0/text/text"),
    ([section("")], "must be more than 0 characters", "/blocks/0/text/text"),
    ([{"type": "section"}], "missing required field: text", "/blocks/0"),
    ([{"type": "section", "fields": [mrkdwn("x")] * 11}], "no more than 10 items", "/blocks/0/fields"),
    ([{"type": "section", "text": "plain string"}], "must provide an object", "/blocks/0/text"),
    ([section(colour="red")], "invalid additional property: colour", "/blocks/0"),
    ([{"type": "header", "text": plain("x" * 151)}], "less than 151", "/blocks/0/text/text"),
    ([{"type": "header", "text": mrkdwn("x")}], "unsupported type: mrkdwn", "/blocks/0/text/type"),
    ([{"type": "divider"}] * 51, "no more than 50 items allowed", "/blocks"),
    ([buttons(26)], "no more than 25 items allowed", "/blocks/0/elements"),
    ([actions()], "no fewer than 1 items", "/blocks/0/elements"),
    ([actions(button(), button())], "`action_id` already exists: go", "/blocks/0/elements"),
    ([{"type": "context", "elements": [mrkdwn("x")] * 11}], "no more than 10", "/blocks/0/elements"),
    ([{"type": "markdown", "text": "x" * 12_001}], "less than 12001", "/blocks/0/text"),
    ([{"type": "markdown"}], "missing required field: text", "/blocks/0"),
    ([actions(button(text=plain("x" * 76)))], "less than 76", "/blocks/0/elements/0/text/text"),
    ([actions(button(value="x" * 2001))], "less than 2001", "/blocks/0/elements/0/value"),
    ([actions(button(action_id="x" * 256))], "less than 256", "/blocks/0/elements/0/action_id"),
    ([actions(button(style="blue"))], "must be one of primary, danger", "/blocks/0/elements/0/style"),
    ([actions(button(text=None))], "missing required field: text", "/blocks/0/elements/0"),
    ([actions(button(confirm={}))], "missing required field: title", "/blocks/0/elements/0/confirm"),
    ([actions(select(101))], "no more than 100 items", "/blocks/0/elements/0/options"),
    ([actions({"type": "static_select"})], "missing required field: options", "/blocks/0/elements/0"),
    ([actions({"type": "plain_text_input"})], "unsupported type", "/blocks/0/elements/0/type"),
    ([section(accessory=feedback()["elements"][0])], "unsupported type", "/blocks/0/accessory/type"),
    ([feedback(positive_button=None)], "missing required field: positive_button", "/blocks/0/elements/0"),
    ([input_block(button())], "unsupported type: button", "/blocks/0/element/type"),
    ([{"type": "input", "label": plain("L")}], "missing required field: element", "/blocks/0"),
    ([section(block_id="same"), section(block_id="same")], "`block_id` already exists: same", "/blocks"),
    ([section(block_id="x" * 256)], "less than 256", "/blocks/0/block_id"),
    ([{"type": "hologram"}], "unsupported type: hologram", "/blocks/0/type"),
    ([{"type": "image", "image_url": "https://example.org/x.png"}], "alt_text", "/blocks/0"),
    (["words"], "must be an object", "/blocks/0"),
    ({"type": "section"}, "must be an array", "/blocks"),
]


@pytest.mark.parametrize(("blocks", "what", "where"), OVER_THE_LIMIT)
def test_blocks_beyond_slacks_limits_are_refused_with_their_place(
    client: WebClient, people: People, blocks: Any, what: str, where: str
) -> None:
    error, messages = refusals(client, people, blocks)
    assert error == "invalid_blocks"
    assert [m for m in messages if what in m and m.endswith(f"[json-pointer:{where}]")], messages
    assert "x" not in people.texts("help")


def test_every_problem_is_named_at_once(client: WebClient, people: People) -> None:
    _, messages = refusals(client, people, [section("x" * 3001), {"type": "hologram"}])
    assert len(messages) == 2


def test_the_texts_of_one_message_together_have_a_limit(client: WebClient, people: People) -> None:
    markdown = [{"type": "markdown", "text": "x" * 6_001}] * 2
    assert refusals(client, people, markdown)[0] == "msg_blocks_too_long"
    assert refusals(client, people, [section("x" * 3000)] * 5)[0] == "msg_blocks_too_long"
    assert refusals(client, people, [section("x" * 3000)] * 4)[0] == ""


def test_blocks_that_are_no_json_are_refused(client: WebClient, people: People) -> None:
    assert refusals(client, people, "[{")[0] == "invalid_blocks_format"


def test_missing_block_and_action_ids_are_filled_in(client: WebClient, people: People) -> None:
    blocks = [{"type": "actions", "elements": [{"type": "button", "text": plain("Go")}]}, section()]
    posted = client.chat_postMessage(channel=people["help"], text="x", blocks=blocks)["message"]["blocks"]
    assert all(block["block_id"] for block in posted)
    assert posted[0]["block_id"] != posted[1]["block_id"]
    assert posted[0]["elements"][0]["action_id"]
