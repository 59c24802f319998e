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
_F = files.c
_PLACES = sa.select(_F.ref, _F.lat, _F.lon).where(
    _F.ref.in_(sa.bindparam("refs", expanding=True)),
    _F.citizen_id == sa.bindparam("owner"),
    _F.lat.is_not(None),
    _F.lon.is_not(None),
)


def place_of_photos(conn: Connection, actor: Citizen, query: PlaceOfPhotos, now: datetime) -> Place | None:
    refs = query.refs[:REFS_MOST]
    known = conn.execute(_PLACES, {"refs": list(refs), "owner": actor.id})
    places = {row.ref: Place("", row.lat, row.lon) for row in known}
    return next((places[ref] for ref in refs if ref in places), None)
