"""One way to write and one way to read, the same on both engines. Knows no table and no rule.

Writes go through `write`: on SQLite one thread that commits what waits together (its file has one writer anyway), on
PostgreSQL a few threads. Reads use other connections. A function handed in awaits nothing but its database.
"""

from __future__ import annotations

import fcntl
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Dialect, Engine, make_url

T = TypeVar("T")
metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""SQLite numbers rows by itself only where the column is called INTEGER."""

# What becomes of a column when a person asks to be forgotten; every column says it in its `info`.
PLAIN = {"personal": "no"}
ERASE = {"personal": "erase"}
PSEUDONYMISE = {"personal": "pseudonymise"}
KEEP = {"personal": "keep"}
STREET = {**PSEUDONYMISE, "words": "address"}
"""An address in words: only the street may stay."""

TOGETHER = 100
"""Writes that share one commit on SQLite."""
POSTGRES_WRITERS = 4
READERS = 4
_SQLITE_AWAY = ("SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_NOMEM", "SQLITE_READONLY")
_CONFLICT = "40"
_POSTGRES_AWAY = ("08", "25006", _CONFLICT, "53", "57", "58")
"""Classes of SQLSTATE: connection, read-only (a replica, or a disk that is nearly full), rolled back in favour of
another transaction, resources, an operator's doing, the system (postgresql.org/docs, appendix A). None of them is the
fault of what was to be written."""
CONNECT_WITHIN = 10
"""Seconds that a PostgreSQL has to answer a new connection."""
_SILENT_FOR = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}
"""A server that has vanished from the network is known by its silence, instead of being waited for."""


# Whose rows a table holds; every table says it in its `info`.
NOBODYS: dict[str, Any] = {"owners": (), "vanish": False}
"""No citizen's: settings, officials, work that is to be done."""


def owned(*columns: str, by: str = "", vanish: bool = False) -> dict[str, Any]:
    """A column with a citizen's id; or two, with the kind of a person and their id; or, `by` another table, columns
    that name a row there, whose owner it shares. `vanish`: when the owner is forgotten, the whole row goes."""
    return {"owners": ((columns, by),), "vanish": vanish}


def owned_by_each(*infos: dict[str, Any], vanish: bool = False) -> dict[str, Any]:
    """Rows that lead to people by several ways: about one person, they may be the words of another."""
    return {"owners": tuple(owner for info in infos for owner in info["owners"]), "vanish": vanish}


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware time in UTC; SQLite keeps it without its zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone must not be stored.")
        return value.astimezone(UTC).replace(tzinfo=None) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class AlreadyServed(Exception):
    """Another process serves this SQLite file; stop it or use PostgreSQL, which any number of processes may share."""


def is_away(error: sa.exc.DBAPIError) -> bool:
    """The database is gone, full or busy: no fault of what was asked of it."""
    state, name = getattr(error.orig, "sqlstate", None), getattr(error.orig, "sqlite_errorname", None)
    if error.connection_invalidated:
        return True
    if not (state or name):  # a connection that could not be had; what a driver cannot even send is no such thing
        return not isinstance(error, sa.exc.DataError | sa.exc.ProgrammingError | sa.exc.NotSupportedError)
    return str(name).startswith(_SQLITE_AWAY) or str(state).startswith(_POSTGRES_AWAY)


def is_outage(error: BaseException) -> bool:
    """Whatever is asked now, the answer would be the same. Two transactions that were in each other's way are none."""
    if not isinstance(error, sa.exc.DBAPIError):
        return isinstance(error, sa.exc.TimeoutError)
    return is_away(error) and not str(getattr(error.orig, "sqlstate", None)).startswith(_CONFLICT)


def once(conn: Connection, find: Callable[[Connection], T]) -> T:
    """What is the same for everybody is looked up once for each reading. Where something is being written, always."""
    known = conn.get_execution_options().get("known")
    if known is None:
        return find(conn)
    if find not in known:
        known[find] = find(conn)
    found: T = known[find]
    return found


class Database:
    """`write` and `read` return futures: a thread waits with `.result()`, an event loop with `asyncio.wrap_future`."""

    def __init__(self, url: str, *, serve: bool = True) -> None:
        """`serve`: this process is the one that writes to the SQLite file (AlreadyServed if there is another)."""
        self.url = make_url(url)
        self.embedded = self.url.get_backend_name() == "sqlite"
        self.watch: Callable[[BaseException | None], None] = lambda error: None
        """Called after every read and write, in its thread: with an outage, or with None, since it has answered."""
        self._lock = _lock(self.url.database) if self.embedded and serve else None
        self._waiting: queue.SimpleQueue[tuple[Callable[[Connection], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._write_all, name=f"write-{n}", daemon=True)
            for n in range(1 if self.embedded else POSTGRES_WRITERS)
        ]
        self._writer = _engine(self.url, size=len(self._threads), reading=False)
        self._reader = _engine(self.url, size=READERS, reading=True)
        self._readers = ThreadPoolExecutor(READERS, "read")
        for thread in self._threads:
            thread.start()

    def write(self, fn: Callable[[Connection], T]) -> Future[T]:
        """One transaction, committed when the future has its result; rolled back when it has an exception."""
        future: Future[T] = Future()
        self._waiting.put((fn, future))
        return future

    def read(self, fn: Callable[[Connection], T]) -> Future[T]:
        return self._readers.submit(self._read, fn)

    def close(self) -> None:
        """Finishes the writes that wait."""
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()
        self._readers.shutdown()
        self._writer.dispose()
        self._reader.dispose()
        if self._lock is not None:
            self._lock.close()

    def _read(self, fn: Callable[[Connection], T]) -> T:
        try:
            with self._reader.connect() as conn:
                found = fn(conn.execution_options(known={}))
        except Exception as error:
            self._seen(error)
            raise
        self._seen(None)
        return found

    def _seen(self, error: Exception | None) -> None:
        self.watch(error if error is not None and is_outage(error) else None)

    def _write_all(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch, last = [first], False
            while self.embedded and len(batch) < TOGETHER and not self._waiting.empty():
                following = self._waiting.get()
                if following is None:
                    last = True
                    break
                batch.append(following)
            self._write_together([(fn, future) for fn, future in batch if future.set_running_or_notify_cancel()])
            if last:
                return

    def _write_together(self, batch: list[tuple[Callable[[Connection], Any], Future[Any]]]) -> None:
        """A function that fails undoes its own changes only; a commit that fails, fails them all."""
        outcomes: list[Any]
        try:
            with self._writer.begin() as tx:
                outcomes = [self._outcome(tx, fn, alone=len(batch) == 1) for fn, _ in batch]
        except Exception as error:  # noqa: BLE001 - it is not swallowed: every caller gets it
            outcomes = [_Failure(error)] * len(batch)
            self._seen(error)
        else:
            self._seen(None)
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, _Failure):
                future.set_exception(outcome.error)
            else:
                future.set_result(outcome)

    @staticmethod
    def _outcome(tx: Connection, fn: Callable[[Connection], Any], *, alone: bool) -> Any:
        if alone:
            return fn(tx)
        try:
            with tx.begin_nested():
                return fn(tx)
        except sa.exc.OperationalError:  # a full disk or a lost file may have undone the whole transaction
            raise
        except Exception as error:  # noqa: BLE001 - it is not swallowed: its caller gets it
            return _Failure(error)


class _Failure:
    def __init__(self, error: Exception) -> None:
        self.error = error


def _engine(url: URL, *, size: int, reading: bool) -> Engine:
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(
            url,
            pool_size=size,
            max_overflow=0,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"connect_timeout": CONNECT_WITHIN, **_SILENT_FOR},
        )
    engine = sa.create_engine(
        url,
        pool_size=size,
        max_overflow=0,
        poolclass=sa.QueuePool,
        hide_parameters=True,
        connect_args={"check_same_thread": False},
    )

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves: sqlite3 would say it too late
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @sa.event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        # A plain BEGIN that reads first and writes later fails with «database is locked» under any load.
        conn.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _lock(path: str | None) -> IO[str] | None:
    if not path or path == ":memory:":
        return None
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    file = Path(f"{path}.lock").open("w")  # noqa: SIM115 - held for as long as the process serves
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise AlreadyServed(AlreadyServed.__doc__) from error
    return file
