"""The statements that both engines spell differently. Each is made once: making one takes longer than running it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Row


def insert_once(tx: Connection, table: sa.Table, row: Mapping[str, Any], unique: Sequence[str]) -> bool:
    """False where a row with these unique values is there already; it is left as it is."""
    # By what it returns: SQLAlchemy asks PostgreSQL for the new id by itself, and then there is no rowcount.
    return tx.execute(_once(tx.dialect.name, table, tuple(unique), ()), dict(row)).first() is not None


def insert_new(
    tx: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], unique: Sequence[str], names: Sequence[str]
) -> Sequence[Row[Any]]:
    """Many at once, numbered in their order; the columns `names` of those that were not there already."""
    if not rows:
        return ()
    return tx.execute(_once(tx.dialect.name, table, tuple(unique), tuple(names)), [dict(row) for row in rows]).all()


def upsert(tx: Connection, table: sa.Table, row: Mapping[str, Any], unique: Sequence[str]) -> None:
    changed = tuple(name for name in row if name not in unique)
    tx.execute(_over(tx.dialect.name, table, tuple(unique), changed), dict(row))


@cache
def _once(dialect: str, table: sa.Table, unique: tuple[str, ...], names: tuple[str, ...]) -> sa.Executable:
    once = _insert(dialect)(table).on_conflict_do_nothing(index_elements=unique)
    told: list[Any] = [table.c[name] for name in names] or [sa.literal_column("1")]
    made: sa.Executable = once.returning(*told)
    return made


@cache
def _over(dialect: str, table: sa.Table, unique: tuple[str, ...], changed: tuple[str, ...]) -> sa.Executable:
    made = _insert(dialect)(table)
    over: sa.Executable = made.on_conflict_do_update(
        index_elements=unique, set_={name: made.excluded[name] for name in changed}
    )
    return over


def _insert(dialect: str) -> Any:
    return sqlite.insert if dialect == "sqlite" else postgresql.insert
