"""The element a person pressed or chose, as the app is told of it."""

from __future__ import annotations

from bot.workspace.element_values import has_value, stateful_elements, value_of
from bot.workspace.model import Json


def completed(blocks: list[Json], action: Json, action_ts: str) -> Json:
    """The pressed element as the app gets it.

    A value the element does not have is passed on as given: a test may press a forged button.
    """
    block, element = _find(blocks, action)
    kind = str(action.get("type") or element.get("type") or "button")
    pressed: Json = {
        "type": kind,
        "action_id": action.get("action_id") or element.get("action_id", ""),
        "block_id": action.get("block_id") or block.get("block_id", ""),
        "action_ts": action_ts,
    }
    given = {name: value for name, value in action.items() if value is not None and name not in pressed}
    if not element:
        return pressed | given
    if kind in ("static_select", "radio_buttons", "overflow", "checkboxes") or has_value(element):
        return pressed | (value_of(element, given.get("value")) if "value" in given else given)
    shown = {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    return pressed | shown | given


def state_of(blocks: list[Json], action: Json) -> dict[str, dict[str, Json]]:
    """What a chosen element adds to `state.values`."""
    for block, element in stateful_elements(blocks):
        if block["block_id"] == action["block_id"] and element["action_id"] == action["action_id"]:
            chosen = {name: value for name, value in action.items() if name == "type" or name.startswith("selected")}
            return {block["block_id"]: {element["action_id"]: chosen}}
    return {}


def _find(blocks: list[Json], action: Json) -> tuple[Json, Json]:
    """The block and the element an action names; empty where there is none."""
    for block in blocks:
        if action.get("block_id") not in (None, "", block.get("block_id")):
            continue
        for element in (block.get("element"), block.get("accessory"), *block.get("elements", [])):
            if isinstance(element, dict) and element.get("action_id") == action.get("action_id"):
                return block, element
    return {}, {}
