"""What every messenger has to offer for sending, and how a sending may end. The retry policy is read off the value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.engine import Connection

from core.conversations.types import Address
from core.outbox.types import Lane
from core.shown import Shown


@dataclass(frozen=True, slots=True)
class Parcel:
    """One row of the outbox on its way. `edit`: it may replace the live screen there; `push`: it must not touch it.
    `message`: it is to be shown in this very message of ours and nowhere else, and without buttons unless that is the
    live screen; Rejected where that is not possible any more. `lang` is for what a transport has to add of its own;
    `lane`: how urgent it is; `again`: it is sent once more after a crash."""

    outbox_id: int
    conversation_id: int
    address: Address
    shown: Shown
    edit: bool
    push: bool
    message: str = ""
    lang: str = "ru"
    lane: Lane = Lane.REPLY
    again: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """`ids` are the messenger's own, one for each part. `confirmed`: a device need not say that it has shown it.
    `record` writes what the transport wants to remember, in one transaction with the end of the row. `divided`: its
    words took several messages, and none of them can show it anew."""

    ids: tuple[str, ...]
    confirmed: bool
    record: Callable[[Connection], None] | None = None
    divided: bool = False


@dataclass(frozen=True, slots=True)
class Later:
    """Certainly not taken; may be tried again after so many seconds. `whole`: nothing of this account is taken until
    then. Where it is not `counted`, it is no fault of this row: it waits until it is too old. `behind`: what has
    not been tried goes before it then."""

    seconds: float
    reason: str
    whole: bool = False
    counted: bool = True
    behind: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """The person cannot be reached at this address any more."""

    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat has another name by now, and the same people are there."""

    peer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The messenger will never take this; a fault of ours."""

    reason: str


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The request has left and nobody knows what became of it."""

    reason: str


Outcome = Sent | Later | Gone | Moved | Rejected | Uncertain


class Transport(Protocol):
    async def send(self, parcel: Parcel) -> Outcome:
        """Must not retry and must not raise for anything that the messenger or the network does."""
        ...
