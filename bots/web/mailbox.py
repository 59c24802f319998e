"""The items of a web chat, numbered: `pos` is a place in the chat, `n` a change. A browser that has seen change n asks
for what is newer and puts each item at its place, so that a repeat or a gap does no harm. Runs inside transactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from bots.web.qr import qr_uri
from bots.web.tables import web_boxes, web_items
from core.outbox import delivery
from core.outbox.types import State
from core.shown import Shown, to_json
from core.sql import insert_once

PAGE = 50
SEEN = ("text", "note", "photos", "documents", "buttons", "push", "alarm", "quiet")
_B, _I = web_boxes.c, web_items.c


def _next(tx: Connection, conversation_id: int, *, place: bool) -> RowMapping:
    """Numbers for one change, under the lock of the box."""
    insert_once(tx, web_boxes, {"conversation_id": conversation_id, "n": 0, "pos": 0, "acked": 0}, ("conversation_id",))
    box = sa.update(web_boxes).where(_B.conversation_id == conversation_id)
    return tx.execute(box.values(n=_B.n + 1, pos=_B.pos + int(place)).returning(web_boxes)).mappings().one()


def put_mine(tx: Connection, conversation_id: int, key: str, body: Mapping[str, Any], now: datetime) -> int:
    """What the person has said; answers with n."""
    box = _next(tx, conversation_id, place=True)
    row = {"conversation_id": conversation_id, "pos": box["pos"], "n": box["n"], "side": "me", "key": key}
    tx.execute(sa.insert(web_items).values({**row, "body": dict(body), "at": now}))
    return int(box["n"])


def knows(conn: Connection, conversation_id: int, key: str) -> bool:
    """A browser that was switched off may repeat what it has said after the inbox has forgotten the key."""
    said = sa.select(_I.pos).where(_I.conversation_id == conversation_id, _I.key == key)
    return conn.execute(said).first() is not None


def put_theirs(
    tx: Connection, conversation_id: int, outbox_id: int, shown: Shown, *, edit: bool, push: bool, now: datetime
) -> int:
    """What we say, once for an outbox row; answers with pos. A push leaves the live screen alone; a new screen takes
    the buttons of the one before, unless that one is kept."""
    known: int | None = tx.execute(sa.select(_I.pos).where(_I.outbox_id == outbox_id)).scalar()
    if known is not None:
        return known
    body = _body(shown) | {"push": push}
    live = None if push else _live(tx, conversation_id)
    if live is not None and edit:
        _replace(tx, live, outbox_id, body, now)
        return int(live["pos"])
    if live is not None and live["body"]["buttons"]:
        stripped = {**live["body"], "buttons": []}
        box = _next(tx, conversation_id, place=False)
        tx.execute(_item(live).values(n=box["n"], body=stripped))
    box = _next(tx, conversation_id, place=True)
    row = {"conversation_id": conversation_id, "pos": box["pos"], "n": box["n"], "side": "them", "outbox_id": outbox_id}
    tx.execute(sa.insert(web_items).values({**row, "body": body, "at": now}))
    if not push:
        live_now = None if shown.keep else box["pos"]
        tx.execute(sa.update(web_boxes).where(_B.conversation_id == conversation_id).values(live=live_now))
    return int(box["pos"])


def edit(tx: Connection, conversation_id: int, pos: int, outbox_id: int, shown: Shown, now: datetime) -> int | None:
    """Shows a pinned view anew where it stands, with buttons only where it is the live screen. None where something
    else stands by now."""
    box = tx.execute(sa.select(web_boxes).where(_B.conversation_id == conversation_id).with_for_update()).first()
    here = sa.select(web_items, _B.acked).join(web_boxes, _B.conversation_id == _I.conversation_id)
    item = tx.execute(here.where(_I.conversation_id == conversation_id, _I.pos == pos)).mappings().first()
    body = _body(shown) | {"push": False, "quiet": True}
    if box is None or item is None or item["body"].get("pin") != body["pin"]:
        return None
    if item["outbox_id"] != outbox_id:
        _replace(tx, item, outbox_id, body if box.live == pos else {**body, "buttons": []}, now)
    return pos


def _body(shown: Shown) -> dict[str, Any]:
    return {**to_json(shown), "code": qr_uri(shown.qr) if shown.qr else ""}


def _live(tx: Connection, conversation_id: int) -> RowMapping | None:
    on = sa.and_(_B.conversation_id == _I.conversation_id, _B.live == _I.pos)
    found = sa.select(web_items, _B.acked).join(web_boxes, on).where(_I.conversation_id == conversation_id)
    return tx.execute(found).mappings().first()


def _item(row: RowMapping) -> sa.Update:
    return sa.update(web_items).where(_I.conversation_id == row["conversation_id"], _I.pos == row["pos"])


def _replace(tx: Connection, live: RowMapping, outbox_id: int, body: Mapping[str, Any], now: datetime) -> None:
    box = _next(tx, live["conversation_id"], place=False)
    tx.execute(_item(live).values(n=box["n"], body=dict(body), outbox_id=outbox_id))
    if live["n"] > live["acked"] and live["outbox_id"] is not None:  # nobody will confirm it any more
        delivery.settle(tx, live["outbox_id"], State.SUPERSEDED, now, "replaced before it was seen")
    if body["keep"]:
        tx.execute(sa.update(web_boxes).where(_B.conversation_id == live["conversation_id"]).values(live=None))


def newer(conn: Connection, conversation_id: int, after: int, limit: int = PAGE) -> list[dict[str, Any]]:
    changed = (
        sa.select(web_items).where(_I.conversation_id == conversation_id, _I.n > after).order_by(_I.n).limit(limit)
    )
    return [_as_json(row) for row in conn.execute(changed).mappings()]


def page(conn: Connection, conversation_id: int, before: int | None = None) -> list[dict[str, Any]]:
    """The last items, or those before a place, oldest first."""
    here = sa.select(web_items).where(_I.conversation_id == conversation_id)
    if before is not None:
        here = here.where(_I.pos < before)
    rows = conn.execute(here.order_by(_I.pos.desc()).limit(PAGE)).mappings().all()
    return [_as_json(row) for row in reversed(rows)]


def latest(conn: Connection, conversation_id: int) -> int:
    return conn.execute(sa.select(_B.n).where(_B.conversation_id == conversation_id)).scalar() or 0


def _as_json(row: RowMapping) -> dict[str, Any]:
    """`qr` is a picture of the address `link`; a change marked `quiet` is not read out."""
    body = {name: row["body"].get(name) for name in SEEN}
    place = {"pos": row["pos"], "n": row["n"], "side": row["side"], "id": row["key"] or "", "at": row["at"].isoformat()}
    return {**place, **body, "qr": row["body"].get("code", ""), "link": row["body"].get("qr", "")}


def acknowledge(tx: Connection, conversation_id: int, n: int, now: datetime) -> None:
    """The browser has shown everything up to change n: what was handed over is delivered."""
    box = tx.execute(sa.select(_B.n, _B.acked).where(_B.conversation_id == conversation_id)).first()
    if box is None or not box.acked < n <= box.n:
        return
    tx.execute(sa.update(web_boxes).where(_B.conversation_id == conversation_id, _B.acked < n).values(acked=n))
    seen = sa.select(_I.outbox_id).where(_I.conversation_id == conversation_id, _I.n > box.acked, _I.n <= n)
    ids: Sequence[int] = tx.execute(seen.where(_I.outbox_id.is_not(None))).scalars().all()
    delivery.confirm(tx, ids, now)
