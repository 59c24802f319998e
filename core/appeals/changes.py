"""Brings an appeal from one status to another: one UPDATE that is guarded by the table of changes, and one row of the
history. Of two who press at once, one wins. Tells nobody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from core.actors import Actor
from core.appeals.events import CitizenSpoke, StatusChanged
from core.appeals.tables import appeal_history, appeals
from core.appeals.types import Spoken, Status
from core.appeals.whose import Condition, may_bring_to, numbered
from core.audit import who
from core.errors import NotAllowed


def change(
    tx: Connection,
    actor: Actor,
    key: str,
    number: str,
    after: Status,
    now: datetime,
    *that: Condition,
    text: str = "",
    **values: Any,
) -> Row[Any] | None:
    """The appeal as it is after the change. None if it is not theirs to change so, or is not `that`, or if this very
    command has changed it already: see `made`."""
    c = appeals.c
    if made(tx, actor, key, number, after):
        return None
    changed = appeals.update().where(numbered(number), may_bring_to(actor, after), *that)
    row = tx.execute(changed.values(status=after, version=c.version + 1, **values).returning(appeals)).first()
    if row is not None:
        _write_down(tx, actor, key, row, now, text, values.get("authority_id"))
    return row


def made(tx: Connection, actor: Actor, key: str, number: str, after: Status) -> Row[Any] | None:
    """The entry in the history, if this very command of this actor has brought the appeal there."""
    h = appeal_history.c
    kind, actor_id = who(actor)
    same = (h.key == key, h.actor_kind == kind, h.actor_id.is_not_distinct_from(actor_id), h.to_status == after)
    entry = sa.select(appeal_history).join_from(appeal_history, appeals).where(numbered(number), *same)
    return tx.execute(entry).first()


def found(tx: Connection, number: str, whose: Condition) -> Row[Any]:
    row = tx.execute(sa.select(appeals).where(numbered(number), whose)).first()
    if row is None:
        raise NotAllowed
    return row


def held(tx: Connection, number: str, whose: Condition | None = None) -> Row[Any]:
    """As `found`, and nobody changes it before this transaction has ended: for what follows from what it is now."""
    that = sa.select(appeals).where(numbered(number), sa.true() if whose is None else whose)
    row = tx.execute(that.with_for_update(key_share=True)).first()
    if row is None:
        raise NotAllowed
    return row


def changed(row: Row[Any], *, own: bool = False) -> StatusChanged:
    return StatusChanged(
        row.number, row.citizen_id, Status(row.status), row.version, own, row.authority_id, row.official_id
    )


def spoke(row: Row[Any], what: Spoken, key: str) -> CitizenSpoke:
    return CitizenSpoke(row.number, row.authority_id, row.official_id, what, key)


def _write_down(
    tx: Connection, actor: Actor, key: str, row: Row[Any], now: datetime, text: str, authority_id: int | None
) -> None:
    h = appeal_history.alias().c
    # The row of the appeal is ours until the end of the transaction, so that this is the status it had until now.
    last = sa.select(h.to_status).where(h.appeal_id == row.id).order_by(h.id.desc()).limit(1).scalar_subquery()
    kind, actor_id = who(actor)
    entry = {"appeal_id": row.id, "at": now, "from_status": last, "to_status": row.status, "text": text, "key": key}
    by = {"actor_kind": kind, "actor_id": actor_id, "authority_id": authority_id}
    tx.execute(appeal_history.insert().values({**entry, **by}))
