"""Meeting an address, taking it to serve it, and saving what a move made of it. One owner at a time: a lease says who,
and the version at the save says whether that was still true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.conversations.saving import Left, hold_still, save_all
from core.conversations.tables import conversations, forms
from core.conversations.types import Address, Conversation, FormRow, Person, Saved
from core.sql import insert_once

LEASE = timedelta(seconds=20)
"""Longer than any move; a conversation left by a dead process waits so long."""
_C, _F = conversations.c, forms.c
_MESSENGER: sa.BindParameter[str] = sa.bindparam("messenger")
_ACCOUNT: sa.BindParameter[str] = sa.bindparam("account")
_KNOWN = (
    sa.select(_C.id, _C.peer, _C.gone_at)
    .where(_C.messenger == _MESSENGER, _C.account == _ACCOUNT, _C.peer.in_(sa.bindparam("peers", expanding=True)))
    .order_by(_C.id)
    .with_for_update(key_share=True)
)
_FIND = sa.select(_C.id).where(_C.messenger == _MESSENGER, _C.account == _ACCOUNT, _C.peer == sa.bindparam("peer"))
_IDS: sa.BindParameter[int] = sa.bindparam("ids", expanding=True)
_THERE = sa.select(conversations).where(_C.id.in_(_IDS))
_BEGUN = sa.select(_F.conversation_id, _F.run, _F.name, _F.depth, _F.session).where(_F.conversation_id.in_(_IDS))
_BEGUN = _BEGUN.order_by(_F.id)


_OF_PERSON = (
    sa.select(_C.id)
    .where(_C.person_kind == sa.bindparam("kind"), _C.person_id == sa.bindparam("person"), _C.erased_at.is_(None))
    .order_by(_C.gone_at.is_not(None), _C.heard_at.is_(None), _C.heard_at.desc(), _C.id.desc())
)


class Lost(Exception):
    """Somebody else has served this conversation meanwhile: read it again and redo the move."""


def find(conn: Connection, address: Address) -> int | None:
    where = {"messenger": address.messenger, "account": address.account, "peer": address.peer}
    found: int | None = conn.execute(_FIND, where).scalar()
    return found


def meet(tx: Connection, address: Address, person: Person, lang: str, now: datetime) -> int:
    """A new address. Two first messages may come at once: the person of the slower one stays without an address."""
    row = {"messenger": address.messenger, "account": address.account, "peer": address.peer, "lang": lang}
    row |= {"person_kind": person.kind, "person_id": person.id, "created_at": now}  # type: ignore[dict-item]
    insert_once(tx, conversations, row, ("messenger", "account", "peer"))
    found = find(tx, address)
    if found is None:
        raise LookupError("An address that has just been met is not there.")
    return found


def find_all(tx: Connection, addresses: Collection[Address]) -> dict[Address, tuple[int, bool]]:
    """Those that are known, and whether nothing could be delivered there; locked until the end of the transaction, in
    the order in which everybody locks them: a batch comes in the order of its messages."""
    found = dict[Address, tuple[int, bool]]()
    for messenger, account in sorted({(address.messenger, address.account) for address in addresses}):
        peers = [one.peer for one in addresses if (one.messenger, one.account) == (messenger, account)]
        known = tx.execute(_KNOWN, {"messenger": messenger, "account": account, "peers": peers})
        found |= {Address(messenger, account, row.peer): (row.id, row.gone_at is not None) for row in known}
    return found


def claim(tx: Connection, owner: str, limit: int, now: datetime, only: int | None = None) -> list[int]:
    """Conversations with something to hear, oldest first, now leased to `owner`; or just one of them."""
    c = conversations.c
    free = sa.or_(c.lease_until.is_(None), c.lease_until < now)
    wanted = sa.true() if only is None else c.id == only
    waiting = sa.select(c.id).where(c.pending_at <= now, free, wanted).order_by(c.pending_at).limit(limit)
    taken = (
        sa.update(conversations)
        .where(c.id.in_(waiting.with_for_update(skip_locked=True, key_share=True)))
        .values(lease_owner=owner, lease_until=now + LEASE)
        .returning(c.id)
    )
    return sorted(tx.execute(taken).scalars())


def free_all(tx: Connection) -> None:
    """At the start of the only process of an embedded database: whoever held a lease is dead."""
    tx.execute(sa.update(conversations).values(lease_owner=None, lease_until=None))


def read(conn: Connection, ids: Sequence[int]) -> dict[int, Conversation]:
    """The version before the forms: whoever changes them meanwhile raises it, and the save will know."""
    there = conn.execute(_THERE, {"ids": list(ids)}).mappings().all()
    in_progress = defaultdict[int, list[FormRow]](list)
    for row in conn.execute(_BEGUN, {"ids": list(ids)}):
        in_progress[row.conversation_id].append(FormRow(row.run, row.name, row.depth, row.session))
    return {row["id"]: _conversation(row, tuple(in_progress[row["id"]])) for row in there}


def _conversation(row: RowMapping, in_progress: tuple[FormRow, ...]) -> Conversation:
    return Conversation(
        id=row["id"],
        address=Address(row["messenger"], row["account"], row["peer"]),
        person=Person(row["person_kind"], row["person_id"]),
        lang=row["lang"],
        live=row["live"],
        version=row["version"],
        heard_at=row["heard_at"],
        forms=in_progress,
    )


def save(tx: Connection, before: Conversation, saved: Saved, owner: str, now: datetime) -> None:
    """Also gives the lease back. Raises Lost if the conversation is no longer the one that was read."""
    if not hold_still(tx, [before], owner):
        raise Lost
    save_all(tx, [Left(before, saved)], now)


def renew_live(tx: Connection, conversation_id: int, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """The screen on show has been shown anew. False if it is not on show any more."""
    here = conversations.c.id == conversation_id
    live = tx.execute(sa.select(conversations.c.live).where(here).with_for_update(key_share=True)).scalar()
    if live != old:
        return False
    tx.execute(sa.update(conversations).where(here).values(live=dict(new)))
    return True


def release(tx: Connection, conversation_id: int, owner: str) -> bool:
    """Gives the lease back without a move; what waits, waits on. False if it was not `owner`'s any more."""
    c = conversations.c
    mine = sa.update(conversations).where(c.id == conversation_id, c.lease_owner == owner)
    return tx.execute(mine.values(lease_owner=None, lease_until=None)).rowcount == 1


def unleased(tx: Connection, ids: Collection[int]) -> set[int]:
    """Those of them that nobody is serving."""
    c = conversations.c
    return set(tx.execute(sa.select(c.id).where(c.id.in_(ids), c.lease_owner.is_(None))).scalars())


def keep(tx: Connection, ids: Sequence[int], owner: str, now: datetime) -> None:
    """Its work takes long, and it is alive. What it is saving this moment nobody else can take anyway."""
    c = conversations.c
    mine = sa.select(c.id).where(c.id.in_(ids), c.lease_owner == owner).order_by(c.id)
    free = mine.with_for_update(skip_locked=True, key_share=True)
    tx.execute(sa.update(conversations).where(c.id.in_(free)).values(lease_until=now + LEASE))


def release_all(tx: Connection, owner: str) -> set[int]:
    """Everything that is `owner`'s, whether it knows of it or not."""
    mine = sa.update(conversations).where(conversations.c.lease_owner == owner)
    freed = mine.values(lease_owner=None, lease_until=None).returning(conversations.c.id)
    return set(tx.execute(freed).scalars())


def of_person(conn: Connection, kind: str, person_id: int) -> tuple[int, ...]:
    """The person's conversations, the one last heard from first; where nothing can be delivered, last."""
    return tuple(conn.execute(_OF_PERSON, {"kind": kind, "person": person_id}).scalars())


def of_citizens(messenger: str) -> sa.Select[tuple[int]]:
    """Every chat of a citizen in this messenger."""
    c = conversations.c
    return sa.select(c.id).where(c.messenger == messenger, c.person_kind == "citizen")


def heard_at(conn: Connection, conversation_id: int) -> datetime | None:
    at: datetime | None = conn.execute(
        sa.select(conversations.c.heard_at).where(conversations.c.id == conversation_id)
    ).scalar()
    return at


def gone(tx: Connection, conversation_id: int, now: datetime) -> None:
    """Nothing can be delivered there any more: the person has blocked us, or their account is no more."""
    here = sa.update(conversations).where(conversations.c.id == conversation_id, conversations.c.gone_at.is_(None))
    tx.execute(here.values(gone_at=now))


def back_again(tx: Connection, conversation_id: int) -> None:
    """The person has let us in again, or has said something. Writes nothing where they were never gone."""
    here = sa.update(conversations).where(conversations.c.id == conversation_id, conversations.c.gone_at.is_not(None))
    tx.execute(here.values(gone_at=None))


def move(tx: Connection, conversation_id: int, peer: str) -> bool:
    """Its messenger calls the chat otherwise now. False where another conversation has that address."""
    c, there = conversations.c, conversations.alias().c
    same = (there.messenger == c.messenger, there.account == c.account, there.peer == peer)
    taken = sa.exists().where(*same, there.id != c.id)
    here = sa.update(conversations).where(c.id == conversation_id, ~taken)
    return tx.execute(here.values(peer=peer)).rowcount == 1


def hand_to(tx: Connection, conversation_id: int, person: Person) -> None:
    """Another person's from now on. Whoever is serving it has lost it."""
    c = conversations.c
    moved_on = {"version": c.version + 1, "lease_owner": None, "lease_until": None, "live": None}
    here = sa.update(conversations).where(c.id == conversation_id)
    tx.execute(here.values({**moved_on, "person_kind": person.kind, "person_id": person.id}))


def hold(tx: Connection, kind: str, person_id: int) -> None:
    """Whoever is serving one of the person's conversations has lost it and redoes the move, as who they are then."""
    c = conversations.c
    theirs = sa.select(c.id).where(c.person_kind == kind, c.person_id == person_id).order_by(c.id)
    ids = tx.execute(theirs.with_for_update(key_share=True)).scalars().all()
    moved_on = {"version": c.version + 1, "lease_owner": None, "lease_until": None}
    tx.execute(sa.update(conversations).where(c.id.in_(ids)).values(moved_on))
