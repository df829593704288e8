"""When people are on duty, in the words a receipt needs."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.knowledge import Hours

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def is_open(hours: Hours, now: datetime) -> bool:
    """Whether someone is on duty at `now` (aware)."""
    local = now.astimezone(ZoneInfo(hours.timezone))
    span = hours.days.get(WEEKDAYS[local.weekday()])
    if span is None:
        return False
    opens, closes = span.split("-")
    return opens <= local.strftime("%H:%M") < closes


def next_opening(hours: Hours, now: datetime) -> datetime | None:
    """The next moment (aware, in the hours' own zone) at which someone comes on duty; None if nobody ever does."""
    local = now.astimezone(ZoneInfo(hours.timezone))
    for days_ahead in range(8):
        day = local + timedelta(days=days_ahead)
        span = hours.days.get(WEEKDAYS[day.weekday()])
        if span is None:
            continue
        hour, minute = span.split("-")[0].split(":")
        opens = day.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
        if opens > local:
            return opens
    return None
