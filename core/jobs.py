"""Work that nobody waits for: claimed under a lease, tried again when it fails, and its end recorded once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.db import NOBODYS, PLAIN, Id, Moment, metadata
from core.sql import insert_once

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("key", sa.Text, nullable=False, unique=True, info=PLAIN),
    sa.Column("kind", sa.Text, nullable=False, info=PLAIN),
    sa.Column("payload", sa.JSON, nullable=False, info=PLAIN),
    sa.Column("state", sa.Text, nullable=False, server_default="ready", info=PLAIN),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0", info=PLAIN),
    sa.Column("not_before", Moment, nullable=False, info=PLAIN),
    sa.Column("lease_owner", sa.Text, info=PLAIN),
    sa.Column("lease_until", Moment, info=PLAIN),
    sa.Column("problem", sa.Text, info=PLAIN),
    sa.Column("created_at", Moment, nullable=False, info=PLAIN),
    sa.Column("settled_at", Moment, info=PLAIN),
    sa.Index(None, "state", "not_before"),
    info=NOBODYS,
)

LEASE = timedelta(minutes=5)
PAUSES = (timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1))
"""Before the next tries; then the job is failed."""


@dataclass(frozen=True, slots=True)
class Job:
    id: int
    kind: str
    payload: Mapping[str, Any]
    attempts: int


def enqueue(
    tx: Connection, *, key: str, kind: str, payload: Mapping[str, Any], now: datetime, after: timedelta = timedelta()
) -> bool:
    """False if this key has been enqueued before. It is not begun `after` so long."""
    row = {"key": key, "kind": kind, "payload": dict(payload), "not_before": now + after, "created_at": now}
    return insert_once(tx, jobs, row, ("key",))


def payload_of(conn: Connection, key: str) -> Mapping[str, Any] | None:
    """What was enqueued under this key, in whatever state it is."""
    found: Mapping[str, Any] | None = conn.execute(sa.select(jobs.c.payload).where(jobs.c.key == key)).scalar()
    return found


def is_going_on(conn: Connection, prefix: str) -> bool:
    """A job whose key begins so has not come to an end."""
    waiting = jobs.c.state.in_(("ready", "leased"))
    mine = sa.select(jobs.c.id).where(jobs.c.key.startswith(prefix, autoescape=True), waiting).limit(1)
    return conn.execute(mine).first() is not None


def claim(tx: Connection, owner: str, now: datetime) -> Job | None:
    """The oldest that is ready, or that a dead process has left; the attempt is counted before it begins. One that has
    been left by every attempt is failed: it may be what kills."""
    j = jobs.c
    left = sa.and_(j.state == "leased", j.lease_until < now)
    hopeless = sa.update(jobs).where(left, j.attempts > len(PAUSES))
    tx.execute(hopeless.values(state="failed", problem="a crash while working", settled_at=now, lease_owner=None))
    waiting = sa.select(j.id).where(sa.or_(j.state == "ready", left), j.not_before <= now).order_by(j.id).limit(1)
    mine = sa.update(jobs).where(j.id == waiting.with_for_update(skip_locked=True).scalar_subquery())
    lease = {"state": "leased", "lease_owner": owner, "lease_until": now + LEASE, "attempts": j.attempts + 1}
    row = tx.execute(mine.values(lease).returning(jobs)).mappings().first()
    return None if row is None else Job(row["id"], row["kind"], row["payload"], row["attempts"])


def free_all(tx: Connection) -> None:
    """At the start of the only process of an embedded database: whoever worked on them is dead, and their leases have
    run out long ago."""
    tx.execute(sa.update(jobs).where(jobs.c.state == "leased").values(lease_until=jobs.c.created_at))


def renew(tx: Connection, job: Job, owner: str, now: datetime) -> bool:
    """For work that takes longer than a lease. False if somebody else has it by now."""
    mine = sa.update(jobs).where(jobs.c.id == job.id, jobs.c.lease_owner == owner, jobs.c.state == "leased")
    return tx.execute(mine.values(lease_until=now + LEASE)).rowcount == 1


def finish(tx: Connection, job: Job, owner: str, now: datetime) -> bool:
    """False if the lease has gone to somebody else meanwhile: roll back what was to be recorded with it."""
    mine = sa.update(jobs).where(jobs.c.id == job.id, jobs.c.lease_owner == owner, jobs.c.state == "leased")
    return tx.execute(mine.values(state="done", settled_at=now, lease_owner=None)).rowcount == 1


def fail(tx: Connection, job: Job, owner: str, problem: str, now: datetime) -> None:
    mine = sa.update(jobs).where(jobs.c.id == job.id, jobs.c.lease_owner == owner)
    if job.attempts > len(PAUSES):
        tx.execute(mine.values(state="failed", problem=problem, settled_at=now, lease_owner=None))
    else:
        later = now + PAUSES[job.attempts - 1]
        tx.execute(mine.values(state="ready", problem=problem, not_before=later, lease_owner=None))


def prune(tx: Connection, before: datetime) -> None:
    """Forgets those that are done; those that have failed stay for an operator."""
    tx.execute(sa.delete(jobs).where(jobs.c.state == "done", jobs.c.settled_at < before))
