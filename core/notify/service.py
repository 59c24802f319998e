"""Turns what has happened into notices in the outbox, each under a key of its own, so that nothing is told twice. What
they say, and how, is decided where they are sent."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from core import conversations
from core.appeals.types import AppealFiled, StatusChanged
from core.authorities.queries import officials_of
from core.notify.rules import quiet_until, status_waits, to_citizen, to_officials
from core.outbox import Lane, enqueue_notice, hurry
from core.region.store import read_region


def tell_officials(tx: Connection, event: AppealFiled, now: datetime) -> None:
    notice = to_officials(event)
    quiet = _quiet(tx, now)
    for official in officials_of(tx, event.authority_id):
        for conversation in conversations.of_person(tx, "official", official):
            key = f"{notice.kind}:{event.number}:{conversation}"
            enqueue_notice(tx, conversation, notice.kind, notice.facts, Lane.NOTICE, key, now, quiet)


def tell_citizen(tx: Connection, event: StatusChanged, now: datetime) -> None:
    """Only where the person was last heard from: the same news on every screen is noise."""
    notice = to_citizen(event)
    heard = conversations.of_person(tx, "citizen", event.citizen_id)[:1]
    if notice is None:
        return
    for conversation in heard:
        waits = status_waits(now, conversations.heard_at(tx, conversation), _quiet(tx, now))
        if waits is None:
            hurry(tx, conversation, now)
        key = f"{notice.kind}:{event.number}:{event.version}:{conversation}"
        enqueue_notice(tx, conversation, notice.kind, notice.facts, Lane.PUSH, key, now, waits)


def _quiet(tx: Connection, now: datetime) -> datetime | None:
    region = read_region(tx)
    return quiet_until(now, ZoneInfo(region.zone), region.quiet_from, region.quiet_to)
