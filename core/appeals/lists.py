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
from core.appeals.whose import held_by, of_author
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
_A = appeals.c
_ASKED = _A.status == Status.CLARIFY
_ME: sa.BindParameter[int] = sa.bindparam("me")
_MATTERS: sa.Select[Any] = (
    sa.select(*ROW)
    .where(held_by(_ME), sa.or_(_ASKED, sa.and_(_A.status.in_(OPEN), _A.filed_at > sa.bindparam("fresh"))))
    .order_by(sa.case((_ASKED, 0), else_=1), _A.id.desc())
    .limit(MATTERS_MOST)
)


def my_appeals(conn: Connection, actor: Citizen, query: MyAppeals, now: datetime) -> tuple[AppealRow, ...]:
    start, count = page_of(query.start, query.count)
    own: sa.Select[Any] = sa.select(*ROW).where(of_author(actor)).order_by(appeals.c.id.desc())
    return tuple(as_row(row, now) for row in conn.execute(own.offset(start).limit(count)))


def open_matters(conn: Connection, actor: Citizen, query: OpenMatters, now: datetime) -> tuple[AppealRow, ...]:
    rows = conn.execute(_MATTERS, {"me": actor.id, "fresh": now - FRESH})
    return tuple(as_row(row, now) for row in rows)


def is_overdue(status: Status, due_at: datetime, now: datetime) -> bool:
    return status in RUNNING and due_at < now


def page_of(start: int, count: int) -> tuple[int, int]:
    """Within what any database takes."""
    return min(max(start, 0), START_MOST), min(max(count, 0), PAGE_MOST)


def as_row(row: Row[Any], now: datetime, **more: Any) -> AppealRow:
    status = Status(row.status)
    late = is_overdue(status, row.due_at, now)
    return AppealRow(row.number, shortened(row.text, TITLE_MOST), status, row.due_at, late, **more)
