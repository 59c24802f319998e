"""Lets people in who come with the number and the code of an appeal, from anywhere. Wrong ones are counted, and the
counting outlives the command: whoever guesses is stopped, also with a new name for every try."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Citizen
from core.appeals.number import read_number
from core.appeals.tables import appeal_holders, appeals, code_tries
from core.appeals.types import OpenByCode
from core.appeals.whose import of_author
from core.audit import record
from core.citizens.codes import read_code
from core.errors import Refusal
from core.lines import line
from core.outcome import Outcome
from core.sql import insert_once

OF_CITIZEN, CITIZEN_WITHIN = 5, timedelta(hours=1)
OF_NUMBER, NUMBER_WITHIN = 20, timedelta(days=1)
"""So many wrong codes, and then the right one must wait too."""


def open_by_code(tx: Connection, actor: Citizen, key: str, command: OpenByCode, now: datetime) -> Outcome:
    """Answered with None where they do not fit: a Refusal would undo the counting. Nobody learns which of the two is
    wrong; a slip of the finger, which the check digit shows, is no try."""
    number, code = read_number(command.number), read_code(command.code)
    if number is None or _tried(tx, key):
        return Outcome(None)
    if _is_theirs(tx, actor, number):
        return Outcome(number)
    _stop_guessing(tx, actor, number, now)
    fits = (appeals.c.number == number, appeals.c.code == code)
    found = tx.execute(sa.select(appeals.c.id).where(*fits)).scalar() if code else None
    if found is None:
        tx.execute(code_tries.insert().values(citizen_id=actor.id, number=number, at=now, key=key))
        return Outcome(None)
    held = {"appeal_id": found, "citizen_id": actor.id, "at": now}
    if insert_once(tx, appeal_holders, held, ("appeal_id", "citizen_id")):
        record(tx, actor, "open_by_code", "appeal", number, now)
    return Outcome(number)


def _tried(tx: Connection, key: str) -> bool:
    return tx.execute(sa.select(code_tries.c.id).where(code_tries.c.key == key)).first() is not None


def _is_theirs(tx: Connection, actor: Citizen, number: str) -> bool:
    own = sa.select(appeals.c.id).where(appeals.c.number == number, of_author(actor))
    return tx.execute(own).first() is not None


def _stop_guessing(tx: Connection, actor: Citizen, number: str, now: datetime) -> None:
    t = code_tries.c
    if _count(tx, t.citizen_id == actor.id, t.at > now - CITIZEN_WITHIN) >= OF_CITIZEN:
        raise Refusal(line("The code was wrong too often. Please look for the receipt and try again in an hour."))
    if _count(tx, t.number == number, t.at > now - NUMBER_WITHIN) >= OF_NUMBER:
        raise Refusal(line("Too many wrong codes were tried for this number. Please try again tomorrow."))


def _count(tx: Connection, *that: sa.ColumnElement[bool]) -> int:
    return tx.execute(sa.select(sa.func.count()).select_from(code_tries).where(*that)).scalar_one()
