"""What people send as one thing and messengers bring in pieces: an album, a batch of forwarded messages, a text that is
too long for one message. The first piece waits for the others; what comes too late is not lost, it is heard by itself.
Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.talk import Incoming, Message

LONG = "long"
LONG_FROM = 4000
"""Characters: messengers divide at 4,096, and apps do so at the end of a word."""
QUIET, LONG_QUIET = timedelta(seconds=1), timedelta(seconds=2)
"""So long nothing more may have come, then it is heard."""
PATIENCE = timedelta(seconds=4)
"""However many pieces there are, the first does not wait for longer."""


@dataclass(frozen=True, slots=True)
class Open:
    """A piece that still waits for others."""

    part: str
    event: Incoming
    since: datetime


def quiet(part: str) -> timedelta:
    if not part:
        return timedelta(0)
    return LONG_QUIET if part == LONG else QUIET


def whole(first: Open, event: Incoming, part: str) -> Message | None:
    """Both pieces as one message; None where the second belongs to something else."""
    one, two = first.event, event
    if not isinstance(one, Message) or not isinstance(two, Message) or one.edited or two.edited:
        return None
    if first.part == LONG:
        only_words = two.text and replace(two, text="", key="", edited="") == Message()
        return replace(one, text=_run_on(one.text, two.text)) if only_words and part in ("", LONG) else None
    if first.part != part:
        return None
    text = "\n".join(words for words in (one.text, two.text) if words)
    return replace(
        one,
        text=text,
        photos=(*one.photos, *two.photos),
        documents=(*one.documents, *two.documents),
        place=one.place or two.place,
        voice=one.voice or two.voice,
        contact=one.contact or two.contact,
        unread=one.unread or two.unread,
    )


def until(first: Open, part: str, now: datetime) -> datetime:
    """When it is heard, now that another piece has come. The last piece of a long text is a short one."""
    return min(now + quiet(part), first.since + PATIENCE)


def _run_on(one: str, two: str) -> str:
    """Apps cut at white space, and cut it off."""
    return f"{one} {two}" if one[-1:].isalnum() or one[-1:] in ",-–—:;" else f"{one}\n{two}"
