"""What an operator does about a row that is stuck, each act on record. Every act asks again whether it is still so:
what has moved on meanwhile is left alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import audit, jobs, timers
from core.actors import System
from core.conversations.tables import conversations
from core.files.tables import fetches
from core.inbox import service as inbox
from core.operations.types import Act, Kind
from core.outbox.delivery import TOO_OLD
from core.outbox.pruning import BLANK
from core.outbox.tables import outbox
from core.outbox.types import State

_BADLY = (State.REFUSED, State.UNCERTAIN)


def act(tx: Connection, act: Act, kind: Kind, id: int, via: str, now: datetime) -> bool:
    """False where there is nothing to be done: no such row, or it has moved on, or it is too late for it. `via`: by
    which way the operator came."""
    done = _ACTS.get((act, kind), _nothing)(tx, id, now)
    if done:
        audit.record(tx, System(), f"operator_{act.value}", kind.value, id, now, via=via)
    return done


def _nothing(tx: Connection, id: int, now: datetime) -> bool:
    return False


def _send_again(tx: Connection, id: int, now: datetime) -> bool:
    """What may have come is marked, as after a crash. Nothing is sent that is too old or has no words any more, nor to
    who has blocked us."""
    o, c = outbox.c, conversations.c
    here = sa.select(c.id).where(c.gone_at.is_(None), c.erased_at.is_(None))
    fresh = sa.or_(o.expires_at.is_(None), o.expires_at > now), o.created_at > now - TOO_OLD, o.format != BLANK
    ended = sa.update(outbox).where(o.id == id, o.state.in_(_BADLY), o.conversation_id.in_(here), *fresh)
    again = {
        "state": State.READY,
        "attempts": 0,
        "not_before": now,
        "settled_at": None,
        "awaited_at": None,
        "reason": None,
    }
    resent = sa.or_(o.resent, o.state == State.UNCERTAIN)
    if tx.execute(ended.values(**again, resent=resent)).rowcount:
        return True
    put_off = sa.update(outbox).where(o.id == id, o.state == State.READY, o.not_before > now, o.reason.is_not(None))
    return tx.execute(put_off.values(not_before=now)).rowcount == 1


def _seen(tx: Connection, id: int, now: datetime) -> bool:
    ended = sa.update(outbox).where(outbox.c.id == id, outbox.c.state.in_(_BADLY), outbox.c.seen_at.is_(None))
    return tx.execute(ended.values(seen_at=now)).rowcount == 1


def _fire_again(tx: Connection, id: int, now: datetime) -> bool:
    t = timers.timers
    failed = sa.update(t).where(t.c.id == id, t.c.attempts > 0)
    return tx.execute(failed.values(attempts=0, due_at=now)).rowcount == 1


def _cancel(tx: Connection, id: int, now: datetime) -> bool:
    t = timers.timers
    return tx.execute(sa.delete(t).where(t.c.id == id, t.c.attempts >= timers.ATTEMPTS)).rowcount == 1


def _work_again(tx: Connection, id: int, now: datetime) -> bool:
    j = jobs.jobs
    tried = sa.or_(j.c.state == "failed", sa.and_(j.c.state == "ready", j.c.attempts > 0))
    again = {"state": "ready", "attempts": 0, "not_before": now, "settled_at": None}
    return tx.execute(sa.update(j).where(j.c.id == id, tried).values(again)).rowcount == 1


def _let_be(tx: Connection, id: int, now: datetime) -> bool:
    j = jobs.jobs
    return tx.execute(sa.update(j).where(j.c.id == id, j.c.state == "failed").values(state="done")).rowcount == 1


def _fetch_again(tx: Connection, id: int, now: datetime) -> bool:
    waiting = sa.update(fetches).where(fetches.c.id == id, fetches.c.state == "ready", fetches.c.not_before > now)
    return tx.execute(waiting.values(not_before=now)).rowcount == 1


_ACTS: Mapping[tuple[Act, Kind], Callable[[Connection, int, datetime], bool]] = {
    (Act.RELEASE, Kind.UPDATE): inbox.release,
    (Act.DISMISS, Kind.UPDATE): inbox.dismiss,
    (Act.RETRY, Kind.MESSAGE): _send_again,
    (Act.DISMISS, Kind.MESSAGE): _seen,
    (Act.RETRY, Kind.TIMER): _fire_again,
    (Act.DISMISS, Kind.TIMER): _cancel,
    (Act.RETRY, Kind.JOB): _work_again,
    (Act.DISMISS, Kind.JOB): _let_be,
    (Act.RETRY, Kind.FILE): _fetch_again,
}
