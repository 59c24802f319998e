"""Steps that are answered by what a device sends: a place, photos, files. Those that say themselves how much there is
say no more of their answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.lines import BLANK, Line, line, lines, literal
from core.talk import Button, Held, Message, Place, Press, Refused, Said, Screen, Took
from dialogs import reads
from dialogs.session import Here, Step
from dialogs.steps.asks import Ask, Check, anything, asked, both
from dialogs.steps.choices import DONE

PLACE_MOST = 300
REMOVE = "remove"


def place(
    id: str,
    ask: Ask,
    button: Line | None = None,
    most: int = PLACE_MOST,
    check: Check[Place] = anything,
    **more: Any,
) -> Step[Place]:
    """A point, an address in words, or both; with `button`, one that asks the device where it is."""
    ways = () if button is None else (Button("here", button, "place"),)

    def read(said: Said, here: Here[Place]) -> Took | Refused:
        address = reads.words(said.text) if isinstance(said, Message) else ""
        point = said.place if isinstance(said, Message) else None
        if isinstance(address, str) and address:
            return Took({id: Place(address, point.lat, point.lon) if point else Place(address)})
        return Took({id: point}) if point else Refused(line("Please send a place or write an address."))

    def length(value: Place, here: Here[Place]) -> Line | None:
        n = len(value.address)
        return (
            None
            if n <= most
            else lines(
                "{n} character, but {most} at most: please send it shorter.",
                "{n} characters, but {most} at most: please send it shorter.",
                n,
                most=most,
            )
        )

    return Step(
        id,
        Place,
        lambda here: Screen(asked(ask, here), ways),
        read,
        check=both(length, check),
        say=place_in_words,
        takes=frozenset({"text", "place"}),
        **more,
    )


def place_in_words(value: Place) -> Line:
    return literal(value.address or f"{value.lat}, {value.lon}")


def photos(id: str, ask: Ask, most: int = 10, **more: Any) -> Step[tuple[str, ...]]:
    """References to photos, which come one by one or as an album, then «Done»."""

    def show(here: Here[tuple[str, ...]]) -> Screen:
        n = len(here.own or ())
        label = lines("Done, {n} photo", "Done, {n} photos", n) if n else line("No photos")
        return Screen(asked(ask, here), (Button(DONE, label),))

    def read(said: Said, here: Here[tuple[str, ...]]) -> Took | Refused:
        own = here.own or ()
        if isinstance(said, Press):
            return Took({id: own})
        if not said.photos:
            return Refused(line("Please send photos or press the button."))
        value = tuple(dict.fromkeys((*own, *said.photos)))
        note = lines("Only the first {n} photo is kept.", "Only the first {n} photos are kept.", most)
        return Took({id: Held(value[:most])}, note if len(value) > most else None)

    return Step(id, tuple[str, ...], show, read, say=photos_in_words, takes=frozenset({"photos"}), **more)


def gathered(id: str, most: int = 10, **more: Any) -> Step[tuple[str, ...]]:
    """References to photos. Nobody is asked for them: they are caught wherever they come, and «Change» shows them."""
    asks = (
        lambda n: lines("{n} photo is added. Are there more?", "{n} photos are added. Are there more?", n),
        line("Please send photos or press the button."),
        line("Remove the photos"),
        lambda n: lines("Only the first {n} photo is kept.", "Only the first {n} photos are kept.", n),
    )
    return _beside(id, "photos", most, *asks, **more)


def documents(id: str, most: int = 5, **more: Any) -> Step[tuple[str, ...]]:
    """References to files; nobody is asked for them either."""
    asks = (
        lambda n: lines("{n} file is added. Are there more?", "{n} files are added. Are there more?", n),
        line("Please send files or press the button."),
        line("Remove the files"),
        lambda n: lines("Only the first {n} file is kept.", "Only the first {n} files are kept.", n),
    )
    return _beside(id, "documents", most, *asks, **more)


def _beside(
    id: str,
    part: str,
    most: int,
    so_far: Callable[[int], Line],
    ask: Line,
    remove: Line,
    cut: Callable[[int], Line],
    **more: Any,
) -> Step[tuple[str, ...]]:
    """Answered by nothing at all, until something comes in this part of a message."""

    def show(here: Here[tuple[str, ...]]) -> Screen:
        own = here.own or ()
        ways = (Button(DONE, line("Done"), main=True), *((Button(REMOVE, remove),) if own else ()))
        return Screen((so_far(len(own)) if own else ask,), ways)

    def read(said: Said, here: Here[tuple[str, ...]]) -> Took | Refused:
        own = here.own or ()
        if isinstance(said, Press):
            return Took({id: () if said.key == REMOVE else own})
        new = getattr(said, part)
        if not new:
            return Refused(ask)
        value = tuple(dict.fromkeys((*own, *new)))
        return Took({id: value[:most]}, cut(most) if len(value) > most else None)

    return Step(
        id,
        tuple[str, ...],
        show,
        read,
        given=lambda args: (),
        say=unsaid,
        takes=frozenset({part}),
        beside=True,
        **more,
    )


def unsaid(value: tuple[str, ...]) -> Line:
    """The question says how many there are."""
    return BLANK


def photos_in_words(value: tuple[str, ...]) -> Line:
    return lines("{n} photo", "{n} photos", len(value)) if value else line("no photos")
