"""News that a device has and nobody has looked at is told in the person's next channel too. Each row is looked at once:
where there is no other channel, it waits."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.notify.failover import failover
from core.outbox import Lane
from core.outbox.tables import outbox
from core.outbox.types import Kind, State

UNREAD = timedelta(minutes=10)
LOOKED_BACK = timedelta(hours=6)
"""An index leads to rows by when they were due: older ones have been looked at, or are no news any more."""
AT_ONCE = 200


def pass_on_unread(tx: Connection, now: datetime) -> int:
    """How many have been passed on."""
    o = outbox.c
    due = (o.state == State.HANDED, o.not_before > now - LOOKED_BACK, o.not_before <= now - UNREAD)
    unread = (*due, o.settled_at <= now - UNREAD, o.lane == Lane.PUSH, o.kind == Kind.NOTICE, o.passed_on.is_(False))
    found = sa.select(o.conversation_id, o.body, o.key).where(*unread).order_by(o.id).limit(AT_ONCE)
    rows = tx.execute(found.with_for_update(skip_locked=True)).all()
    return sum(failover(tx, there, body["kind"], body["facts"], key, now) for there, body, key in rows)
