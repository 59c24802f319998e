"""What citizens have consented to, and how they want to be told."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Citizen
from core.citizens.tables import citizens, consents
from core.citizens.types import (
    FILING,
    ConsentRow,
    ConsentState,
    ListConsents,
    Pushes,
    SettingsCard,
    ShowConsent,
    ShowSettings,
)
from core.region.store import read_region

CONSENTS_MOST = 10


def show_consent(conn: Connection, actor: Citizen, query: ShowConsent, now: datetime) -> ConsentState:
    given = consent_in_force(conn, actor.id, query.purpose) if query.purpose == FILING else ""
    return ConsentState(given, read_region(conn).consent_version)


def consent_in_force(conn: Connection, citizen_id: int, purpose: str) -> str:
    """The version of the last consent that has not been withdrawn, or nothing."""
    c = consents.c
    theirs = (c.citizen_id == citizen_id, c.purpose == purpose, c.withdrawn_at.is_(None))
    last = sa.select(c.version).where(*theirs).order_by(c.id.desc()).limit(1)
    return conn.execute(last).scalar() or ""


def list_consents(conn: Connection, actor: Citizen, query: ListConsents, now: datetime) -> tuple[ConsentRow, ...]:
    c = consents.c
    theirs = sa.select(c.purpose, c.version, c.at, c.withdrawn_at).where(c.citizen_id == actor.id)
    return tuple(ConsentRow(*row) for row in conn.execute(theirs.order_by(c.id.desc()).limit(CONSENTS_MOST)))


def show_settings(conn: Connection, actor: Citizen, query: ShowSettings, now: datetime) -> SettingsCard:
    return settings_of(conn, actor.id)


def settings_of(conn: Connection, citizen_id: int) -> SettingsCard:
    """How a citizen is told, for whoever has something to tell."""
    c, region = citizens.c, read_region(conn)
    row = conn.execute(sa.select(c.pushes, c.quiet_from, c.quiet_to).where(c.id == citizen_id)).one()
    start = region.quiet_from if row.quiet_from is None else row.quiet_from
    end = region.quiet_to if row.quiet_to is None else row.quiet_to
    return SettingsCard(Pushes(row.pushes), start, end)
