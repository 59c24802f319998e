"""What an operator is told of a database that is away: one line when it begins and one when it is over, however many
requests and turns have met it meanwhile. Decides nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import TypeVar

import structlog

from core.db import Database

T = TypeVar("T")
WITHIN = 8.0
"""Seconds that somebody outside is let wait for the database; then they are asked to come again."""
CALM = 10.0
"""Seconds without a failure after which it is over: a full disk still takes what is small."""

_WHAT_TO_DO = {
    "full": "No room is left for the database: free some on its disk.",
    "read-only": "The database is read-only: see why (its disk, or a replica in the place of the primary).",
    "busy": "Somebody holds the database for too long: end the other program or its transaction.",
    "slow": "The database answers too slowly, so that messages are put off: look at its load and its disk.",
    "gone": "The database does not answer: see that it runs and can be reached.",
}
_KINDS = {
    "SQLITE_FULL": "full",
    "SQLITE_READONLY": "read-only",
    "SQLITE_BUSY": "busy",
    "53100": "full",
    "25006": "read-only",
    "57014": "slow",
}

log = structlog.get_logger(__name__)


class Outage:
    """`watch` is for `Database.watch`: it is called from any thread, after every read and write."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._since: float | None = None
        self._last = 0.0

    def watch(self, error: BaseException | None) -> None:
        if error is None and self._since is None:  # nearly always
            return
        with self._lock:
            now = self._clock()
            if error is not None:
                self._begin(error, now)
            elif self._since is not None and now - self._last >= CALM:
                log.warning("database_back", seconds=round(self._last - self._since, 1))
                self._since = None

    def _begin(self, error: BaseException, now: float) -> None:
        self._last = now
        if self._since is None:
            self._since = now
            kind = _kind(error)
            meanwhile = "Nothing is confirmed meanwhile, and it goes on by itself."
            log.error("database_away", problem=kind, what_to_do=f"{_WHAT_TO_DO[kind]} {meanwhile}")


async def in_time(db: Database, asked: Future[T]) -> T:
    """For what somebody outside waits for. Raises TimeoutError: what had not begun by then never happens, and what had
    may have happened all the same, which its key will tell."""
    try:
        async with asyncio.timeout(WITHIN):
            return await asyncio.wrap_future(asked)
    except TimeoutError as error:
        db.watch(error)
        raise


def _kind(error: BaseException) -> str:
    orig = getattr(error, "orig", None)
    code = str(getattr(orig, "sqlstate", None) or getattr(orig, "sqlite_errorname", None))
    slow = "slow" if isinstance(error, TimeoutError) else "gone"
    return next((kind for start, kind in _KINDS.items() if code.startswith(start)), slow)
