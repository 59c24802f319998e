"""The way of a row from ready to its end: claimed, durably `sending`, settled; and what a crash leaves is picked up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.outbox.lines import Rows, Way, of
from core.outbox.tables import READY, READY_UNTIL, outbox
from core.outbox.types import FORMAT, Kind, Lane, Row, State

LEASE = timedelta(seconds=15)
TOO_OLD = timedelta(days=7)
"""What could not be sent for so long, because its messenger was away, says nothing new any more."""
_URGENCY = {lane: place for place, lane in enumerate(Lane)}
_OPEN = (State.READY, State.LEASED, State.SENDING)
_NOT_ENDED = (*_OPEN, State.HANDED)

ANY = Way()
_NOW = sa.bindparam("now", type_=outbox.c.not_before.type)
_UNTIL = sa.bindparam("until", type_=outbox.c.lease_until.type)
_READABLE = sa.bindparam("readable", type_=sa.Integer)
_ENDED: dict[str, Any] = {
    "state": sa.bindparam("to"),
    "reason": sa.bindparam("why"),
    "settled_at": sa.bindparam("now", type_=outbox.c.settled_at.type),
    "lease_owner": None,
    "lease_until": None,
}
_OPEN_STILL = sa.or_(*(outbox.c.state == state for state in _NOT_ENDED))  # for many rows at once there is no «in»
_SETTLE = sa.update(outbox).where(outbox.c.id == sa.bindparam("row"), _OPEN_STILL).values(_ENDED)
_CONFIRMED = sa.and_(outbox.c.state == State.DELIVERED, outbox.c.sent_ids.is_(None))
_SETTLE_SENT = (
    sa.update(outbox)
    .where(outbox.c.id == sa.bindparam("row"), sa.or_(_OPEN_STILL, _CONFIRMED))
    .values(_ENDED)
    .values(
        state=sa.case((_CONFIRMED, State.DELIVERED.value), else_=_ENDED["state"]),
        settled_at=sa.case((_CONFIRMED, outbox.c.settled_at), else_=_ENDED["settled_at"]),
        sent_ids=sa.bindparam("ids", type_=outbox.c.sent_ids.type),
    )
)

_BEGIN = (
    sa.update(outbox)
    .where(
        outbox.c.id.in_(sa.bindparam("ids", expanding=True)),
        outbox.c.lease_owner == sa.bindparam("mine"),
        outbox.c.state == State.LEASED,
    )
    .values(state=State.SENDING, attempts=outbox.c.attempts + 1, lease_until=_UNTIL)
    .returning(outbox.c.id)
)


def waits(conn: Connection, lanes: Sequence[Lane], now: datetime, way: Way = ANY) -> list[Lane]:
    """Those in which there may be something to claim. Cheap: it asks once, and for no row."""
    if not lanes:
        return []
    values = {name: value for lane in lanes for name, value in way.values(lane).items()}
    there = conn.execute(_waiting(tuple(lanes), way.narrow), {**values, "now": now, "readable": FORMAT}).one()
    return [lane for lane, is_there in zip(lanes, there, strict=True) if is_there]


@cache
def _waiting(lanes: Sequence[Lane], narrow: int) -> sa.Executable:
    some = [sa.or_(*(rows.exists() for rows in of(_due(lane), lane, narrow))) for lane in lanes]
    return sa.select(*(there.label(lane.value) for lane, there in zip(lanes, some, strict=True)))


def _due(lane: Lane) -> Rows:
    o = outbox.c
    return sa.select(o.id).where(o.state == State.READY, o.lane == lane, o.not_before <= _NOW, o.format <= _READABLE)


def claim(tx: Connection, owner: str, lanes: Sequence[Lane], limit: int, now: datetime, way: Way = ANY) -> list[Row]:
    """Ready rows, the most urgent first. A row waits for the older ones of its conversation that are as urgent or more:
    order is kept within a lane, and a reply may overtake a push, never the reverse. A pinned message stands where it
    stands, so that only replies come before it, which may take its place; nor do the two cross on their way."""
    claimed = list[Row]()
    mine = {"to": State.LEASED, "mine": owner, "until": now + LEASE, "now": now, "readable": FORMAT}
    for lane in sorted(lanes, key=_URGENCY.__getitem__):  # one by one: an index leads to the first ones of a lane
        for heads in _claims(lane, way.narrow):
            if room := limit - len(claimed):
                found = tx.execute(heads, {**mine, **way.values(lane), "most": room}).mappings()
                claimed += sorted(map(_row, found), key=lambda row: row.id)
    return claimed


@cache
def _claims(lane: Lane, narrow: int) -> tuple[sa.Executable, ...]:
    leased = {"state": sa.bindparam("to"), "lease_owner": sa.bindparam("mine"), "lease_until": _UNTIL}
    most = sa.bindparam("most", type_=sa.Integer)
    some = [heads.limit(most).with_for_update(skip_locked=True) for heads in of(_heads(lane), lane, narrow)]
    return tuple(sa.update(outbox).where(outbox.c.id.in_(ids)).values(leased).returning(outbox) for ids in some)


def _heads(lane: Lane) -> Rows:
    """Those that wait for no other one, as they are due; the conversation's own order is not touched by that."""
    o, before = outbox.c, outbox.alias()
    as_urgent = [each for each in Lane if _URGENCY[each] <= _URGENCY[lane]]
    older = sa.and_(before.c.id < o.id, before.c.lane.in_(as_urgent))
    reply = sa.true() if lane is Lane.REPLY else sa.false()
    blocked = sa.exists().where(
        before.c.conversation_id == o.conversation_id,
        before.c.state.in_(_OPEN),
        sa.or_(
            sa.and_(o.kind != Kind.PIN, before.c.kind != Kind.PIN, older),
            sa.and_(reply, before.c.kind == Kind.PIN, before.c.state == State.SENDING),
            sa.and_(o.kind == Kind.PIN, sa.or_(before.c.lane == Lane.REPLY, sa.and_(before.c.kind == o.kind, older))),
        ),
    )
    fresh = sa.or_(o.expires_at.is_(None), o.expires_at >= _NOW)
    return _due(lane).where(~blocked, fresh).order_by(o.not_before, o.id)


def _row(row: RowMapping) -> Row:
    return Row(
        id=row["id"],
        key=row["key"],
        conversation_id=row["conversation_id"],
        lane=Lane(row["lane"]),
        kind=Kind(row["kind"]),
        body=row["body"],
        edit=row["edit"],
        attempts=row["attempts"],
        resent=row["resent"],
        expires_at=row["expires_at"],
        created_at=row["created_at"],
        awaited_at=row["awaited_at"],
    )


def begin_sending(tx: Connection, ids: Sequence[int], owner: str, now: datetime) -> set[int]:
    """Commit it before the request leaves. Those that another owner has taken meanwhile are not in the answer."""
    return set(tx.execute(_BEGIN, {"ids": ids, "mine": owner, "until": now + LEASE}).scalars())


def keep(tx: Connection, ids: Sequence[int], owner: str, now: datetime) -> None:
    """Their requests take long (pictures), and whoever sends them is alive."""
    mine = sa.update(outbox).where(outbox.c.id.in_(ids), outbox.c.lease_owner == owner, outbox.c.state == State.SENDING)
    tx.execute(mine.values(lease_until=now + LEASE))


def settle(
    tx: Connection, row_id: int, state: State, now: datetime, reason: str = "", sent_ids: Sequence[str] | None = None
) -> None:
    """The end of a row, or HANDED. An end is final: a device may confirm a row before its sending is settled, and then
    only where it stands is written down."""
    ended = {"row": row_id, "to": state, "why": reason or None, "now": now}
    if sent_ids is None:
        tx.execute(_SETTLE, ended)
    else:
        tx.execute(_SETTLE_SENT, {**ended, "ids": list(sent_ids)})


def settle_sent(tx: Connection, sent: Sequence[tuple[int, State, Sequence[str]]], now: datetime) -> None:
    """Many that have come, each with the messenger's own ids."""
    if sent:
        rows = [{"row": id, "to": state, "why": None, "now": now, "ids": list(ids)} for id, state, ids in sent]
        tx.execute(_SETTLE_SENT, rows)


def again(
    tx: Connection, row_id: int, not_before: datetime, reason: str, *, counted: bool = True, resent: bool = False
) -> None:
    """To be tried later. What is not `counted` was no try; `resent`: it may have been taken all the same."""
    waits = {"state": State.READY, "not_before": not_before, "reason": reason, "lease_owner": None, "lease_until": None}
    tries: dict[str, Any] = {} if counted else {"attempts": outbox.c.attempts - 1}
    tries |= {"resent": True} if resent else {}
    tx.execute(sa.update(outbox).where(outbox.c.id == row_id, outbox.c.state.in_(_OPEN)).values(waits | tries))


def confirm(tx: Connection, ids: Sequence[int], now: datetime) -> None:
    """The person's device has shown them, whatever we know of their sending."""
    shown = sa.update(outbox).where(outbox.c.id.in_(ids), outbox.c.state.in_(_NOT_ENDED))
    tx.execute(shown.values(state=State.DELIVERED, settled_at=now, lease_owner=None, lease_until=None))


def recover(tx: Connection, now: datetime, *, everything: bool = False) -> None:
    """Rows that a dead process has left. Leased ones are simply sent. Of those in `sending` replies and statuses are
    sent once more, marked, and edits of pinned messages, which can be repeated; the rest, and a second time, end as
    uncertain. `everything`: nobody else can be alive."""
    o = outbox.c
    left = sa.true() if everything else o.lease_until < now
    free = {"lease_owner": None, "lease_until": None}
    tx.execute(sa.update(outbox).where(o.state == State.LEASED, left).values(state=State.READY, **free))
    sending = sa.update(outbox).where(o.state == State.SENDING, left)
    once = sending.where(sa.or_(o.lane.in_((Lane.REPLY, Lane.PUSH)), o.kind == Kind.PIN), o.resent.is_(False))
    tx.execute(once.values(state=State.READY, resent=True, reason="sent again after a crash", **free))
    tx.execute(sending.values(state=State.UNCERTAIN, reason="a crash while sending", settled_at=now, **free))


def expire(tx: Connection, now: datetime) -> None:
    o = outbox.c
    for late in (sa.and_(READY_UNTIL, o.expires_at < now), sa.and_(READY, o.created_at < now - TOO_OLD)):
        tx.execute(sa.update(outbox).where(late).values(state=State.EXPIRED, settled_at=now))
