"""What a clock that was ahead has left in the tables, and who is believed after it was set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bots.jumps import SOON, Jumps
from core import jobs, timers
from core.conversations.tables import conversations
from core.db import Database
from core.inbox.tables import inbox
from core.operations.winding import MOMENT, wind_back
from core.outbox import delivery, tokens
from core.outbox.tables import outbox
from core.outbox.types import FORMATS, Kind, Lane
from tests.builders import NOON, Chat, a_citizen

Back = Jumps.Back
DAY = timedelta(days=1)
LATER = NOON + DAY


@pytest.fixture
def db(engine_url: str) -> Iterator[Database]:
    with closing(Database(engine_url)) as db:
        yield db


def put(db: Database, chat: Chat, key: str, not_before: Any, **more: Any) -> None:
    row = {"conversation_id": chat.id, "key": key, "lane": Lane.REPLY, "kind": Kind.SCREEN, "body": {}, "keep": True}
    row |= {"format": FORMATS[Kind.SCREEN], "edit": False, "not_before": not_before, "created_at": LATER, **more}
    db.write(lambda tx: tx.execute(outbox.insert().values(row))).result()


def test_after_the_clock_was_set_back_nothing_waits_for_the_day_to_come_again(db: Database) -> None:
    chat = db.write(a_citizen).result()
    morning, long_ago = LATER + timedelta(hours=9), NOON - DAY
    put(db, chat, "now", LATER)
    put(db, chat, "again in a moment", LATER + timedelta(seconds=5))
    put(db, chat, "in the morning", morning)
    put(db, chat, "of a dead process", LATER, state="sending", lease_owner="dead", lease_until=LATER + delivery.LEASE)
    put(db, chat, "waits for an hour", NOON + timedelta(hours=1), created_at=long_ago)

    def said(tx: sa.Connection) -> None:
        row = {"conversation_id": chat.id, "key": "said", "event": {}, "not_before": LATER, "received_at": LATER}
        tx.execute(inbox.insert().values(row))
        left = {"pending_at": LATER, "lease_owner": "dead", "lease_until": LATER + timedelta(seconds=20)}
        tx.execute(sa.update(conversations).values(left))
        tokens.hold(tx, "telegram", "1", "dead", LATER)
        tokens.pause(tx, "telegram", "1", LATER)

    db.write(said).result()
    db.write(lambda tx: wind_back(tx, NOON)).result()
    o, c = outbox.c, conversations.c
    rows = db.read(lambda conn: dict(conn.execute(sa.select(o.key, o.not_before)).all())).result()
    assert (rows["now"], rows["again in a moment"]) == (NOON, NOON)
    assert (rows["in the morning"], rows["waits for an hour"]) == (morning, NOON + timedelta(hours=1))
    leases = db.read(lambda conn: list(conn.execute(sa.select(c.lease_until, c.pending_at)))).result()
    assert leases == [(NOON + timedelta(seconds=20), NOON)]
    assert db.read(lambda conn: conn.execute(sa.select(inbox.c.not_before)).scalar()).result() == NOON
    soon = NOON + MOMENT + timedelta(seconds=1)
    assert db.write(lambda tx: tokens.hold(tx, "telegram", "1", "alive", soon)).result()
    assert db.read(lambda conn: tokens.paused_until(conn, "telegram", "1")).result() == NOON + MOMENT
    db.write(lambda tx: delivery.recover(tx, soon)).result()
    states = db.read(lambda conn: list(conn.execute(sa.select(o.state).where(o.resent)).scalars())).result()
    assert states == ["ready"]


def test_what_was_put_off_is_tried_at_once_where_the_clock_was_set_for_sure(db: Database) -> None:
    """It was said before the clock was ahead, so that only the jump tells by which one it waits. That costs no try."""
    chat = db.write(a_citizen).result()
    hour, tomorrow = LATER + timedelta(hours=1), NOON + DAY
    put(db, chat, "put off", hour, created_at=NOON, reason="too slow", attempts=3)
    put(db, chat, "in the morning", tomorrow, created_at=NOON)

    def others(tx: sa.Connection) -> None:
        jobs.enqueue(tx, key="a job", kind="x", payload={}, now=NOON)
        timers.schedule(tx, scope="one", due_at=NOON, kind="x", payload={})
        timers.schedule(tx, scope="other", due_at=tomorrow, kind="x", payload={})
        for due in timers.due(tx, NOON, 5):
            timers.failed(tx, due, "a problem", LATER)
        job = jobs.claim(tx, "one", NOON)
        assert job is not None
        jobs.fail(tx, job, "one", "a problem", LATER)
        tokens.pause(tx, "telegram", "1", NOON + timedelta(minutes=59))
        tokens.pause(tx, "telegram", "2", NOON + timedelta(minutes=61))

    db.write(others).result()
    db.write(lambda tx: wind_back(tx, NOON)).result()
    o, t, j = outbox.c, timers.timers.c, jobs.jobs.c
    waits = sa.select(o.key, o.not_before, o.attempts).order_by(o.id)
    assert db.read(lambda conn: tuple(conn.execute(waits).first() or ())).result() == ("put off", hour, 3)

    db.write(lambda tx: tokens.pause(tx, "telegram", "3", LATER)).result()
    db.write(lambda tx: wind_back(tx, NOON, sure=True)).result()
    assert db.read(lambda conn: [tuple(row) for row in conn.execute(waits)]).result() == [
        ("put off", NOON, 2),
        ("in the morning", tomorrow, 0),
    ]
    due = sa.select(t.due_at).order_by(t.scope)
    assert db.read(lambda conn: list(conn.execute(due).scalars())).result() == [NOON, tomorrow]
    assert db.read(lambda conn: conn.execute(sa.select(j.not_before)).scalar()).result() == NOON
    paused = db.read(lambda conn: [tokens.paused_until(conn, "telegram", account) for account in "123"]).result()
    assert paused == [NOON, NOON + MOMENT, NOON], "the second was taken for a mistake before"


@dataclass
class Clocks:
    """The one on the wall, and the seconds that have passed."""

    wall: datetime = NOON
    passed: float = 0.0

    def go(self, seconds: float, wall: float | None = None) -> None:
        self.passed += seconds
        self.wall += timedelta(seconds=seconds if wall is None else wall)


def watched() -> tuple[Clocks, Jumps]:
    clocks = Clocks()
    return clocks, Jumps(lambda: clocks.wall, lambda: clocks.passed)


def test_a_jump_is_told_from_time_that_passes() -> None:
    clocks, jumps = watched()
    assert jumps.back() is Back.MAYBE and jumps.trusted  # nobody knows what was before
    clocks.go(30)
    assert not jumps.back() and jumps.trusted
    clocks.go(0, wall=-1)  # a leap second
    assert not jumps.back() and jumps.trusted
    clocks.go(30)  # another process may have been ahead
    assert jumps.back() is Back.MAYBE and jumps.trusted
    clocks.go(1)
    assert not jumps.back() and jumps.trusted
    clocks.go(0, wall=-60)
    assert jumps.back() is Back.SURE
    assert not jumps.trusted
    clocks.go(1)
    assert not jumps.back()
    clocks.go(SOON)  # what was under way has been written down by now
    assert jumps.back() is Back.SURE
    assert not jumps.back()
    clocks.go(delivery.LEASE.total_seconds())
    assert jumps.trusted


def test_a_clock_that_is_set_on_and_back_between_two_looks_has_been_set_back() -> None:
    """Whoever writes by it has read it in between."""
    clocks, jumps = watched()
    jumps.back()
    clocks.go(0.1, wall=3600.1)
    assert jumps() == clocks.wall
    clocks.go(0.1, wall=-3599.9)
    assert jumps.back() is Back.SURE


def test_nobody_who_lives_is_taken_for_dead_when_the_clock_is_put_on() -> None:
    clocks, jumps = watched()
    jumps.back()
    clocks.go(0, wall=3600)
    assert not jumps.back()
    assert not jumps.trusted
