"""How much is open, for whoever watches from outside: one query for each figure, by an index, and never over what has
ended. No query counts further than MOST rows: more says nothing new, and the next look is fifteen seconds away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import jobs, timers
from core.conversations.tables import conversations
from core.files.tables import fetches
from core.inbox.tables import inbox
from core.outbox.tables import outbox, tokens
from core.outbox.types import State

MOST = 20_000
OVERDUE = timedelta(seconds=60)
UNREAD = timedelta(hours=24)
"""A page that nobody opens may never confirm what it was handed: only that of the last day is counted."""


@dataclass(frozen=True, slots=True)
class Queue:
    lane: str
    messenger: str
    state: str
    rows: int


@dataclass(frozen=True, slots=True)
class Token:
    """`owner` is empty where no process holds it."""

    messenger: str
    account: str
    owner: str
    paused_for: float


@dataclass(frozen=True, slots=True)
class Figures:
    """`oldest` and `oldest_file`: seconds for which the next one has waited for its turn."""

    inbox: int
    oldest: float
    quarantine: int
    outbox: Sequence[Queue]
    timers_overdue: int
    timers_failed: int
    jobs_overdue: int
    jobs_failed: int
    files: int
    oldest_file: float
    tokens: Sequence[Token]


def figures(conn: Connection, now: datetime) -> Figures:
    timers_overdue, timers_failed = _timers(conn, now)
    jobs_overdue, jobs_failed = _jobs(conn, now)
    files, oldest_file = _files(conn, now)
    return Figures(
        inbox=_inbox(conn),
        oldest=_oldest(conn, now),
        quarantine=_quarantine(conn),
        outbox=_outbox(conn, now),
        timers_overdue=timers_overdue,
        timers_failed=timers_failed,
        jobs_overdue=jobs_overdue,
        jobs_failed=jobs_failed,
        files=files,
        oldest_file=oldest_file,
        tokens=_tokens(conn, now),
    )


def _inbox(conn: Connection) -> int:
    i, c = inbox.c, conversations.c
    there = sa.select(i.id).join(conversations, c.id == i.conversation_id)
    return _count(conn, there.where(c.pending_at.is_not(None), i.state == "new"))


def _oldest(conn: Connection, now: datetime) -> float:
    since = conn.execute(sa.select(sa.func.min(conversations.c.pending_at))).scalar()
    return _seconds(since, now)


def _quarantine(conn: Connection) -> int:
    return _count(conn, sa.select(inbox.c.id).where(inbox.c.state == sa.literal_column("'quarantined'")))


def _outbox(conn: Connection, now: datetime) -> list[Queue]:
    o, c = outbox.c, conversations.c
    handed = sa.and_(o.state == State.HANDED, o.not_before > now - UNREAD)
    open_ = sa.or_(o.state.in_((State.READY, State.LEASED, State.SENDING)), handed)
    rows = sa.select(o.lane, o.state, o.conversation_id).where(open_).limit(MOST).subquery().c
    by = (rows.lane, c.messenger, rows.state)
    there = sa.select(*by, sa.func.count()).join(conversations, c.id == rows.conversation_id)
    return [Queue(*row) for row in conn.execute(there.group_by(*by).order_by(*by))]


def _timers(conn: Connection, now: datetime) -> tuple[int, int]:
    t = timers.timers.c
    due = sa.select(t.attempts, t.due_at).where(t.due_at < now).limit(MOST).subquery().c
    failed = due.attempts >= timers.ATTEMPTS
    return _pair(conn, sa.and_(~failed, due.due_at < now - OVERDUE), failed)


def _jobs(conn: Connection, now: datetime) -> tuple[int, int]:
    j = jobs.jobs.c
    open_ = sa.select(j.state, j.not_before).where(j.state.in_(("ready", "leased", "failed"))).limit(MOST).subquery().c
    overdue = sa.and_(open_.state == "ready", open_.not_before < now - OVERDUE)
    return _pair(conn, overdue, open_.state == "failed")


def _files(conn: Connection, now: datetime) -> tuple[int, float]:
    f = fetches.c
    open_ = sa.select(f.not_before).where(f.state.in_(("ready", "leased"))).limit(MOST).subquery().c
    count, oldest = conn.execute(sa.select(sa.func.count(), sa.func.min(open_.not_before))).one()
    return count, _seconds(oldest, now)


def _tokens(conn: Connection, now: datetime) -> list[Token]:
    rows = conn.execute(sa.select(tokens).order_by(tokens.c.messenger, tokens.c.account))
    return [
        Token(
            row.messenger,
            row.account,
            row.owner if row.owner and row.lease_until and row.lease_until >= now else "",
            max(0.0, -_age(row.paused_until, now)),
        )
        for row in rows
    ]


def _count(conn: Connection, rows: sa.Select[tuple[int]]) -> int:
    return conn.execute(sa.select(sa.func.count()).select_from(rows.limit(MOST).subquery())).scalar_one()


def _pair(conn: Connection, one: sa.ColumnElement[bool], other: sa.ColumnElement[bool]) -> tuple[int, int]:
    def many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    first, second = conn.execute(sa.select(many(one), many(other))).one()
    return first, second


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, _age(since, now))


def _age(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else (now - moment).total_seconds()
