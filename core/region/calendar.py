"""The working calendar and the deadlines that follow from it. Pure: the days off of the country come from a package,
what the region knows better from its file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import holidays

COUNTRY = "RU"
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

Basis = Literal["calendar", "working"]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The region's own days come before those of the country: decrees of the year change them, and so do local
    holidays."""

    zone: ZoneInfo
    days_off: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()

    def works(self, day: date) -> bool:
        if day in self.working_days:
            return True
        return day not in self.days_off and _country_works(day)


def due(calendar: Calendar, start: datetime, days: int, basis: Basis) -> datetime:
    """The last second of the last day; the day of the start does not count."""
    first = start.astimezone(calendar.zone).date()
    return end_of_day(calendar, due_day(calendar.works, first, days, basis))


def end_of_day(calendar: Calendar, day: date) -> datetime:
    """A second before the next day begins: where clocks are shifted at midnight, 23:59:59 comes twice or not at all."""
    return datetime.combine(day + DAY, time(), calendar.zone).astimezone(UTC) - SECOND


def days_later(calendar: Calendar, start: datetime, days: int) -> datetime:
    """The last second of the day that is so many calendar days later, whatever day that is."""
    return end_of_day(calendar, start.astimezone(calendar.zone).date() + days * DAY)


def put_off(calendar: Calendar, due_at: datetime, by: timedelta) -> datetime:
    """A deadline after the time that does not count; nobody has lost a part of a day by it."""
    return days_later(calendar, due_at + by, 0)


def due_day(works: Callable[[date], bool], first: date, days: int, basis: Basis) -> date:
    """A calendar deadline on a day off moves to the last working day before it, but never to the first day itself or
    earlier: then it is the first working day that follows."""
    if basis == "working":
        return _working_day(works, first, days)
    day = first + days * DAY
    while day > first and not works(day):
        day -= DAY
    return day if day > first else _working_day(works, first, 1)


def _working_day(works: Callable[[date], bool], after: date, count: int) -> date:
    day = after
    while count:
        day += DAY
        count -= works(day)
    return day


@lru_cache(maxsize=16)
def _year(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays(COUNTRY, years=year, expand=False)


def _country_works(day: date) -> bool:
    year = _year(day.year)
    return day in year.weekend_workdays or (day.weekday() < 5 and not dict.__contains__(year, day))
