"""Replies go into the outbox, of many conversations at once. A reply makes the unsent replies before it needless."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.outbox.tables import outbox
from core.outbox.types import FORMATS, Kind, Lane, State
from core.sql import insert_new

_O = outbox.c
_SUPERSEDE = (
    sa.update(outbox)
    .where(
        _O.conversation_id.in_(sa.bindparam("ids", expanding=True)),
        _O.state == State.READY.value,
        _O.lane == Lane.REPLY.value,
        _O.keep.is_(False),
    )
    .values(state=State.SUPERSEDED.value, settled_at=sa.bindparam("now", type_=_O.settled_at.type))
    .returning(_O.conversation_id, _O.edit, _O.resent, _O.awaited_at)
)


@dataclass(frozen=True, slots=True)
class Reply:
    """Already in words. `key` names what it answers, so that a redone move does not enqueue it again. `awaited_at`:
    when the person spoke, of the first reply to it."""

    conversation_id: int
    key: str
    body: Mapping[str, Any]
    edit: bool
    keep: bool
    expires_at: datetime | None = None
    awaited_at: datetime | None = None


def enqueue_replies(tx: Connection, replies: Sequence[Reply], now: datetime) -> None:
    """In order; of one conversation, all but the last are to be kept. Where an unsent one was to stand below the live
    screen, what takes its place must stand there too; one that is to be sent again after a crash may be the live screen
    by now. And who has waited for the unsent one, waits since then."""
    if not replies:
        return
    gone = defaultdict[int, list[Any]](list)
    for row in tx.execute(_SUPERSEDE, {"ids": sorted({one.conversation_id for one in replies}), "now": now}):
        gone[row.conversation_id].append(row)
    rows = []
    for one in replies:
        before = gone.pop(one.conversation_id, [])  # the first takes their place
        below = any(not row.edit and not row.resent for row in before)
        since = min((at for at in (one.awaited_at, *(row.awaited_at for row in before)) if at), default=None)
        rows.append(_row(one, now, edit=one.edit and not below, since=since))
    insert_new(tx, outbox, rows, ("key",), ("id",))


def _row(one: Reply, now: datetime, *, edit: bool, since: datetime | None) -> dict[str, Any]:
    return {
        "conversation_id": one.conversation_id,
        "key": one.key,
        "lane": Lane.REPLY.value,
        "kind": Kind.SCREEN.value,
        "body": dict(one.body),
        "format": FORMATS[Kind.SCREEN],
        "keep": one.keep,
        "edit": edit,
        "not_before": now,
        "expires_at": one.expires_at,
        "awaited_at": since,
        "created_at": now,
    }
