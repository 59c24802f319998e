"""A database that is away: what an operator is told, who is asked to come again, and what goes on as soon as it is
back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing
from itertools import count
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
import structlog.testing
from sqlalchemy.engine import Connection

from bots import deliver, outage
from bots.outage import CALM, Outage, in_time
from bots.signals import Signals
from bots.turns import take_turns
from core.db import Database, is_away, is_outage
from core.outbox.types import State
from tests.pipe.conftest import Pipe, Postbox

FULL = sqlite3.OperationalError("database or disk is full")
FULL.sqlite_errorname = "SQLITE_FULL"
AWAY = sa.exc.OperationalError("INSERT", {}, FULL)


def test_one_line_when_it_begins_and_one_when_it_is_over() -> None:
    passed = 100.0
    away = Outage(lambda: passed)
    with structlog.testing.capture_logs() as logs:
        away.watch(None)
        for _ in range(50):
            away.watch(AWAY)
            away.watch(None)  # a full disk still takes what is small
            passed += 1
        away.watch(None)
        passed += CALM
        away.watch(None)
        away.watch(None)
    assert [(log["event"], log.get("problem"), log.get("seconds")) for log in logs] == [
        ("database_away", "full", None),
        ("database_back", None, 49.0),
    ]
    assert logs[0]["what_to_do"].startswith("No room is left")


@pytest.mark.parametrize(
    ("error", "away", "lasting"),
    [
        (AWAY, True, True),
        (sa.exc.OperationalError("", {}, psycopg.OperationalError("the connection is closed")), True, True),
        (sa.exc.InternalError("", {}, psycopg.errors.ReadOnlySqlTransaction()), True, True),
        (sa.exc.OperationalError("", {}, psycopg.errors.DeadlockDetected()), True, False),
        (sa.exc.DataError("", {}, psycopg.DataError("cannot contain NUL")), False, False),
        (sa.exc.IntegrityError("", {}, psycopg.errors.UniqueViolation()), False, False),
    ],
)
def test_whose_fault_it_is(error: sa.exc.DBAPIError, *, away: bool, lasting: bool) -> None:
    assert (is_away(error), is_outage(error)) == (away, lasting)


@pytest.fixture
def db(sqlite_url: str) -> Iterator[Database]:
    with closing(Database(sqlite_url)) as db:
        yield db


async def test_what_has_not_begun_in_time_never_happens(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outage, "WITHIN", 0.05)
    told: list[Any] = []
    begun, held, happened = Future[None](), Future[None](), []
    db.watch = told.append

    def holds(tx: Connection) -> None:
        begun.set_result(None)
        held.result(10)

    first = db.write(holds)
    await asyncio.wrap_future(begun)  # those that wait together share a commit, and begin together
    with pytest.raises(TimeoutError):
        await in_time(db, db.write(lambda tx: happened.append(1)))
    held.set_result(None)
    await asyncio.wrap_future(first)
    await asyncio.wrap_future(db.write(lambda tx: None))
    assert not happened
    assert isinstance(told[0], TimeoutError)


async def test_a_turn_that_meets_an_outage_says_nothing_and_is_soon_taken_again() -> None:
    stopping, taken, signals = asyncio.Event(), [], Signals()

    async def turn() -> int:
        taken.append(1)
        if len(taken) < 3:
            raise AWAY
        stopping.set()
        return 1

    with structlog.testing.capture_logs() as logs:
        await take_turns(turn, signals, "inbox", stopping)
    assert len(taken) == 3
    assert not logs


async def test_what_was_taken_is_given_back_as_soon_as_the_database_is_back(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe.says(pipe.a_citizen(), "A word")
    front, write, asked = pipe.front(), pipe.db.write, count()
    with monkeypatch.context() as here:
        here.setattr(pipe.db, "write", lambda fn: gone() if next(asked) else write(fn))
        here.setattr(pipe.db, "read", lambda fn: gone())
        with pytest.raises(sa.exc.OperationalError):
            await front.turn()
    assert await front.turn() == 1  # at once, not when the lease has run out


async def test_what_has_come_of_a_row_is_written_down_when_the_database_is_back(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "AWAY", 0.01)
    chat, postbox, write, asked = pipe.a_citizen(), Postbox(), pipe.db.write, count()
    pipe.enqueues(chat, "One")
    with monkeypatch.context() as here:  # it is claimed and begun; then the database is away
        here.setattr(pipe.db, "write", lambda fn: gone() if next(asked) in (2, 3) else write(fn))
        await pipe.deliver(postbox).turn()
    assert postbox.texts == ["One"]
    assert pipe.sent(chat) == [("One", State.DELIVERED)]


def gone() -> Future[Any]:
    future = Future[Any]()
    future.set_exception(AWAY)
    return future
