"""The one statement that both engines spell differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection


def insert_once(tx: Connection, table: sa.Table, row: Mapping[str, Any], unique: Sequence[str]) -> bool:
    """False where a row with these unique values is there already; it is left as it is."""
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    once = dialect.insert(table).values(dict(row)).on_conflict_do_nothing(index_elements=list(unique))
    # By what it returns: SQLAlchemy asks PostgreSQL for the new id by itself, and then there is no rowcount.
    return tx.execute(once.returning(sa.literal_column("1"))).first() is not None


def upsert(tx: Connection, table: sa.Table, row: Mapping[str, Any], unique: Sequence[str]) -> None:
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    changed = {name: value for name, value in row.items() if name not in unique}
    tx.execute(dialect.insert(table).values(dict(row)).on_conflict_do_update(index_elements=list(unique), set_=changed))
