"""What happens by itself: timers, jobs, and the sweep that picks up what a dead process has left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from sqlalchemy.engine import Connection

from bots import work
from bots.jumps import Jumps
from bots.signals import Signals
from bots.work import Record, Tools
from core import app, jobs, timers
from core.clock import Clock
from core.db import is_outage
from core.notify.unread import pass_on_unread
from core.operations.winding import wind_back
from core.outbox import delivery
from core.personal.service import ERASE

TIMERS_AT_ONCE = 50
RENEW = jobs.LEASE.total_seconds() / 3

log = structlog.get_logger(__name__)


class Worker:
    """`tick` and `work` may take turns of their own: slow work holds up no timer. `jumps` watches the clock; without
    it, the clock is believed."""

    def __init__(self, tools: Tools, signals: Signals, clock: Clock, owner: str, jumps: Jumps | None = None) -> None:
        self._tools, self._db, self._jumps = tools, tools.db, jumps
        self._signals, self._clock, self._owner = signals, clock, owner
        self._back = Jumps.Back.NO

    async def turn(self) -> int:
        """How many timers and jobs have been dealt with."""
        return await self.tick() + await self.work()

    async def tick(self) -> int:
        """Timers whose time has come, and statuses that nobody has read."""
        now = self._clock()
        if self._jumps is not None:
            self._back = max(self._back, self._jumps.back())
        if self._back:
            sure = self._back is Jumps.Back.SURE
            await asyncio.wrap_future(self._db.write(lambda tx: wind_back(tx, now, sure=sure)))
            self._back = Jumps.Back.NO
        fired = await asyncio.wrap_future(self._db.write(lambda tx: self._tick(tx, now)))
        if fired:
            self._signals.ring("outbox")
        return fired

    async def work(self) -> int:
        """One job, from its claim to its end."""
        now = self._clock()
        job = await asyncio.wrap_future(self._db.write(lambda tx: jobs.claim(tx, self._owner, now)))
        if job is None:
            return 0
        await self._work(job, now)
        self._signals.ring("outbox")
        if job.kind == ERASE:
            self._signals.ring("web:*")  # an open page of whoever has been forgotten clears itself
        return 1

    def _tick(self, tx: Connection, now: datetime) -> int:
        if self._jumps is None or self._jumps.trusted:
            delivery.recover(tx, now)
        delivery.expire(tx, now)
        passed = pass_on_unread(tx, now)
        due = timers.due(tx, now, TIMERS_AT_ONCE)
        for timer in due:
            try:
                with tx.begin_nested():
                    app.fire(tx, timer.kind, timer.payload, f"timer:{timer.id}:{timer.due_at.timestamp()}", now)
                    timers.done(tx, timer)
            except Exception as error:
                log.exception("timer_failed", timer=timer.id, kind=timer.kind)
                timers.failed(tx, timer, type(error).__name__, now)
        work.enqueue_due(tx, now)
        return len(due) + passed

    async def _work(self, job: jobs.Job, now: datetime) -> None:
        """What is slow is done outside of the database's writes; what it comes to is committed together with the end
        of the job, so that it is recorded once."""
        try:
            async with self._renewing(job):
                record = await asyncio.to_thread(work.WORK[job.kind], self._tools, job.payload, now)
            await asyncio.wrap_future(self._db.write(lambda tx: self._end(tx, job, record)))
        except Exception as error:
            if is_outage(error):  # it is found under its lease
                raise
            log.exception("job_failed", job=job.id, kind=job.kind)
            problem, now = type(error).__name__, self._clock()
            await asyncio.wrap_future(self._db.write(lambda tx: jobs.fail(tx, job, self._owner, problem, now)))

    def _end(self, tx: Connection, job: jobs.Job, record: Record) -> None:
        now = self._clock()
        record(tx, now)
        if not jobs.finish(tx, job, self._owner, now):
            raise LostLease

    @asynccontextmanager
    async def _renewing(self, job: jobs.Job) -> AsyncIterator[None]:
        """The lease is kept for as long as the work takes."""
        keeping = asyncio.create_task(self._renew(job))
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.wait([keeping])

    async def _renew(self, job: jobs.Job) -> None:
        while True:
            await asyncio.sleep(RENEW)
            try:
                await asyncio.wrap_future(self._db.write(lambda tx: jobs.renew(tx, job, self._owner, self._clock())))
            except Exception as error:
                if not is_outage(error):
                    log.exception("lease_not_renewed", job=job.id)


class LostLease(Exception):
    """Another process has taken the job meanwhile; what was done here is rolled back."""
