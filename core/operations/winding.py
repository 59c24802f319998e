"""After the clock on the wall was set back: what was to be done at an hour is done at that hour; what was to be done
«now» or «in a moment» must not wait for a day, and nobody alive is taken for dead meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import jobs
from core.conversations.service import LEASE as CONVERSATION
from core.conversations.tables import conversations
from core.files.fetches import LEASE as FETCH
from core.files.fetches import PAUSE_MOST
from core.files.tables import fetches
from core.inbox.tables import inbox
from core.outbox import delivery
from core.outbox import tokens as token
from core.outbox.tables import outbox, tokens
from core.timers import timers

SLACK = timedelta(seconds=2)
"""Clocks are put right by so much all the time, and a leap second is one."""
MOMENT = timedelta(minutes=1)
"""What waits for less waits for no hour of the day."""
PAUSE = timedelta(hours=1)
"""A messenger's pause that is longer is not believed; it will say so again."""
_LEASES: tuple[tuple[sa.Table, timedelta], ...] = (
    (conversations, CONVERSATION),
    (outbox, delivery.LEASE),
    (tokens, token.LEASE),
    (jobs.jobs, jobs.LEASE),
    (fetches, FETCH),
)
_AT_ONCE = 500


def wind_back(tx: Connection, now: datetime, *, sure: bool = False) -> None:
    """Whatever was written by a clock that was ahead of this one. Where it is `sure` that the clock was set, everything
    that was put off is tried at once: by which clock it waits, nobody can tell from it."""
    if sure:
        _try_at_once(tx, now)
    for table, lease in _LEASES:  # who is dead is so after one more lease; who lives will renew it
        ahead = sa.update(table).where(table.c.lease_until > now + 2 * lease)
        tx.execute(ahead.values(lease_until=now + lease))
    c, i, t, f = conversations.c, inbox.c, tokens.c, fetches.c
    tx.execute(sa.update(inbox).where(i.state == "new", i.not_before > now + MOMENT).values(not_before=now))
    tx.execute(sa.update(conversations).where(c.pending_at > now + MOMENT).values(pending_at=now))
    tx.execute(sa.update(tokens).where(t.paused_until > now + PAUSE).values(paused_until=now + MOMENT))
    tx.execute(sa.update(fetches).where(f.state == "ready", f.not_before > now + 2 * PAUSE_MOST).values(not_before=now))
    _hurry(tx, outbox, now)
    _hurry(tx, jobs.jobs, now)


def _try_at_once(tx: Connection, now: datetime) -> None:
    """That it waits no longer is not a try of its own. A messenger that still wants a pause will say so again."""
    o, j, t, later = outbox.c, jobs.jobs.c, timers.c, now + MOMENT
    tx.execute(sa.update(tokens).where(tokens.c.paused_until > later).values(paused_until=now))
    untried = sa.case((o.attempts > 0, o.attempts - 1), else_=0)
    put_off = sa.update(outbox).where(o.state == "ready", o.reason.is_not(None), o.not_before > later)
    tx.execute(put_off.values(not_before=now, attempts=untried))
    tx.execute(
        sa.update(jobs.jobs)
        .where(j.state == "ready", j.problem.is_not(None), j.not_before > later)
        .values(not_before=now)
    )
    tx.execute(sa.update(timers).where(t.problem.is_not(None), t.due_at > later).values(due_at=now))


def _hurry(tx: Connection, table: sa.Table, now: datetime) -> None:
    """What waits for an hour of the day goes on waiting for it."""
    c = table.c
    ahead = sa.select(c.id, c.created_at, c.not_before).where(
        c.state == "ready", c.not_before > now, c.created_at > now + SLACK
    )
    ids = [row.id for row in tx.execute(ahead.order_by(c.id)) if row.not_before - row.created_at <= MOMENT]
    for some in (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)):
        tx.execute(sa.update(table).where(c.id.in_(some), c.state == "ready").values(not_before=now))
