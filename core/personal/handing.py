"""Hands an archive over: it becomes a file of the citizen, and they are told where they were last heard from."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import conversations
from core.citizens.queries import who_is_now
from core.citizens.tables import citizens
from core.conversations.tables import conversations as addresses
from core.files.store import add_file
from core.files.types import Kind
from core.lines import LANGUAGES
from core.notify.types import NoticeKind
from core.outbox import Lane, enqueue_notice, hurry
from core.personal.export import MIME
from core.personal.retention import drop_exports


def language_of(conn: Connection, citizen_id: int) -> str:
    heard = conversations.of_person(conn, "citizen", who_is_now(conn, citizen_id))
    spoken = sa.select(addresses.c.lang).where(addresses.c.id.in_(heard[:1]))
    return conn.execute(spoken).scalar() or LANGUAGES[0]


def hand_over(tx: Connection, citizen_id: int, blob: str, size: int, now: datetime) -> tuple[str, ...]:
    """The blobs that may not be needed any more: those of the archives before, or this one where nobody is left to get
    it. They have asked for it and wait: it is told at any hour."""
    c, citizen_id = citizens.c, who_is_now(tx, citizen_id)
    here = sa.select(c.id).where(c.id == citizen_id, c.erased_at.is_(None)).with_for_update()
    if tx.execute(here).first() is None:
        return (blob,)
    before = drop_exports(tx, citizen_id)
    ref = add_file(tx, citizen_id, blob, MIME, size, now, kind=Kind.EXPORT, name=f"otklik-{now:%Y-%m-%d}.zip")
    for conversation in conversations.of_person(tx, "citizen", citizen_id)[:1]:
        key = f"{NoticeKind.EXPORT}:{ref}"
        hurry(tx, conversation, now)
        enqueue_notice(tx, conversation, NoticeKind.EXPORT, {"ref": ref}, Lane.PUSH, key, now)
    return before
