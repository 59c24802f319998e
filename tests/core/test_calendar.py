"""Deadlines: which day they fall on, whatever the calendar looks like."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.region.calendar import DAY, Basis, Calendar, due, due_day

MOSCOW = Calendar(ZoneInfo("Europe/Moscow"))
ZONES = ("Europe/Kaliningrad", "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Kamchatka")
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
FEW = st.frozensets(DAYS, max_size=20)


def days_between(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range(1, (last - first).days + 1)]


@pytest.mark.parametrize(
    ("start", "days", "basis", "expected"),
    [
        (date(2026, 9, 14), 5, "working", date(2026, 9, 21)),
        (date(2026, 9, 14), 30, "calendar", date(2026, 10, 14)),
        (date(2026, 9, 12), 1, "working", date(2026, 9, 14)),  # filed on a Saturday
        (date(2026, 12, 4), 30, "calendar", date(2026, 12, 30)),  # 3 January: back over the holidays
        (date(2026, 12, 30), 3, "working", date(2027, 1, 13)),
        (date(2026, 12, 31), 5, "calendar", date(2027, 1, 11)),  # no working day before it but the day of filing
        (date(2024, 4, 26), 1, "working", date(2024, 4, 27)),  # a Saturday that was made a working day
    ],
)
def test_known_deadlines(start: date, days: int, basis: Basis, expected: date) -> None:
    assert due_day(MOSCOW.works, start, days, basis) == expected


@given(DAYS, st.integers(1, 60), FEW, FEW)
def test_a_working_deadline_has_exactly_so_many_working_days(
    start: date, days: int, off: frozenset[date], on: frozenset[date]
) -> None:
    calendar = Calendar(ZoneInfo("Europe/Moscow"), off, on)
    last = due_day(calendar.works, start, days, "working")
    assert calendar.works(last)
    assert sum(map(calendar.works, days_between(start, last))) == days


@given(DAYS, st.integers(1, 90), FEW, FEW)
def test_a_calendar_deadline_is_the_last_working_day_that_is_not_too_late(
    start: date, days: int, off: frozenset[date], on: frozenset[date]
) -> None:
    calendar = Calendar(ZoneInfo("Europe/Moscow"), off, on)
    last = due_day(calendar.works, start, days, "calendar")
    assert calendar.works(last)
    assert last > start
    assert not any(map(calendar.works, days_between(last, start + days * DAY)))


@given(DAYS, st.integers(1, 60), st.integers(0, 10), st.sampled_from(("calendar", "working")))
def test_more_days_are_never_due_earlier(start: date, days: int, more: int, basis: Basis) -> None:
    later = due_day(MOSCOW.works, start, days + more, basis)
    # Where every day up to the shorter deadline is off, it moves behind it; the longer one has no need to.
    assume(basis == "working" or any(map(MOSCOW.works, days_between(start, start + days * DAY))))
    assert later >= due_day(MOSCOW.works, start, days, basis)


@given(MOMENTS, st.integers(1, 40), st.sampled_from(("calendar", "working")), st.sampled_from(ZONES))
def test_it_is_the_last_second_of_a_day_of_the_region(start: datetime, days: int, basis: Basis, zone: str) -> None:
    calendar = Calendar(ZoneInfo(zone))
    moment = due(calendar, start, days, basis)
    here = moment.astimezone(calendar.zone)
    assert moment.utcoffset() == timedelta(0)
    assert (here.hour, here.minute, here.second) == (23, 59, 59)
    assert here.date() > start.astimezone(calendar.zone).date()


@given(DAYS)
def test_the_region_knows_better_than_the_country(day: date) -> None:
    assert not Calendar(MOSCOW.zone, days_off=frozenset({day})).works(day)
    assert Calendar(MOSCOW.zone, working_days=frozenset({day})).works(day)
