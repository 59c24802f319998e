"""Pictures and files on their way to a messenger: which of them are to be shown there, their bytes, and the name under
which a messenger has them already, so that each is uploaded once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bots.files.store import FileStore
from bots.transport import Parcel
from core.conversations.tables import conversations
from core.db import ERASE, PLAIN, metadata, owned
from core.files.store import find_file
from core.files.tables import fetches, files
from core.files.types import State
from core.sql import upsert

uploads = sa.Table(
    "uploads",
    metadata,
    sa.Column("ref", sa.Text, sa.ForeignKey("files.ref"), primary_key=True, info=PLAIN),
    sa.Column("messenger", sa.Text, primary_key=True, info=PLAIN),
    sa.Column("account", sa.Text, primary_key=True, info=PLAIN),
    sa.Column("handle", sa.Text, nullable=False, info=ERASE),
    info=owned("ref", by="files", vanish=True),
)
_U, _F, _C = uploads.c, files.c, conversations.c
_SENT_HERE = (
    sa.select(_F.ref)
    .join(fetches, fetches.c.ref == _F.ref)
    .join(conversations, _C.person_id == _F.citizen_id)
    .where(
        _F.ref.in_(sa.bindparam("refs", expanding=True)),
        _C.id == sa.bindparam("here"),
        _C.person_kind == "citizen",
        _C.messenger == fetches.c.messenger,
    )
)


@dataclass(frozen=True, slots=True)
class Loaded:
    content: bytes
    mime: str
    name: str


def unsent(conn: Connection, parcel: Parcel) -> Parcel:
    """Without what this very person has sent to this very messenger, where it is told in answer to them: that stands
    in the chat already."""
    shown = parcel.shown
    if parcel.push or not (shown.photos or shown.documents):
        return parcel
    own = _own(conn, [*shown.photos, *(document.ref for document in shown.documents)], parcel.conversation_id)
    photos = tuple(ref for ref in shown.photos if ref not in own)
    documents = tuple(document for document in shown.documents if document.ref not in own)
    return replace(parcel, shown=replace(shown, photos=photos, documents=documents))


def _own(conn: Connection, refs: Sequence[str], conversation_id: int) -> frozenset[str]:
    return frozenset(conn.execute(_SENT_HERE, {"refs": list(refs), "here": conversation_id}).scalars())


def waiting(conn: Connection, refs: Sequence[str]) -> frozenset[str]:
    """Those that are to come yet: nobody needs to hear that they are not there."""
    f = files.c
    found = conn.execute(sa.select(f.ref).where(f.ref.in_(refs), f.state == State.WAITING))
    return frozenset(found.scalars())


def handle(conn: Connection, ref: str, messenger: str, account: str) -> str:
    """Empty where this account does not have it yet."""
    same = (_U.ref == ref, _U.messenger == messenger, _U.account == account)
    return conn.execute(sa.select(_U.handle).where(*same)).scalar() or ""


def remember(tx: Connection, ref: str, messenger: str, account: str, handle: str) -> None:
    if tx.execute(sa.select(files.c.ref).where(files.c.ref == ref)).first():  # it may be gone by now
        row = {"ref": ref, "messenger": messenger, "account": account, "handle": handle}
        upsert(tx, uploads, row, ("ref", "messenger", "account"))


def forget(tx: Connection, ref: str, messenger: str, account: str) -> None:
    """The messenger does not know it any more."""
    tx.execute(sa.delete(uploads).where(_U.ref == ref, _U.messenger == messenger, _U.account == account))


def load(conn: Connection, store: FileStore, ref: str) -> Loaded | None:
    """None where it is not there any more. Whoever shows it has read with the rights of the person it is shown to."""
    row = find_file(conn, ref)
    if row is None:
        return None
    try:
        return Loaded(store.read(row.sha256), row.mime, row.name)
    except FileNotFoundError:
        return None
