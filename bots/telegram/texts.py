"""What the bots say of themselves before anybody has written: the commands in the menu, and the descriptions in each
language. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.lines import LANGUAGES, Line, Text, line, named
from core.region.types import Region
from core.speech import Speech, Speeches
from core.text import shortened

COMMAND_MOST, DESCRIPTION_MOST, SHORT_MOST = 256, 512, 120
"""Characters: core.telegram.org/bots/api#setmydescription."""

CITIZENS: tuple[tuple[str, Line], ...] = (
    ("appeal", line("Report a problem")),
    ("my", line("My messages")),
    ("find", line("Find by number and code")),
    ("settings", line("Settings")),
    ("help", line("How it works")),
    ("stop", line("No notifications")),
    ("privacy", line("Personal data policy")),
    ("consents", line("My consents")),
    ("mydata", line("Get my data")),
    ("delete", line("Delete my data")),
)
RESERVED = ("appeal", "my", "settings", "help", "stop", "privacy")
"""Of these, where personal data are neither taken nor shown: the others are matters of the site."""
STAFF: tuple[tuple[str, Line], ...] = (
    ("desk", line("My desk")),
    ("queue", line("New messages")),
    ("find", line("Find by number")),
    ("leave", line("Leave this desk")),
)


IN_WORDS = line(
    "Write in your own words what happened and where. We find who is responsible and tell you the answer here."
)
HERE_AND_THERE = line("Choose the subject and the district here; tell what happened on a protected page of the site.")


@dataclass(frozen=True, slots=True)
class Said:
    """In one language; an empty `language` is for all the others."""

    language: str
    commands: tuple[tuple[str, str], ...]
    description: str
    short: str


def said(speeches: Speeches, region: Region, *, staff: bool, reserved: bool = False) -> Iterator[Said]:
    """`reserved`: no personal data are taken in this bot, nor shown."""
    commands = _commands(staff=staff, reserved=reserved)
    description = _description(region, staff=staff, reserved=reserved)
    for language in ("", *LANGUAGES):
        speech = speeches[language]
        menu = tuple((name, shortened(speech.say(words), COMMAND_MOST)) for name, words in commands)
        long = _cut(speech, description, DESCRIPTION_MOST)
        yield Said(language, menu, long, _cut(speech, _short(region, staff=staff), SHORT_MOST))


def _commands(*, staff: bool, reserved: bool) -> tuple[tuple[str, Line], ...]:
    if staff:
        return STAFF
    return tuple((name, words) for name, words in CITIZENS if not reserved or name in RESERVED)


def _description(region: Region, *, staff: bool, reserved: bool) -> Text:
    if staff:
        return (
            line("The desk of officials of {operator}.", operator=named(region.operator)),
            line("To enter, open the link that you were given. Others find nothing here."),
        )
    return (
        HERE_AND_THERE if reserved else IN_WORDS,
        line("{operator} answers you.", operator=named(region.operator)),
        line("This is no emergency service: in danger call {number}.", number=region.emergency[0].number),
    )


def _short(region: Region, *, staff: bool) -> Text:
    if staff:
        return (line("The desk of officials. You enter by a link."),)
    return (
        line("Report a problem near you and follow it. In danger call {number}.", number=region.emergency[0].number),
    )


def _cut(speech: Speech, text: Text, most: int) -> str:
    """Paragraphs; the last ones that fit where not all do, for the last is about danger."""
    kept = [speech.say(words) for words in text]
    while len(kept) > 1 and sum(map(len, kept)) + len(kept) - 1 > most:
        kept.pop(-2)
    return "\n".join(kept)[:most]
