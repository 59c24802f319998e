"""Files that a messenger still has: who waits for them, whose turn it is, and how each ends. Downloads nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.files.store import degrees, insert
from core.files.tables import fetches, files
from core.files.types import FileLost, FileReady, Kind, State
from core.talk import Place

FIRST = "vk"
"""The messenger whose addresses run out soonest."""
PATIENCE = timedelta(hours=24)
LEASE = timedelta(minutes=2)
"""Longer than any fetch; one that a dead process has left waits so long."""
PAUSE, PAUSE_MOST = timedelta(seconds=30), timedelta(hours=1)
"""Before the next try; it doubles with every attempt."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """`source` is what its messenger needs to find the file."""

    id: int
    ref: str
    citizen_id: int
    kind: Kind
    messenger: str
    source: Mapping[str, Any]
    name: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What has come, and lies in the store by now."""

    sha256: str
    mime: str
    size: int
    name: str = ""
    place: Place | None = None


def add_waiting(
    tx: Connection, citizen_id: int, kind: Kind, messenger: str, source: Mapping[str, Any], name: str, now: datetime
) -> str:
    """The reference by which the file goes on at once; its bytes come later. `name` is as it will be shown."""
    ref = insert(tx, citizen_id, {"sha256": "", "mime": "", "size": 0, "kind": kind, "name": name}, now)
    tx.execute(sa.update(files).where(files.c.ref == ref).values(state=State.WAITING))
    row = {"ref": ref, "messenger": messenger, "source": dict(source), "not_before": now, "give_up_at": now + PATIENCE}
    tx.execute(fetches.insert().values(row))
    return ref


def waits(conn: Connection, messengers: Collection[str], now: datetime) -> bool:
    """Cheap: there is something to claim."""
    return conn.execute(sa.select(fetches.c.id).where(_due(messengers, now)).limit(1)).first() is not None


def claim(tx: Connection, owner: str, messengers: Collection[str], now: datetime) -> Fetch | None:
    """The most urgent that is due, or that a dead process has left. The attempt is counted before it begins."""
    f = fetches.c
    urgent = sa.case((f.messenger == FIRST, 0), else_=1)
    head = sa.select(f.id).where(_due(messengers, now)).order_by(urgent, f.not_before, f.id).limit(1)
    mine = sa.update(fetches).where(f.id == head.with_for_update(skip_locked=True).scalar_subquery())
    lease = {"state": "leased", "lease_owner": owner, "lease_until": now + LEASE, "attempts": f.attempts + 1}
    row = tx.execute(mine.values(lease).returning(fetches)).first()
    if row is None:
        return None
    file = tx.execute(sa.select(files).where(files.c.ref == row.ref)).one()
    return Fetch(row.id, row.ref, file.citizen_id, Kind(file.kind), row.messenger, row.source, file.name, row.attempts)


def _due(messengers: Collection[str], now: datetime) -> sa.ColumnElement[bool]:
    f = fetches.c
    left = sa.and_(f.state == "leased", f.lease_until < now)
    return sa.and_(sa.or_(f.state == "ready", left), f.not_before <= now, f.messenger.in_(messengers))


def arrived(tx: Connection, fetch: Fetch, owner: str, stored: Stored, now: datetime) -> FileReady | None:
    """None if somebody else has dealt with it meanwhile."""
    if not _settled(tx, fetch, owner, "done", None):
        return None
    known = {"sha256": stored.sha256, "mime": stored.mime, "size": stored.size, "name": stored.name}
    ready = {**known, **degrees(stored.place), "state": State.READY}
    tx.execute(sa.update(files).where(files.c.ref == fetch.ref).values(ready))
    return FileReady(fetch.ref, fetch.citizen_id)


def lost(tx: Connection, fetch: Fetch, owner: str, problem: str, now: datetime) -> FileLost | None:
    """It will never come: the file is refused."""
    if not _settled(tx, fetch, owner, "lost", problem):
        return None
    refused = sa.update(files).where(files.c.ref == fetch.ref).values(state=State.REFUSED, problem=problem)
    tx.execute(refused)
    return FileLost(fetch.ref, fetch.citizen_id, problem)


def again(tx: Connection, fetch: Fetch, owner: str, problem: str, now: datetime) -> FileLost | None:
    """Later; or never, where that would be too late."""
    later = now + min(PAUSE * 2 ** min(fetch.attempts - 1, 10), PAUSE_MOST)
    mine = _mine(fetch, owner)
    if tx.execute(sa.select(fetches.c.id).where(mine, fetches.c.give_up_at < later)).first():
        return lost(tx, fetch, owner, problem, now)
    waiting = {"state": "ready", "not_before": later, "problem": problem, "lease_owner": None, "lease_until": None}
    tx.execute(sa.update(fetches).where(mine).values(waiting))
    return None


def free_all(tx: Connection) -> None:
    """At the start of the only process of an embedded database: whoever held a lease is dead."""
    left = sa.update(fetches).where(fetches.c.state == "leased")
    tx.execute(left.values(state="ready", lease_owner=None, lease_until=None))


def _settled(tx: Connection, fetch: Fetch, owner: str, state: str, problem: str | None) -> bool:
    """What its messenger needed to find it is of no more use."""
    ended: dict[str, Any] = {"state": state, "problem": problem, "source": {}, "lease_owner": None, "lease_until": None}
    ours = sa.update(fetches).where(_mine(fetch, owner)).values(ended).returning(fetches.c.id)
    return tx.execute(ours).first() is not None


def _mine(fetch: Fetch, owner: str) -> sa.ColumnElement[bool]:
    f = fetches.c
    return sa.and_(f.id == fetch.id, f.state == "leased", f.lease_owner == owner)
