"""What happens by itself: timers, jobs, and the sweep that picks up what a dead process has left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.engine import Connection

from bots.signals import Signals
from core import app, jobs, timers
from core.clock import Clock
from core.db import Database
from core.inbox import service as inbox
from core.outbox import delivery
from core.region.store import read_region

TIMERS_AT_ONCE = 50

log = structlog.get_logger(__name__)


class Worker:
    def __init__(self, db: Database, signals: Signals, clock: Clock, owner: str) -> None:
        self._db, self._signals, self._clock, self._owner = db, signals, clock, owner

    async def turn(self) -> int:
        """How many timers and jobs have been dealt with."""
        now = self._clock()
        fired = await asyncio.wrap_future(self._db.write(lambda tx: self._tick(tx, now)))
        if fired:
            self._signals.ring("outbox")
        job = await asyncio.wrap_future(self._db.write(lambda tx: jobs.claim(tx, self._owner, now)))
        if job is not None:
            await self._work(job)
        return fired + (job is not None)

    def _tick(self, tx: Connection, now: datetime) -> int:
        delivery.recover(tx, now)
        delivery.expire(tx, now)
        due = timers.due(tx, now, TIMERS_AT_ONCE)
        for timer in due:
            try:
                with tx.begin_nested():
                    app.fire(tx, timer.kind, timer.payload, f"timer:{timer.id}:{timer.due_at.timestamp()}", now)
                    timers.done(tx, timer)
            except Exception as error:
                log.exception("timer_failed", timer=timer.id, kind=timer.kind)
                timers.failed(tx, timer, type(error).__name__, now)
        jobs.enqueue(tx, key=f"prune:{now.date().isoformat()}", kind="prune", payload={}, now=now)
        return len(due)

    async def _work(self, job: jobs.Job) -> None:
        """What the work changes is committed together with its end, so that it is done once."""
        try:
            await asyncio.wrap_future(self._db.write(lambda tx: self._end(tx, job)))
        except Exception as error:
            log.exception("job_failed", job=job.id, kind=job.kind)
            problem, now = type(error).__name__, self._clock()
            await asyncio.wrap_future(self._db.write(lambda tx: jobs.fail(tx, job, self._owner, problem, now)))

    def _end(self, tx: Connection, job: jobs.Job) -> None:
        now = self._clock()
        WORK[job.kind](tx, job.payload, now)
        if not jobs.finish(tx, job, self._owner, now):
            raise LostLease


class LostLease(Exception):
    """Another process has taken the job meanwhile; what was done here is rolled back."""


def prune(tx: Connection, payload: Mapping[str, Any], now: datetime) -> None:
    """Raw updates are kept for as long as the region says, and no longer."""
    inbox.prune(tx, now - timedelta(days=read_region(tx).raw_days))


WORK: Mapping[str, Callable[[Connection, Mapping[str, Any], datetime], None]] = {"prune": prune}
