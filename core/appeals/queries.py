"""Shows one appeal with all that belongs to it. Who may see it is decided in the query that fetches it, so that «not
yours» is «not found»."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from core.actors import Citizen, Official
from core.appeals.attached import documents_of, photos_of
from core.appeals.clocks import reopens_until, replies_until
from core.appeals.lists import is_overdue
from core.appeals.number import read_number
from core.appeals.rules import acts_of_author, acts_of_official, may_reopen
from core.appeals.tables import appeal_history, appeal_remarks, appeals
from core.appeals.types import Act, AppealCard, HistoryEntry, Reason, Remark, RemarkKind, ShowAppeal, Status
from core.appeals.whose import at_or_below, left_behind, numbered, of_author
from core.authorities.tables import authorities, officials
from core.region.store import read_region
from core.rubricator.tables import categories
from core.talk import Place
from core.territories.tables import territories


def show_appeal(conn: Connection, actor: Citizen | Official, query: ShowAppeal, now: datetime) -> AppealCard | None:
    number = read_number(query.number)
    if number is None:
        return None
    official = isinstance(actor, Official)
    theirs = at_or_below(actor) if isinstance(actor, Official) else of_author(actor)
    row = conn.execute(_CARD.where(numbered(number), theirs)).first()
    if row is None:
        return None
    history, status = _history(conn, row.id, hands=official), Status(row.status)
    return AppealCard(
        number=row.number,
        text=row.text,
        category=row.category_name,
        territory=row.territory_name,
        place=Place(row.address, row.lat, row.lon),
        photos=photos_of(conn, row.id),
        authority=row.authority_name,
        status=status,
        filed=row.filed_at,
        due=row.due_at,
        official=(row.official_name or "") if official else "",
        mine=official and row.official_id == actor.id,
        answer=_last(history, Status.ANSWERED),
        rating=row.score,
        history=history,
        documents=documents_of(conn, row.id),
        question=_last(history, Status.CLARIFY) if status is Status.CLARIFY else "",
        reason=Reason(row.reason) if row.reason else None,
        remarks=_remarks(conn, row.id, notes=official),
        overdue=is_overdue(status, row.due_at, now),
        reopened=row.reopened,
        reply_by=replies_until(conn, row.number) if status is Status.CLARIFY else None,
        may=_may(conn, actor, row, now),
    )


_CARD = sa.select(
    appeals,
    categories.c.name.label("category_name"),
    territories.c.name.label("territory_name"),
    authorities.c.name.label("authority_name"),
    officials.c.name.label("official_name"),
    left_behind().label("left"),
).select_from(
    appeals.join(categories, categories.c.code == appeals.c.category)
    .join(territories, territories.c.code == appeals.c.territory)
    .join(authorities, authorities.c.id == appeals.c.authority_id)
    .outerjoin(officials, officials.c.id == appeals.c.official_id)
)


def _may(conn: Connection, actor: Citizen | Official, row: Row[Any], now: datetime) -> frozenset[Act]:
    """The same conditions as those of the commands, so that no button leads to a refusal."""
    status = Status(row.status)
    if isinstance(actor, Official):
        here = row.authority_id == actor.authority_id
        mine = row.official_id == actor.id
        return acts_of_official(status, role=actor.role, mine=mine, left=row.left) if here else frozenset()
    if status is not Status.CLOSED or row.score is None:
        return acts_of_author(status, reopens=False)
    low, until = read_region(conn).reopen_score, reopens_until(conn, row.id)
    return acts_of_author(status, reopens=may_reopen(row.score, row.reopened, low=low, until=until, now=now))


def _history(conn: Connection, appeal_id: int, *, hands: bool) -> tuple[HistoryEntry, ...]:
    """`hands`: also where it has only gone from one official to another."""
    h = appeal_history.c
    entries: sa.Select[Any] = sa.select(h.at, h.to_status, h.text, authorities.c.name).join_from(
        appeal_history, authorities, authorities.c.id == h.authority_id, isouter=True
    )
    told = sa.true() if hands else h.from_status.is_distinct_from(h.to_status)
    rows = conn.execute(entries.where(h.appeal_id == appeal_id, told).order_by(h.id))
    return tuple(HistoryEntry(row.at, Status(row.to_status), row.text, _passed_on(row)) for row in rows)


def _passed_on(row: Row[Any]) -> Mapping[str, str]:
    """Filing it is no passing on."""
    return {} if row.name is None or row.to_status == Status.REGISTERED else row.name


def _last(history: Sequence[HistoryEntry], status: Status) -> str:
    return next((entry.text for entry in reversed(history) if entry.status is status), "")


def _remarks(conn: Connection, appeal_id: int, *, notes: bool) -> tuple[Remark, ...]:
    """What its author has added; `notes`: what officials have noted too, and who."""
    r = appeal_remarks.c
    kinds = tuple(RemarkKind) if notes else (RemarkKind.REMARK,)
    by_official = sa.and_(r.actor_kind == "official", officials.c.id == r.actor_id)
    said = sa.select(r.at, r.kind, r.text, officials.c.name).join_from(
        appeal_remarks, officials, by_official, isouter=True
    )
    rows = conn.execute(said.where(r.appeal_id == appeal_id, r.kind.in_(kinds)).order_by(r.id))
    return tuple(Remark(row.at, RemarkKind(row.kind), row.text, row.name or "") for row in rows)
