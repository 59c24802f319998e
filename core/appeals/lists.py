"""What a citizen's own appeals are: all of them, and those that their next words may belong to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from core.actors import Citizen
from core.appeals.rules import TITLE_MOST
from core.appeals.tables import appeals
from core.appeals.types import OPEN, AppealRow, MyAppeals, OpenMatters, Status
from core.appeals.whose import of_author
from core.text import shortened

PAGE_MOST = 50
START_MOST = 1_000_000
FRESH = timedelta(days=1)
"""So long after filing people still add what they have forgotten."""
MATTERS_MOST = 3

RUNNING = OPEN - {Status.CLARIFY}
"""The time for the answer runs."""

ROW = (appeals.c.number, appeals.c.text, appeals.c.status, appeals.c.due_at)
"""The columns of which `as_row` makes a row of any list."""


def my_appeals(conn: Connection, actor: Citizen, query: MyAppeals, now: datetime) -> tuple[AppealRow, ...]:
    start, count = page_of(query.start, query.count)
    own: sa.Select[Any] = sa.select(*ROW).where(of_author(actor)).order_by(appeals.c.id.desc())
    return tuple(as_row(row, now) for row in conn.execute(own.offset(start).limit(count)))


def open_matters(conn: Connection, actor: Citizen, query: OpenMatters, now: datetime) -> tuple[AppealRow, ...]:
    a = appeals.c
    asked = a.status == Status.CLARIFY
    fresh = sa.and_(a.status.in_(OPEN), a.filed_at > now - FRESH)
    first = sa.case((asked, 0), else_=1)
    own: sa.Select[Any] = sa.select(*ROW).where(of_author(actor), sa.or_(asked, fresh)).order_by(first, a.id.desc())
    return tuple(as_row(row, now) for row in conn.execute(own.limit(MATTERS_MOST)))


def is_overdue(status: Status, due_at: datetime, now: datetime) -> bool:
    return status in RUNNING and due_at < now


def page_of(start: int, count: int) -> tuple[int, int]:
    """Within what any database takes."""
    return min(max(start, 0), START_MOST), min(max(count, 0), PAGE_MOST)


def as_row(row: Row[Any], now: datetime, **more: Any) -> AppealRow:
    status = Status(row.status)
    late = is_overdue(status, row.due_at, now)
    return AppealRow(row.number, shortened(row.text, TITLE_MOST), status, row.due_at, late, **more)
