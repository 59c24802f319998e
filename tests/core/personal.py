"""People with something in every column of every table, made from what the tables say of themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bots.schema import metadata_with_all_tables
from core.personal.registry import owned_tables
from tests.core.conftest import NOON

METADATA = metadata_with_all_tables()
STREET, DEGREE = "Sadovaya", 54.12


@dataclass
class Filled:
    """A citizen, and the word that nothing but one of their columns holds, by table and column."""

    number: int
    id: int = 0
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    canaries: dict[tuple[str, str], str] = field(default_factory=dict)

    def canary(self, column: sa.Column[Any]) -> str:
        name = (column.table.name, column.name)
        return self.canaries.setdefault(name, f"{self.number}{len(self.canaries):03d}99{self.number:03d}")


def fill(tx: Connection, number: int, id: int | None = None) -> Filled:
    """`id`: of the citizen, where it is to be told from every other number."""
    person = Filled(number)
    people = [METADATA.tables["citizens"], METADATA.tables["conversations"]]
    for table in (*people, *(table for table in owned_tables(METADATA) if table not in people)):
        values = {column.name: _value(tx, person, column) for column in table.columns if not _numbered(column)}
        if table.name == "citizens" and id is not None:
            values["id"] = id
        row = tx.execute(table.insert().values(values).returning(*table.columns)).mappings().one()
        person.rows[table.name] = dict(row)
        person.id = person.rows["citizens"]["id"]
    return person


def everything(conn: Connection) -> str:
    """All that the database holds, as words."""
    rows = (conn.execute(sa.select(table)).all() for table in METADATA.sorted_tables)
    return "\n".join(str(tuple(row)) for found in rows for row in found)


def _numbered(column: sa.Column[Any]) -> bool:
    return column.primary_key and column.autoincrement is not False and not column.foreign_keys and column.name == "id"


def _value(tx: Connection, person: Filled, column: sa.Column[Any]) -> Any:
    if column.name == "merged_into":  # they are still themselves
        return None
    for columns, by in column.table.info["owners"]:
        if column.name in columns and not column.foreign_keys:
            if by:
                if (by, column.name) in person.canaries:
                    person.canaries[column.table.name, column.name] = person.canaries[by, column.name]
                return person.rows[by][column.name]
            return "citizen" if column.name.endswith("_kind") else person.id
    for key in column.foreign_keys:
        table = key.column.table
        if table.name in person.rows:
            return person.rows[table.name][key.column.name]
        return tx.execute(sa.select(key.column).limit(1)).scalar()
    return _words(person, column)


def _words(person: Filled, column: sa.Column[Any]) -> Any:
    match column.type:
        case sa.Text():
            canary = person.canary(column)
            if column.info.get("words") == "address":
                return f"{STREET}, {canary}"
            return f"Please call {canary}."
        case sa.JSON():
            return {"words": [person.canary(column)]}
        case sa.LargeBinary():
            return person.canary(column).encode()
        case sa.Double():
            canary = f"{DEGREE}{person.number}3"
            person.canaries[column.table.name, column.name] = canary
            return float(canary)
        case sa.Boolean():
            return False
        case sa.BigInteger():
            return person.number
        case sa.Integer():
            return 1
        case _:
            return NOON
