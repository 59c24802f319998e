"""Keeps whose file is whose. Holds no bytes, and does not decide who else may see a file."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.files.tables import files
from core.files.types import FileRow, Kind, State
from core.talk import Document, Place

REF_BYTES = 16
_F = files.c
_OWN = (
    sa.select(sa.func.count())
    .select_from(files)
    .where(
        _F.ref.in_(sa.bindparam("refs", expanding=True)),
        _F.citizen_id == sa.bindparam("owner"),
        _F.kind == sa.bindparam("kind"),
    )
)


def add_file(
    tx: Connection,
    citizen_id: int,
    sha256: str,
    mime: str,
    size: int,
    now: datetime,
    *,
    kind: Kind = Kind.PHOTO,
    name: str = "",
    place: Place | None = None,
) -> str:
    """The reference of a stored file: 128 random bits, so that nobody finds one by trying."""
    row = {"sha256": sha256, "mime": mime, "size": size, "kind": kind, "name": name}
    return insert(tx, citizen_id, {**row, **degrees(place)}, now)


def insert(tx: Connection, citizen_id: int, row: dict[str, object], now: datetime) -> str:
    ref = secrets.token_urlsafe(REF_BYTES)
    tx.execute(files.insert(), {**row, "ref": ref, "citizen_id": citizen_id, "created_at": now})
    return ref


def degrees(place: Place | None) -> dict[str, object]:
    return {"lat": place.lat if place else None, "lon": place.lon if place else None}


def find_file(conn: Connection, ref: str) -> FileRow | None:
    """Whoever's it is: for who has shown already that they may have it."""
    f = files.c
    found = sa.select(f.sha256, f.mime, f.size, f.kind, f.name).where(f.ref == ref, f.state == State.READY)
    row = conn.execute(found).first()
    return FileRow(row.sha256, row.mime, row.size, Kind(row.kind), row.name) if row else None


def owns_all(conn: Connection, citizen_id: int, refs: Collection[str], kind: Kind) -> bool:
    """Those that have not come yet are owned too."""
    own = {"refs": list(refs), "owner": citizen_id, "kind": kind}
    return not refs or conn.execute(_OWN, own).scalar_one() == len(set(refs))


def described(conn: Connection, refs: Iterable[str]) -> tuple[Document, ...]:
    """Names and sizes, in the order of the references."""
    f, wanted = files.c, tuple(dict.fromkeys(refs))
    rows = {row.ref: row for row in conn.execute(sa.select(f.ref, f.name, f.size).where(f.ref.in_(wanted)))}
    return tuple(Document(ref, rows[ref].name, rows[ref].size) for ref in wanted if ref in rows)
