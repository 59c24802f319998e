"""What the shell works with: the audiences and what differs between them, what is remembered of a conversation, and
how a button's data names a run and a screen. It decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.citizens.types import FILING, ShowConsent
from core.lines import Line, line
from core.notify.types import NoticeKind
from core.shown import Pinned, Shown
from core.talk import Button, Press, Screen
from dialogs.notices import NoticeDialog
from dialogs.notices.registry import load as notices
from dialogs.reads import distinct
from dialogs.registry import Dialogs, load
from dialogs.session import Session


@dataclass(frozen=True, slots=True)
class Gate:
    """A form that has to be passed before another one goes on, as soon as something has been said in that one."""

    form: str
    query: object
    is_open: Callable[[Any], bool]


GATES: Mapping[str, Gate] = {
    "appeal": Gate("consent", ShowConsent(FILING), lambda state: bool(state.given == state.wanted)),
}


MENU = line("Menu")
WELCOME = line("You are welcome! If anything else happens, please write here.")
DESK = {"menu": "desk", "help": "desk"}
"""Commands that every messenger offers; at a desk all of them lead to it."""


@dataclass(frozen=True, slots=True)
class House:
    """What differs between citizens, officials, and those who stand at the door.

    home       the view they come home to; home_label: the button that leads there
    entry      the form that words begin where no form is open (officials have none)
    parting    the form that asks what such words belong to, where the person has open matters
    words      what people may type instead of pressing, with {number} or {code}, and the button that it stands for
    codes      the form that asks for a code itself
    commands   words that stand for a command
    starts     by the first word of a deep link: the form that it opens
    number     the view that a bare number opens
    thanks     words of thanks are answered so, and begin nothing; nor does a mere greeting
    alarm      words are asked whether somebody is in danger
    files      files can be sent here
    untaken    nothing that is told is taken here; this is said about it
    renamed    commands that are called otherwise than their dialogs
    notices    what its people are told without asking
    """

    dialogs: Dialogs
    home: str
    entry: str = ""
    parting: str = ""
    words: tuple[tuple[Line, str], ...] = ()
    codes: str = ""
    commands: tuple[tuple[Line, str], ...] = ()
    starts: Mapping[str, str] = field(default_factory=dict)
    number: str = ""
    thanks: Screen | None = None
    alarm: bool = False
    files: bool = True
    untaken: Line | None = None
    home_label: Line = MENU
    renamed: Mapping[str, str] = field(default_factory=dict)
    notices: Mapping[NoticeKind, NoticeDialog] = field(default_factory=notices)


def citizens() -> House:
    number = "{number}"
    words = (
        (line("rate {number}", number=number), f"rate:{number}"),
        (line("open {number}", number=number), f"card:{number}"),
        (line("code {code}", code="{code}"), "join:{code}"),
    )
    commands = (
        (line("start"), "start"),
        (line("begin"), "start"),
        (line("menu"), "menu"),
        (line("help"), "help"),
        (line("settings"), "settings"),
        (line("language"), "settings"),
        (line("my messages"), "my"),
        (line("new message"), "appeal"),
        (line("find"), "find"),
        (line("stop"), "stop"),
        (line("unsubscribe"), "stop"),
        (line("my data"), "personal"),
        (line("delete my data"), "delete"),
    )
    return House(
        load("citizen"),
        "menu",
        "appeal",
        parting="more",
        words=words,
        codes="find",
        commands=commands,
        starts={"open": "open", "join": "join"},
        number="card",
        thanks=Screen((WELCOME,), (Button("my:0", line("My messages")), Button("menu:", MENU))),
        alarm=True,
        renamed={"consent": "consents", "privacy": "help"},
    )


def officials() -> House:
    number = "{number}"
    words = (
        (line("open {number}", number=number), f"card:{number}"),
        (line("answer {number}", number=number), f"answer:{number}"),
    )
    commands = ((line("start"), "start"), (line("desk"), "desk"), (line("menu"), "desk"), (line("leave"), "leave"))
    return House(
        load("staff"),
        "desk",
        words=words,
        commands=commands,
        number="card",
        files=False,
        home_label=line("My desk"),
        renamed=DESK,
    )


def door() -> House:
    """For whoever comes to a chat of officials and has not entered: with the same home, so that the buttons of the desk
    lead here as long as nobody works at it."""
    return House(load("door"), "desk", starts={"enter": "enter"}, home_label=line("How to enter"), renamed=DESK)


@dataclass(frozen=True, slots=True)
class Begun:
    """A form that the person has begun in another conversation, and its messenger."""

    session: Session
    messenger: str


@dataclass(frozen=True, slots=True)
class Talk:
    """All that the shell remembers of a conversation: open forms, the lowest first, forms put aside, and what is on
    show, in the words of its language; and what waits elsewhere, without what has been taken from there."""

    lang: str
    frames: tuple[Session, ...] = ()
    aside: tuple[Session, ...] = ()
    live: Shown | None = None
    elsewhere: tuple[Begun, ...] = ()


@dataclass(frozen=True, slots=True)
class Out:
    """A screen whose buttons carry their data. `edit`: it may take the place of the live screen. `pin`: the view it
    shows, if that is to be kept true; `led` the button that has led to it; `asks` begins the data of the buttons of
    the form that asks here."""

    screen: Screen
    edit: bool = False
    pin: Pinned | None = None
    led: str = ""
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    talk: Talk
    out: tuple[Out, ...] = ()


def worded(out: Out, show: Callable[[Screen], Shown]) -> Shown:
    """As it is put on show, in the words of one language."""
    shown = show(out.screen)
    return replace(shown, buttons=distinct(shown.buttons), pin=out.pin, led=out.led, asks=out.asks)


def wire(key: str, run: str, rev: int) -> str:
    """The data of a form's button; a view's button is its own data."""
    return f"~{run}~{rev}~{key}"


def unwire(data: str) -> Press:
    """Anybody can send any data: what is not ours is a press on nothing."""
    parts = data.split("~", 3)
    if len(parts) == 4 and not parts[0] and parts[2].isascii() and parts[2].isdecimal() and len(parts[2]) < 9:
        return Press(parts[3], parts[1], int(parts[2]))
    return Press(data)
