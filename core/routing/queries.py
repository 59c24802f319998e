"""Finds the authority for a category and a territory by the rules on file."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.routing.rules import Rule, resolve
from core.routing.tables import routes


def authority_for(conn: Connection, category: str, territory: str) -> int:
    r = routes.c
    rows = conn.execute(sa.select(r.category, r.territory, r.authority_id).order_by(r.position))
    return resolve([Rule(*row) for row in rows], category, territory)
