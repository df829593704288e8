"""When someone is on duty, and when someone will be next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.hours import WEEKDAYS, is_open, next_opening
from bot.domain.knowledge import Hours

LONDON = ZoneInfo("Europe/London")
OFFICE = Hours(timezone="Europe/London", days=dict.fromkeys(WEEKDAYS[:5], "09:00-17:00"))
NEVER = Hours(timezone="Europe/London", days={})


def london(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=LONDON)


MONDAY, FRIDAY, SATURDAY, NEXT_MONDAY = "2026-06-01", "2026-06-05", "2026-06-06", "2026-06-08"


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("08:59:59", False), ("09:00:00", True), ("12:00:00", True), ("16:59:59", True), ("17:00:00", False)],
)
def test_open_from_the_opening_minute_until_just_before_closing(clock: str, expected: bool) -> None:
    assert is_open(OFFICE, london(MONDAY, clock)) is expected


def test_closed_at_the_weekend_until_monday_morning() -> None:
    saturday = london(SATURDAY, "12:00:00")
    assert not is_open(OFFICE, saturday)
    assert next_opening(OFFICE, saturday) == london(NEXT_MONDAY, "09:00:00")


def test_before_opening_the_next_opening_is_today() -> None:
    assert next_opening(OFFICE, london(MONDAY, "06:30:00")) == london(MONDAY, "09:00:00")


def test_at_closing_time_on_friday_the_next_opening_is_monday() -> None:
    assert next_opening(OFFICE, london(FRIDAY, "17:00:00")) == london(NEXT_MONDAY, "09:00:00")


def test_open_one_day_a_week_it_is_a_week_to_the_next_opening() -> None:
    mondays = Hours(timezone="Europe/London", days={"monday": "09:00-17:00"})
    assert next_opening(mondays, london(MONDAY, "18:00:00")) == london(NEXT_MONDAY, "09:00:00")


def test_open_until_midnight_the_last_minute_counts() -> None:
    late = Hours(timezone="Europe/London", days={"monday": "18:00-24:00"})
    assert is_open(late, london(MONDAY, "23:59:59"))
    assert not is_open(late, london("2026-06-02", "00:00:00"))


def test_never_open_means_no_next_opening() -> None:
    assert not is_open(NEVER, london(MONDAY, "12:00:00"))
    assert next_opening(NEVER, london(MONDAY, "12:00:00")) is None


@pytest.mark.parametrize(
    ("saturday", "monday", "opens_utc"),
    [
        ("2026-03-28", "2026-03-30", "2026-03-30T08:00:00+00:00"),  # clocks go forward on the Sunday between
        ("2026-10-24", "2026-10-26", "2026-10-26T09:00:00+00:00"),  # clocks go back
    ],
)
def test_nine_o_clock_stays_nine_o_clock_when_the_clocks_change(saturday: str, monday: str, opens_utc: str) -> None:
    opens = next_opening(OFFICE, london(saturday, "20:00:00"))
    assert opens == datetime.fromisoformat(opens_utc)
    assert opens == london(monday, "09:00:00")
    assert f"{opens:%A %H:%M}" == "Monday 09:00"


def test_the_hours_hold_where_the_desk_is_and_not_where_the_clock_is_read() -> None:
    summer = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)  # half past nine in London
    assert is_open(OFFICE, summer)
    winter = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)  # half past eight in London
    assert not is_open(OFFICE, winter)


@given(st.integers(1_767_225_600, 1_830_297_600))  # 2026 and 2027, in seconds since 1970
def test_at_the_next_opening_someone_is_on_duty_and_nobody_was_just_before(seconds: int) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    opens = next_opening(OFFICE, now)
    assert opens is not None
    assert opens > now
    assert is_open(OFFICE, opens)
    assert not is_open(OFFICE, opens - timedelta(seconds=1))
    assert opens - now <= timedelta(days=3, hours=17)
