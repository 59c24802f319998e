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
from core.appeals.whose import held_by, left_behind, looked_at_from
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
    row = conn.execute(*_card_of(actor, number)).first()
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


_ME: sa.BindParameter[int] = sa.bindparam("me")
_HERE: sa.BindParameter[int] = sa.bindparam("appeal")
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
_NUMBERED = _CARD.where(appeals.c.number == sa.bindparam("number"))
_OF_AUTHOR = _NUMBERED.where(held_by(_ME))
_AT_OR_BELOW = _NUMBERED.where(looked_at_from(_ME))


def _card_of(actor: Citizen | Official, number: str) -> tuple[sa.Executable, Mapping[str, Any]]:
    if isinstance(actor, Official):
        return _AT_OR_BELOW, {"number": number, "me": actor.authority_id}
    return _OF_AUTHOR, {"number": number, "me": actor.id}


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


_H = appeal_history.c
_HISTORY: sa.Select[Any] = (
    sa.select(_H.at, _H.to_status, _H.text, authorities.c.name)
    .join_from(appeal_history, authorities, authorities.c.id == _H.authority_id, isouter=True)
    .where(_H.appeal_id == _HERE)
    .order_by(_H.id)
)
_CHANGES = _HISTORY.where(_H.from_status.is_distinct_from(_H.to_status))


def _history(conn: Connection, appeal_id: int, *, hands: bool) -> tuple[HistoryEntry, ...]:
    """`hands`: also where it has only gone from one official to another."""
    rows = conn.execute(_HISTORY if hands else _CHANGES, {"appeal": appeal_id})
    return tuple(HistoryEntry(row.at, Status(row.to_status), row.text, _passed_on(row)) for row in rows)


def _passed_on(row: Row[Any]) -> Mapping[str, str]:
    """Filing it is no passing on."""
    return {} if row.name is None or row.to_status == Status.REGISTERED else row.name


def _last(history: Sequence[HistoryEntry], status: Status) -> str:
    return next((entry.text for entry in reversed(history) if entry.status is status), "")


_R = appeal_remarks.c
_SAID = (
    sa.select(_R.at, _R.kind, _R.text, officials.c.name)
    .join_from(
        appeal_remarks,
        officials,
        sa.and_(_R.actor_kind == "official", officials.c.id == _R.actor_id),
        isouter=True,
    )
    .where(_R.appeal_id == _HERE, _R.kind.in_(sa.bindparam("kinds", expanding=True)))
    .order_by(_R.id)
)


def _remarks(conn: Connection, appeal_id: int, *, notes: bool) -> tuple[Remark, ...]:
    """What its author has added; `notes`: what officials have noted too, and who."""
    kinds = tuple(RemarkKind) if notes else (RemarkKind.REMARK,)
    rows = conn.execute(_SAID, {"appeal": appeal_id, "kinds": kinds})
    return tuple(Remark(row.at, RemarkKind(row.kind), row.text, row.name or "") for row in rows)
