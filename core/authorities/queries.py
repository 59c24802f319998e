"""Reads about officials and authorities. An official who has been revoked is found by nobody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Official, Role
from core.authorities.tables import authorities, officials, templates
from core.authorities.types import (
    AuthorityRow,
    FindAuthorities,
    ListTemplates,
    OfficialCard,
    OfficialRow,
    Template,
    WhoAmI,
)

PAGE_MOST = 50
START_MOST = 1_000_000
TEMPLATES_MOST = 5
HEIGHT_MOST = 50
"""Of authorities above each other; where somebody has made a circle of them, looking up has an end."""


def who_am_i(conn: Connection, actor: Official, query: WhoAmI, now: datetime) -> OfficialCard:
    joined = officials.join(authorities, authorities.c.id == officials.c.authority_id)
    own = sa.select(officials.c.name, authorities.c.name.label("authority")).select_from(joined)
    row = conn.execute(own.where(officials.c.id == actor.id)).one()
    return OfficialCard(row.name, row.authority)


def list_templates(conn: Connection, actor: Official, query: ListTemplates, now: datetime) -> tuple[Template, ...]:
    t = templates.c
    ready = sa.select(t.code, t.name, t.text).where(t.active).order_by(t.position, t.code).limit(TEMPLATES_MOST)
    return tuple(Template(row.code, row.name, row.text) for row in conn.execute(ready))


def find_authorities(
    conn: Connection, actor: Official, query: FindAuthorities, now: datetime
) -> tuple[AuthorityRow, ...]:
    """Read whole: a region has some hundreds, and SQLite knows no letter case but the Latin one."""
    a = authorities.c
    others = conn.execute(sa.select(a.code, a.name).where(a.id != actor.authority_id).order_by(a.id))
    words = _plain(query.words).split()
    found = [AuthorityRow(row.code, row.name) for row in others if _holds(row.name, words)]
    start = min(max(query.start, 0), START_MOST)
    return tuple(found[start : start + min(max(query.count, 0), PAGE_MOST) + 1])


def find_official(conn: Connection, official_id: int) -> Official | None:
    return _official(conn, officials.c.id == official_id)


def official_by_code(conn: Connection, code: str) -> Official | None:
    return _official(conn, officials.c.code == code)


def officials_at_work(conn: Connection) -> tuple[OfficialRow, ...]:
    """Those who have not left, by authority."""
    o, a = officials.c, authorities.c
    here = sa.select(o.code, o.name, a.name.label("authority")).join_from(
        officials, authorities, a.id == o.authority_id
    )
    rows = conn.execute(here.where(o.revoked_at.is_(None)).order_by(a.id, o.id))
    return tuple(OfficialRow(row.code, row.name, row.authority) for row in rows)


def officials_of(conn: Connection, authority_id: int) -> tuple[int, ...]:
    o = officials.c
    there = sa.select(o.id).where(o.authority_id == authority_id, o.revoked_at.is_(None)).order_by(o.id)
    return tuple(conn.execute(there).scalars())


def authority_name(conn: Connection, authority_id: int) -> Mapping[str, str]:
    name: Mapping[str, str] = conn.execute(
        sa.select(authorities.c.name).where(authorities.c.id == authority_id)
    ).scalar_one()
    return name


def authority_by_code(conn: Connection, code: str) -> int | None:
    found: int | None = conn.execute(sa.select(authorities.c.id).where(authorities.c.code == code)).scalar()
    return found


def below(authority_id: int | sa.BindParameter[int]) -> sa.Select[Any]:
    """The ids of this authority and of all below it, however deep; for `.in_()`."""
    a = authorities.c
    tree = sa.select(a.id).where(a.id == authority_id).cte(recursive=True)
    return sa.select(tree.union(sa.select(a.id).where(a.parent_id == tree.c.id)).c.id)


def curator_at_or_above(conn: Connection, authority_id: int) -> int | None:
    """The nearest authority, this one or one above it, in which a curator is at work."""
    a, o = authorities.c, officials.c
    start = sa.select(a.id, a.parent_id, sa.literal(0).label("height")).where(a.id == authority_id)
    way = start.cte(recursive=True)
    step = sa.select(a.id, a.parent_id, way.c.height + 1).where(a.id == way.c.parent_id, way.c.height < HEIGHT_MOST)
    above = way.union_all(step)
    at_work = sa.exists().where(o.authority_id == above.c.id, o.role == Role.CURATOR, o.revoked_at.is_(None))
    nearest = sa.select(above.c.id).where(at_work).order_by(above.c.height).limit(1)
    found: int | None = conn.execute(nearest).scalar()
    return found


def _official(conn: Connection, that: sa.ColumnElement[bool]) -> Official | None:
    o = officials.c
    row = conn.execute(sa.select(o.id, o.authority_id, o.role).where(that, o.revoked_at.is_(None))).first()
    return Official(row.id, row.authority_id, Role(row.role)) if row else None


def _holds(name: Mapping[str, str], words: list[str]) -> bool:
    """All the words in one language, in any order; a part of a word will do."""
    return any(all(word in _plain(words_of) for word in words) for words_of in name.values())


def _plain(words: str) -> str:
    return words.casefold().replace("ё", "е")
