"""Takes requests for what we know of a citizen: to hand it over, or to forget it. The work itself is done by jobs."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import jobs
from core.actors import Citizen
from core.appeals.service import withdraw_appeal
from core.appeals.tables import appeals
from core.appeals.types import OPEN, WithdrawAppeal
from core.citizens.service import withdraw_consent
from core.citizens.tables import citizens
from core.citizens.types import FILING, WithdrawConsent
from core.errors import Refusal
from core.lines import line
from core.outcome import Outcome
from core.personal.registry import theirs
from core.personal.types import Erasure, RequestErasure, RequestExport, ShowErasure

EXPORT, ERASE = "export", "erase"
"""Kinds of jobs."""
FAREWELL = timedelta(seconds=3)
"""Before the conversation is forgotten, so that its last words are still read."""
AFTERWARDS = timedelta(minutes=2)
"""What was being stored at the very moment of the erasure is there by then; it is forgotten too."""


def request_export(tx: Connection, actor: Citizen, key: str, command: RequestExport, now: datetime) -> Outcome:
    """One at a time; when it is there, another may be asked for."""
    _alone(tx, actor)
    mine, name = f"{EXPORT}:{actor.id}:", f"{EXPORT}:{actor.id}:{key}"
    if jobs.payload_of(tx, name) is not None:
        return Outcome(value=True)
    if jobs.is_going_on(tx, mine):
        return Outcome(value=False)
    return Outcome(jobs.enqueue(tx, key=name, kind=EXPORT, payload={"citizen": actor.id}, now=now))


def request_erasure(tx: Connection, actor: Citizen, key: str, command: RequestErasure, now: datetime) -> Outcome:
    """What is open is withdrawn at once, so that nobody works on it any more; asked for twice, it is done once."""
    _alone(tx, actor)
    name = f"{ERASE}:{actor.id}"
    before = jobs.payload_of(tx, name)
    if before is not None:
        return Outcome(before["withdrawn"])
    numbers = _open(tx, actor)
    withdrawn = [withdraw_appeal(tx, actor, f"{key}:{each}", WithdrawAppeal(each), now) for each in numbers]
    ended = withdraw_consent(tx, actor, key, WithdrawConsent(FILING), now)
    payload = {"citizen": actor.id, "withdrawn": len(numbers)}
    jobs.enqueue(tx, key=name, kind=ERASE, payload=payload, now=now, after=FAREWELL)
    jobs.enqueue(tx, key=f"{name}:again", kind=ERASE, payload=payload, now=now, after=AFTERWARDS)
    return Outcome(len(numbers), tuple(event for each in (*withdrawn, ended) for event in each.events))


def show_erasure(conn: Connection, actor: Citizen, query: ShowErasure, now: datetime) -> Erasure:
    a = appeals.c
    is_open = a.status.in_(OPEN)
    counts = sa.select(sa.func.count().filter(is_open), sa.func.count().filter(~is_open))
    return Erasure(*conn.execute(counts.where(theirs(appeals, actor.id))).one())


def _open(tx: Connection, actor: Citizen) -> list[str]:
    a = appeals.c
    found = sa.select(a.number).where(theirs(appeals, actor.id), a.status.in_(OPEN)).order_by(a.id)
    return list(tx.execute(found).scalars())


def _alone(tx: Connection, actor: Citizen) -> None:
    """Of two requests of one citizen the second waits; one that is forgotten asks for nothing."""
    c = citizens.c
    row = tx.execute(sa.select(c.erased_at).where(c.id == actor.id).with_for_update()).first()
    if row is None or row.erased_at is not None:
        raise Refusal(line("Your data has been deleted already."))
