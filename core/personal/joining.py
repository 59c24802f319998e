"""Joins two chats of one person by a code: whoever enters it is, from then on, also who has asked for it. The one who
enters it stays, so that what they are just doing stays theirs."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import jobs, timers
from core.actors import Citizen, System
from core.audit import record
from core.citizens.joining import entered, is_good, spend
from core.citizens.queries import channels_of, messengers_of, who_is_now
from core.citizens.tables import citizens
from core.citizens.types import ChatsJoined, FinishJoin, JoinByCode, Joined
from core.errors import Refusal
from core.lines import line
from core.outcome import Outcome
from core.personal.merging import hand_on, merge
from core.personal.service import ERASE

FINISH = "finish_join"
"""The kind of a timer."""
AFTERWARDS = timedelta(minutes=2)
"""What was being stored at the very moment of the joining is there by then."""


def join_by_code(tx: Connection, actor: Citizen, key: str, command: JoinByCode, now: datetime) -> Outcome:
    """One's own code is no mistake: the chats are one already, and nothing is spent."""
    found = entered(tx, actor, key, command.code, now)
    if found is None:
        return Outcome(None)
    if found.key == key or (found.citizen_id == actor.id and is_good(found, now)):
        return Outcome(Joined(messengers_of(tx, actor.id), found.facts))
    if not is_good(found, now):
        return Outcome(None)
    _lock(tx, actor.id, found.citizen_id)
    if not spend(tx, found, key, now):
        return Outcome(None)
    asked, entered_in = channels_of(tx, found.citizen_id), channels_of(tx, actor.id)
    merge(tx, found.citizen_id, actor.id)
    record(tx, actor, "join", "citizen", found.citizen_id, now)
    scope, payload = f"join:{found.citizen_id}", {"citizen": found.citizen_id}
    timers.schedule(tx, scope=scope, due_at=now + AFTERWARDS, kind=FINISH, payload=payload)
    joined = ChatsJoined(found.id, asked, entered_in, actor.conversation)
    return Outcome(Joined(messengers_of(tx, actor.id), found.facts), (joined,))


def finish_join(tx: Connection, actor: System, key: str, command: FinishJoin, now: datetime) -> Outcome:
    kept = who_is_now(tx, command.citizen)
    if kept == command.citizen:
        return Outcome(None)
    hand_on(tx, command.citizen, kept)
    return Outcome(kept)


def _lock(tx: Connection, *people: int) -> None:
    """In the order of their ids: two people may be entering each other's codes. Nothing is stored for them meanwhile,
    and nobody is joined who is being forgotten."""
    c = citizens.c
    both = sa.select(c.id, c.erased_at, c.merged_into).where(c.id.in_(people)).order_by(c.id)
    rows = tx.execute(both.with_for_update()).all()
    if any(row.merged_into is not None for row in rows):
        raise Refusal(line("These chats are being joined already. Please look into the menu in a minute."))
    waiting = (jobs.payload_of(tx, f"{ERASE}:{row.id}") is not None for row in rows)
    if any(row.erased_at is not None for row in rows) or any(waiting):
        raise Refusal(line("In one of these chats everything is being deleted. Please start again in some minutes."))
