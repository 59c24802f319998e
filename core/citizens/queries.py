"""What citizens have consented to, and how and where they want to be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Citizen
from core.citizens.tables import citizens, consents
from core.citizens.types import (
    FILING,
    Channel,
    ConsentRow,
    ConsentState,
    ListChannels,
    ListConsents,
    Pushes,
    SettingsCard,
    ShowConsent,
    ShowSettings,
)
from core.conversations.tables import conversations
from core.region.store import read_region

CONSENTS_MOST = 10
_S = consents.c
_IN_FORCE = (
    sa.select(_S.version)
    .where(_S.citizen_id == sa.bindparam("citizen"), _S.purpose == sa.bindparam("purpose"), _S.withdrawn_at.is_(None))
    .order_by(_S.id.desc())
    .limit(1)
)


def show_consent(conn: Connection, actor: Citizen, query: ShowConsent, now: datetime) -> ConsentState:
    given = consent_in_force(conn, actor.id, query.purpose) if query.purpose == FILING else ""
    return ConsentState(given, read_region(conn).consent_version)


def consent_in_force(conn: Connection, citizen_id: int, purpose: str) -> str:
    """The version of the last consent that has not been withdrawn, or nothing."""
    return conn.execute(_IN_FORCE, {"citizen": citizen_id, "purpose": purpose}).scalar() or ""


def list_consents(conn: Connection, actor: Citizen, query: ListConsents, now: datetime) -> tuple[ConsentRow, ...]:
    c = consents.c
    theirs = sa.select(c.purpose, c.version, c.at, c.withdrawn_at).where(c.citizen_id == actor.id)
    return tuple(ConsentRow(*row) for row in conn.execute(theirs.order_by(c.id.desc()).limit(CONSENTS_MOST)))


def show_settings(conn: Connection, actor: Citizen, query: ShowSettings, now: datetime) -> SettingsCard:
    channels = channels_of(conn, actor.id)
    named = next((each.messenger for each in channels if each.preferred), "")
    return replace(settings_of(conn, actor.id), messengers=_messengers(channels), channel=named)


def settings_of(conn: Connection, citizen_id: int) -> SettingsCard:
    """How a citizen is told, for whoever has something to tell."""
    c, region = citizens.c, read_region(conn)
    row = conn.execute(sa.select(c.pushes, c.quiet_from, c.quiet_to).where(c.id == citizen_id)).one()
    start = region.quiet_from if row.quiet_from is None else row.quiet_from
    end = region.quiet_to if row.quiet_to is None else row.quiet_to
    return SettingsCard(Pushes(row.pushes), start, end)


def list_channels(conn: Connection, actor: Citizen, query: ListChannels, now: datetime) -> tuple[Channel, ...]:
    return tuple(replace(each, here=each.conversation == actor.conversation) for each in channels_of(conn, actor.id))


def channels_of(conn: Connection, citizen_id: int) -> tuple[Channel, ...]:
    c, p = citizens.c, conversations.c
    there = sa.and_(p.person_kind == "citizen", p.person_id == c.id, p.erased_at.is_(None))
    preferred = sa.func.coalesce(c.channel_id == p.id, sa.false())
    columns = sa.select(p.id, p.messenger, p.heard_at, preferred, p.gone_at.is_(None))
    theirs = columns.join_from(citizens, conversations, there).where(c.id == citizen_id)
    rows = conn.execute(theirs.order_by(p.heard_at.is_(None), p.heard_at.desc(), p.id.desc()))
    return tuple(Channel(id, messenger, heard, bool(chosen), bool(here)) for id, messenger, heard, chosen, here in rows)


def messengers_of(conn: Connection, citizen_id: int) -> tuple[str, ...]:
    return _messengers(channels_of(conn, citizen_id))


def _messengers(channels: Iterable[Channel]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.messenger for each in channels))


def who_is_now(conn: Connection, citizen_id: int) -> int:
    """Another citizen, where two have turned out to be one person."""
    merged: int | None = conn.execute(sa.select(citizens.c.merged_into).where(citizens.c.id == citizen_id)).scalar()
    return citizen_id if merged is None else merged
