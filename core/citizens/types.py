"""Commands and queries of citizens: their consent."""

from __future__ import annotations

from dataclasses import dataclass

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
