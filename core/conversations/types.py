"""An address, the person behind it, and what a move reads and leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Address:
    """One messenger may serve several accounts (the citizens' bot, the staff bot), and they share peers."""

    messenger: str
    account: str
    peer: str


@dataclass(frozen=True, slots=True)
class Person:
    kind: Literal["citizen", "official"]
    id: int


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form in progress. `depth` is its place among the frames, 0 at the bottom; None: put aside."""

    run: str
    name: str
    depth: int | None
    session: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A form in progress in another conversation of the same person, as it was read there."""

    conversation_id: int
    messenger: str
    form: FormRow
    version: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """`live` is the screen on show with the words of its buttons, as JSON, or nothing. `elsewhere` is known only where
    it was asked for."""

    id: int
    address: Address
    person: Person
    lang: str
    live: Mapping[str, Any] | None
    version: int
    heard_at: datetime | None
    forms: tuple[FormRow, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """What a move leaves: all forms of the conversation as they are now; one that is missing has ended."""

    lang: str
    live: Mapping[str, Any] | None
    forms: tuple[FormRow, ...]
