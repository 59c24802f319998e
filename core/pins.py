"""Messages that show a view which is kept true. A change of what they show enqueues one edit for each of them; what the
edit says is decided when it is sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.db import NOBODYS, PLAIN, Id, Moment, metadata, owned
from core.outbox.service import enqueue_pin
from core.shown import Pinned, Shown, to_json
from core.sql import insert_once, upsert

KEPT = timedelta(days=14)
MOST = 20
"""Of a conversation: the newest."""
CLOCKS = timedelta(seconds=5)
"""By so much the clocks of two processes may differ."""

pins = sa.Table(
    "pins",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("conversation_id", Id, sa.ForeignKey("conversations.id"), nullable=False, info=PLAIN),
    # The messenger's own name for the message.
    sa.Column("message", sa.Text, nullable=False, info=PLAIN),
    sa.Column("view", sa.Text, nullable=False, info=PLAIN),
    sa.Column("args", sa.Text, nullable=False, info=PLAIN),
    sa.Column("object", sa.Text, nullable=False, index=True, info=PLAIN),
    # A digest of what the message says.
    sa.Column("words", sa.Text, nullable=False, info=PLAIN),
    sa.Column("created_at", Moment, nullable=False, info=PLAIN),
    sa.UniqueConstraint("conversation_id", "message"),
    info=owned("conversation_id", by="conversations", vanish=True),
)

# When an object has changed last: a message that was on its way at that time has to be caught up with.
changes = sa.Table(
    "changes",
    metadata,
    sa.Column("object", sa.Text, primary_key=True, info=PLAIN),
    sa.Column("at", Moment, nullable=False, index=True, info=PLAIN),
    info=NOBODYS,
)
_P, _C = pins.c, changes.c


@dataclass(frozen=True, slots=True)
class Pin:
    """`newest`: no later message of this conversation shows the same."""

    id: int
    conversation_id: int
    message: str
    pinned: Pinned
    words: str
    newest: bool


class OfAppeal(Protocol):
    @property
    def number(self) -> str: ...


_TAKE_OUT = sa.delete(pins).where(_P.conversation_id == sa.bindparam("there"), _P.message == sa.bindparam("which"))


def put(tx: Connection, conversation_id: int, message: str, shown: Shown, since: datetime, now: datetime) -> None:
    """The message says this now, by facts that were read after `since`; one that shows no view is kept true no more."""
    take_out(tx, [(conversation_id, message)])
    pin = shown.pin
    if pin is None:
        return
    missed = _changed(tx, pin.object, since - CLOCKS)
    row = {"conversation_id": conversation_id, "message": message, "words": words_of(shown), "created_at": now}
    tx.execute(sa.insert(pins).values({**row, "view": pin.view, "args": pin.args, "object": pin.object}))
    _forget_old(tx, conversation_id, now)
    if missed:
        enqueue_pin(tx, conversation_id, message, now)


def take_out(tx: Connection, messages: Sequence[tuple[int, str]]) -> None:
    """They show no view any more."""
    if messages:
        tx.execute(_TAKE_OUT, [{"there": there, "which": message} for there, message in messages])


def _changed(tx: Connection, object: str, since: datetime) -> bool:
    """The insertion waits for a change that is being made this moment, and one that comes later will find the pin."""
    insert_once(tx, changes, {"object": object, "at": since - CLOCKS}, ("object",))
    last: datetime = tx.execute(sa.select(_C.at).where(_C.object == object).with_for_update()).scalar_one()
    return last >= since


def _forget_old(tx: Connection, conversation_id: int, now: datetime) -> None:
    here = _P.conversation_id == conversation_id
    newest = sa.select(_P.id).where(here).order_by(_P.id.desc()).limit(MOST)
    tx.execute(sa.delete(pins).where(here, sa.or_(_P.created_at < now - KEPT, _P.id.not_in(newest))))


def touch(tx: Connection, object: str, now: datetime) -> None:
    """It has changed: whatever shows it is to be shown anew."""
    upsert(tx, changes, {"object": object, "at": now}, ("object",))
    _enqueue(tx, _P.object == object, now)


def touch_appeal(tx: Connection, event: OfAppeal, now: datetime) -> None:
    touch(tx, f"appeal:{event.number}", now)


def touch_of(tx: Connection, conversation_id: int, now: datetime) -> None:
    """The person there has lost a right: whatever they have on show is to be looked at again."""
    _enqueue(tx, _P.conversation_id == conversation_id, now)


def _enqueue(tx: Connection, which: sa.ColumnElement[bool], now: datetime) -> None:
    shown = sa.select(_P.conversation_id, _P.message).where(which).order_by(_P.conversation_id, _P.id)
    for row in tx.execute(shown).all():  # in the order in which everybody locks conversations
        enqueue_pin(tx, row.conversation_id, row.message, now)


def find(conn: Connection, conversation_id: int, message: str) -> Pin | None:
    later = pins.alias().c
    same = (later.conversation_id == _P.conversation_id, later.view == _P.view, later.args == _P.args)
    there = sa.select(pins, (~sa.exists().where(*same, later.id > _P.id)).label("newest"))
    row = conn.execute(there.where(_P.conversation_id == conversation_id, _P.message == message)).first()
    if row is None:
        return None
    pinned = Pinned(row.view, row.args, row.object)
    return Pin(row.id, conversation_id, message, pinned, row.words, row.newest)


def renewed(tx: Connection, pin: Pin, shown: Shown) -> None:
    """The message says this now, unless something newer has been put there meanwhile."""
    same = sa.update(pins).where(_P.id == pin.id, _P.message == pin.message, _P.words == pin.words)
    tx.execute(same.values(words=words_of(shown)))


def forget(tx: Connection, pin: Pin) -> None:
    tx.execute(sa.delete(pins).where(_P.id == pin.id, _P.message == pin.message, _P.words == pin.words))


def prune(tx: Connection, before: datetime) -> None:
    """Changes that no message can have missed any more: it is on its way for minutes, not for days."""
    tx.execute(sa.delete(changes).where(_C.at < before))


def words_of(shown: Shown) -> str:
    """Without the note, which is about what was just said, and without buttons, which old messages lose."""
    said = to_json(shown)
    kept = [said[name] for name in ("text", "photos", "documents", "qr")]
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()
