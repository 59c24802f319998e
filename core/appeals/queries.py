"""Reads of appeals. Who may see one is decided in the query that fetches it, so that «not yours» is «not found»."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from core.actors import Citizen, Official
from core.appeals.number import read_number
from core.appeals.rules import TITLE_MOST
from core.appeals.tables import appeal_history, appeal_photos, appeals
from core.appeals.types import (
    AppealCard,
    AppealRow,
    HistoryEntry,
    MyAppeals,
    OpenPhoto,
    Pile,
    QueuePage,
    ShowAppeal,
    ShowQueue,
    Status,
)
from core.authorities.tables import authorities, officials
from core.errors import NotAllowed
from core.files.store import own_file
from core.files.tables import files
from core.files.types import FileRow
from core.rubricator.tables import categories
from core.talk import Place
from core.territories.tables import territories
from core.text import shortened

PAGE_MOST = 50
START_MOST = 1_000_000
_REF = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ROW = (appeals.c.number, appeals.c.text, appeals.c.status, appeals.c.due_at)


def my_appeals(conn: Connection, actor: Citizen, query: MyAppeals, now: datetime) -> tuple[AppealRow, ...]:
    a = appeals.c
    own = sa.select(*_ROW).where(a.citizen_id == actor.id).order_by(a.id.desc())
    return _page(conn, own, query.start, query.count)


def show_queue(conn: Connection, actor: Official, query: ShowQueue, now: datetime) -> QueuePage:
    a = appeals.c
    pile = _pile(actor, query.pile)
    order = (a.id.desc(),) if query.pile is Pile.DONE else (a.due_at, a.id)
    columns = [sa.func.count().filter(_pile(actor, each)).label(each.value) for each in Pile]
    counts = conn.execute(sa.select(*columns).where(a.authority_id == actor.authority_id)).mappings().one()
    rows = _page(conn, sa.select(*_ROW).where(pile).order_by(*order), query.start, query.count)
    return QueuePage(rows, dict(counts))


def show_appeal(conn: Connection, actor: Citizen | Official, query: ShowAppeal, now: datetime) -> AppealCard | None:
    a = appeals.c
    number = read_number(query.number)
    if number is None:
        return None
    official = isinstance(actor, Official)
    theirs = a.authority_id == actor.authority_id if isinstance(actor, Official) else a.citizen_id == actor.id
    joined = (
        appeals.join(categories, categories.c.code == a.category)
        .join(territories, territories.c.code == a.territory)
        .join(authorities, authorities.c.id == a.authority_id)
        .outerjoin(officials, officials.c.id == a.official_id)
    )
    names = (
        categories.c.name.label("category_name"),
        territories.c.name.label("territory_name"),
        authorities.c.name.label("authority_name"),
        officials.c.name.label("official_name"),
    )
    row = conn.execute(sa.select(appeals, *names).select_from(joined).where(a.number == number, theirs)).first()
    if row is None:
        return None
    mine = official and row.official_id == actor.id
    return _card(row, _photos(conn, row.id), _history(conn, row.id), row.official_name if official else None, mine=mine)


def open_photo(conn: Connection, actor: Citizen | Official, query: OpenPhoto, now: datetime) -> FileRow:
    if not _REF.fullmatch(query.ref):
        raise NotAllowed
    found = _shown_to(conn, actor, query.ref) if isinstance(actor, Official) else own_file(conn, actor.id, query.ref)
    if found is None:
        raise NotAllowed
    return found


def _shown_to(conn: Connection, actor: Official, ref: str) -> FileRow | None:
    f = files.c
    joined = files.join(appeal_photos, appeal_photos.c.ref == f.ref).join(
        appeals, appeals.c.id == appeal_photos.c.appeal_id
    )
    shown = sa.select(f.sha256, f.mime, f.size).select_from(joined)
    row = conn.execute(shown.where(f.ref == ref, appeals.c.authority_id == actor.authority_id)).first()
    return FileRow(*row) if row else None


def _pile(actor: Official, pile: Pile) -> sa.ColumnElement[bool]:
    a = appeals.c
    here = a.authority_id == actor.authority_id
    match pile:
        case Pile.NEW:
            return sa.and_(here, a.status == Status.REGISTERED)
        case Pile.MINE:
            return sa.and_(here, a.status == Status.IN_WORK, a.official_id == actor.id)
        case Pile.DONE:
            return sa.and_(here, a.status.in_((Status.ANSWERED, Status.CLOSED)))


def _page(conn: Connection, rows: sa.Select[Any], start: int, count: int) -> tuple[AppealRow, ...]:
    page = conn.execute(rows.offset(min(max(start, 0), START_MOST)).limit(min(max(count, 0), PAGE_MOST)))
    return tuple(AppealRow(r.number, shortened(r.text, TITLE_MOST), Status(r.status), r.due_at) for r in page)


def _photos(conn: Connection, appeal_id: int) -> tuple[str, ...]:
    p = appeal_photos.c
    return tuple(conn.execute(sa.select(p.ref).where(p.appeal_id == appeal_id).order_by(p.position)).scalars())


def _history(conn: Connection, appeal_id: int) -> tuple[HistoryEntry, ...]:
    h = appeal_history.c
    rows = conn.execute(sa.select(h.at, h.to_status, h.text).where(h.appeal_id == appeal_id).order_by(h.id))
    return tuple(HistoryEntry(row.at, Status(row.to_status), row.text) for row in rows)


def _card(
    row: Row[Any], photos: tuple[str, ...], history: tuple[HistoryEntry, ...], official: str | None, *, mine: bool
) -> AppealCard:
    answers = [entry.text for entry in history if entry.status is Status.ANSWERED]
    return AppealCard(
        number=row.number,
        text=row.text,
        category=row.category_name,
        territory=row.territory_name,
        place=Place(row.address, row.lat, row.lon),
        photos=photos,
        authority=row.authority_name,
        status=Status(row.status),
        filed=row.filed_at,
        due=row.due_at,
        official=official or "",
        mine=mine,
        answer=answers[-1] if answers else "",
        rating=row.score,
        history=history,
    )
