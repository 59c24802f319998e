"""Which files an appeal shows, and to whom. Holds no bytes and attaches nothing."""

from __future__ import annotations

import re
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Citizen, Official
from core.appeals.tables import appeal_documents, appeal_photos, appeals
from core.appeals.types import OpenFile
from core.appeals.whose import Condition, at_or_below, of_author
from core.errors import NotAllowed
from core.files.tables import files
from core.files.types import FileRow, Kind, State
from core.talk import Document

_P, _D, _F = appeal_photos.c, appeal_documents.c, files.c
_PHOTOS = (
    sa.select(_P.ref)
    .join_from(appeal_photos, files, _F.ref == _P.ref)
    .where(_P.appeal_id == sa.bindparam("appeal"), _F.state == State.READY)
    .order_by(_P.position)
)
_DOCUMENTS = (
    sa.select(_F.ref, _F.name, _F.size)
    .join_from(appeal_documents, files, _F.ref == _D.ref)
    .where(_D.appeal_id == sa.bindparam("appeal"), _F.state == State.READY)
    .order_by(_D.position)
)
_REF = re.compile(r"[A-Za-z0-9_-]{1,64}")


def open_file(conn: Connection, actor: Citizen | Official, query: OpenFile, now: datetime) -> FileRow:
    """What somebody has gathered about themselves is shown to nobody else, wherever it was put."""
    if not _REF.fullmatch(query.ref):
        raise NotAllowed
    f = files.c
    theirs = at_or_below(actor) if isinstance(actor, Official) else of_author(actor)
    may = sa.and_(f.kind != Kind.EXPORT, sa.or_(*_shown(query.ref, theirs)))
    if isinstance(actor, Citizen):
        may = sa.or_(f.citizen_id == actor.id, may)
    found = sa.select(f.sha256, f.mime, f.size, f.kind, f.name).where(f.ref == query.ref, f.state == State.READY, may)
    row = conn.execute(found).first()
    if row is None:
        raise NotAllowed
    return FileRow(row.sha256, row.mime, row.size, Kind(row.kind), row.name)


def photos_of(conn: Connection, appeal_id: int) -> tuple[str, ...]:
    """Those that have come; of others there is nothing to show."""
    return tuple(conn.execute(_PHOTOS, {"appeal": appeal_id}).scalars())


def documents_of(conn: Connection, appeal_id: int) -> tuple[Document, ...]:
    return tuple(Document(row.ref, row.name, row.size) for row in conn.execute(_DOCUMENTS, {"appeal": appeal_id}))


def _shown(ref: str, theirs: Condition) -> tuple[Condition, ...]:
    """An appeal that is theirs shows it, as a photo or as a document."""
    return tuple(
        sa.exists().where(shows.c.ref == ref, shows.c.appeal_id == appeals.c.id, theirs)
        for shows in (appeal_photos, appeal_documents)
    )
