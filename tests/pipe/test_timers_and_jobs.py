"""What happens by itself happens once, together with its effect, and one that fails holds up nobody else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.engine import Connection

from bots import work, worker
from bots.work import Record, Tools
from core import app, jobs, timers
from core.appeals.types import AnswerAppeal, TakeAppeal
from core.jobs import Job
from tests.builders import NOON, a_citizen, a_filed, the_official
from tests.core.cast import on_sqlite
from tests.pipe.conftest import Pipe
from tests.pipe.shelf import a_worker, until_idle

AWAY = timedelta(days=30)


def an_answered(pipe: Pipe) -> str:
    """An appeal that a timer will close when nobody rates it."""

    def make(tx: Connection) -> str:
        number = a_filed(tx, a_citizen(tx, consent=True))
        petrov = the_official(tx, "petrov")
        app.run(tx, petrov, f"take:{number}", TakeAppeal(number), pipe.now)
        app.run(tx, petrov, f"answer:{number}", AnswerAppeal(number, "It has been done this morning."), pipe.now)
        return number

    return pipe.write(make)


async def test_a_timer_fires_once_when_its_time_has_come(pipe: Pipe) -> None:
    an_answered(pipe)
    await until_idle(a_worker(pipe))
    assert pipe.rows("appeals", "status") == ["answered"]
    pipe.now += AWAY
    await until_idle(a_worker(pipe))
    await until_idle(a_worker(pipe, "another"))
    assert pipe.rows("appeals", "status") == ["closed"]
    assert pipe.rows("appeal_history", "to_status") == ["registered", "in_work", "answered", "closed"]
    assert pipe.rows("timers", "id") == []


async def test_two_workers_fire_a_timer_once(pipe: Pipe) -> None:
    numbers = [an_answered(pipe) for _ in range(5)]
    pipe.now += AWAY
    one, two = a_worker(pipe), a_worker(pipe, "another")
    futures = [pipe.db.write(lambda tx, worker=worker: worker._tick(tx, pipe.now)) for worker in (one, two) * 3]  # type: ignore[misc]
    assert sum(future.result() for future in futures) == len(numbers)
    assert pipe.rows("appeals", "status") == ["closed"] * len(numbers)


async def test_a_timer_that_fails_leaves_nothing_and_does_not_hold_up_the_others(pipe: Pipe) -> None:
    for kind in ("close_unrated", "unheard_of"):
        pipe.write(lambda tx, kind=kind: timers.schedule(tx, scope=kind, due_at=NOON, kind=kind, payload={}))  # type: ignore[misc]
    an_answered(pipe)
    pipe.now += AWAY
    await until_idle(a_worker(pipe))
    assert pipe.rows("appeals", "status") == ["closed"]
    assert pipe.rows("timers", "attempts", "problem") == [(1, "KeyError")] * 2
    for _ in range(10):
        pipe.later(3600)
        await until_idle(a_worker(pipe))
    assert pipe.rows("timers", "attempts") == [timers.ATTEMPTS] * 2, "they stay for an operator to see"


async def test_a_timer_of_the_same_scope_is_replaced_and_a_cancelled_one_is_gone(pipe: Pipe) -> None:
    for hours in (1, 2):
        due = NOON + timedelta(hours=hours)
        pipe.write(lambda tx, due=due: timers.schedule(tx, scope="one", due_at=due, kind="x", payload={}))  # type: ignore[misc]
    assert pipe.rows("timers", "scope", "due_at") == [("one", NOON + timedelta(hours=2))]
    pipe.write(lambda tx: timers.cancel(tx, "one"))
    assert pipe.rows("timers", "id") == []


def test_timers_of_one_moment_go_in_the_order_in_which_they_were_made(pipe: Pipe) -> None:
    """Many are due at the end of a day; one that was put there later is still the older one."""
    for scope, due in (("one", NOON + timedelta(hours=1)), ("two", NOON), ("three", NOON), ("one", NOON)):
        pipe.write(lambda tx, scope=scope, due=due: timers.schedule(tx, scope=scope, due_at=due, kind="x", payload={}))  # type: ignore[misc]
    assert [one.scope for one in pipe.write(lambda tx: timers.due(tx, NOON, 10))] == ["one", "two", "three"]


def test_a_timer_that_schedules_itself_anew_is_not_removed(pipe: Pipe) -> None:
    pipe.write(lambda tx: timers.schedule(tx, scope="one", due_at=NOON, kind="x", payload={}))

    def fire(tx: Connection) -> None:
        (timer,) = timers.due(tx, NOON, 10)
        timers.schedule(tx, scope="one", due_at=NOON + timedelta(hours=1), kind="x", payload={})
        timers.done(tx, timer)

    pipe.write(fire)
    assert pipe.rows("timers", "due_at") == [NOON + timedelta(hours=1)]


def a_job(pipe: Pipe, key: str = "job", kind: str = "test") -> bool:
    return pipe.write(lambda tx: jobs.enqueue(tx, key=key, kind=kind, payload={"n": 1}, now=pipe.now))


def claimed(pipe: Pipe, owner: str = "one") -> Job | None:
    return pipe.write(lambda tx: jobs.claim(tx, owner, pipe.now))


def test_a_job_is_enqueued_once_and_claimed_once(pipe: Pipe) -> None:
    assert [a_job(pipe), a_job(pipe)] == [True, False]
    futures = [pipe.db.write(lambda tx, n=n: jobs.claim(tx, f"owner {n}", pipe.now)) for n in range(8)]  # type: ignore[misc]
    assert len([job for job in [future.result() for future in futures] if job]) == 1
    assert pipe.rows("jobs", "attempts") == [1]


def test_many_jobs_go_to_many_workers_one_each(pipe: Pipe) -> None:
    for n in range(8):
        a_job(pipe, f"job {n}")
    futures = [pipe.db.write(lambda tx, n=n: jobs.claim(tx, f"owner {n}", pipe.now)) for n in range(8)]  # type: ignore[misc]
    found = [job.id for job in [future.result() for future in futures] if job]
    assert len(found) == len(set(found))
    assert pipe.rows("jobs", "state").count("leased") == len(found)


def test_a_finished_job_is_done(pipe: Pipe) -> None:
    a_job(pipe)
    job = claimed(pipe)
    assert job is not None
    assert pipe.write(lambda tx: jobs.finish(tx, job, "one", pipe.now))
    pipe.later(10_000)
    assert claimed(pipe) is None
    assert pipe.rows("jobs", "state") == ["done"]


def test_a_job_whose_lease_is_lost_is_not_finished_twice(pipe: Pipe) -> None:
    a_job(pipe)
    slow = claimed(pipe, "slow")
    pipe.later(jobs.LEASE.total_seconds() + 1)
    other = claimed(pipe, "other")
    assert slow is not None and other is not None and slow.id == other.id
    assert not pipe.write(lambda tx: jobs.finish(tx, slow, "slow", pipe.now))
    assert pipe.write(lambda tx: jobs.finish(tx, other, "other", pipe.now))


def test_a_job_that_fails_is_tried_again_ever_later_and_then_stays(pipe: Pipe) -> None:
    a_job(pipe)
    for pause in jobs.PAUSES:
        job = claimed(pipe)
        assert job is not None
        pipe.write(lambda tx, job=job: jobs.fail(tx, job, "one", "Boom", pipe.now))  # type: ignore[misc]
        pipe.later(pause.total_seconds() - 1)
        assert claimed(pipe) is None
        pipe.later(1)
    last = claimed(pipe)
    assert last is not None
    pipe.write(lambda tx: jobs.fail(tx, last, "one", "Boom", pipe.now))
    assert pipe.rows("jobs", "state", "problem") == [("failed", "Boom")]


def test_a_job_that_kills_its_worker_every_time_is_given_up(pipe: Pipe) -> None:
    a_job(pipe)
    for _ in range(10):
        claimed(pipe)
        pipe.later(jobs.LEASE.total_seconds() + 1)
    assert pipe.rows("jobs", "state", "attempts") == [("failed", len(jobs.PAUSES) + 1)]


def working(monkeypatch: pytest.MonkeyPatch, do: work.Work) -> None:
    monkeypatch.setattr(work, "WORK", {**work.WORK, "test": do})


def test_the_next_only_process_does_not_wait_for_the_lease_of_a_dead_one(pipe: Pipe) -> None:
    pipe.write(lambda tx: jobs.enqueue(tx, key="one", kind="test", payload={}, now=pipe.now))
    for attempt in range(1, len(jobs.PAUSES) + 2):
        pipe.later(1)
        taken = pipe.write(lambda tx: jobs.claim(tx, "dead", pipe.now))
        assert taken is not None and taken.attempts == attempt
        assert pipe.write(lambda tx: jobs.claim(tx, "alive", pipe.now)) is None
        pipe.write(jobs.free_all)
    assert pipe.write(lambda tx: jobs.claim(tx, "alive", pipe.now)) is None
    assert pipe.rows("jobs", "state") == ["failed"], "it may be what kills"


async def test_what_a_job_changes_is_committed_with_its_end(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = list[object]()

    def do(tools: Tools, payload: Mapping[str, Any], began: datetime) -> Record:
        def record(tx: Connection, now: datetime) -> None:
            tries.append(payload)
            timers.schedule(tx, scope=f"try {len(tries)}", due_at=NOON + AWAY, kind="x", payload={})
            if len(tries) == 1:
                raise ValueError("no")

        return record

    working(monkeypatch, do)
    a_job(pipe)
    await until_idle(a_worker(pipe))
    assert pipe.rows("timers", "scope") == []
    pipe.later(60)
    await until_idle(a_worker(pipe))
    assert pipe.rows("timers", "scope") == ["try 2"]
    assert pipe.rows("jobs", "state", kind="test") == ["done"]


async def test_slow_work_holds_up_neither_timers_nor_writes_and_keeps_its_lease(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def do(tools: Tools, payload: Mapping[str, Any], began: datetime) -> Record:
        begun.set()
        assert go_on.wait(30)
        return lambda tx, now: None

    working(monkeypatch, do)
    monkeypatch.setattr(worker, "RENEW", 0.01)
    an_answered(pipe)
    a_job(pipe)
    slow = asyncio.create_task(a_worker(pipe).work())
    await asyncio.to_thread(begun.wait, 30)
    pipe.now += AWAY
    assert await a_worker(pipe, "another").tick() == 1
    assert pipe.rows("appeals", "status") == ["closed"]
    [until] = pipe.rows("jobs", "lease_until", kind="test")
    while until < pipe.now:
        await asyncio.sleep(0.01)
        [until] = pipe.rows("jobs", "lease_until", kind="test")
    go_on.set()
    assert await slow == 1
    assert pipe.rows("jobs", "state", kind="test") == ["done"]


@on_sqlite
async def test_a_job_of_a_kind_that_this_release_does_not_know_fails_alone(pipe: Pipe) -> None:
    a_job(pipe, kind="of_tomorrow")
    await until_idle(a_worker(pipe))
    assert pipe.rows("jobs", "state", "problem", kind="of_tomorrow") == [("ready", "KeyError")]
    assert pipe.rows("jobs", "state", kind="prune") == ["done"]


@on_sqlite
def test_a_job_may_begin_later(pipe: Pipe) -> None:
    pipe.write(lambda tx: jobs.enqueue(tx, key="k", kind="x", payload={}, now=NOON, after=timedelta(seconds=9)))
    assert claimed(pipe) is None
    pipe.later(9)
    assert claimed(pipe) is not None


@on_sqlite
async def test_the_work_of_the_day_and_of_the_hour_is_done_once_each(pipe: Pipe) -> None:
    for _ in range(4):
        await until_idle(a_worker(pipe))
        pipe.later(15 * 60)
    await until_idle(a_worker(pipe))
    assert pipe.rows("jobs", "kind", "state") == [("prune", "done"), ("sweep", "done"), ("sweep", "done")]
