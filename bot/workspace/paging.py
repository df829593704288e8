"""Cursor paging as Slack's list methods do it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from bot.workspace.model import Json, SlackError

Item = TypeVar("Item")

MOST = 1_000


def limit_of(args: Json, default: int) -> int:
    """The page size asked for, at most 1,000; raises `invalid_limit`."""
    given = args.get("limit")
    if given in (None, "", 0, "0"):
        return default
    try:
        limit = int(str(given))
    except ValueError:
        raise SlackError("invalid_limit") from None
    if limit < 0:
        raise SlackError("invalid_limit")
    return min(limit, MOST)


def cursor_of(args: Json) -> str:
    """What the cursor says, empty for the first page; raises `invalid_cursor`."""
    cursor = args.get("cursor") or ""
    if not cursor:
        return ""
    try:
        kind, _, place = base64.b64decode(str(cursor), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise SlackError("invalid_cursor") from None
    if kind != "next" or not place:
        raise SlackError("invalid_cursor")
    return place


def cursor_at(place: str) -> str:
    """The cursor that begins at `place`; empty when there is no further page."""
    return base64.b64encode(f"next:{place}".encode()).decode() if place else ""


def page(items: Sequence[Item], args: Json, default: int) -> tuple[list[Item], str]:
    """The page of `items` that `args` asks for, and the cursor of the next one."""
    place = cursor_of(args)
    if place and not place.isdecimal():
        raise SlackError("invalid_cursor")
    start = int(place or 0)
    stop = start + limit_of(args, default)
    return list(items[start:stop]), cursor_at(str(stop) if stop < len(items) else "")
