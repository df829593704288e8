"""Says what Slack would refuse in Block Kit: limits, required fields, unknown types, repeated ids.

Limits are those of Slack's Block Kit reference (docs.slack.dev/reference/block-kit); the sum of all texts
in one message is undocumented, the number is what apps have reported (slackapi/bolt-js issue 2509).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.workspace.elements_check import (
    ACTION_ELEMENTS,
    CONTEXT_ACTION_ELEMENTS,
    INPUT_ELEMENTS,
    SECTION_ELEMENTS,
    check_element,
)
from bot.workspace.findings import Findings
from bot.workspace.model import Json

BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
MARKDOWN_IN_MESSAGE = 12_000
TEXT_IN_MESSAGE = 13_200
TEXT_CUT_AT = 40_000
VIEW_BYTES = 250_000


@dataclass(frozen=True)
class _BlockRule:
    """How one type of block is checked, and the fields it may have besides type and block_id."""

    check: Callable[[Findings, Json, str], None]
    fields: frozenset[str] = field(default_factory=frozenset)


def problems_in_blocks(blocks: object, *, most: int = BLOCKS_IN_MESSAGE, at: str = "/blocks") -> list[str]:
    """Every problem Slack would name in a list of blocks, each with a pointer to its place."""
    found = Findings()
    if not isinstance(blocks, list):
        found.add("must be an array", at)
        return found.messages
    if len(blocks) > most:
        found.add(f"no more than {most} items allowed", at)
    for number, block in enumerate(blocks):
        _check_block(found, block, f"{at}/{number}")
    _check_unique(found, [b.get("block_id") for b in blocks if isinstance(b, dict)], "block_id", at)
    return found.messages


def blocks_too_long(blocks: Iterable[Json]) -> bool:
    """Whether the texts of a message add up to more than Slack takes (`msg_blocks_too_long`)."""
    listed = list(blocks)
    markdown = sum(len(b.get("text", "")) for b in listed if b.get("type") == "markdown")
    return markdown > MARKDOWN_IN_MESSAGE or sum(map(_text_length, listed)) > TEXT_IN_MESSAGE


def _text_length(part: object) -> int:
    if isinstance(part, list):
        return sum(map(_text_length, part))
    if not isinstance(part, dict):
        return 0
    own = part.get("text")
    rest = sum(_text_length(value) for value in part.values())
    return rest + (len(own) if isinstance(own, str) else 0)


def problems_in_view(view: object, kind: str = "modal") -> list[str]:
    """Every problem Slack would name in a view of this kind (modal, home)."""
    found = Findings()
    if not isinstance(view, dict):
        found.add("must be an object", "/view")
        return found.messages
    if view.get("type") != kind:
        found.add(f"must be equal to {kind}", "/view/type")
    found.text(view, "title", 24, "/view", types=("plain_text",), required=kind == "modal")
    found.text(view, "submit", 24, "/view", types=("plain_text",))
    found.text(view, "close", 24, "/view", types=("plain_text",))
    for name, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        found.length(view, name, most, "/view")
    blocks = view.get("blocks")
    found.messages += problems_in_blocks(blocks, most=BLOCKS_IN_VIEW, at="/view/blocks")
    if isinstance(blocks, list):
        _check_view_blocks(found, view, [block for block in blocks if isinstance(block, dict)])
    return found.messages


def _check_view_blocks(found: Findings, view: Json, blocks: list[Json]) -> None:
    types = {block.get("type") for block in blocks}
    if "input" in types and "submit" not in view and view.get("type") == "modal":
        found.add("missing required field: submit (a view with an input block needs it)", "/view")
    for refused in types & {"markdown", "context_actions", "file"}:
        found.add(f"unsupported type in a view: {refused}", "/view/blocks")


def with_ids(blocks: list[Json]) -> list[Json]:
    """The blocks with a block_id and action_ids wherever the app left them out, as Slack fills them in."""
    return [_with_block_id(block) for block in blocks]


def _with_block_id(block: Json) -> Json:
    filled = {"block_id": secrets.token_urlsafe(4), **block}
    for name in ("accessory", "element"):
        if isinstance(filled.get(name), dict):
            filled[name] = _with_action_id(filled[name])
    if block["type"] in ("actions", "context_actions"):
        filled["elements"] = [_with_action_id(element) for element in block["elements"]]
    return filled


def _with_action_id(element: Json) -> Json:
    if element.get("type") == "image":
        return element
    return {"action_id": secrets.token_urlsafe(4), **element}


def _check_block(found: Findings, block: object, at: str) -> None:
    if not isinstance(block, dict):
        found.add("must be an object", at)
        return
    rule = _RULES.get(str(block.get("type")))
    if rule is None:
        found.add(f"unsupported type: {block.get('type')}", f"{at}/type")
        return
    found.length(block, "block_id", 255, at)
    if rule.fields:
        found.only(block, rule.fields | {"type", "block_id"}, at)
    rule.check(found, block, at)


def _check_unique(found: Findings, ids: Iterable[object], name: str, at: str) -> None:
    seen: set[object] = set()
    for value in ids:
        if value is not None and value in seen:
            found.add(f"`{name}` already exists: {value}", at)
        seen.add(value)


def _section(found: Findings, block: Json, at: str) -> None:
    fields = block.get("fields")
    found.text(block, "text", 3000, at, required=not fields)
    if fields is not None and found.items(block, "fields", 10, at):
        for number, item in enumerate(fields):
            found.text_object(item, 2000, f"{at}/fields/{number}")
    if "accessory" in block:
        check_element(found, block["accessory"], SECTION_ELEMENTS, f"{at}/accessory")


def _header(found: Findings, block: Json, at: str) -> None:
    found.text(block, "text", 150, at, types=("plain_text",), required=True)


def _markdown(found: Findings, block: Json, at: str) -> None:
    text = block.get("text")
    if not isinstance(text, str) or not text:
        found.add("missing required field: text", at)
    else:
        found.length(block, "text", MARKDOWN_IN_MESSAGE, at)


def _image(found: Findings, block: Json, at: str) -> None:
    if not (block.get("image_url") or block.get("slack_file")):
        found.add("missing required field: image_url", at)
    if not block.get("alt_text"):
        found.add("missing required field: alt_text", at)
    found.length(block, "image_url", 3000, at)
    found.length(block, "alt_text", 2000, at)


def _context(found: Findings, block: Json, at: str) -> None:
    if not found.items(block, "elements", 10, at):
        return
    for number, element in enumerate(block["elements"]):
        place = f"{at}/elements/{number}"
        if isinstance(element, dict) and element.get("type") == "image":
            _image(found, element, place)
        else:
            found.text_object(element, 3000, place)


def _row(most: int, allowed: Mapping[str, Any]) -> Callable[[Findings, Json, str], None]:
    def check(found: Findings, block: Json, at: str) -> None:
        if not found.items(block, "elements", most, at):
            return
        for number, element in enumerate(block["elements"]):
            check_element(found, element, allowed, f"{at}/elements/{number}")
        action_ids = [e.get("action_id") for e in block["elements"] if isinstance(e, dict)]
        _check_unique(found, action_ids, "action_id", f"{at}/elements")

    return check


def _input(found: Findings, block: Json, at: str) -> None:
    found.text(block, "label", 2000, at, types=("plain_text",), required=True)
    found.text(block, "hint", 2000, at, types=("plain_text",))
    if "element" not in block:
        found.add("missing required field: element", at)
    else:
        check_element(found, block["element"], INPUT_ELEMENTS, f"{at}/element")


def _rich_text(found: Findings, block: Json, at: str) -> None:
    if not isinstance(block.get("elements"), list):
        found.add("missing required field: elements", at)


def _anything(_found: Findings, _block: Json, _at: str) -> None:
    """Types whose insides this double does not look at."""


_RULES: dict[str, _BlockRule] = {
    "section": _BlockRule(_section, frozenset({"text", "fields", "accessory", "expand"})),
    "header": _BlockRule(_header, frozenset({"text", "level"})),
    "divider": _BlockRule(_anything),
    "markdown": _BlockRule(_markdown, frozenset({"text"})),
    "image": _BlockRule(_image, frozenset({"image_url", "alt_text", "title", "slack_file"})),
    "context": _BlockRule(_context, frozenset({"elements"})),
    "actions": _BlockRule(_row(25, ACTION_ELEMENTS), frozenset({"elements"})),
    "context_actions": _BlockRule(_row(5, CONTEXT_ACTION_ELEMENTS), frozenset({"elements"})),
    "input": _BlockRule(_input, frozenset({"label", "element", "hint", "optional", "dispatch_action"})),
    "rich_text": _BlockRule(_rich_text, frozenset({"elements"})),
    **{
        name: _BlockRule(_anything)
        for name in ("alert", "card", "carousel", "container", "file", "plan", "table", "task_card", "video")
    },
}
