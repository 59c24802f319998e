"""Commands and queries of citizens: what they have consented to, and how they want to be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

FILING = "filing"
"""The purpose of the one consent that filing needs: 152-FZ wants one consent per purpose."""


@dataclass(frozen=True, slots=True)
class GiveConsent:
    """Command of a citizen; answered with the version. Given again for the same version, it changes nothing."""

    purpose: str
    version: str


@dataclass(frozen=True, slots=True)
class ShowConsent:
    """Query of a citizen; answered with ConsentState."""

    purpose: str


@dataclass(frozen=True, slots=True)
class ConsentState:
    """`given` is the version that the citizen agreed to, or empty; `wanted` is the one in force."""

    given: str
    wanted: str


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """Command of a citizen; answered with True if none is in force any more, False if there never was one. What is
    filed already is worked on."""

    purpose: str


@dataclass(frozen=True, slots=True)
class ListConsents:
    """Query of a citizen; answered with a tuple of ConsentRow, the newest first, ten at most."""


@dataclass(frozen=True, slots=True)
class ConsentRow:
    purpose: str
    version: str
    at: datetime
    withdrawn: datetime | None


class Pushes(StrEnum):
    """What is told without being asked: every status; only questions, answers and refusals; nothing."""

    ALL = "all"
    MAIN = "main"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SetPushes:
    """Command of a citizen; answered with the value."""

    pushes: Pushes


@dataclass(frozen=True, slots=True)
class SetQuiet:
    """Command of a citizen: the hours of the region's day, 0 to 23, in which nothing is told; equal ones: none.
    Answered with the settings."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ShowSettings:
    """Query of a citizen; answered with SettingsCard."""


@dataclass(frozen=True, slots=True)
class SettingsCard:
    """Hours are those in force, the region's own where the citizen has named none."""

    pushes: Pushes
    quiet_from: int
    quiet_to: int
