"""Photos and documents of an appeal: those who send them must have uploaded them, and where they were taken is told to
nobody."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Citizen
from core.appeals.tables import appeal_documents, appeal_photos
from core.appeals.types import DOCUMENTS_MOST, PHOTOS_MOST
from core.errors import Refusal
from core.files.store import owns_all
from core.files.tables import files
from core.files.types import FileReady, Kind
from core.lines import Line, line

TIMES_MOST = 3
"""An appeal holds so many times as much as may be sent at once."""


def check_files(tx: Connection, actor: Citizen, photos: Collection[str], documents: Collection[str]) -> None:
    """Raises Refusal if one of them is not there, not theirs, or not what it is sent as."""
    if not owns_all(tx, actor.id, photos, Kind.PHOTO):
        raise Refusal(line("One of the photos has not reached us. Please send the photos again."))
    if not owns_all(tx, actor.id, documents, Kind.DOCUMENT):
        raise Refusal(line("One of the documents has not reached us. Please send the documents again."))


def attach(tx: Connection, appeal_id: int, photos: Collection[str], documents: Collection[str]) -> None:
    """Behind those that are there already. Call it while the appeal is held."""
    full = line("This message holds as many photos as it can. Please send the words without new photos.")
    _append(tx, appeal_photos, appeal_id, photos, PHOTOS_MOST * TIMES_MOST, full)
    full = line("This message holds as many documents as it can. Please send the words without new documents.")
    _append(tx, appeal_documents, appeal_id, documents, DOCUMENTS_MOST * TIMES_MOST, full)
    if photos:
        tx.execute(files.update().where(files.c.ref.in_(photos)).values(lat=None, lon=None))


def forget_place(tx: Connection, event: FileReady, now: datetime) -> None:
    """A photo that comes when its appeal has been filed proposes no place any more."""
    shown = sa.exists().where(appeal_photos.c.ref == event.ref)
    tx.execute(files.update().where(files.c.ref == event.ref, shown).values(lat=None, lon=None))


def _append(tx: Connection, table: sa.Table, appeal_id: int, refs: Collection[str], most: int, full: Line) -> None:
    if not refs:
        return
    there = tx.execute(sa.select(table.c.position, table.c.ref).where(table.c.appeal_id == appeal_id)).all()
    known = {row.ref for row in there}
    new = [ref for ref in dict.fromkeys(refs) if ref not in known]
    if len(there) + len(new) > most:
        raise Refusal(full)
    start = max((row.position for row in there), default=-1) + 1
    for position, ref in enumerate(new, start):
        tx.execute(table.insert().values(appeal_id=appeal_id, position=position, ref=ref))
