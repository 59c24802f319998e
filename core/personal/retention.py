"""What is forgotten by itself, and when. Bytes of files are left to whoever can reach them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import jobs, pins
from core.appeals.tables import appeal_documents, appeal_photos, code_tries
from core.authorities.tables import desks, entries
from core.citizens.tables import join_tries, joins
from core.conversations.tables import forms
from core.files.tables import files
from core.files.types import Kind
from core.inbox import service as inbox
from core.outbox import pruning
from core.region.store import read_region

OUTBOX, ENTRIES, JOBS = timedelta(days=30), timedelta(days=30), timedelta(days=30)
TRIES = timedelta(days=2)
CHANGES = timedelta(days=1)
UNFILED = timedelta(days=7)
EXPORTS = timedelta(hours=24)
AT_ONCE = 500


def prune(tx: Connection, now: datetime) -> tuple[str, ...]:
    """Once a day; the names of blobs that may not be needed any more."""
    inbox.prune(tx, now - timedelta(days=read_region(tx).raw_days))
    pruning.blank(tx, now - OUTBOX)
    pins.prune(tx, now - CHANGES)
    jobs.prune(tx, now - JOBS)
    for times in (code_tries.c.at, join_tries.c.at, joins.c.expires_at):
        tx.execute(sa.delete(times.table).where(times < now - TRIES))
    e, d, ended = entries.c, desks.c, now - ENTRIES
    tx.execute(sa.delete(entries).where(sa.or_(e.spent_at < ended, e.expires_at < ended)))
    tx.execute(sa.delete(desks).where(sa.or_(d.revoked_at < ended, d.expires_at < ended)))
    return _drop(tx, _unfiled(now - UNFILED))


def prune_exports(tx: Connection, now: datetime) -> tuple[str, ...]:
    return _drop(tx, sa.and_(files.c.kind == Kind.EXPORT, files.c.created_at < now - EXPORTS))


def drop_exports(tx: Connection, citizen_id: int) -> tuple[str, ...]:
    """A newer one takes their place."""
    return _drop(tx, sa.and_(files.c.kind == Kind.EXPORT, files.c.citizen_id == citizen_id))


def unneeded(conn: Connection, names: tuple[str, ...]) -> list[str]:
    """Of these blobs those that no file is made of any more."""
    used = set(conn.execute(sa.select(files.c.sha256).where(files.c.sha256.in_(names))).scalars())
    return [name for name in names if name not in used]


def _unfiled(before: datetime) -> sa.ColumnElement[bool]:
    """No appeal shows them, and no form in progress may hold them."""
    f = files.c
    loose = (~sa.exists().where(shows.c.ref == f.ref) for shows in (appeal_photos, appeal_documents))
    writing = sa.exists().where(forms.c.person_kind == "citizen", forms.c.person_id == f.citizen_id)
    return sa.and_(f.created_at < before, f.kind != Kind.EXPORT, *loose, ~writing)


def _drop(tx: Connection, which: sa.ColumnElement[bool]) -> tuple[str, ...]:
    gone = tx.execute(sa.select(files.c.ref, files.c.sha256).where(which)).all()
    refs = [row.ref for row in gone]
    for start in range(0, len(refs), AT_ONCE):
        some = refs[start : start + AT_ONCE]
        for ref in _beside_files():
            tx.execute(sa.delete(ref.table).where(ref.in_(some)))
        tx.execute(sa.delete(files).where(files.c.ref.in_(some)))
    return tuple({row.sha256 for row in gone} - {""})


def _beside_files() -> list[sa.Column[Any]]:
    """What is noted of files elsewhere: where they come from, under which names messengers have them. No appeal shows
    what is dropped; one that does all the same keeps it."""
    tables = [table for table in files.metadata.sorted_tables if table not in (appeal_photos, appeal_documents)]
    return [key.parent for table in tables for key in table.foreign_keys if key.column is files.c.ref]
