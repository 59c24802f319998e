"""What has happened to an appeal, for whoever reacts to it."""

from __future__ import annotations

from dataclasses import dataclass

from core.appeals.types import Spoken, Status


@dataclass(frozen=True, slots=True)
class AppealFiled:
    number: str
    citizen_id: int
    authority_id: int


@dataclass(frozen=True, slots=True)
class StatusChanged:
    number: str
    citizen_id: int
    status: Status
    version: int
    own: bool = False
    """The citizen's own doing: no news to them."""
    authority_id: int = 0
    official_id: int | None = None
    """Who has it, or had it last."""


@dataclass(frozen=True, slots=True)
class CitizenSpoke:
    """`key` names this one thing."""

    number: str
    authority_id: int
    official_id: int | None
    what: Spoken
    key: str


@dataclass(frozen=True, slots=True)
class NoteAdded:
    number: str


@dataclass(frozen=True, slots=True)
class HandsChanged:
    """It is in work as before, with another official."""

    number: str
