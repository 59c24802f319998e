"""All that a database holds, so that two of them can be compared: with the same seed and the same clock, both engines
should hold the same, to the last id. What differs by nature (addresses of the fakes) is named here."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url

from bots.schema import metadata_with_all_tables
from core.text import clean_text

Dump = dict[str, list[str]]
_LOOPBACK = re.compile(r"http://127\.0\.0\.1:\d+")
SIDE_BY_SIDE = {"outbox.sent_ids", "uploads.handle", "pins.id"}
"""Chats are written to side by side: these are counted over all chats, in the order in which the fakes answer."""
MOST = 3
"""Rows that are shown where two databases differ."""


def count_like_sqlite(url: str) -> None:
    """PostgreSQL skips the numbers of rows that were not inserted after all; SQLite does not. Ids stand inside of names
    of runs and keys, and so both count alike here."""
    engine = sa.create_engine(make_url(url))
    with engine.begin() as tx:
        for table in metadata_with_all_tables().sorted_tables:
            column = table.autoincrement_column
            if column is None:
                continue
            following = f"SELECT coalesce(max({column.name}), 0) + 1 FROM {table.name}"  # noqa: S608 - names of ours
            tx.exec_driver_sql(f"CREATE FUNCTION next_{table.name}() RETURNS bigint LANGUAGE sql AS '{following}'")
            tx.exec_driver_sql(f"ALTER TABLE {table.name} ALTER COLUMN {column.name} SET DEFAULT next_{table.name}()")
    engine.dispose()


def dump(conn: Connection) -> Dump:
    """A line for each row, by table."""
    tables = metadata_with_all_tables().sorted_tables
    return {table.name: sorted(_lines(conn, table)) for table in tables}


def _lines(conn: Connection, table: sa.Table) -> Iterator[str]:
    for row in conn.execute(sa.select(table)).mappings():
        kept = {name: plain(value) for name, value in row.items() if f"{table.name}.{name}" not in SIDE_BY_SIDE}
        yield json.dumps(kept, ensure_ascii=True, sort_keys=True)


def plain(value: Any) -> Any:
    match value:
        case bytes():
            return plain(value.decode("latin-1"))
        case str():
            return _LOOPBACK.sub("http://fake", value)
        case datetime():
            return value.isoformat()
        case Mapping():
            return {str(name): plain(one) for name, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
        case _:
            return value


def digest(dumped: Dump) -> str:
    return hashlib.sha256(json.dumps(dumped, sort_keys=True).encode()).hexdigest()


def differences(one: Dump, other: Dump) -> list[str]:
    """The first rows of each table that are in one of them only."""
    said = []
    for table in sorted(one.keys() | other.keys()):
        here, there = one.get(table, []), other.get(table, [])
        if here == there:
            continue
        said.append(f"{table}: {len(here)} rows here, {len(there)} there")
        said += [f"  here  {line}" for line in _only(here, there)]
        said += [f"  there {line}" for line in _only(there, here)]
    return said


def _only(lines: Sequence[str], others: Sequence[str]) -> list[str]:
    known = set(others)
    return [line for line in lines if line not in known][:MOST]


def unclean(dumped_rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """Texts that the one gate has not let in as they are."""
    for table, rows in dumped_rows.items():
        for row in rows:
            for name, value in row.items():
                yield from (f"{table}.{name}: {text!r:.100}" for text in _texts(value) if _is_unclean(text))


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for one in value.values():
                yield from _texts(one)
        case list() | tuple():
            for one in value:
                yield from _texts(one)
        case _:
            pass


def _is_unclean(text: str) -> bool:
    return clean_text(text) != text.strip()


def rows_of(conn: Connection) -> dict[str, list[Mapping[str, Any]]]:
    tables = metadata_with_all_tables().sorted_tables
    return {table.name: [dict(row) for row in conn.execute(sa.select(table)).mappings()] for table in tables}
