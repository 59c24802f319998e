"""Commands, queries, events and facts of appeals: all that a dialog may know about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.talk import Place

TEXT_MOST = 4000
"""Characters of an appeal or an answer."""
TEXT_LEAST = 10
PHOTOS_MOST = 10


class Status(StrEnum):
    REGISTERED = "registered"
    IN_WORK = "in_work"
    ANSWERED = "answered"
    CLOSED = "closed"


class Regime(StrEnum):
    """A message of the platform is not a formal appeal under 59-FZ; both may be on file one day."""

    MESSAGE = "message"
    APPEAL59 = "appeal59"


# Commands


@dataclass(frozen=True, slots=True)
class FileAppeal:
    """Command of a citizen with consent; answered with Receipt. `territory` is an ОКТМО, `category` a code; photos are
    references that this citizen has uploaded."""

    text: str
    category: str
    territory: str
    place: Place
    photos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    number: str
    code: str
    """Eight characters that open the appeal from anywhere, together with its number."""
    authority: Mapping[str, str]
    due: datetime


@dataclass(frozen=True, slots=True)
class TakeAppeal:
    """Command of an official of the appeal's authority; answered with the number. Declined if somebody else has it."""

    number: str


@dataclass(frozen=True, slots=True)
class AnswerAppeal:
    """Command of the official who has taken the appeal; answered with the number."""

    number: str
    text: str


@dataclass(frozen=True, slots=True)
class CloseUnrated:
    """Command of the system, when the time for a rating is over; answered with True if it closed the appeal."""

    number: str
    version: int


# Queries


@dataclass(frozen=True, slots=True)
class MyAppeals:
    """Query of a citizen; answered with a tuple of AppealRow, newest first."""

    start: int
    count: int


@dataclass(frozen=True, slots=True)
class ShowAppeal:
    """Query of the appeal's citizen, or of an official of its authority (audited); answered with AppealCard, or None
    if there is none or it is not theirs."""

    number: str


class Pile(StrEnum):
    """Of an official's queue: what waits for anybody, what they have taken, what has been answered."""

    NEW = "new"
    MINE = "mine"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ShowQueue:
    """Query of an official; answered with QueuePage of the own authority, the earliest deadline first; what is done,
    the newest first."""

    pile: Pile
    start: int
    count: int


@dataclass(frozen=True, slots=True)
class OpenPhoto:
    """Query of who has uploaded it, or of an official of the authority whose appeal shows it (audited); answered with
    FileRow, or NotAllowed."""

    ref: str


# Facts


@dataclass(frozen=True, slots=True)
class AppealRow:
    number: str
    title: str
    """The first words."""
    status: Status
    due: datetime


@dataclass(frozen=True, slots=True)
class QueuePage:
    rows: tuple[AppealRow, ...]
    counts: Mapping[str, int]
    """By Pile."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    at: datetime
    status: Status
    text: str
    """The answer, where the entry is one."""


@dataclass(frozen=True, slots=True)
class AppealCard:
    number: str
    text: str
    category: Mapping[str, str]
    territory: Mapping[str, str]
    place: Place
    photos: tuple[str, ...]
    authority: Mapping[str, str]
    status: Status
    filed: datetime
    due: datetime
    official: str
    """The name of who has taken it; empty for citizens and while nobody has."""
    mine: bool
    """The asking official has taken it."""
    answer: str
    rating: int | None
    history: tuple[HistoryEntry, ...]


# Events


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
