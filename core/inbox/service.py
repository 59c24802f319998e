"""Accepting an update once, handing it out with its attempts counted, and setting aside what cannot be served."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.engine import Connection

from core.conversations.tables import conversations
from core.inbox import parts
from core.inbox.tables import inbox
from core.sql import insert_once
from core.talk import Command, Incoming, Message, Press

PAUSES = (timedelta(seconds=5), timedelta(seconds=30))
"""Before the second and the third try. Then the update is quarantined."""
TRIES = len(PAUSES) + 1
DEATHS = TRIES + 2
"""Of processes, while they heard it. The first two times they heard others with it (bots.front), and it may have been
any of them, or none: what sets it aside are those when it was alone."""
AT_ONCE = 20
"""Updates of one conversation that share a move."""

# Made once: making a statement takes longer than running it.
_I, _NOW = inbox.c, sa.bindparam("now", type_=inbox.c.settled_at.type)
_IDS: sa.BindParameter[int] = sa.bindparam("ids", expanding=True)
_OLDEST = (
    sa.select(_I.not_before)
    .where(_I.conversation_id == conversations.c.id, _I.state == "new")
    .order_by(_I.id)
    .limit(1)
    .scalar_subquery()
)
_WAKE = sa.update(conversations).where(conversations.c.id.in_(_IDS)).values(pending_at=_OLDEST)
_PLACES = (
    sa.select(_I.id, sa.func.row_number().over(partition_by=_I.conversation_id, order_by=_I.id).label("place"))
    .where(_I.conversation_id.in_(_IDS), _I.state == "new")
    .subquery()
)
_HEADS = (
    sa.select(_I.id, _I.conversation_id, _I.key, _I.event, _I.received_at, _I.attempts, _I.not_before)
    .join(_PLACES, _PLACES.c.id == _I.id)
    .where(_PLACES.c.place <= AT_ONCE)
    .order_by(_I.id)
)
_TRY = (
    sa.update(inbox)
    .where(_I.id.in_(_IDS))
    .values(attempts=_I.attempts + 1)
    .returning(_I.id, sa.case((_I.part.is_not(None), _I.event)).label("event"))
)
_SETTLE = sa.update(inbox).where(_I.id.in_(_IDS)).values(state="done", settled_at=_NOW)
_EMPTY = sa.update(inbox).where(_I.id.in_(_IDS), _I.raw.is_(None)).values(event={})
_OPEN = (  # of what one person sends in pieces, the piece that waits for the next
    sa.select(_I.id, _I.event, _I.part, _I.received_at)
    .where(
        _I.conversation_id == sa.bindparam("here"),
        _I.key != sa.bindparam("key"),
        _I.part.is_not(None),
        _I.state == "new",
        _I.attempts == 0,
        _I.not_before > _NOW,
    )
    .order_by(_I.id.desc())
    .limit(1)
)
_KINDS: dict[str, TypeAdapter[Any]] = {kind.__name__: TypeAdapter(kind) for kind in (Press, Message, Command)}


@dataclass(frozen=True, slots=True)
class Heard:
    """`attempts` counts this one too; an update that has been tried before is heard alone."""

    id: int
    conversation_id: int
    event: Incoming
    received_at: datetime
    attempts: int
    key: str = ""


def accept(
    tx: Connection, conversation_id: int, key: str, event: Incoming, raw: bytes | None, now: datetime, part: str = ""
) -> bool:
    """False if this key has been accepted before. When the transaction is committed, the update is ours. A `part` waits
    for what belongs to it, and what belongs to one that waits is put to it. Of what comes without `raw` nothing but the
    key is kept when it has been heard."""
    row = {"conversation_id": conversation_id, "key": key, "event": body_of(event), "raw": raw, "part": part or None}
    due = {"not_before": now + parts.quiet(part), "received_at": now}
    if not insert_once(tx, inbox, {**row, **due}, ("conversation_id", "key")):
        return False
    _join(tx, conversation_id, key, event, part, now)
    wake(tx, [conversation_id])
    return True


def _join(tx: Connection, conversation_id: int, key: str, event: Incoming, part: str, now: datetime) -> None:
    """Whoever says something else has finished what they were sending."""
    i, c = inbox.c, conversations.c
    if part:  # one of two that come at once is first; both have locked the key of the conversation by now
        tx.execute(sa.select(c.id).where(c.id == conversation_id).with_for_update(key_share=True))
    first = tx.execute(_OPEN, {"here": conversation_id, "key": key, "now": now}).first()
    if first is None:
        return
    opened = parts.Open(first.part, _event(first.event), first.received_at)
    together = parts.whole(opened, event, part)
    still = sa.update(inbox).where(i.id == first.id, i.state == "new", i.attempts == 0)
    if together is None:
        tx.execute(still.values(not_before=now))
        return
    joined = still.values(event=body_of(together), not_before=parts.until(opened, part, now))
    if tx.execute(joined).rowcount:
        mine = sa.update(inbox).where(i.conversation_id == conversation_id, i.key == key)
        tx.execute(mine.values(state="done", settled_at=now))


def knows(conn: Connection, conversation_id: int, key: str) -> bool:
    same = (inbox.c.conversation_id == conversation_id, inbox.c.key == key)
    return conn.execute(sa.select(inbox.c.id).where(*same)).first() is not None


def wake(tx: Connection, conversation_ids: Sequence[int]) -> None:
    """Says when each is to be served next. Only its oldest update counts: one that is to be tried again holds up those
    behind it, and only those."""
    if conversation_ids:
        tx.execute(_WAKE, {"ids": list(conversation_ids)})


def take(tx: Connection, conversation_ids: Sequence[int], now: datetime) -> list[Heard]:
    """The next updates of leased conversations, in order, their attempts counted (commit before serving them, so that
    one that kills the process is known by it). One that has been tried is taken alone."""
    if not conversation_ids:
        return []
    rows = tx.execute(_HEADS, {"ids": list(conversation_ids)}).all()
    taken, closed = defaultdict[int, list[Heard]](list), set[int]()
    for row in rows:
        before = taken[row.conversation_id]
        alone = before and (before[-1].attempts > 1 or row.attempts > 0)
        if alone or row.not_before > now:
            closed.add(row.conversation_id)  # what is behind it waits
        if row.conversation_id not in closed:
            event, tried = _event(row.event), row.attempts + 1
            before.append(Heard(row.id, row.conversation_id, event, row.received_at, tried, row.key))
    heard = [one for mine in taken.values() for one in mine]
    if not heard:
        return []
    tried = tx.execute(_TRY, {"ids": [one.id for one in heard]})
    said = {row.id: row.event for row in tried if row.event is not None}  # a part may have come meanwhile
    return [replace(one, event=_event(said[one.id])) if one.id in said else one for one in heard]


def body_of(event: Incoming) -> dict[str, Any]:
    name = type(event).__name__
    return {"is": name, **_KINDS[name].dump_python(event, mode="json")}


def _event(body: dict[str, Any]) -> Incoming:
    fields = {name: value for name, value in body.items() if name != "is"}
    event: Incoming = _KINDS[body["is"]].validate_python(fields)
    return event


def settle(tx: Connection, ids: Sequence[int], now: datetime) -> None:
    if ids:
        tx.execute(_SETTLE, {"ids": list(ids), "now": now})
        tx.execute(_EMPTY, {"ids": list(ids)})


def fail(tx: Connection, heard: Heard, problem: str, now: datetime) -> bool:
    """Says when it is tried again, or sets it aside for good: True. `problem` names the error, never what was said."""
    mine = sa.update(inbox).where(inbox.c.id == heard.id, inbox.c.state == "new")
    if heard.attempts >= TRIES:
        tx.execute(mine.values(state="quarantined", settled_at=now, problem=problem))
        fleeting = sa.update(inbox).where(inbox.c.id == heard.id, inbox.c.raw.is_(None))
        tx.execute(fleeting.values(state="done", event={}))  # there is nothing to serve again
        return True
    tx.execute(mine.values(not_before=now + PAUSES[heard.attempts - 1], problem=problem))
    return False


def untry(tx: Connection, ids: Sequence[int]) -> None:
    """They shared a move with one that failed and have not been heard."""
    unheard = sa.update(inbox).where(inbox.c.id.in_(ids), inbox.c.state == "new", inbox.c.attempts > 0)
    tx.execute(unheard.values(attempts=inbox.c.attempts - 1))


def release(tx: Connection, inbox_id: int, now: datetime) -> bool:
    """An operator's command: a quarantined update is served again, before whatever waits there."""
    again = sa.update(inbox).where(inbox.c.id == inbox_id, inbox.c.state == "quarantined")
    row = tx.execute(again.values(state="new", attempts=0, not_before=now).returning(inbox.c.conversation_id)).first()
    if row is not None:
        wake(tx, [row.conversation_id])
    return row is not None


def dismiss(tx: Connection, inbox_id: int, now: datetime) -> bool:
    """An operator's command: it is never served again. What was said is kept as long as of any update."""
    mine = sa.update(inbox).where(inbox.c.id == inbox_id, inbox.c.state == "quarantined")
    return tx.execute(mine.values(state="done", settled_at=now)).rowcount == 1


def drop(tx: Connection, conversation_id: int) -> None:
    """Of what was heard there only the keys stay, so that none is heard twice; what waits is yet to be heard."""
    heard = sa.update(inbox).where(inbox.c.conversation_id == conversation_id, inbox.c.state != "new")
    tx.execute(heard.values(event={}, raw=None, state="done"))


def quarantined(conn: Connection) -> list[tuple[int, datetime, str]]:
    i = inbox.c
    rows = conn.execute(sa.select(i.id, i.received_at, i.problem).where(i.state == "quarantined").order_by(i.id))
    return [(row.id, row.received_at, row.problem or "") for row in rows]


def prune(tx: Connection, before: datetime) -> int:
    """Forgets served updates that are older; the rows that their commands made keep the keys."""
    old = sa.delete(inbox).where(inbox.c.received_at < before, inbox.c.state == "done")
    return tx.execute(old).rowcount
