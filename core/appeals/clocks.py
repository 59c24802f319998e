"""Until when an appeal waits for its author: for a rating, for a reply. Sets and cancels the timers, and says when they
are over; what they do then is decided elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from core import timers
from core.appeals.tables import appeal_history
from core.appeals.types import Status
from core.region.calendar import days_later, put_off
from core.region.store import read_region, working_calendar

CLOSE = "close_unrated"
"""The kind of the timer that ends the time for a rating."""
REJECT = "reject_unreplied"
"""The kind of the timer that ends the time for a reply."""


def wait_for_rating(tx: Connection, row: Row[Any], now: datetime) -> None:
    _schedule(tx, f"close:{row.number}", CLOSE, row, _until(tx, now, read_region(tx).rating_days))


def wait_for_reply(tx: Connection, row: Row[Any], now: datetime) -> None:
    _schedule(tx, f"reply:{row.number}", REJECT, row, _until(tx, now, read_region(tx).clarify_days))


def wait_no_more(tx: Connection, number: str) -> None:
    timers.cancel(tx, f"close:{number}")
    timers.cancel(tx, f"reply:{number}")


def replies_until(conn: Connection, number: str) -> datetime | None:
    """Of an appeal whose author has been asked."""
    t = timers.timers.c
    until: datetime | None = conn.execute(sa.select(t.due_at).where(t.scope == f"reply:{number}")).scalar()
    return until


def reopens_until(tx: Connection, appeal_id: int) -> datetime:
    """Of an appeal that is closed: the author has as long to come back as there was for the rating."""
    h = appeal_history.c
    closed = sa.select(sa.func.max(h.id)).where(h.appeal_id == appeal_id, h.to_status == Status.CLOSED)
    at: datetime = tx.execute(sa.select(h.at).where(h.id == closed.scalar_subquery())).scalar_one()
    return _until(tx, at, read_region(tx).rating_days)


def due_after_reply(tx: Connection, row: Row[Any], now: datetime) -> datetime:
    """The time for the answer stood still while its author was asked."""
    asked_for = max(now - row.asked_at, timedelta(0))
    return put_off(working_calendar(read_region(tx)), row.due_at, asked_for)


def _until(tx: Connection, start: datetime, days: int) -> datetime:
    return days_later(working_calendar(read_region(tx)), start, days)


def _schedule(tx: Connection, scope: str, kind: str, row: Row[Any], due_at: datetime) -> None:
    """The version says later whether it is still what the timer was set for."""
    payload = {"number": row.number, "version": row.version}
    timers.schedule(tx, scope=scope, due_at=due_at, kind=kind, payload=payload)
