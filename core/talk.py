"""What people can tell us and what we can show them; no messenger is named here, and nothing here acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from core.lines import Line, Text

BUTTON_BYTES = 64
"""Of a button's data: core.telegram.org/bots/api#inlinekeyboardbutton, the smallest of all messengers."""


@dataclass(frozen=True, slots=True)
class Place:
    """WGS 84 degrees, an address in words, or both. No degree is -0.0, which SQLite does not keep and people do not
    understand."""

    address: str = ""
    lat: float | None = None
    lon: float | None = None

    def __post_init__(self) -> None:
        for name, degree in (("lat", self.lat), ("lon", self.lon)):
            if degree == 0:
                object.__setattr__(self, name, 0.0)


@dataclass(frozen=True, slots=True)
class Document:
    """A file that somebody may fetch by its reference; `size` in bytes."""

    ref: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Contact:
    """A phone that the messenger vouches for (`own`) or that was merely forwarded."""

    phone: str
    own: bool


@dataclass(frozen=True, slots=True)
class Button:
    """The key is for us, the label for people. A chosen button is also how a choice is answered and kept.
    A `link` opens `url`; `place` and `contact` ask the device and come back as a Message. `main` is the one that most
    people want here."""

    key: str
    label: Line
    kind: Literal["press", "link", "place", "contact"] = "press"
    url: str = ""
    main: bool = False


# Events: what comes in.


@dataclass(frozen=True, slots=True)
class Press:
    """A button. `run` and `rev` name the form and the screen it hung on; both are empty for a view's button. `on` is
    the messenger's own name for the message it hung on, where it has one."""

    key: str
    run: str = ""
    rev: int = 0
    on: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What was sent together is one event. Photos and documents are references; `key` is the messenger's own name for
    it, `edited` the key of the message that this one replaces. `unread` says what came that cannot be read here:
    "sticker", "video", "kind" (a file of this kind), "size" (a file that is too large), "words" (words that are not
    taken in this messenger)."""

    text: str = ""
    photos: tuple[str, ...] = ()
    place: Place | None = None
    documents: tuple[str, ...] = ()
    voice: str = ""
    contact: Contact | None = None
    edited: str = ""
    key: str = ""
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A word of the messenger's own menu; `args` is also the payload of a deep link that starts the bot."""

    name: str
    args: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """Core's answer to the Do with this key."""

    key: str
    value: Any


@dataclass(frozen=True, slots=True)
class Failed:
    """Core declined the Do with this key; `why` is for the person."""

    key: str
    why: Line


@dataclass(frozen=True, slots=True)
class Loaded:
    """The answer to a Load, with the event that was waiting for it."""

    query: Any
    facts: Any
    then: Event | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The dialog that answers the step `step` has come to its end with `value`, as JSON."""

    step: str
    value: Any


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The dialog that was to answer the step `step` was left without a value."""

    step: str


Said = Press | Message
Incoming = Press | Message | Command
"""What a transport can report."""
Event = Press | Message | Done | Failed | Loaded | Answered | Unanswered
"""What a form or a view hears."""


# What a step makes of what was said to it.


@dataclass(frozen=True, slots=True)
class Held:
    """A part of an answer: one photo, one tick. The step stays open."""

    value: Any


@dataclass(frozen=True, slots=True)
class Took:
    """Answers by step id, whole or `Held`: one message may answer several steps."""

    values: Mapping[str, Any]
    note: Line | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Not an answer; `why` says what to do instead."""

    why: Line


@dataclass(frozen=True, slots=True)
class Sought(Refused):
    """Not an answer yet: from here on only the options that fit these words are offered."""

    words: str


# Results: what goes out.


@dataclass(frozen=True, slots=True)
class Screen:
    """`note` is about what was just said, `old` the answer on file in words. A screen marked `keep` (a receipt, an
    answer) is neither edited nor superseded; one that `expires` is not sent after that time. Where `reads` is true the
    screen waits for words, so that only «back» may be typed instead of being pressed; where `over` is true nothing can
    be answered any more, and the form ends with it. An `alarm` is to be seen before anything else. `qr` is an address
    to be shown as a code for cameras."""

    text: Text
    buttons: tuple[Button, ...] = ()
    note: Text = ()
    old: Line | None = None
    photos: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()
    qr: str = ""
    reads: bool = False
    keep: bool = False
    over: bool = False
    alarm: bool = False
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Do:
    """Run the command once under this key, then come back with Done or Failed."""

    key: str
    command: object


@dataclass(frozen=True, slots=True)
class Load:
    """Nothing has happened yet: run the query, then come back with Loaded(query, facts, then)."""

    query: Any
    then: Event | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Sub:
    """The step `step` is answered by another form: open it, then come back with Answered(step, value), or with
    Unanswered(step) where `back` says that there is a way back. `again`: the same press has led here before."""

    step: str
    form: str
    args: str = ""
    note: Text = ()
    back: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Closed:
    """The form was to answer a step of another one, and `value`, as JSON, is its answer; `screen` is its last."""

    value: Any
    screen: Screen


@dataclass(frozen=True, slots=True)
class Left:
    """The person goes back from the first screen of a form that was to answer a step of another one."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """A press that has already led to this screen: acknowledge it, show nothing new."""

    screen: Screen


@dataclass(frozen=True, slots=True)
class Over:
    """The form has ended and these words are not for it: the shell takes them."""


Result = Screen | Do | Load | Sub | Closed | Left | Quiet | Over
