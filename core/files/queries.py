"""What people may ask about their own files."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Citizen
from core.files.tables import files
from core.files.types import PlaceOfPhotos
from core.talk import Place

REFS_MOST = 100
"""References that are looked at."""


def place_of_photos(conn: Connection, actor: Citizen, query: PlaceOfPhotos, now: datetime) -> Place | None:
    f, refs = files.c, query.refs[:REFS_MOST]
    known = sa.select(f.ref, f.lat, f.lon).where(
        f.ref.in_(refs), f.citizen_id == actor.id, f.lat.is_not(None), f.lon.is_not(None)
    )
    places = {row.ref: Place("", row.lat, row.lon) for row in conn.execute(known)}
    return next((places[ref] for ref in refs if ref in places), None)
