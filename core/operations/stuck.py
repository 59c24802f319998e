"""What has not come to its end by itself, a few rows of each kind, the oldest first. Reads only, by indexes that lead
to rows that are still open; what was said is in none of the columns that it asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import jobs, timers
from core.conversations.tables import conversations
from core.files.tables import fetches
from core.inbox.tables import inbox
from core.operations.rules import GRACE, LOOKED_BACK, PAUSED_FOR, SENT_WITHIN, SERVED_WITHIN, WORKED_WITHIN, bare
from core.operations.types import Account, Kind, Stuck, Trouble
from core.outbox.tables import outbox, tokens
from core.outbox.types import FORMAT, State

MOST = 20
"""Of each kind and trouble: where there are more, they have one cause."""
TRIED = 3
"""A file is often late; three tries are no accident."""
SOON = timedelta(hours=1)
"""What has failed is put off for no longer."""


def stuck(conn: Connection, now: datetime, accounts: Sequence[Account] = ()) -> list[Stuck]:
    """`accounts`: those that the settings name."""
    looks: tuple[Callable[[Connection, datetime], Iterator[Stuck]], ...] = (
        quarantined,
        waiting,
        ended,
        unsent,
        late_timers,
        late_jobs,
        late_files,
    )
    return [*unheld(conn, now, accounts), *(one for look in looks for one in look(conn, now))]


def unheld(conn: Connection, now: datetime, accounts: Sequence[Account]) -> Iterator[Stuck]:
    rows = {(row.messenger, row.account): row for row in conn.execute(sa.select(tokens))}
    for one in accounts:
        row, name = rows.get((one.messenger, one.account)), f"{one.messenger}/{one.account}"
        until = row.lease_until if row is not None and row.owner else None
        if until is None or until < now:
            yield Stuck(Kind.TOKEN, name, Trouble.NOBODYS, until, one.name)
        if row is not None and row.paused_until and row.paused_until > now + PAUSED_FOR:
            yield Stuck(Kind.TOKEN, name, Trouble.PAUSED, row.paused_until, one.name)


def quarantined(conn: Connection, now: datetime) -> Iterator[Stuck]:
    i, c = inbox.c, conversations.c
    rows = sa.select(i.id, i.received_at, i.problem, c.messenger).join(conversations, c.id == i.conversation_id)
    # In so many words, because a partial index is found by them.
    for row in conn.execute(rows.where(i.state == sa.literal_column("'quarantined'")).order_by(i.id).limit(MOST)):
        yield Stuck(Kind.UPDATE, str(row.id), Trouble.QUARANTINED, row.received_at, row.messenger, row.problem or "")


def waiting(conn: Connection, now: datetime) -> Iterator[Stuck]:
    c = conversations.c
    late = sa.select(c.id, c.pending_at, c.lease_until, c.messenger).where(c.pending_at < now - SERVED_WITHIN)
    for row in conn.execute(late.order_by(c.pending_at).limit(MOST)):
        left = row.lease_until is not None and row.lease_until < now - GRACE
        yield Stuck(Kind.CHAT, str(row.id), Trouble.LEFT if left else Trouble.WAITING, row.pending_at, row.messenger)


def ended(conn: Connection, now: datetime) -> Iterator[Stuck]:
    """Badly, and nobody has looked at it yet. Who has blocked us is no trouble of ours."""
    o, since = outbox.c, now - LOOKED_BACK
    for state, trouble in ((State.UNCERTAIN, Trouble.UNCERTAIN), (State.REFUSED, Trouble.REFUSED)):
        recent = (o.state == state, o.not_before > since, o.settled_at > since, o.seen_at.is_(None))
        yield from _messages(conn, trouble, o.settled_at, *recent, conversations.c.gone_at.is_(None))


def unsent(conn: Connection, now: datetime) -> Iterator[Stuck]:
    o = outbox.c
    ready, known = o.state == State.READY, o.format <= FORMAT
    late = sa.or_(*(sa.and_(o.lane == lane, o.not_before < now - within) for lane, within in SENT_WITHIN.items()))
    yield from _messages(conn, Trouble.WAITING, o.not_before, ready, o.not_before < now - SERVED_WITHIN, late, known)
    put_off = (o.reason.is_not(None), o.created_at < now - WORKED_WITHIN)
    soon = o.not_before.between(now - SERVED_WITHIN, now + SOON)
    yield from _messages(conn, Trouble.PUT_OFF, o.created_at, ready, soon, *put_off, known)
    newer = (o.not_before < now - SERVED_WITHIN, o.format > FORMAT)
    yield from _messages(conn, Trouble.NEWER, o.created_at, ready, *newer)
    dead = (o.state.in_((State.LEASED, State.SENDING)), o.lease_until < now - GRACE)
    yield from _messages(conn, Trouble.LEFT, o.lease_until, *dead)


def _messages(
    conn: Connection, trouble: Trouble, since: sa.ColumnElement[datetime], *where: sa.ColumnElement[bool]
) -> Iterator[Stuck]:
    o, c = outbox.c, conversations.c
    rows = sa.select(o.id, o.lane, o.reason, since.label("since"), c.messenger).where(*where)
    there = rows.join(conversations, c.id == o.conversation_id)
    for row in conn.execute(there.order_by(since).limit(MOST)):
        yield Stuck(Kind.MESSAGE, str(row.id), trouble, row.since, f"{row.messenger}, {row.lane}", bare(row.reason))


def late_timers(conn: Connection, now: datetime) -> Iterator[Stuck]:
    t = timers.timers.c
    late = sa.or_(t.attempts > 0, t.due_at < now - WORKED_WITHIN)
    rows = sa.select(t.id, t.due_at, t.kind, t.attempts, t.problem).where(t.due_at < now + SOON, late)
    for row in conn.execute(rows.order_by(t.due_at).limit(MOST)):
        tried = Trouble.PUT_OFF if row.attempts else Trouble.WAITING
        trouble = Trouble.FAILED if row.attempts >= timers.ATTEMPTS else tried
        yield Stuck(Kind.TIMER, str(row.id), trouble, row.due_at, row.kind, row.problem or "")


def late_jobs(conn: Connection, now: datetime) -> Iterator[Stuck]:
    j = jobs.jobs.c
    rows = sa.select(j.id, j.kind, j.state, j.attempts, j.not_before, j.problem)
    late = sa.and_(j.state == "ready", sa.or_(j.attempts > 0, j.not_before < now - WORKED_WITHIN))
    left = sa.and_(j.state == "leased", j.lease_until < now - GRACE)
    for row in conn.execute(rows.where(sa.or_(j.state == "failed", late, left)).order_by(j.id).limit(MOST)):
        yield Stuck(
            Kind.JOB, str(row.id), _trouble(row.state, row.attempts), row.not_before, row.kind, row.problem or ""
        )


def late_files(conn: Connection, now: datetime) -> Iterator[Stuck]:
    """Those that will never come are no trouble any more: the person has been asked to send them again."""
    f = fetches.c
    rows = sa.select(f.id, f.messenger, f.state, f.attempts, f.not_before, f.problem)
    late = sa.and_(f.state == "ready", sa.or_(f.attempts >= TRIED, f.not_before < now - WORKED_WITHIN))
    left = sa.and_(f.state == "leased", f.lease_until < now - GRACE)
    for row in conn.execute(rows.where(sa.or_(late, left)).order_by(f.id).limit(MOST)):
        trouble, problem = _trouble(row.state, row.attempts), bare(row.problem)
        yield Stuck(Kind.FILE, str(row.id), trouble, row.not_before, row.messenger, problem)


def _trouble(state: str, attempts: int) -> Trouble:
    states = {"failed": Trouble.FAILED, "leased": Trouble.LEFT}
    return states.get(state, Trouble.PUT_OFF if attempts else Trouble.WAITING)
