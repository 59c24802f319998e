"""The nights in which clocks are shifted: no hour counts twice in them and none is lost, nothing is due in the past or
before its day is over, and nobody is woken before the morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.notify.rules import quiet_until
from core.region.calendar import Basis, Calendar, days_later, due, end_of_day, put_off

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Shift:
    """`at` that moment, by so much: forward is more."""

    name: str
    at: datetime
    by: timedelta

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.name)


def a_shift(name: str, at: str, hours: float) -> Shift:
    return Shift(name, datetime.fromisoformat(at).replace(tzinfo=UTC), hours * HOUR)


SHIFTS = (
    a_shift("Europe/Moscow", "2011-03-26T23:00", 1),
    a_shift("Europe/Moscow", "2014-10-25T22:00", -1),
    a_shift("Asia/Yekaterinburg", "2014-10-25T20:00", -1),
    a_shift("Europe/Volgograd", "2020-12-26T22:00", -1),
    a_shift("Europe/Saratov", "2016-12-03T23:00", 1),
    a_shift("Europe/Berlin", "2026-03-29T01:00", 1),
    a_shift("Europe/Berlin", "2026-10-25T01:00", -1),
    a_shift("Australia/Lord_Howe", "2026-04-04T15:00", -0.5),
    a_shift("Australia/Lord_Howe", "2026-10-03T15:30", 0.5),
    # Around midnight: the last hour of a day comes twice or not at all, and so does the first one.
    a_shift("Asia/Beirut", "2024-10-26T21:00", -1),
    a_shift("Asia/Beirut", "2024-03-30T22:00", 1),
    a_shift("America/Havana", "2024-11-03T05:00", -1),
    a_shift("America/Nuuk", "2024-03-31T01:00", 1),
    a_shift("America/Nuuk", "2024-10-27T01:00", -1),
)
AROUND = st.builds(
    lambda shift, minutes: (shift, shift.at + minutes * MINUTE),
    st.sampled_from(SHIFTS),
    st.integers(-36 * 60, 36 * 60),
)
"""A shift, and a moment of the days around it."""
HOURS = st.integers(0, 23)
BASES: st.SearchStrategy[Basis] = st.sampled_from(("calendar", "working"))


@pytest.mark.parametrize("shift", SHIFTS, ids=str)
def test_the_zones_know_of_these_shifts(shift: Shift) -> None:
    before, after = ((shift.at - SECOND + n * SECOND).astimezone(shift.zone).utcoffset() for n in (0, 1))
    assert before is not None and after is not None
    assert after - before == shift.by


def is_quiet(moment: datetime, zone: ZoneInfo, start: int, end: int) -> bool:
    return (moment.astimezone(zone).hour - start) % 24 < (end - start) % 24


@given(AROUND, HOURS, HOURS)
@example((SHIFTS[0], SHIFTS[0].at - HOUR), 22, 2)  # the hour at which they end is left out
@example((SHIFTS[1], SHIFTS[1].at - HOUR), 22, 1)  # and comes twice
@example((SHIFTS[1], SHIFTS[1].at + MINUTE), 1, 8)  # they begin in an hour that comes twice
def test_what_is_held_goes_when_the_quiet_hours_end_and_not_before(
    at: tuple[Shift, datetime], start: int, end: int
) -> None:
    (shift, now), zone = at, at[0].zone
    until = quiet_until(now, zone, start, end)
    assert (until is not None) == is_quiet(now, zone, start, end)
    if until is None:
        return
    assert now < until <= now + DAY + abs(shift.by)
    assert not is_quiet(until, zone, start, end)
    here = until.astimezone(zone)
    assert (here.hour, here.minute) == (end, 0) or until == shift.at, "or at the hour that there is instead"
    minutes = (now + n * MINUTE for n in range(int((until - now) / MINUTE)))
    assert all(is_quiet(each, zone, start, end) for each in minutes), "nothing is held for longer than that"


@pytest.mark.parametrize(
    ("shift", "here", "end", "hours"),
    [
        (SHIFTS[0], "2011-03-26T23:00", 8, 8),
        (SHIFTS[1], "2014-10-25T23:00", 8, 10),
        (SHIFTS[0], "2011-03-26T23:00", 2, 3),  # 2:00 is left out: 3:00 comes right after 1:59
        (SHIFTS[1], "2014-10-25T23:00", 1, 2),  # the first of two
        (SHIFTS[5], "2026-03-28T22:00", 8, 9),
        (SHIFTS[6], "2026-10-24T22:00", 8, 11),
    ],
)
def test_a_night_is_an_hour_shorter_or_longer(shift: Shift, here: str, end: int, hours: int) -> None:
    now = datetime.fromisoformat(here).replace(tzinfo=shift.zone).astimezone(UTC)
    assert quiet_until(now, shift.zone, 22, end) == now + hours * HOUR


def is_the_last_second(moment: datetime, zone: ZoneInfo, day: date) -> bool:
    return moment.astimezone(zone).date() == day < (moment + SECOND).astimezone(zone).date()


@given(AROUND)
def test_a_day_ends_when_the_next_one_begins(at: tuple[Shift, datetime]) -> None:
    (shift, now), calendar = at, Calendar(at[0].zone)
    today = now.astimezone(shift.zone).date()
    assert is_the_last_second(end_of_day(calendar, today), shift.zone, today)
    assert end_of_day(calendar, today) > now - SECOND
    length = end_of_day(calendar, today) - end_of_day(calendar, today - timedelta(days=1))
    assert length in {DAY, DAY - shift.by}


@given(AROUND, st.integers(1, 40), BASES)
def test_a_deadline_is_the_end_of_its_day(at: tuple[Shift, datetime], days: int, basis: Basis) -> None:
    (shift, now), calendar = at, Calendar(at[0].zone)
    today = now.astimezone(shift.zone).date()
    moment = due(calendar, now, days, basis)
    day = moment.astimezone(shift.zone).date()
    assert moment > now
    assert is_the_last_second(moment, shift.zone, day)
    assert day > today and calendar.works(day)
    rated = days_later(calendar, now, days)
    assert is_the_last_second(rated, shift.zone, today + timedelta(days=days))


@given(AROUND, st.integers(0, 5), st.timedeltas(timedelta(0), timedelta(days=5)))
def test_who_was_asked_loses_nothing_of_the_time_that_does_not_count(
    at: tuple[Shift, datetime], days: int, asked_for: timedelta
) -> None:
    shift, now = at
    calendar = Calendar(shift.zone)
    due_at = days_later(calendar, now, days)
    later = put_off(calendar, due_at, asked_for)
    assert due_at + asked_for <= later < due_at + asked_for + DAY + HOUR
    assert is_the_last_second(later, shift.zone, later.astimezone(shift.zone).date())
