"""The two ways to the database: what fails, what shares a commit, and how it closes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import timers
from core.db import AlreadyServed, Database
from core.sql import insert_once, upsert
from tests.builders import NOON

TABLE = timers.timers


def put(scope: str, due_at: datetime = NOON) -> dict[str, object]:
    return {"scope": scope, "due_at": due_at, "kind": "test", "payload": {}, "attempts": 0}


def added(db: Database, n: int) -> Future[object]:
    return db.write(lambda tx: tx.execute(TABLE.insert().values(put(f"{n:03}"))))


def scopes(db: Database) -> list[str]:
    ordered = sa.select(TABLE.c.scope).order_by(TABLE.c.scope)
    return list(db.read(lambda conn: conn.execute(ordered).scalars().all()).result())


@pytest.fixture
def db(engine_url: str) -> Iterator[Database]:
    db = Database(engine_url)
    yield db
    db.close()


def together(db: Database, *fns: Callable[[Connection], object]) -> list[Future[object]]:
    """Holds the writers up until all of them wait, so that on SQLite they share one commit."""
    go = threading.Event()
    held = [db.write(lambda tx: go.wait(10)) for _ in range(4)]
    futures = [db.write(fn) for fn in fns]
    go.set()
    wait(held)
    wait(futures)
    return futures


def test_a_write_that_fails_undoes_only_itself(db: Database) -> None:
    def add(scope: str) -> Callable[[Connection], object]:
        return lambda tx: tx.execute(TABLE.insert().values(put(scope)).returning(TABLE.c.scope)).scalar_one()

    def fail(tx: Connection) -> None:
        tx.execute(TABLE.insert().values(put("of the one that fails")))
        raise ValueError("no")

    db.write(lambda tx: tx.execute(TABLE.insert().values(put("there")))).result()
    first, failed, broken, last = together(db, add("first"), fail, add("there"), add("last"))
    assert (first.result(), last.result()) == ("first", "last")
    assert isinstance(failed.exception(), ValueError)
    assert isinstance(broken.exception(), sa.exc.IntegrityError)
    assert scopes(db) == ["first", "last", "there"]


def test_writes_of_many_threads_are_all_there(db: Database) -> None:
    wait([added(db, n) for n in range(300)])
    assert scopes(db) == [f"{n:03}" for n in range(300)]


def test_a_reader_goes_on_while_somebody_writes(db: Database) -> None:
    go, begun = threading.Event(), threading.Event()

    def slow(tx: Connection) -> None:
        tx.execute(TABLE.insert().values(put("slow")))
        begun.set()
        go.wait(10)

    writing = db.write(slow)
    assert begun.wait(10)
    assert scopes(db) == []
    go.set()
    writing.result()
    assert scopes(db) == ["slow"]


def test_a_read_that_becomes_a_write_is_never_locked_out(sqlite_url: str) -> None:
    """SQLite: a transaction that begins with a read and then writes fails under load, unless it said so at once."""
    db, other = Database(sqlite_url), Database(sqlite_url, serve=False)

    def count_up(tx: Connection) -> None:
        n = tx.execute(sa.select(sa.func.count()).select_from(TABLE)).scalar_one()
        tx.execute(TABLE.insert().values(put(f"{n}")))

    wait([one.write(count_up) for _ in range(50) for one in (db, other)])
    assert len(scopes(db)) == 100
    other.close()
    db.close()


def test_a_sqlite_file_is_served_once(sqlite_url: str) -> None:
    db = Database(sqlite_url)
    with pytest.raises(AlreadyServed):
        Database(sqlite_url)
    Database(sqlite_url, serve=False).close()  # an operator's command may look
    db.close()
    Database(sqlite_url).close()


def test_times_are_aware_and_come_back_in_utc(db: Database) -> None:
    moscow = datetime(2026, 9, 14, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=3)))
    db.write(lambda tx: tx.execute(TABLE.insert().values(put("aware", moscow)))).result()
    kept = db.read(lambda conn: conn.execute(sa.select(TABLE.c.due_at)).scalar_one()).result()
    assert kept == moscow
    assert kept.tzinfo == UTC
    naive = db.write(lambda tx: tx.execute(TABLE.insert().values(put("naive", datetime(2026, 9, 14)))))  # noqa: DTZ001
    assert isinstance(naive.exception(), sa.exc.StatementError)


def test_closing_finishes_what_waits(engine_url: str) -> None:
    db = Database(engine_url)
    futures = [added(db, n) for n in range(250)]
    db.close()
    assert all(future.done() and future.exception() is None for future in futures)
    again = Database(engine_url)
    assert len(scopes(again)) == 250
    again.close()


def test_a_cancelled_write_that_has_not_begun_never_happens(db: Database) -> None:
    go = threading.Event()
    held = [db.write(lambda tx: go.wait(10)) for _ in range(4)]
    cancelled = db.write(lambda tx: tx.execute(TABLE.insert().values(put("cancelled"))))
    assert cancelled.cancel()
    go.set()
    wait(held)
    assert scopes(db) == []


def test_insert_once_says_whether_it_did(db: Database) -> None:
    def add(scope: str) -> Future[bool]:
        return db.write(lambda tx: insert_once(tx, TABLE, put(scope), ("scope",)))

    assert [add("in turn").result() for _ in range(3)] == [True, False, False]
    assert sum(future.result() for future in [add("at once") for _ in range(20)]) == 1


def test_upsert_replaces(db: Database) -> None:
    later = NOON + timedelta(hours=1)
    for row in (put("one"), put("one", later)):
        db.write(lambda tx, row=row: upsert(tx, TABLE, row, ("scope",))).result()  # type: ignore[misc]
    assert db.read(lambda conn: conn.execute(sa.select(TABLE.c.due_at)).scalars().all()).result() == [later]
