"""What is to happen at a time: one timer for a scope, fired in one transaction with what it does. A timer whose object
has moved on finds that out by the version in its payload and does nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.db import NOBODYS, PLAIN, Id, Moment, metadata
from core.sql import upsert

timers = sa.Table(
    "timers",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("scope", sa.Text, nullable=False, unique=True, info=PLAIN),
    sa.Column("due_at", Moment, nullable=False, info=PLAIN),
    sa.Column("kind", sa.Text, nullable=False, info=PLAIN),
    sa.Column("payload", sa.JSON, nullable=False, info=PLAIN),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0", info=PLAIN),
    sa.Column("problem", sa.Text, info=PLAIN),
    sa.Index(None, "due_at"),
    info=NOBODYS,
)

PAUSE = timedelta(minutes=1)
"""After a timer that failed; it doubles with every attempt."""
ATTEMPTS = 5
"""Then the timer stays with its problem, for an operator to see."""


@dataclass(frozen=True, slots=True)
class Timer:
    id: int
    scope: str
    due_at: datetime
    kind: str
    payload: Mapping[str, Any]
    attempts: int


def schedule(tx: Connection, *, scope: str, due_at: datetime, kind: str, payload: Mapping[str, Any]) -> None:
    """A timer of the same scope is replaced."""
    row = {"scope": scope, "due_at": due_at, "kind": kind, "payload": dict(payload), "attempts": 0, "problem": None}
    upsert(tx, timers, row, ("scope",))


def cancel(tx: Connection, scope: str) -> None:
    tx.execute(sa.delete(timers).where(timers.c.scope == scope))


def due(tx: Connection, now: datetime, limit: int) -> list[Timer]:
    """Locked until the end of the transaction, in which each is to be `done` or `failed`."""
    t = timers.c
    waiting = sa.select(timers).where(t.due_at <= now, t.attempts < ATTEMPTS).order_by(t.due_at, t.id).limit(limit)
    rows = tx.execute(waiting.with_for_update(skip_locked=True)).mappings()
    return [Timer(r["id"], r["scope"], r["due_at"], r["kind"], r["payload"], r["attempts"]) for r in rows]


def done(tx: Connection, timer: Timer) -> None:
    """Unless what it did has scheduled its scope anew."""
    mine = sa.delete(timers).where(timers.c.id == timer.id, timers.c.due_at == timer.due_at)
    tx.execute(mine)


def failed(tx: Connection, timer: Timer, problem: str, now: datetime) -> None:
    later = {"due_at": now + PAUSE * 2**timer.attempts, "attempts": timer.attempts + 1, "problem": problem}
    tx.execute(sa.update(timers).where(timers.c.id == timer.id).values(later))
