"""Keeps whose file is whose. Holds no bytes, and does not decide who else may see a file."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.files.tables import files
from core.files.types import FileRow

REF_BYTES = 16


def add_file(tx: Connection, citizen_id: int, sha256: str, mime: str, size: int, now: datetime) -> str:
    """The reference of a stored file: 128 random bits, so that nobody finds one by trying."""
    ref = secrets.token_urlsafe(REF_BYTES)
    row = {"ref": ref, "citizen_id": citizen_id, "sha256": sha256, "mime": mime, "size": size, "created_at": now}
    tx.execute(files.insert().values(row))
    return ref


def own_file(conn: Connection, citizen_id: int, ref: str) -> FileRow | None:
    f = files.c
    own = sa.select(f.sha256, f.mime, f.size).where(f.ref == ref, f.citizen_id == citizen_id)
    row = conn.execute(own).first()
    return FileRow(*row) if row else None


def owns_all(conn: Connection, citizen_id: int, refs: Collection[str]) -> bool:
    f = files.c
    own = sa.select(sa.func.count()).select_from(files).where(f.ref.in_(refs), f.citizen_id == citizen_id)
    return not refs or conn.execute(own).scalar_one() == len(set(refs))
