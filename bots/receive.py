"""The first hop of every message: cleaned, stored durably under its key, and only then acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from bots.files.kinds import MOST
from core.conversations import service as conversations
from core.conversations.types import Address, Person
from core.files.fetches import add_waiting
from core.files.types import Kind
from core.inbox import accepting
from core.inbox import service as inbox
from core.inbox.accepting import Arrived
from core.talk import Incoming, Message


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that the messenger has: what it needs to be found there, and how large it is said to be, in bytes."""

    kind: Kind
    source: Mapping[str, Any]
    name: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """What a transport has read off the wire. `key` is the messenger's own name for it, the same at a repetition.
    `part`: what else may come may belong to it (core.inbox.parts). What is `fleeting` is not kept as it came."""

    address: Address
    key: str
    event: Incoming
    raw: bytes
    lang: str
    files: tuple[Wanted, ...] = ()
    part: str = ""
    fleeting: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """`new` is False for a repetition."""

    conversation_id: int
    new: bool


Newcomer = Callable[[Connection], Person]


def meet(tx: Connection, address: Address, lang: str, now: datetime, newcomer: Newcomer) -> int:
    """The conversation at this address; whoever is new there is made by `newcomer`."""
    found = conversations.find(tx, address)
    return conversations.meet(tx, address, newcomer(tx), lang, now) if found is None else found


def accept(tx: Connection, update: Update, now: datetime, newcomer: Newcomer) -> Accepted:
    there = meet(tx, update.address, update.lang, now, newcomer)
    if update.files and inbox.knows(tx, there, update.key):
        return Accepted(there, new=False)
    event = _with_files(tx, there, update, now) if update.files else update.event
    raw = None if update.fleeting else update.raw
    new = inbox.accept(tx, there, update.key, event, raw, now, update.part)
    if new:
        conversations.back_again(tx, there)
    return Accepted(there, new)


def accept_all(tx: Connection, updates: Sequence[Update], now: datetime, newcomer: Newcomer) -> None:
    """As if each were accepted by itself in their order. What brings files has more to be looked at."""
    with_files = {update.address for update in updates if update.files}
    plain = [update for update in updates if update.address not in with_files]
    known = conversations.find_all(tx, {update.address for update in updates})
    for one in plain:
        if one.address not in known:
            known[one.address] = meet(tx, one.address, one.lang, now, newcomer), False
    arrived = [
        Arrived(known[one.address][0], one.key, one.event, None if one.fleeting else one.raw, one.part) for one in plain
    ]
    new = {id for id, _ in accepting.accept_all(tx, arrived, now)}
    for there in sorted(id for id, away in known.values() if away and id in new):
        conversations.back_again(tx, there)
    for update in updates:
        if update.address in with_files:
            accept(tx, update, now, newcomer)


def gone(tx: Connection, address: Address, now: datetime) -> None:
    """The person there does not want to hear from us any more."""
    if (there := conversations.find(tx, address)) is not None:
        conversations.gone(tx, there, now)


def back(tx: Connection, address: Address) -> None:
    if (there := conversations.find(tx, address)) is not None:
        conversations.back_again(tx, there)


def _with_files(tx: Connection, there: int, update: Update, now: datetime) -> Message:
    """The files go on by reference; their bytes come later. Officials send none."""
    message = update.event
    if not isinstance(message, Message):
        raise TypeError("Only a message has files.")
    person = conversations.read(tx, [there])[there].person
    if person.kind != "citizen":
        return replace(message, unread=message.unread or "kind")
    small = [one for one in update.files if (one.size or 0) <= MOST]
    if len(small) < len(update.files):
        message = replace(message, unread="size")
    messenger = update.address.messenger
    photos, documents = list(message.photos), list(message.documents)
    for one in small:
        ref = add_waiting(tx, person.id, one.kind, messenger, one.source, one.name, now)
        if one.kind is Kind.PHOTO:
            photos.append(ref)
        else:
            documents.append(ref)
    return replace(message, photos=tuple(photos), documents=tuple(documents))
