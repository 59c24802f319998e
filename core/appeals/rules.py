"""The life of an appeal as a table, and what is allowed to be filed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal

from core.appeals.types import PHOTOS_MOST, TEXT_LEAST, TEXT_MOST, FileAppeal, Status
from core.lines import Line, line, lines
from core.talk import Place
from core.text import clean_text

ADDRESS_MOST = 500
TITLE_MOST = 60
"""Characters of the first words by which a list names an appeal."""

Who = Literal["any official of the authority", "the official who has taken it", "its citizen", "the system"]


@dataclass(frozen=True, slots=True)
class Transition:
    before: Status
    after: Status
    by: Who


TRANSITIONS = (
    Transition(Status.REGISTERED, Status.IN_WORK, "any official of the authority"),
    Transition(Status.IN_WORK, Status.ANSWERED, "the official who has taken it"),
    Transition(Status.ANSWERED, Status.CLOSED, "its citizen"),
    Transition(Status.ANSWERED, Status.CLOSED, "the system"),
)


def before(after: Status, by: Who) -> Status:
    """The status from which `by` may bring an appeal to `after`; a change that is not in the table is a bug."""
    return next(row.before for row in TRANSITIONS if (row.after, row.by) == (after, by))


def wrong_text(text: str) -> Line | None:
    """Of an appeal and of an answer. Text is cleaned where it enters; here it is only seen to have been."""
    if not _is_clean(text):
        return line("There are characters in the text that cannot be read. Please type it anew.")
    if len(text) < TEXT_LEAST:
        return lines("Please write at least {n} character.", "Please write at least {n} characters.", TEXT_LEAST)
    if len(text) > TEXT_MOST:
        over = len(text) - TEXT_MOST
        return lines("Please shorten the text by {n} character.", "Please shorten the text by {n} characters.", over)
    return None


def wrong_appeal(command: FileAppeal) -> Line | None:
    """Why it cannot be filed, as far as that can be seen from the command alone."""
    if why := wrong_text(command.text):
        return why
    if len(command.photos) > PHOTOS_MOST:
        return lines("Please leave at most {n} photo.", "Please leave at most {n} photos.", PHOTOS_MOST)
    if not _place_is_right(command.place):
        return line("We could not read this place. Please give the address in words.")
    # Of a dialog these are keys that it has offered; from anywhere else they may be what no database takes.
    if not all(map(_is_clean, (command.category, command.territory, *command.photos))):
        return line("There are characters in the message that cannot be read. Please fill it in anew.")
    return None


def _is_clean(words: str) -> bool:
    return words == clean_text(words)


def _place_is_right(place: Place) -> bool:
    if len(place.address) > ADDRESS_MOST or not _is_clean(place.address):
        return False
    if place.lat is None or place.lon is None:
        return place.lat is place.lon
    return isfinite(place.lat) and isfinite(place.lon) and abs(place.lat) <= 90 and abs(place.lon) <= 180
