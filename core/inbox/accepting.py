"""Accepting many updates at once: as if each were accepted by itself in their order, with a statement for all of them
instead of some for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.inbox import service
from core.inbox.tables import inbox
from core.sql import insert_new
from core.talk import Incoming

_I = inbox.c
_OPEN = sa.select(_I.conversation_id).where(
    _I.conversation_id.in_(sa.bindparam("there", expanding=True)),
    _I.state == "new",
    _I.part.is_not(None),
    _I.attempts == 0,
    _I.not_before > sa.bindparam("now", type_=_I.not_before.type),
)
_UNIQUE = ("conversation_id", "key")


@dataclass(frozen=True, slots=True)
class Arrived:
    """An update for a conversation, as `service.accept` takes it."""

    conversation_id: int
    key: str
    event: Incoming
    raw: bytes | None
    part: str = ""


def accept_all(tx: Connection, arrived: Sequence[Arrived], now: datetime) -> set[tuple[int, str]]:
    """Those that are new, by conversation and key. Where something is, or was just now, said in pieces, every update
    of that conversation is looked at by itself."""
    there = sorted({one.conversation_id for one in arrived})
    pieces = set(tx.execute(_OPEN, {"there": there, "now": now}).scalars())
    pieces |= {one.conversation_id for one in arrived if one.part}
    whole = [one for one in arrived if one.conversation_id not in pieces]
    stored = insert_new(tx, inbox, [_row(one, now) for one in whole], _UNIQUE, _UNIQUE)
    new = {(row.conversation_id, row.key) for row in stored}
    service.wake(tx, sorted({id for id, _ in new}))
    for one in arrived:
        if one.conversation_id in pieces and service.accept(
            tx, one.conversation_id, one.key, one.event, one.raw, now, one.part
        ):
            new.add((one.conversation_id, one.key))
    return new


def _row(one: Arrived, now: datetime) -> dict[str, object]:
    event = service.body_of(one.event)
    row = {"conversation_id": one.conversation_id, "key": one.key, "event": event, "raw": one.raw, "part": None}
    return {**row, "not_before": now, "received_at": now}
