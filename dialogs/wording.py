"""How what many dialogs name is put into words: numbers, days, statuses, places. It shows no screens."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import assert_never

from core.appeals.types import AppealCard, HistoryEntry, Status
from core.lines import Line, Text, line, literal, named
from core.talk import Place


def grouped(number: str) -> str:
    """123-456-789, as it is read aloud; what is no number stays as it is."""
    whole = len(number) == 9 and number.isascii() and number.isdecimal()
    return "-".join((number[:3], number[3:6], number[6:])) if whole else number


def last_day(due: datetime) -> date:
    """A deadline is the end of a day in the region; in every zone east of Greenwich that is the same day in UTC."""
    return due.astimezone(UTC).date()


def status_words(status: Status) -> Line:
    match status:
        case Status.REGISTERED:
            return line("registered")
        case Status.IN_WORK:
            return line("in work")
        case Status.ANSWERED:
            return line("answered")
        case Status.CLOSED:
            return line("closed")
        case _:
            assert_never(status)


def history_words(history: tuple[HistoryEntry, ...]) -> Text:
    return tuple(line("{at}: {status}", at=entry.at, status=status_words(entry.status)) for entry in history)


def score_words(score: int) -> Line:
    """The label of a rating; the buttons stand from 1 to 5, so that a typed number means the same as its place."""
    words = {
        1: line("1 – very bad"),
        2: line("2 – bad"),
        3: line("3 – so-so"),
        4: line("4 – good"),
        5: line("5 – excellent"),
    }
    return words[score]


def place_words(place: Place) -> Line:
    if place.lat is None or place.lon is None:
        return literal(place.address) if place.address else line("no address")
    point = f"{place.lat:.5f}, {place.lon:.5f}"
    if place.address:
        return line("{address} (on the map: {point})", address=literal(place.address), point=point)
    return line("a point on the map: {point}", point=point)


def where_words(card: AppealCard) -> Line:
    if card.place == Place():
        return named(card.territory)
    return line("{territory}, {place}", territory=named(card.territory), place=place_words(card.place))
