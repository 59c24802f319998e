"""The region as the database knows it: one row, written at start, read by whoever needs a setting of the region."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.engine import Connection

from core.actors import Actor
from core.db import NOBODYS, PLAIN, Id, metadata, once
from core.region.calendar import Calendar
from core.region.types import AboutRegion, Region
from core.sql import upsert

_REGION = TypeAdapter(Region)
_ONLY = 1

region_row = sa.Table(
    "region",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=False, info=PLAIN),
    sa.Column("settings", sa.JSON, nullable=False, info=PLAIN),
    info=NOBODYS,
)


_SETTINGS = sa.select(sa.cast(region_row.c.settings, sa.Text)).where(region_row.c.id == _ONLY)


def save_region(tx: Connection, region: Region) -> None:
    settings = _REGION.dump_python(region, mode="json")
    upsert(tx, region_row, {"id": _ONLY, "settings": settings}, ("id",))


def read_region(conn: Connection) -> Region:
    """Written at the start of every process."""
    region = once(conn, find_region)
    if region is None:
        raise LookupError("No region has been written down.")
    return region


def find_region(conn: Connection) -> Region | None:
    settings: str | None = conn.execute(_SETTINGS).scalar()
    return None if settings is None else _read(settings)


@lru_cache(maxsize=2)
def _read(settings: str) -> Region:
    """Its text is longer to understand than to find, and changes with a start."""
    return _REGION.validate_json(settings)


def put_channel(tx: Connection, messenger: str, link: str) -> None:
    """Where people find us in this messenger; several processes may come to know it at once."""
    tx.execute(sa.select(region_row.c.id).where(region_row.c.id == _ONLY).with_for_update())
    region = read_region(tx)
    others = tuple(pair for pair in region.channels if pair[0] != messenger)
    save_region(tx, replace(region, channels=(*others, (messenger, link))))


def working_calendar(region: Region) -> Calendar:
    return Calendar(ZoneInfo(region.zone), frozenset(region.days_off), frozenset(region.working_days))


def about_region(conn: Connection, actor: Actor, query: AboutRegion, now: datetime) -> Region:
    return read_region(conn)
