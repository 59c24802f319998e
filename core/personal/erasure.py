"""Forgets a citizen: rows vanish, columns are emptied or lose what tells who it was, as each table says of itself. What
the law keeps stays, with nobody behind it. Bytes of files are left to whoever can reach them."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import pins
from core.appeals.tables import appeals
from core.citizens.tables import citizens
from core.citizens.types import Pushes
from core.conversations.tables import conversations
from core.db import metadata
from core.files.tables import files
from core.personal.masks import masked, street
from core.personal.registry import owned_tables, theirs

DIGITS = 2
"""After the point of a degree: a kilometre."""


def erase(tx: Connection, citizen_id: int, now: datetime) -> tuple[str, ...]:
    """The names of the blobs that were theirs. Done again it forgets what has come in since."""
    _shut(tx, citizen_id, now)
    blobs = tx.execute(sa.select(files.c.sha256).where(theirs(files, citizen_id)).distinct()).scalars().all()
    tables = list(owned_tables(metadata))
    for table in reversed(tables):
        if table.info["vanish"]:
            tx.execute(sa.delete(table).where(theirs(table, citizen_id)))
    for table in tables:
        if not table.info["vanish"]:
            _blank(tx, table, citizen_id)
    for number in tx.execute(sa.select(appeals.c.number).where(theirs(appeals, citizen_id))).scalars():
        pins.touch(tx, f"appeal:{number}", now)
    return tuple(filter(None, blobs))


def _shut(tx: Connection, citizen_id: int, now: datetime) -> None:
    """Before anything else: whoever is serving one of the conversations has lost it, and nobody is told anything."""
    c = conversations.c
    here = sa.update(conversations).where(theirs(conversations, citizen_id))
    moved_on = {"version": c.version + 1, "pending_at": None, "lease_owner": None, "lease_until": None}
    tx.execute(here.values(moved_on))
    tx.execute(here.where(c.erased_at.is_(None)).values(erased_at=now))
    mine = sa.update(citizens).where(theirs(citizens, citizen_id), citizens.c.erased_at.is_(None))
    tx.execute(mine.values(erased_at=now, pushes=Pushes.NONE))


def _blank(tx: Connection, table: sa.Table, citizen_id: int) -> None:
    personal = [column for column in table.columns if column.info["personal"] in {"erase", "pseudonymise"}]
    if not personal:
        return
    keys = list(table.primary_key.columns)
    rows = tx.execute(sa.select(*keys, *personal).where(theirs(table, citizen_id))).mappings().all()
    for row in rows:
        left = {column.name: nameless(column, row[column.name]) for column in personal}
        changed = {name: value for name, value in left.items() if value is None or value != row[name]}
        if changed:
            tx.execute(sa.update(table).where(*(key == row[key.name] for key in keys)).values(changed))


def nameless(column: sa.Column[Any], value: Any) -> Any:
    """What may stay of it."""
    if value is None:
        return None
    return _nothing(column) if column.info["personal"] == "erase" else _pseudonym(column, value)


def _nothing(column: sa.Column[Any]) -> Any:
    """Where something has to stand it is random: an empty secret might open something."""
    if column.nullable:
        return sa.null()
    match column.type:
        case sa.Text():
            return secrets.token_hex(16)
        case sa.JSON():
            return {}
        case _:
            raise TypeError(f"Nobody has said how to empty {column}.")


def _pseudonym(column: sa.Column[Any], value: Any) -> Any:
    """A number with nobody behind it is a pseudonym already."""
    match column.type:
        case sa.Text():
            return street(value) if column.info.get("words") == "address" else masked(value)
        case sa.Double():
            return round(value, DIGITS) + 0.0  # which is never -0.0: SQLite does not keep that
        case sa.Integer() | sa.BigInteger():
            return value
        case _:
            raise TypeError(f"Nobody has said what may stay of {column}.")
