"""What a control request asks for: its arguments, and refusals that say which one is wrong."""

from __future__ import annotations

from typing import Any

from bot.workspace.ids import canonical_ts
from bot.workspace.model import Json, SlackError


def needed(args: Json, name: str) -> str:
    value: Any = args.get(name)
    if not value:
        raise SlackError("invalid_arguments", (f"{name} is required",))
    return str(value)


def object_in(args: Json, name: str) -> Json:
    value: Any = args.get(name)
    if not isinstance(value, dict):
        raise SlackError("invalid_arguments", (f"{name} must be an object",))
    return value


def values_in(args: Json) -> Json:
    return object_in(args, "values") if args.get("values") else {}


def seconds_in(args: Json, name: str) -> float | None:
    try:
        return None if args.get(name) is None else float(args[name])
    except (TypeError, ValueError):
        raise SlackError("invalid_arguments", (f"{name} is a number of seconds",)) from None


def canonical(ts: str) -> str:
    """A timestamp in its one form; raises `message_not_found` for anything else."""
    try:
        return canonical_ts(ts)
    except ValueError:
        raise SlackError("message_not_found") from None
