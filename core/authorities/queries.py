"""Reads about officials and authorities. An official who has been revoked is found by nobody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Official
from core.authorities.tables import authorities, officials
from core.authorities.types import OfficialCard, OfficialRow, WhoAmI


def who_am_i(conn: Connection, actor: Official, query: WhoAmI, now: datetime) -> OfficialCard:
    joined = officials.join(authorities, authorities.c.id == officials.c.authority_id)
    own = sa.select(officials.c.name, authorities.c.name.label("authority")).select_from(joined)
    row = conn.execute(own.where(officials.c.id == actor.id)).one()
    return OfficialCard(row.name, row.authority)


def find_official(conn: Connection, official_id: int) -> Official | None:
    o = officials.c
    row = conn.execute(sa.select(o.id, o.authority_id).where(o.id == official_id, o.revoked_at.is_(None))).first()
    return Official(row.id, row.authority_id) if row else None


def official_by_code(conn: Connection, code: str) -> Official | None:
    o = officials.c
    row = conn.execute(sa.select(o.id, o.authority_id).where(o.code == code, o.revoked_at.is_(None))).first()
    return Official(row.id, row.authority_id) if row else None


def officials_at_work(conn: Connection) -> tuple[OfficialRow, ...]:
    """Those who have not left, by authority."""
    o, a = officials.c, authorities.c
    here = sa.select(o.code, o.name, a.name.label("authority")).join_from(
        officials, authorities, a.id == o.authority_id
    )
    rows = conn.execute(here.where(o.revoked_at.is_(None)).order_by(a.id, o.id))
    return tuple(OfficialRow(row.code, row.name, row.authority) for row in rows)


def officials_of(conn: Connection, authority_id: int) -> tuple[int, ...]:
    o = officials.c
    there = sa.select(o.id).where(o.authority_id == authority_id, o.revoked_at.is_(None)).order_by(o.id)
    return tuple(conn.execute(there).scalars())


def authority_name(conn: Connection, authority_id: int) -> Mapping[str, str]:
    name: Mapping[str, str] = conn.execute(
        sa.select(authorities.c.name).where(authorities.c.id == authority_id)
    ).scalar_one()
    return name
