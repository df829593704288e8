"""The published JSON Schemas (draft 2020-12) with which an editor completes and checks these files."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from bot.domain.knowledge import Entry, ServiceConfig
from bot.domain.phrases import KEYS, LIMITS
from bot.domain.scope import ScopeRules
from bot.knowledge_files.questions import WrittenQuestion

Schema = dict[str, Any]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def json_schemas() -> dict[str, Schema]:
    """By name: "entry" for each file in answers/; for those beside them "config", "phrases", "scope", "questions"."""
    return {
        "entry": _entry_file(),
        "config": _of(ServiceConfig),
        "phrases": _phrases(),
        "scope": _of(ScopeRules),
        "questions": _questions_file(),
    }


def _of(model: type[BaseModel]) -> Schema:
    return {"$schema": _DRAFT, **model.model_json_schema()}


def _entry_file() -> Schema:
    """A file holds one entry or a list of them."""
    entry = Entry.model_json_schema()
    definitions = {**entry.pop("$defs", {}), "Entry": entry}
    one = {"$ref": "#/$defs/Entry"}
    return {
        "$schema": _DRAFT,
        "title": "Answers",
        "description": "One entry, or a list of entries.",
        "anyOf": [one, {"type": "array", "items": one, "minItems": 1}],
        "$defs": definitions,
    }


def _questions_file() -> Schema:
    """A list of questions, each with one entry or with several."""
    question = WrittenQuestion.model_json_schema()
    question["oneOf"] = [{"required": ["entry"]}, {"required": ["entries"]}]
    return {
        "$schema": _DRAFT,
        "title": "Questions",
        "description": "Questions whose right answer is known.",
        "type": "array",
        "items": question,
        "minItems": 1,
    }


def _phrases() -> Schema:
    return {
        "$schema": _DRAFT,
        "title": "Phrases",
        "description": "Every fixed sentence the bot says.",
        "type": "object",
        "properties": {key: _phrase(key) for key in KEYS},
        "required": list(KEYS),
        "additionalProperties": False,
    }


def _phrase(key: str) -> Schema:
    names = ", ".join(f"{{{name}}}" for name in sorted(KEYS[key]))
    schema: Schema = {"type": "string", "minLength": 1}
    schema["description"] = f"It can use {names}." if names else "It has no placeholders."
    if key in LIMITS:
        schema["maxLength"] = LIMITS[key]
    return schema
