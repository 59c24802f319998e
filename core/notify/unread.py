"""News that a device has and nobody has looked at, or that its messenger does not take, is told in the person's next
channel too. Each row is looked at once: where there is no other channel, it waits."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.notify.failover import failover
from core.outbox import Lane
from core.outbox.tables import outbox
from core.outbox.types import Kind, State

UNREAD = timedelta(minutes=10)
UNSENT = timedelta(minutes=30)
"""A messenger that is away for so long may be away for days."""
LOOKED_BACK = timedelta(hours=6)
"""An index leads to rows by when they were due: older ones have been looked at, or are no news any more."""
AT_ONCE = 200


def pass_on_unread(tx: Connection, now: datetime) -> int:
    """How many have been passed on."""
    o = outbox.c
    news = (o.lane == Lane.PUSH, o.kind == Kind.NOTICE, o.passed_on.is_(False), o.not_before > now - LOOKED_BACK)
    unread = sa.and_(o.state == State.HANDED, o.not_before <= now - UNREAD, o.settled_at <= now - UNREAD)
    put_off = sa.and_(o.reason.is_not(None), o.created_at <= now - UNSENT)
    unsent = sa.and_(o.state == State.READY, sa.or_(o.not_before <= now - UNSENT, put_off))
    found = sa.select(o.conversation_id, o.body, o.key).where(*news, sa.or_(unread, unsent))
    rows = tx.execute(found.order_by(o.id).limit(AT_ONCE).with_for_update(skip_locked=True)).all()
    return sum(failover(tx, there, body["kind"], body["facts"], key, now) for there, body, key in rows)
