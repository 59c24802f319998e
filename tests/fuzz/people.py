"""What somebody can say on any way in, and what of it we owe an answer. Each way builds its own bodies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from tests.fuzz.media import Thing

LAST = 2
"""Of our messages: older ones show codes that are good no more."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One request or update. `owed`: the key of the row of the inbox that it must become; where that is empty, it need
    not become one. `text`: what must stand in that row when it is clean. `route`: how it goes, where a way has several.
    `fine`: no refusal is an answer to it. `times`: how often the very same is brought, all at once where the way can.
    `silent`: it must not become a row."""

    what: str
    body: Any
    owed: str = ""
    text: str | None = None
    route: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    fine: bool = False
    family: str = "usual"
    times: int = 1
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Shows:
    """A message of ours with buttons. `id`: its own name; `buttons`: label and data of those that can be pressed."""

    id: str
    buttons: tuple[tuple[str, str], ...]


class Person(Protocol):
    """Whoever cannot do a thing on their way answers with nothing."""

    name: str
    address: tuple[str, str, str]
    lang: str

    def shown(self) -> Sequence[Shows]:
        """Oldest first."""

    def reads(self) -> Sequence[str]:
        """The last words of ours, the newest first."""

    def say(self, text: str, **more: Any) -> list[Sent]: ...

    def command(self, name: str, args: str) -> list[Sent]: ...

    def press(self, data: str, on: str) -> list[Sent]: ...

    def attach(self, things: Sequence[Thing], caption: str) -> list[Sent]: ...

    def place(self, lat: Any, lon: Any, address: str) -> list[Sent]: ...

    def roam(self, dice: Random, places: Sequence[tuple[Any, Any]]) -> list[Sent]:
        """A place that is shown live, and moves."""

    def contact(self, phone: Any, whose: str) -> list[Sent]: ...

    def edit(self, dice: Random, text: str) -> list[Sent]: ...

    def forward(self, texts: Sequence[str]) -> list[Sent]: ...

    def odd(self, dice: Random) -> list[Sent]:
        """A sticker, a voice, a video, or something that will be thought of tomorrow."""

    def elsewhere(self, dice: Random) -> list[Sent]:
        """In a group, a channel, somebody else's chat; blocked and back; a name that is another one now."""

    def envelope(self, dice: Random) -> list[Sent]:
        """What no messenger sends."""


class Way(Protocol):
    """One way in, and everybody who comes by it."""

    name: str

    @property
    def people(self) -> Sequence[Person]: ...

    async def deliver(self, sent: Sequence[tuple[Person, Sent]]) -> list[str]:
        """In order; returns when all of it has been taken. What must not happen is in the answer, in words."""


Numbers = Callable[[], int]
