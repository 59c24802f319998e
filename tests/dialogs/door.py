"""A front door for tests: it forgets everything but JSON between two events, its core runs each key once, and it puts
screens into English words, by which buttons are called as in a chat."""

from __future__ import annotations

import gettext
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from core.lines import BLANK, Line, literal
from core.shown import Shown
from core.speech import Speech
from core.talk import Button, Do, Done, Event, Failed, Load, Loaded, Message, Place, Press, Quiet, Result, Screen
from dialogs.engine import Form
from dialogs.reads import distinct, meant
from dialogs.session import Session, session_from_json, session_to_json
from tests.dialogs.world import answer_of, facts_of

ENGLISH = Speech("en", gettext.NullTranslations(), ZoneInfo("UTC"))


def reread(s: Session) -> Session:
    return session_from_json(json.loads(json.dumps(session_to_json(s))))


def shown(screen: Screen) -> Shown:
    there = ENGLISH.show(screen)
    return replace(there, buttons=distinct(there.buttons))


@dataclass
class Door:
    form: Form
    s: Session
    find: Callable[[Any], Any] = facts_of
    answer: Callable[[Any, int], Any] = answer_of
    out: Result = field(default_factory=lambda: Screen((BLANK,)))
    declines: str = ""  # core says no, with this reason
    done: dict[str, Any] = field(default_factory=dict)  # command by key: the rows of core
    loads: list[Any] = field(default_factory=list)

    def send(self, event: Event | None = None) -> Result:
        self.s, self.out = self.form.advance(reread(self.s), event)
        for _ in range(4):
            match self.out:
                case Load(query, then):
                    self.loads.append(query)
                    event = Loaded(query, self.find(query), then)
                case Do(key, _) if self.declines:
                    event = Failed(key, literal(self.declines))
                case Do(key, command):
                    assert key not in self.done, "a command is run once"
                    self.done[key] = command
                    event = Done(key, self.answer(command, len(self.done)))
                case _:
                    return self.out
            self.s, self.out = self.form.advance(reread(self.s), event)
        raise AssertionError(f"more than four rounds: {self.out}")

    def say(self, text: str = "", photos: tuple[str, ...] = (), place: Place | None = None, **more: Any) -> Result:
        """Words press the button that they name, as the shell has it."""
        message = Message(text, photos, place, **more)
        key = meant(text, self.shown, "Back") if message == Message(text) and self._has_screen else None
        return self.press(key) if key else self.send(message)

    def press(self, key: str, rev: int | None = None) -> Result:
        return self.send(Press(key, self.s.run, self.s.rev if rev is None else rev))

    @property
    def _has_screen(self) -> bool:
        return isinstance(self.out, Screen | Quiet)

    @property
    def screen(self) -> Screen:
        screen = self.out.screen if isinstance(self.out, Quiet) else self.out
        assert isinstance(screen, Screen), screen
        return screen

    @property
    def shown(self) -> Shown:
        return shown(self.screen)

    @property
    def text(self) -> str:
        return ENGLISH.text(self.screen.text)

    @property
    def note(self) -> str:
        return self.shown.note

    @property
    def old(self) -> str:
        return "" if self.screen.old is None else ENGLISH.say(self.screen.old)

    @property
    def keys(self) -> list[str]:
        return [b.key for b in self.screen.buttons]

    @property
    def labels(self) -> list[str]:
        return [b.label for b in self.shown.buttons]


Move = Event | str | tuple[str]


def door(form: Form, *moves: Move, args: str = "", **more: Any) -> Door:
    """A str is said, a ("key",) is pressed."""
    d = Door(form, form.start("run1", args), **more)
    d.send()
    return go(d, *moves)


def go(d: Door, *moves: Move) -> Door:
    for move in moves:
        if isinstance(move, str):
            d.say(move)
        elif isinstance(move, tuple):
            d.press(*move)
        else:
            d.send(move)
    return d


def under(new: Form, d: Door) -> Door:
    """A deploy."""
    d.form = new
    return d


def buttons(*labels: str) -> list[Button]:
    return [Button(label.casefold(), literal(label)) for label in labels]


def in_words(words: Line) -> str:
    return ENGLISH.say(words)
