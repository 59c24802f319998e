"""What waits to be sent, how urgent it is, and how it may end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Lane(StrEnum):
    """In the order of urgency."""

    REPLY = "reply"
    PUSH = "push"
    NOTICE = "notice"
    BULK = "bulk"


class Kind(StrEnum):
    """What the body of a row is: a screen in words, or a notice or a pinned message, whose words are found just before
    they are sent."""

    SCREEN = "screen"
    NOTICE = "notice"
    PIN = "pin"


class State(StrEnum):
    READY = "ready"
    LEASED = "leased"
    SENDING = "sending"
    """The request may have left: after a crash nobody knows."""
    HANDED = "handed"
    """The messenger has it; the person's device has not confirmed it yet (only where devices confirm)."""
    DELIVERED = "delivered"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


FORMATS: Mapping[Kind, int] = {Kind.SCREEN: 1, Kind.NOTICE: 2, Kind.PIN: 2}
"""Of the bodies that this release writes. Notices of format 1 knew fewer kinds and statuses."""
LATER: Mapping[str, int] = {"joined": 3, "dropped": 3}
"""Kinds of notices that came later: a release that does not know them leaves them to one that does."""
FORMAT = max(*FORMATS.values(), *LATER.values())
"""It does not claim a newer one."""


@dataclass(frozen=True, slots=True)
class Row:
    """`edit`: it may replace the live screen of its conversation instead of standing below it."""

    id: int
    key: str
    conversation_id: int
    lane: Lane
    kind: Kind
    body: Mapping[str, Any]
    edit: bool
    attempts: int
    resent: bool
    expires_at: datetime | None
    created_at: datetime
    awaited_at: datetime | None = None
