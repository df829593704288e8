"""What a person chose or typed, as Slack's `state.values` tells it to the app."""

from __future__ import annotations

from collections.abc import Iterator

from bot.workspace.model import Json, SlackError

Values = dict[str, dict[str, Json]]

_ONE_VALUE = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
}
_ONE_OPTION = frozenset({"static_select", "radio_buttons", "external_select", "overflow"})
_MANY_OPTIONS = frozenset({"checkboxes", "multi_static_select", "multi_external_select"})


def has_value(element: Json) -> bool:
    """Whether an element holds a value at all (a button does not)."""
    kind = element.get("type")
    return kind in _ONE_VALUE or kind in _MANY_OPTIONS or (kind in _ONE_OPTION and kind != "overflow")


def value_of(element: Json, given: object) -> Json:
    """The state object of one element.

    `given` is a plain string (an option by its value), a list of strings, Slack's own state object, or
    None for what the element starts with. Raises `option_not_found`.
    """
    kind = str(element.get("type"))
    if isinstance(given, dict):
        return {"type": kind, **given}
    if kind in _MANY_OPTIONS:
        chosen = [given] if isinstance(given, str) else given
        if not isinstance(chosen, list):
            return {"type": kind, "selected_options": element.get("initial_options", [])}
        return {"type": kind, "selected_options": [_option(element, value) for value in chosen]}
    if kind in _ONE_OPTION:
        option = element.get("initial_option") if given is None else _option(element, given)
        return {"type": kind, "selected_option": option}
    name, initial = _ONE_VALUE[kind]
    return {"type": kind, name: element.get(initial) if given is None else given or None}


def _option(element: Json, value: object) -> Json:
    groups = [{"options": element.get("options", [])}, *element.get("option_groups", [])]
    for group in groups:
        for option in group["options"]:
            if option.get("value") == value:
                return dict(option)
    raise SlackError("option_not_found")


def stateful_elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Each block with an element that holds a value, and that element."""
    for block in blocks:
        held = [block.get("element"), block.get("accessory"), *block.get("elements", [])]
        for element in held:
            if isinstance(element, dict) and has_value(element):
                yield block, element


def values_of(blocks: list[Json], given: Json) -> Values:
    """`state.values` of all blocks, from what was given and what the elements start with."""
    values: Values = {}
    for block, element in stateful_elements(blocks):
        chosen = given.get(block["block_id"], {}).get(element["action_id"])
        values.setdefault(block["block_id"], {})[element["action_id"]] = value_of(element, chosen)
    return values


def refused_inputs(blocks: list[Json], values: Values) -> dict[str, str]:
    """What Slack's own window would not let through: a sentence per block_id."""
    refused = {}
    for block, element in stateful_elements(blocks):
        if block.get("type") != "input":
            continue
        problem = _problem(block, element, values[block["block_id"]][element["action_id"]])
        if problem:
            refused[block["block_id"]] = problem
    return refused


def _problem(block: Json, element: Json, value: Json) -> str:
    chosen = next((part for name, part in value.items() if name != "type"), None)
    if chosen in (None, "", []):
        return "" if block.get("optional") else "This field cannot be left empty."
    if not isinstance(chosen, str):
        return ""
    if len(chosen) < element.get("min_length", 0):
        return f"Write at least {element['min_length']} characters."
    if len(chosen) > element.get("max_length", 3000):
        return f"Write at most {element.get('max_length', 3000)} characters."
    return ""
