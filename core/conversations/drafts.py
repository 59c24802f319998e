"""Forms that people have begun and left: which of them to remind of, and which to forget. Frames that stand on each
other are left or kept together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.conversations.tables import conversations, forms


@dataclass(frozen=True, slots=True)
class Left:
    """A form that a citizen has left; `session` is what has been answered so far."""

    id: int
    run: str
    conversation_id: int
    citizen_id: int
    session: Mapping[str, Any]


def left_since(conn: Connection, before: datetime, limit: int) -> list[Left]:
    """Those that nobody has been reminded of yet, the oldest first."""
    f = forms.c
    waiting = sa.select(f.id, f.run, f.conversation_id, f.person_id, f.session)
    waiting = waiting.where(_left(before), f.reminded_at.is_(None)).order_by(f.updated_at, f.id).limit(limit)
    return [Left(*row) for row in conn.execute(waiting)]


def reminded(tx: Connection, ids: Sequence[int], now: datetime) -> None:
    tx.execute(sa.update(forms).where(forms.c.id.in_(ids)).values(reminded_at=now))


def forget(tx: Connection, before: datetime) -> int:
    """Their conversations have moved on with it: who is just serving one of them has to read it again."""
    f, c = forms.c, conversations.c
    there = tx.execute(sa.select(f.conversation_id).where(_left(before)).distinct().order_by(f.conversation_id))
    ids = there.scalars().all()
    if not ids:
        return 0
    tx.execute(sa.update(conversations).where(c.id.in_(ids)).values(version=c.version + 1))
    return tx.execute(sa.delete(forms).where(_left(before), f.conversation_id.in_(ids))).rowcount


def _left(before: datetime) -> sa.ColumnElement[bool]:
    f, above = forms.c, forms.alias()
    touched = sa.exists().where(
        above.c.conversation_id == f.conversation_id,
        above.c.depth.is_not(None),
        f.depth.is_not(None),
        above.c.updated_at >= before,
    )
    return sa.and_(f.person_kind == "citizen", f.updated_at < before, ~touched)
