"""Who citizens are to us and what they have consented to. Knows nothing of their appeals."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import conversations
from core.actors import Citizen
from core.citizens.queries import consent_in_force
from core.citizens.tables import citizens, consents
from core.citizens.types import FILING, GiveConsent
from core.errors import NotAllowed, Refusal
from core.lines import line
from core.outcome import Outcome
from core.region.store import read_region
from core.sql import insert_once


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
