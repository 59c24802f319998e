"""What citizens have consented to."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Citizen
from core.citizens.tables import consents
from core.citizens.types import FILING, ConsentState, ShowConsent
from core.region.store import read_region


def show_consent(conn: Connection, actor: Citizen, query: ShowConsent, now: datetime) -> ConsentState:
    given = consent_in_force(conn, actor.id, query.purpose) if query.purpose == FILING else ""
    return ConsentState(given, read_region(conn).consent_version)


def consent_in_force(conn: Connection, citizen_id: int, purpose: str) -> str:
    """The version of the last consent that has not been withdrawn, or nothing."""
    c = consents.c
    theirs = (c.citizen_id == citizen_id, c.purpose == purpose, c.withdrawn_at.is_(None))
    last = sa.select(c.version).where(*theirs).order_by(c.id.desc()).limit(1)
    return conn.execute(last).scalar() or ""
