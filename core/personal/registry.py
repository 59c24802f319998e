"""Whose rows are whose, from what the tables say of themselves: a new table needs no word here. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

CITIZEN = "citizen"
"""The kind of person, where a table has people of several kinds."""


def owned_tables(metadata: sa.MetaData) -> Iterator[sa.Table]:
    """Tables that may hold rows of citizens; those that others refer to come first."""
    return (table for table in metadata.sorted_tables if table.info["owners"])


def theirs(table: sa.Table, citizen_id: int) -> sa.ColumnElement[bool]:
    """The condition that finds a citizen's rows; false where a table is nobody's."""
    ways = (_along(table, columns, by, citizen_id) for columns, by in table.info["owners"])
    return sa.or_(sa.false(), *ways)


def rows_of(conn: Connection, table: sa.Table, citizen_id: int) -> list[RowMapping]:
    found = sa.select(table).where(theirs(table, citizen_id)).order_by(*table.primary_key.columns)
    return list(conn.execute(found).mappings())


def _along(table: sa.Table, columns: tuple[str, ...], by: str, citizen_id: int) -> sa.ColumnElement[bool]:
    here = [table.c[name] for name in columns]
    if not by and len(here) == 1:
        return here[0] == citizen_id
    if not by:
        kind, number = here
        return sa.and_(kind == CITIZEN, number == citizen_id)
    parent = table.metadata.tables[by]
    there = [_target(column, parent) for column in here]
    owners = sa.select(*there).where(theirs(parent, citizen_id))
    return sa.tuple_(*here).in_(owners) if len(here) > 1 else here[0].in_(owners)


def _target(column: sa.Column[Any], parent: sa.Table) -> sa.Column[Any]:
    """What it refers to, or else the column of the same name."""
    targets = [key.column for key in column.foreign_keys if key.column.table is parent]
    return targets[0] if targets else parent.c[column.name]
