"""Says what Slack would refuse in the interactive elements of Block Kit: buttons, selects, inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.workspace.findings import Findings
from bot.workspace.model import Json

Check = Callable[[Findings, Json, str], None]

_PLAIN = ("plain_text",)


def check_element(found: Findings, element: object, allowed: Mapping[str, Check], at: str) -> None:
    """Check one element that stands where only the `allowed` types may stand."""
    if not isinstance(element, dict):
        found.add("must provide an object", at)
        return
    check = allowed.get(str(element.get("type")))
    if check is None:
        found.add(f"unsupported type: {element.get('type')}", f"{at}/type")
        return
    found.length(element, "action_id", 255, at)
    if "confirm" in element:
        _confirm(found, element["confirm"], f"{at}/confirm")
    check(found, element, at)


_BUTTON_FIELDS = frozenset(
    [
        "type",
        "text",
        "action_id",
        "url",
        "value",
        "style",
        "confirm",
        "accessibility_label",
        "visible_to_user_ids",
    ]
)


def _button(found: Findings, element: Json, at: str) -> None:
    found.only(element, _BUTTON_FIELDS, at)
    found.text(element, "text", 75, at, types=_PLAIN, required=True)
    found.length(element, "value", 2000, at)
    found.length(element, "url", 3000, at)
    found.length(element, "accessibility_label", 75, at)
    if element.get("style") not in (None, "primary", "danger"):
        found.add("must be one of primary, danger", f"{at}/style")


def _feedback_buttons(found: Findings, element: Json, at: str) -> None:
    found.only(element, {"type", "action_id", "positive_button", "negative_button"}, at)
    for name in ("positive_button", "negative_button"):
        button, place = element.get(name), f"{at}/{name}"
        if not isinstance(button, dict):
            found.add(f"missing required field: {name}", at)
            continue
        found.only(button, {"text", "value", "accessibility_label"}, place)
        found.text(button, "text", 75, place, types=_PLAIN, required=True)
        found.length(button, "value", 2000, place)
        found.length(button, "accessibility_label", 75, place)
        if not button.get("value"):
            found.add("missing required field: value", place)


def _icon_button(found: Findings, element: Json, at: str) -> None:
    found.text(element, "text", 75, at, types=_PLAIN, required=True)
    found.length(element, "value", 2000, at)
    if not element.get("icon"):
        found.add("missing required field: icon", at)


def _confirm(found: Findings, value: object, at: str) -> None:
    if not isinstance(value, dict):
        found.add("must provide an object", at)
        return
    found.text(value, "title", 100, at, types=_PLAIN, required=True)
    found.text(value, "text", 300, at, required=True)
    found.text(value, "confirm", 30, at, types=_PLAIN, required=True)
    found.text(value, "deny", 30, at, types=_PLAIN, required=True)


def _placeholder(found: Findings, element: Json, at: str) -> None:
    found.text(element, "placeholder", 150, at, types=_PLAIN)


def _static_select(found: Findings, element: Json, at: str) -> None:
    _placeholder(found, element, at)
    groups = element.get("option_groups")
    if groups is None:
        _options(found, element, 100, at)
    elif found.items(element, "option_groups", 100, at):
        for number, group in enumerate(groups):
            place = f"{at}/option_groups/{number}"
            found.text(group, "label", 75, place, types=_PLAIN, required=True)
            _options(found, group, 100, place)


def _options(found: Findings, holder: Json, most: int, at: str) -> None:
    if not found.items(holder, "options", most, at):
        return
    for number, option in enumerate(holder["options"]):
        place = f"{at}/options/{number}"
        if not isinstance(option, dict):
            found.add("must provide an object", place)
            continue
        found.text(option, "text", 75, place, required=True)
        found.text(option, "description", 75, place)
        found.length(option, "value", 150, place)
        if not option.get("value"):
            found.add("missing required field: value", place)


def _choice_of(most: int) -> Check:
    def check(found: Findings, element: Json, at: str) -> None:
        _options(found, element, most, at)

    return check


def _text_input(found: Findings, element: Json, at: str) -> None:
    _placeholder(found, element, at)
    found.length(element, "initial_value", 3000, at)
    for name, least in (("min_length", 0), ("max_length", 1)):
        value = element.get(name)
        if value is not None and not (isinstance(value, int) and least <= value <= 3000):
            found.add(f"must be between {least} and 3000", f"{at}/{name}")


def _picture(found: Findings, element: Json, at: str) -> None:
    for name in ("image_url", "alt_text"):
        if not element.get(name):
            found.add(f"missing required field: {name}", at)


_MENUS: dict[str, Check] = {
    "static_select": _static_select,
    "multi_static_select": _static_select,
    **{
        f"{many}{kind}_select": _placeholder
        for many in ("", "multi_")
        for kind in ("external", "users", "conversations", "channels")
    },
    "checkboxes": _choice_of(10),
    "radio_buttons": _choice_of(10),
    "datepicker": _placeholder,
    "timepicker": _placeholder,
}
ACTION_ELEMENTS: dict[str, Check] = {
    **_MENUS,
    "button": _button,
    "overflow": _choice_of(5),
    "datetimepicker": _placeholder,
    "workflow_button": _placeholder,
}
SECTION_ELEMENTS: dict[str, Check] = {**ACTION_ELEMENTS, "image": _picture}
CONTEXT_ACTION_ELEMENTS: dict[str, Check] = {
    "feedback_buttons": _feedback_buttons,
    "icon_button": _icon_button,
}
INPUT_ELEMENTS: dict[str, Check] = {
    **_MENUS,
    "datetimepicker": _placeholder,
    "plain_text_input": _text_input,
    "email_text_input": _placeholder,
    "url_text_input": _placeholder,
    "number_input": _placeholder,
    "rich_text_input": _placeholder,
    "file_input": _placeholder,
}
