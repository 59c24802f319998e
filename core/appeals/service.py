"""Moves appeals from status to status. Each change is one guarded UPDATE: of two who press at once, one wins."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from core import timers
from core.actors import Actor, Citizen, Official, System
from core.appeals.number import is_number
from core.appeals.rules import Who, before, wrong_text
from core.appeals.tables import appeal_history, appeals
from core.appeals.types import AnswerAppeal, CloseUnrated, Status, StatusChanged, TakeAppeal
from core.audit import record, who
from core.errors import NotAllowed, Refusal
from core.lines import line
from core.outcome import Outcome
from core.region.calendar import end_of_day
from core.region.store import read_region, working_calendar

CLOSE = "close_unrated"
"""The kind of the timer that ends the time for a rating."""


def take_appeal(tx: Connection, actor: Official, key: str, command: TakeAppeal, now: datetime) -> Outcome:
    """Taking what one has already is no mistake."""
    own = _of_authority(actor, command.number)
    row = _change(tx, actor, key, Status.IN_WORK, "any official of the authority", own, now, official_id=actor.id)
    if row is None:
        row = _found(tx, own)
        if row.official_id != actor.id:
            raise Refusal(line("A colleague has taken this message already. Please choose another one."))
        if row.status != Status.IN_WORK and not _did(tx, actor, key, command.number, Status.IN_WORK):
            raise Refusal(line("You have answered this message already. Please choose another one."))
        return Outcome(row.number)
    record(tx, actor, "take", "appeal", row.number, now)
    return Outcome(row.number, (_changed(row),))


def answer_appeal(tx: Connection, actor: Official, key: str, command: AnswerAppeal, now: datetime) -> Outcome:
    if why := wrong_text(command.text):
        raise Refusal(why)
    own = _of_authority(actor, command.number)
    mine = (*own, appeals.c.official_id == actor.id)
    row = _change(tx, actor, key, Status.ANSWERED, "the official who has taken it", mine, now, text=command.text)
    if row is None:
        return Outcome(_answered_before(tx, actor, key, _found(tx, own)))
    record(tx, actor, "answer", "appeal", row.number, now)
    _close_later(tx, row, now)
    return Outcome(row.number, (_changed(row),))


def close_unrated(tx: Connection, actor: System, key: str, command: CloseUnrated, now: datetime) -> Outcome:
    """The version says whether it is still the answer for which the timer was set."""
    that = (appeals.c.number == command.number, appeals.c.version == command.version)
    row = _change(tx, actor, key, Status.CLOSED, "the system", that, now)
    closed = row is not None or _did(tx, actor, key, command.number, Status.CLOSED)
    return Outcome(closed, () if row is None else (_changed(row),))


def close_rated(tx: Connection, actor: Citizen, key: str, number: str, score: int, now: datetime) -> Row[Any] | None:
    """For `ratings`: the answered appeal of this citizen, closed now; None if it is in another status."""
    own = _of_citizen(actor, number)
    row = _change(tx, actor, key, Status.CLOSED, "its citizen", own, now, score=score)
    if row is not None:
        timers.cancel(tx, _scope(number))
    return row


def own_appeal(tx: Connection, actor: Citizen, number: str) -> Row[Any]:
    return _found(tx, _of_citizen(actor, number))


def rated(row: Row[Any]) -> StatusChanged:
    return _changed(row, own=True)


def _of_authority(actor: Official, number: str) -> tuple[sa.ColumnElement[bool], ...]:
    return _numbered(number), appeals.c.authority_id == actor.authority_id


def _of_citizen(actor: Citizen, number: str) -> tuple[sa.ColumnElement[bool], ...]:
    return _numbered(number), appeals.c.citizen_id == actor.id


def _numbered(number: str) -> sa.ColumnElement[bool]:
    if not is_number(number):  # whatever it is, no database need see it
        raise NotAllowed
    return appeals.c.number == number


def _found(tx: Connection, that: tuple[sa.ColumnElement[bool], ...]) -> Row[Any]:
    row = tx.execute(sa.select(appeals).where(*that)).first()
    if row is None:
        raise NotAllowed
    return row


def _change(
    tx: Connection,
    actor: Actor,
    key: str,
    after: Status,
    by: Who,
    that: tuple[sa.ColumnElement[bool], ...],
    now: datetime,
    *,
    text: str = "",
    **values: int,
) -> Row[Any] | None:
    """The appeal as it is after the change, or None if it was not in the status that the table of changes asks for."""
    c = appeals.c
    start = before(after, by)
    changed = appeals.update().where(*that, c.status == start)
    row = tx.execute(changed.values(status=after, version=c.version + 1, **values).returning(appeals)).first()
    if row is None:
        return None
    kind, number = who(actor)
    entry = {"appeal_id": row.id, "at": now, "from_status": start, "to_status": after, "text": text, "key": key}
    tx.execute(appeal_history.insert().values({**entry, "actor_kind": kind, "actor_id": number}))
    return row


def _answered_before(tx: Connection, actor: Official, key: str, row: Row[Any]) -> str:
    """The number, if it was this very command that answered; else Refusal with what to do."""
    if _did(tx, actor, key, row.number, Status.ANSWERED):
        return str(row.number)
    if row.status == Status.REGISTERED:
        raise Refusal(line("Please take this message first, then answer it."))
    if row.official_id != actor.id:
        raise Refusal(line("A colleague is working on this message. Only they can answer it."))
    raise Refusal(line("This message has been answered already. Please choose another one."))


def _did(tx: Connection, actor: Actor, key: str, number: str, after: Status) -> bool:
    """This very command of this actor has brought the appeal there."""
    h = appeal_history.c
    kind, actor_id = who(actor)
    same = (h.key == key, h.actor_kind == kind, h.actor_id == actor_id, h.to_status == after)
    found = sa.select(h.id).join_from(appeal_history, appeals).where(appeals.c.number == number, *same)
    return tx.execute(found).first() is not None


def _changed(row: Row[Any], *, own: bool = False) -> StatusChanged:
    return StatusChanged(row.number, row.citizen_id, Status(row.status), row.version, own)


def _close_later(tx: Connection, row: Row[Any], now: datetime) -> None:
    region = read_region(tx)
    calendar = working_calendar(region)
    last = now.astimezone(calendar.zone).date() + timedelta(days=region.rating_days)
    payload = {"number": row.number, "version": row.version}
    timers.schedule(tx, scope=_scope(row.number), due_at=end_of_day(calendar, last), kind=CLOSE, payload=payload)


def _scope(number: str) -> str:
    return f"close:{number}"
