"""Files an appeal: checks everything again (a dialog is not the only one who may ask), routes it, promises a
deadline. What becomes of it afterwards is the service's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from core.actors import Citizen
from core.appeals.attachments import attach, check_files
from core.appeals.events import AppealFiled
from core.appeals.number import new_number
from core.appeals.tables import appeal_history, appeals
from core.appeals.types import FileAppeal, Receipt, Regime, Status
from core.appeals.wording import wrong_appeal
from core.authorities.queries import authority_name
from core.citizens.codes import new_code
from core.citizens.queries import consent_in_force
from core.citizens.types import FILING
from core.errors import NotAllowed, Refusal
from core.lines import line
from core.outcome import Outcome
from core.region.calendar import due
from core.region.store import read_region, working_calendar
from core.routing.queries import authority_for
from core.rubricator.queries import Promise, promise_of
from core.territories.queries import territory_name

TRIES = 20
"""A random number that is taken already is drawn again."""
_NEW = appeals.insert().returning(appeals)


def file_appeal(tx: Connection, actor: Citizen, key: str, command: FileAppeal, now: datetime) -> Outcome:
    if filed := _filed(tx, actor, key):
        return Outcome(_receipt(tx, filed))
    promise = _check(tx, actor, command)
    row = _insert(tx, _row(tx, actor, key, command, promise, now))
    if row is None:  # the same command, given at the same time elsewhere
        return file_appeal(tx, actor, key, command, now)
    attach(tx, row.id, command.photos, command.documents)
    entry = {"appeal_id": row.id, "at": now, "to_status": Status.REGISTERED, "text": "", "key": key}
    tx.execute(appeal_history.insert().values({**entry, "actor_kind": "citizen", "actor_id": actor.id}))
    return Outcome(_receipt(tx, row), (AppealFiled(row.number, actor.id, row.authority_id),))


def _filed(tx: Connection, actor: Citizen, key: str) -> Row[Any] | None:
    row = tx.execute(sa.select(appeals).where(appeals.c.key == key)).first()
    if row is not None and row.citizen_id != actor.id:
        raise NotAllowed
    return row


def _receipt(tx: Connection, row: Row[Any]) -> Receipt:
    web = read_region(tx).web
    link = f"{web}/#a={row.number}.{row.code}" if web else ""
    return Receipt(row.number, row.code, authority_name(tx, row.authority_id), row.due_at, link)


def _check(tx: Connection, actor: Citizen, command: FileAppeal) -> Promise:
    """Raises Refusal with the first thing that is wrong."""
    if consent_in_force(tx, actor.id, FILING) != read_region(tx).consent_version:
        raise Refusal(line("We need your consent before we can register the message. Please give it and send again."))
    if why := wrong_appeal(command):
        raise Refusal(why)
    promise = promise_of(tx, command.category)
    if promise is None:
        raise Refusal(line("There is no such category now. Please choose one from the list."))
    if territory_name(tx, command.territory) is None:
        raise Refusal(line("There is no such place on our list. Please choose one from it."))
    check_files(tx, actor, command.photos, command.documents)
    return promise


def _row(
    tx: Connection, actor: Citizen, key: str, command: FileAppeal, promise: Promise, now: datetime
) -> dict[str, Any]:
    calendar = working_calendar(read_region(tx))
    return {
        "code": new_code(),
        "citizen_id": actor.id,
        "category": command.category,
        "territory": command.territory,
        "authority_id": authority_for(tx, command.category, command.territory),
        "text": command.text,
        "address": command.place.address,
        "lat": command.place.lat,
        "lon": command.place.lon,
        "status": Status.REGISTERED,
        "regime": Regime.MESSAGE,
        "version": 1,
        "filed_at": now,
        "due_at": due(calendar, now, promise.days, promise.basis),
        "due_basis": promise.basis,
        "key": key,
    }


def _insert(tx: Connection, values: dict[str, Any]) -> Row[Any] | None:
    """None if there is an appeal with this key by now."""
    for _ in range(TRIES):
        try:
            with tx.begin_nested():
                return tx.execute(_NEW, {**values, "number": new_number()}).one()
        except sa.exc.IntegrityError:
            if tx.execute(sa.select(appeals.c.id).where(appeals.c.key == values["key"])).first():
                return None
    raise RuntimeError("No free number was found for an appeal.")
