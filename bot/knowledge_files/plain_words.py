"""Turns pydantic's validation errors into what a curator needs to read: what is wrong, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.domain.lint import Path, nearest
from bot.knowledge_files.document import Document
from bot.knowledge_files.problems import Problem

Words = tuple[str, str]
"""What is wrong, and how to mend it."""

_SHAPES: Mapping[str, Words] = {
    "id": (
        "may hold only lower-case letters, digits and single hyphens",
        "write for example driving-after-fusion",
    ),
    "url": ("is not an https address", "write the whole address, beginning with https:// and without spaces"),
    "country": ("is not a country code", "write two capital letters, e.g. GB"),
    "emergency_numbers": ("is not a country code", "write two capital letters, e.g. GB"),
    "channel": ("is not a channel", "write the channel's id, or its name without spaces"),
    "moderators": ("is not a user id", "write the id from the person's Slack profile, e.g. U012AB3CD"),
    "days": (
        'is not a span of time of day like "09:00-17:00"',
        'write both times in 24 hours, e.g. "09:00-17:00"',
    ),
}
_IDS = frozenset({"id", "related", "entry", "entries"})
_SHAPES_BY_FIELD = {**_SHAPES, **dict.fromkeys(_IDS, _SHAPES["id"]), "moderators_channel": _SHAPES["channel"]}


def problems(
    document: Document, at: Path, model: type[BaseModel], error: ValidationError, entry: str = ""
) -> Iterator[Problem]:
    """Every error that `model` found in the record at path `at`, with its line."""
    for details in error.errors(include_url=False):
        path = (*at, *details["loc"])
        message, mend = _words(details, document.written(path), _fields(model, details["loc"]))
        yield document.problem(path, message, mend, entry)


def _words(error: ErrorDetails, written: str, fields: Mapping[str, FieldInfo]) -> Words:
    kind, name = error["type"], _name(error["loc"])
    if error["loc"] and error["loc"][-1] == "[key]":
        return _wrong_key(error, name)
    if kind == "missing":
        hint = fields[name].description if name in fields else None
        return f'"{name}" is missing', f"add a line `{name}: …`" + (f" ({hint})" if hint else "")
    if kind == "extra_forbidden":
        near = nearest(name, fields.keys())
        known = f"the keys here are {', '.join(fields)}"
        return f'"{name}" is not a key here', f'did you mean "{near}"?' if near else known
    if error["input"] is None or kind in {"string_too_short", "too_short"}:
        needed = name in fields and fields[name].is_required()
        return f"{_place(error['loc'])} is empty", "fill it in" + ("" if needed else ", or remove the line")
    message, mend = _wrong_value(error, written, name)
    return f"{_place(error['loc'])} {message}", mend


def _wrong_value(error: ErrorDetails, written: str, name: str) -> Words:
    kind, value, limits = error["type"], error["input"], error.get("ctx", {})
    if kind == "string_type" or (kind == "enum" and not isinstance(value, str)):
        return _not_a_text(value, written)
    if kind in {"tuple_type", "list_type"}:
        return (
            f"should be a list, and is {_kind(value)}",
            "put each item on its own line, beginning with `- `",
        )
    if kind in {"model_type", "model_attributes_type", "dict_type", "mapping_type"}:
        return (
            f"should be keys with values, and is {_kind(value)}",
            "write each as `key: value` on its own line",
        )
    if kind.startswith("date"):
        return (
            f"is not a day of the calendar: {_shown(written or value)}",
            "write year-month-day, e.g. 2026-03-31",
        )
    if kind in {"string_too_long", "too_long"}:
        return _too_long(value, limits)
    if kind == "string_pattern_mismatch":
        return _wrong_shape(value, name, limits)
    if name == "promised_precision":
        return f"is {_shown(written or value)}", "write a number from 0.5 to 0.999, without quotes, e.g. 0.98"
    return _wrong_choice(kind, written or value, limits, error["msg"])


def _not_a_text(value: object, written: str) -> Words:
    if isinstance(value, dict):
        text = ": ".join((next(iter(value), ""), str(next(iter(value.values()), None) or "")))
        return (
            "should be a text, but its colon or brace makes it a key",
            f'put the whole text in quotes: "{text}"',
        )
    if isinstance(value, list):
        return "should be one text, and is a list", "write one text; put it in quotes if it begins with ["
    meaning = f"{written} without quotes means {_kind(value)} in YAML"
    return f"should be a text, but {meaning}", f'put it in quotes: "{written}"'


def _too_long(value: object, limits: Mapping[str, object]) -> Words:
    if isinstance(value, str):
        return f"has {len(value)} characters, at most {limits['max_length']} are allowed", "shorten it"
    return f"has {limits['actual_length']} items, at most {limits['max_length']} are allowed", "remove some"


def _wrong_shape(value: str, name: str, limits: Mapping[str, object]) -> Words:
    if "\n" in value:
        return "runs over several lines", "write it on one line"
    if name in _IDS and (slug := re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")):
        return f'("{value}") {_SHAPES["id"][0]}', f"write {slug}"
    shape, mend = _SHAPES_BY_FIELD.get(name, ("has a form that is not known here", f"the form is {limits['pattern']}"))
    return f"({_shown(value)}) {shape}", mend


def _wrong_choice(kind: str, value: object, limits: Mapping[str, object], said: str) -> Words:
    shown = _shown(value)
    if kind in {"enum", "literal_error"}:
        choices = str(limits["expected"]).replace("'", "")
        return f"is {shown}", f"write one of: {choices}"
    if kind.startswith("bool"):
        return f"is {shown}", "write true or false, without quotes"
    if kind.startswith(("float", "int", "greater", "less", "finite")):
        return f"is {shown}", "write a number from 0 to 1, without quotes, e.g. 0.8"
    return f"is {shown}: {said.removeprefix('Value error, ')}", "correct it"


def _wrong_key(error: ErrorDetails, name: str) -> Words:
    key = str(error["input"])
    if name == "days":
        days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        near = next((day for day in days if day.startswith(key.lower()[:2])), None)
        return f'"{key}" is not a weekday', f"write {near or 'monday to sunday, in full'}"
    if error["type"] == "enum":
        return (
            f'"{key}" is not known in {name}',
            f"write one of: {str(error['ctx']['expected']).replace(chr(39), '')}",
        )
    if name in _SHAPES_BY_FIELD:
        shape, mend = _SHAPES_BY_FIELD[name]
        return f'"{key}" {shape}', mend
    return f'"{key}" cannot be a key in {name}', "correct its form"


def _name(loc: tuple[str | int, ...]) -> str:
    """The field that `loc` ends in; for items and keys of a field, that field."""
    steps = [step for step in loc if isinstance(step, str)]
    if steps and steps[-1] == "[key]":
        return steps[-3] if len(steps) > 2 else ""
    if len(steps) > 1 and steps[-2] == "days":
        return "days"
    return steps[-1] if steps else ""


def _place(loc: tuple[str | int, ...]) -> str:
    """`loc` as a person would say it: ("sources", 1, "url") is "url of item 2 of sources"."""
    said = (f"item {step + 1}" if isinstance(step, int) else step for step in reversed(loc))
    return " of ".join(said) or "this"


def _fields(model: type[BaseModel], loc: tuple[str | int, ...]) -> Mapping[str, FieldInfo]:
    """The fields of the innermost model around `loc`'s last step."""
    for step in loc[:-1]:
        if isinstance(step, str) and step in model.model_fields:
            model = _model_in(model.model_fields[step].annotation) or model
    return model.model_fields


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model that a field holds, also inside a list, a mapping or an optional."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_in(part))), None)


def _kind(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return "a number"
        case date():
            return "a date"
        case dict():
            return "keys with values"
        case list():
            return "a list"
    return "a text"


def _shown(value: object) -> str:
    text = str(value)
    return f'"{text}"' if len(text) <= 60 else f'"{text[:57]}..."'
