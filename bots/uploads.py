"""Pictures and files on their way to a messenger: their bytes, and the name under which a messenger has them already,
so that each is uploaded once."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bots.files.store import FileStore
from core.db import ERASE, PLAIN, metadata, owned
from core.files.store import find_file
from core.files.tables import files
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
_U = uploads.c


@dataclass(frozen=True, slots=True)
class Loaded:
    content: bytes
    mime: str
    name: str


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
