"""What is to happen at an hour, as the tables say it: statuses that are held for the morning, drafts to be reminded of,
questions and answers whose time runs out; and what has become of each, by the clock that was on the wall then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import timers
from core.appeals import clocks
from core.appeals.types import Status
from core.personal.drafts import REMIND
from tests.faults.ledger import TABLES

ENDS = {"close": Status.CLOSED, "reply": Status.REJECTED}
"""What an appeal is when its timer has fired, by the first word of the timer's scope."""

PROBE, NOBODYS = "probe", "000000000"
"""The scope of a timer of ours, and the number of an appeal that is not there."""

Hours = dict[str, datetime]
"""By the key of a row of the outbox, or by the scope of a timer."""


@dataclass(frozen=True, slots=True)
class Kept:
    appointed: int
    early: int
    """Done before its hour."""
    again: int
    """Done more than once."""
    never: int
    """Not done, or a timer that stays when it is."""
    late_s: float
    """At most, after the clock had come to its hour."""


def appointed(conn: Connection) -> Hours:
    """Everything that waits for an hour now."""
    o, f, t = (TABLES[name].c for name in ("outbox", "forms", "timers"))
    held = sa.select(o.key, o.not_before).where(o.kind == "notice", o.state == "ready", o.not_before > o.created_at)
    begun = sa.select(f.run, f.updated_at).where(f.reminded_at.is_(None))
    reminders = {f"draft:{run}": left + REMIND for run, left in conn.execute(begun)}
    return {**_pairs(conn, held), **reminders, **_pairs(conn, sa.select(t.scope, t.due_at).where(t.scope != PROBE))}


def done(conn: Connection) -> list[tuple[str, datetime]]:
    """What was delivered, or had become old by then, and what has come to its end: as often as it was, and when."""
    o, a, h = (TABLES[name].c for name in ("outbox", "appeals", "appeal_history"))
    sent = sa.select(o.key, o.settled_at).where(o.kind == "notice", o.state.in_(("delivered", "superseded")))
    found = [(key, at) for key, at in conn.execute(sent)]
    for scope, status in ENDS.items():
        ended = sa.select(a.number, h.at).where(h.appeal_id == a.id, h.to_status == status)
        found += [(f"{scope}:{number}", at) for number, at in conn.execute(ended)]
    return found


def probe(tx: Connection, now: datetime) -> None:
    """A timer that is due and does nothing: when it is gone, the timers have been looked through by this clock."""
    timers.schedule(tx, scope=PROBE, due_at=now, kind=clocks.CLOSE, payload={"number": NOBODYS, "version": 0})


def is_probed(conn: Connection) -> bool:
    t = TABLES["timers"].c
    return conn.execute(sa.select(t.id).where(t.scope == PROBE)).first() is None


def undone(conn: Connection, hours: Mapping[str, datetime], now: datetime) -> list[str]:
    """Of those whose hour has come."""
    over = {key for key, _ in done(conn)}
    return [key for key, due in hours.items() if due <= now and key not in over]


def judge(
    hours: Hours, ends: Iterable[tuple[str, datetime]], jumps: Sequence[tuple[datetime, datetime]], left: int = 0
) -> Kept:
    """`jumps`: what the clock showed before and after each. `left`: timers that are there in the end."""
    ours = [(key, at) for key, at in ends if key in hours]
    times = Counter(key for key, _ in ours)
    return Kept(
        appointed=len(hours),
        early=sum(at < hours[key] for key, at in ours),
        again=sum(many - 1 for many in times.values()),
        never=len(hours.keys() - times.keys()) + left,
        late_s=max([(at - _reached(hours[key], jumps)).total_seconds() for key, at in ours], default=0.0),
    )


def _reached(due: datetime, jumps: Sequence[tuple[datetime, datetime]]) -> datetime:
    """What the clock showed when it was that hour or later for the first time."""
    return next((new for old, new in jumps if old < due <= new), due)


def _pairs(conn: Connection, wanted: sa.Select[Any, Any]) -> Hours:
    return {str(row[0]): row[1] for row in conn.execute(wanted)}
