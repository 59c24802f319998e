"""Takes a notice that did not reach a person in one of their channels to the next one, once. Whether it has reached
them is not decided here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.citizens.queries import channels_of, settings_of
from core.citizens.types import Pushes
from core.conversations.tables import conversations
from core.notify.people import quiet
from core.notify.rules import status_waits, where
from core.notify.types import NoticeKind
from core.outbox import Lane, enqueue_notice
from core.outbox.tables import outbox

LANES: Mapping[str, Lane] = {NoticeKind.STATUS: Lane.PUSH, NoticeKind.LOST: Lane.NOTICE}
"""Of what is passed on. A draft is gone on with where it was begun, and an archive goes only where it was asked for."""


def failover(
    tx: Connection, conversation_id: int, kind: str, facts: Mapping[str, str], key: str, now: datetime
) -> bool:
    """To the best of the person's other channels that anything reaches and that have not had it; `key` is that of its
    row in the outbox. False where there is none, for what is not passed on, and where it was asked for before."""
    o, c, base = outbox.c, conversations.c, key.removesuffix(f":{conversation_id}")
    first = sa.update(outbox).where(o.key == key, o.passed_on.is_(False)).values(passed_on=True)
    if tx.execute(first).rowcount != 1:
        return False
    there = sa.select(c.person_id).where(c.id == conversation_id, c.person_kind == "citizen", c.erased_at.is_(None))
    citizen: int | None = tx.execute(there).scalar()
    if kind not in LANES or citizen is None:
        return False
    settings, channels = settings_of(tx, citizen), channels_of(tx, citizen)
    told = {conversation_id} | _told(tx, base, (each.conversation for each in channels))
    left = [each for each in channels if each.reachable and each.conversation not in told]
    if not left or settings.pushes is Pushes.NONE:
        return False
    next_one, night = where(left).conversation, quiet(tx, now, settings.quiet_from, settings.quiet_to)
    waits = status_waits(now, channels[0].heard, night)
    enqueue_notice(tx, next_one, kind, facts, LANES[kind], f"{base}:{next_one}", now, waits)
    return True


def _told(tx: Connection, base: str, channels: Iterable[int]) -> set[int]:
    o = outbox.c
    keys = [base, *(f"{base}:{channel}" for channel in channels)]
    return set(tx.execute(sa.select(o.conversation_id).where(o.key.in_(keys))).scalars())
