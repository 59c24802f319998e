"""The queue of an official: five piles and how much lies on each. A pile is a few statuses and a condition, and each of
its statuses is read from an index in the pile's own order, so that a page costs the same however high the pile is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from core.actors import Official
from core.appeals.lists import ROW, RUNNING, as_row, page_of
from core.appeals.tables import appeals
from core.appeals.types import OPEN, WAITING, Pile, QueuePage, ShowQueue, Status
from core.appeals.whose import Condition, of_authority
from core.authorities.queries import below, officials_of
from core.authorities.tables import authorities

STATUSES: Mapping[Pile, frozenset[Status]] = {
    Pile.NEW: WAITING | {Status.IN_WORK},
    Pile.MINE: frozenset({Status.IN_WORK}),
    Pile.ASKED: frozenset({Status.CLARIFY}),
    Pile.OVERDUE: RUNNING,
    Pile.DONE: frozenset(Status) - OPEN,
}


def show_queue(conn: Connection, actor: Official, query: ShowQueue, now: datetime) -> QueuePage:
    a, names = appeals.c, authorities.c
    start, count = page_of(query.start, query.count)
    piles = _conditions(conn, actor, now)
    page = _first(query.pile, piles[query.pile], start + count).offset(start).limit(count).subquery()
    shown: sa.Select[Any] = sa.select(*ROW, a.authority_id, names.name).join_from(page, appeals, a.id == page.c.id)
    found = conn.execute(shown.join(authorities, names.id == a.authority_id).order_by(*_order(query.pile, a)))
    rows = tuple(as_row(row, now, authority=_elsewhere(actor, row)) for row in found)
    own = conn.execute(sa.select(names.name).where(names.id == actor.authority_id)).scalar_one()
    return QueuePage(rows, _counts(conn, piles), own)


def _first(pile: Pile, on: Condition, most: int) -> sa.Select[Any]:
    """The first of each status, then the first of them all."""
    a = appeals.c
    each = (
        sa.select(a.id, a.due_at).where(on, a.status == status).order_by(*_order(pile, a)).limit(most).subquery()
        for status in sorted(STATUSES[pile])
    )
    found = sa.union_all(*(sa.select(one) for one in each)).subquery()
    return sa.select(found.c.id).order_by(*_order(pile, found.c))


def _counts(conn: Connection, piles: Mapping[Pile, Condition]) -> dict[str, int]:
    columns = (
        sa.select(sa.func.count())
        .select_from(appeals)
        .where(on, appeals.c.status.in_(STATUSES[pile]))
        .scalar_subquery()
        .label(pile.value)
        for pile, on in piles.items()
    )
    return dict(conn.execute(sa.select(*columns)).mappings().one())


def _conditions(conn: Connection, actor: Official, now: datetime) -> dict[Pile, Condition]:
    """The authorities below, and who works here, are found first: joined to the appeals, PostgreSQL would read these
    all. What somebody who has left had in work waits for anybody."""
    a, here = appeals.c, of_authority(actor)
    watched = a.authority_id.in_(conn.execute(below(actor.authority_id)).scalars().all())
    anybodys = sa.or_(a.status.in_(WAITING), a.official_id.not_in(officials_of(conn, actor.authority_id)))
    narrower = {
        Pile.NEW: sa.and_(here, anybodys),
        Pile.MINE: sa.and_(here, a.official_id == actor.id),
        Pile.OVERDUE: sa.and_(watched, a.due_at < now),
    }
    return {pile: narrower.get(pile, here) for pile in Pile}


def _order(pile: Pile, c: Any) -> tuple[Any, ...]:
    return (c.id.desc(),) if pile is Pile.DONE else (c.due_at, c.id)


def _elsewhere(actor: Official, row: Row[Any]) -> Mapping[str, str]:
    """The authority's name where it is not the own one."""
    return {} if row.authority_id == actor.authority_id else row.name
