"""Where people can be reached, and what they want to be told. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import conversations
from core.appeals.tables import appeal_holders, appeals
from core.authorities.queries import find_official, officials_of
from core.citizens.tables import citizens
from core.citizens.types import Channel, Pushes
from core.conversations.tables import conversations as places
from core.notify.rules import quiet_until, where
from core.region.store import read_region


@dataclass(frozen=True, slots=True)
class Listener:
    """A person, and the conversation in which they are told; `heard_at` is when they last said anything anywhere."""

    conversation: int
    heard_at: datetime | None
    pushes: Pushes
    quiet: datetime | None
    """Until when nothing is to be told them."""


def authors(conn: Connection, number: str, now: datetime) -> tuple[Listener, ...]:
    """An appeal's author and its other holders, the one last heard from first; whom nothing reaches, last."""
    c, p = citizens.c, places.c
    filed = sa.select(appeals.c.citizen_id).where(appeals.c.number == number)
    held = sa.select(appeal_holders.c.citizen_id).join_from(appeal_holders, appeals).where(appeals.c.number == number)
    theirs = c.id.in_(filed.union(held))  # not «or»: there PostgreSQL reads every citizen
    there = sa.and_(p.person_kind == "citizen", p.person_id == c.id)
    columns = (c.id.label("person"), c.pushes, c.quiet_from, c.quiet_to, c.channel_id)
    rows = conn.execute(
        sa.select(*columns, p.id, p.messenger, p.heard_at, p.gone_at)
        .join_from(citizens, places, there)
        .where(theirs, c.erased_at.is_(None))
        .order_by(p.heard_at.is_(None), p.heard_at.desc(), p.id.desc())
    )
    people = defaultdict[int, list[Any]](list)
    for row in rows:
        people[row.person].append(row)
    found = [_listener(conn, each, now) for each in people.values()]
    return tuple(listener for listener, _ in sorted(found, key=lambda each: not each[1]))


def _listener(conn: Connection, rows: Sequence[Any], now: datetime) -> tuple[Listener, bool]:
    """And whether anything reaches them."""
    channels = [Channel(r.id, r.messenger, r.heard_at, r.id == r.channel_id, r.gone_at is None) for r in rows]
    first, there = rows[0], where(channels)
    night = quiet(conn, now, first.quiet_from, first.quiet_to)
    return Listener(there.conversation, first.heard_at, Pushes(first.pushes), night), there.reachable


def quiet(conn: Connection, now: datetime, start: int | None = None, end: int | None = None) -> datetime | None:
    """The person's own hours, or the region's."""
    region = read_region(conn)
    if start is None or end is None:
        start, end = region.quiet_from, region.quiet_to
    return quiet_until(now, ZoneInfo(region.zone), start, end)


def desks_of(conn: Connection, authority_id: int, official_id: int | None = None) -> tuple[int, ...]:
    """The conversations of this official, or of all in the authority where nobody has it or they work there no more."""
    one = None if official_id is None else find_official(conn, official_id)
    here = one is not None and one.authority_id == authority_id
    people = (one.id,) if one is not None and here else officials_of(conn, authority_id)
    return tuple(desk for each in people for desk in conversations.of_person(conn, "official", each))
