"""The first hop of every message: cleaned, stored durably under its key, and only then acknowledged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from core.conversations import service as conversations
from core.conversations.types import Address, Person
from core.inbox import service as inbox
from core.talk import Incoming


@dataclass(frozen=True, slots=True)
class Update:
    """What a transport has read off the wire. `key` is the messenger's own name for it, the same at a repetition."""

    address: Address
    key: str
    event: Incoming
    raw: bytes
    lang: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """`new` is False for a repetition."""

    conversation_id: int
    new: bool


def meet(tx: Connection, address: Address, lang: str, now: datetime, newcomer: Callable[[Connection], Person]) -> int:
    """The conversation at this address; whoever is new there is made by `newcomer`."""
    found = conversations.find(tx, address)
    return conversations.meet(tx, address, newcomer(tx), lang, now) if found is None else found


def accept(tx: Connection, update: Update, now: datetime, newcomer: Callable[[Connection], Person]) -> Accepted:
    there = meet(tx, update.address, update.lang, now, newcomer)
    return Accepted(there, inbox.accept(tx, there, update.key, update.event, update.raw, now))
