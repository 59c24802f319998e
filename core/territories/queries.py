"""The list of territories: read by citizens who choose one, written by the import of the region's data alone."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Actor
from core.db import once
from core.territories.tables import territories
from core.territories.types import ListTerritories, Territory

_T = territories.c
_ALL = sa.select(_T.code, _T.name).order_by(_T.position, _T.code)


def list_territories(conn: Connection, actor: Actor, query: ListTerritories, now: datetime) -> tuple[Territory, ...]:
    return once(conn, _all)


def _all(conn: Connection) -> tuple[Territory, ...]:
    return tuple(Territory(code, name) for code, name in conn.execute(_ALL))


def territory_name(conn: Connection, code: str) -> dict[str, str] | None:
    """None if there is no such territory."""
    t = territories.c
    name: dict[str, str] | None = conn.execute(sa.select(t.name).where(t.code == code)).scalar()
    return name
