"""Putting things into the outbox: notices and pinned messages, whose words are found later, and screens."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.outbox.lines import line_of
from core.outbox.replies import Reply, enqueue_replies
from core.outbox.tables import outbox
from core.outbox.types import FORMATS, LATER, Kind, Lane, State
from core.sql import insert_once


def enqueue_screen(
    tx: Connection,
    conversation_id: int,
    body: Mapping[str, Any],
    *,
    key: str,
    edit: bool,
    keep: bool,
    now: datetime,
    expires_at: datetime | None = None,
    awaited_at: datetime | None = None,
) -> None:
    """One of `core.outbox.replies`."""
    enqueue_replies(tx, [Reply(conversation_id, key, body, edit, keep, expires_at, awaited_at)], now)


def enqueue_notice(
    tx: Connection,
    conversation_id: int,
    kind: str,
    facts: Mapping[str, str],
    lane: Lane,
    key: str,
    now: datetime,
    not_before: datetime | None = None,
    *,
    edit: bool = False,
) -> None:
    """A notice becomes a screen only when it is sent; the same key is enqueued once. `edit`: in the lane of replies it
    may take the place of the live screen."""
    row = {"lane": lane, "kind": Kind.NOTICE, "body": {"kind": kind, "facts": dict(facts)}, "keep": True, "edit": edit}
    due = not_before or now
    when = {"not_before": due, "awaited_at": due, "format": LATER.get(kind, FORMATS[Kind.NOTICE])}
    line = {"line": tx.execute(sa.select(line_of(conversation_id))).scalar()} if lane is Lane.BULK else {}
    _enqueue(tx, conversation_id, key, {**row, **when, **line}, now)


def enqueue_pin(tx: Connection, conversation_id: int, message: str, now: datetime) -> None:
    """One unsent row for a message is enough. One that is being claimed this moment may get its words too early: the
    lock waits for that, and then it does not count."""
    key = f"pin:{conversation_id}:{message}:"
    o = outbox.c
    unsent = sa.select(o.id).where(o.conversation_id == conversation_id, o.state == State.READY, o.kind == Kind.PIN)
    if tx.execute(unsent.where(o.key.startswith(key, autoescape=True)).with_for_update()).first():
        return
    row = {"lane": Lane.NOTICE, "kind": Kind.PIN, "body": {"message": message}, "keep": True, "edit": False}
    _enqueue(tx, conversation_id, f"{key}{secrets.token_hex(8)}", {**row, "not_before": now, "awaited_at": now}, now)


def withdraw(
    tx: Connection, conversation_ids: sa.Select[tuple[int]] | Sequence[int], reason: str, now: datetime
) -> None:
    """Screens that wait there are already in words, and nobody will look at them again before they leave."""
    o = outbox.c
    waiting = (o.kind == Kind.SCREEN, o.state.in_((State.READY, State.LEASED)), o.conversation_id.in_(conversation_ids))
    ended = {"state": State.SUPERSEDED, "reason": reason, "settled_at": now, "lease_owner": None, "lease_until": None}
    tx.execute(sa.update(outbox).where(*waiting).values(ended))


def hurry(tx: Connection, conversation_id: int, now: datetime) -> None:
    """Statuses that were held for the night go out now: the person is awake, and newer ones must not wait behind."""
    o = outbox.c
    held = (o.conversation_id == conversation_id, o.lane == Lane.PUSH, o.state == State.READY, o.not_before > now)
    since = sa.case((o.reason.is_(None), now), else_=o.awaited_at)  # what its messenger has put off waits for longer
    tx.execute(sa.update(outbox).where(*held).values(not_before=now, awaited_at=since))


def _enqueue(tx: Connection, conversation_id: int, key: str, row: Mapping[str, Any], now: datetime) -> None:
    common = {"conversation_id": conversation_id, "key": key, "format": FORMATS[row["kind"]], "created_at": now}
    insert_once(tx, outbox, {**common, **row}, ("key",))
