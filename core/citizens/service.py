"""Who citizens are to us, what they have consented to and how they are told. Knows nothing of their appeals."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import conversations
from core.actors import Citizen
from core.citizens.queries import consent_in_force, settings_of
from core.citizens.tables import citizens, consents
from core.citizens.types import FILING, GiveConsent, Pushes, SetChannel, SetPushes, SetQuiet, WithdrawConsent
from core.conversations.tables import conversations as places
from core.errors import NotAllowed, Refusal
from core.lines import line
from core.outcome import Outcome
from core.region.store import read_region
from core.sql import insert_once

HOURS = range(24)


def new_citizen(tx: Connection, now: datetime) -> int:
    made = citizens.insert().values(created_at=now).returning(citizens.c.id)
    number: int = tx.execute(made).scalar_one()
    return number


def give_consent(tx: Connection, actor: Citizen, key: str, command: GiveConsent, now: datetime) -> Outcome:
    if command.purpose != FILING:
        raise Refusal(line("We do not ask for such a consent. Please start again."))
    if command.version and consent_in_force(tx, actor.id, command.purpose) == command.version:
        return Outcome(command.version)
    # A consent counts only for the text that is in force: an older screen may still be open somewhere.
    if command.version != read_region(tx).consent_version:
        raise Refusal(line("The text of the consent has changed. Please read the new one and answer again."))
    heard = conversations.of_person(tx, "citizen", actor.id)
    row = {
        "citizen_id": actor.id,
        "purpose": command.purpose,
        "version": command.version,
        "at": now,
        "conversation_id": heard[0] if heard else None,
        "key": key,
    }
    if not insert_once(tx, consents, row, ("key",)) and not _said_so(tx, actor, key, command):
        raise NotAllowed
    return Outcome(command.version)


def _said_so(tx: Connection, actor: Citizen, key: str, command: GiveConsent) -> bool:
    c = consents.c
    same = (c.key == key, c.citizen_id == actor.id, c.purpose == command.purpose, c.version == command.version)
    return tx.execute(sa.select(c.id).where(*same)).first() is not None


def withdraw_consent(tx: Connection, actor: Citizen, key: str, command: WithdrawConsent, now: datetime) -> Outcome:
    """Withdrawing what has been withdrawn before is no mistake."""
    c = consents.c
    theirs = (c.citizen_id == actor.id, c.purpose == command.purpose)
    given = tx.execute(sa.select(sa.func.count()).select_from(consents).where(*theirs)).scalar_one()
    tx.execute(consents.update().where(*theirs, c.withdrawn_at.is_(None)).values(withdrawn_at=now))
    return Outcome(given > 0)


def set_pushes(tx: Connection, actor: Citizen, key: str, command: SetPushes, now: datetime) -> Outcome:
    if command.pushes not in set(Pushes):
        raise Refusal(line("Please choose one of the buttons."))
    tx.execute(citizens.update().where(citizens.c.id == actor.id).values(pushes=command.pushes))
    return Outcome(Pushes(command.pushes))


def set_quiet(tx: Connection, actor: Citizen, key: str, command: SetQuiet, now: datetime) -> Outcome:
    if not {command.start, command.end} <= set(HOURS):
        raise Refusal(line("An hour of the day is a number from 0 to 23."))
    quiet = {"quiet_from": command.start, "quiet_to": command.end}
    tx.execute(citizens.update().where(citizens.c.id == actor.id).values(quiet))
    return Outcome(settings_of(tx, actor.id))


def set_channel(tx: Connection, actor: Citizen, key: str, command: SetChannel, now: datetime) -> Outcome:
    p, channel = places.c, command.conversation
    own = sa.exists().where(p.id == channel, p.person_kind == "citizen", p.person_id == actor.id, p.erased_at.is_(None))
    mine = sa.update(citizens).where(citizens.c.id == actor.id, sa.true() if channel is None else own)
    if tx.execute(mine.values(channel_id=channel)).rowcount != 1:
        raise NotAllowed
    return Outcome(channel)
