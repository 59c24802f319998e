"""Fault 18: two of everything at once. Two workers that both believe to hold the token, because one of them stood still
for longer than its lease; and two schedulers and two senders among which everything is dealt out. Each item is done
once."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import app
from core.appeals.types import AnswerAppeal, TakeAppeal
from core.db import Database
from tests.builders import the_official
from tests.faults import history, ledger
from tests.faults.browser import eventually
from tests.faults.figures import Figures
from tests.faults.ledger import TABLES
from tests.faults.lives import Nursery
from tests.faults.size import size
from tests.faults.town import Town, a_town

ALL = ("front-0", "front-1", "worker-0", "worker-1")
PEOPLE, TURNS = size(25, 400), size(12, 20)
CITIZENS = size(60, 25_000)
"""Each is pushed two statuses, and a timer closes their appeal: three items for each."""
AT_ONCE = 50
ANSWER = "The pothole has been filled this morning."
COMES_BACK = 2
"""Polls of who does not know yet that it has been replaced."""


@pytest.mark.timeout(900)
async def test_a_worker_comes_back_after_its_lease(
    seed: int, figures: Figures, nursery: Nursery, postgres_region: str, redis_url: str, tmp_path: Path
) -> None:
    """It has stood still, and knows nothing of it."""
    way = "telegram polling"
    async with a_town(nursery, postgres_region, tmp_path, way, names=ALL, redis=redis_url) as town:
        crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
        saying = asyncio.create_task(crowd.say_it_all(2.0))
        await town.until_sent(PEOPLE // 2)
        holder = await _holder(town)
        pid = town.lives[holder].pid
        os.kill(pid, signal.SIGSTOP)
        frozen = await town.read(lambda conn: ledger.sending(conn, pid))
        try:
            await eventually(lambda: _other_than(town, holder), "the other worker to take over", patience=60)
        finally:
            os.kill(pid, signal.SIGCONT)
        await saying
        stuck = await town.calm()
        verdict = await town.verdict(stuck)
        conflicts = sum(call.code == 409 for call in town.bot.calls("getUpdates"))
        what = "two pollers: the one that stood still for its lease comes back"
        figures(18, what, **town.counts(verdict), conflicts=conflicts)
    assert verdict.whole and verdict.excess <= frozen, verdict
    assert conflicts <= COMES_BACK, f"{conflicts} polls met another one"


@pytest.mark.timeout(size(900, 7200))
async def test_two_schedulers_and_two_senders_do_each_thing_once(
    seed: int, figures: Figures, nursery: Nursery, postgres_region: str, redis_url: str, tmp_path: Path
) -> None:
    way = "telegram polling"
    async with a_town(nursery, postgres_region, tmp_path, way, names=ALL, redis=redis_url) as town:
        crowd = town.settle(history.draw(seed, CITIZENS, len(history.FILING)))
        await crowd.say_it_all()
        assert not await town.calm(size(120, 3600))
        began = time.monotonic()
        with closing(Database(postgres_region)) as db:
            numbers = await town.read(_numbers)
            for start in range(0, len(numbers), AT_ONCE):
                some = numbers[start : start + AT_ONCE]
                await asyncio.wrap_future(db.write(_served(some, town)))
            assert await asyncio.wrap_future(db.write(lambda tx: _all_due(tx, town))) == CITIZENS
        await eventually(lambda: town.read(_nothing_is_due), "all timers", patience=size(120, 3600))
        stuck = await town.calm(size(120, 3600))
        verdict, ends = await town.verdict(stuck), await town.read(_ends)
        pushed = {sum(ANSWER in bubble.text for bubble in one.phone.bubbles) for one in crowd.people}
        figures(
            18,
            "two schedulers, two senders: statuses and timers",
            **town.counts(verdict),
            items=3 * CITIZENS,
            closed=ends["closed"],
            pushed=ends["pushed"],
            seconds=time.monotonic() - began,
        )
    assert verdict.whole and not verdict.excess, verdict
    # That it was taken is not worth saying any more when it has been answered in the same moment.
    assert ends == {"closed": CITIZENS, "closed twice": 0, "pushed": 2 * CITIZENS, "needless": CITIZENS, "otherwise": 0}
    assert pushed == {1}


async def _holder(town: Town) -> str:
    owner = await town.read(lambda conn: conn.execute(sa.select(TABLES["tokens"].c.owner)).scalar_one())
    return next(name for name, life in town.lives.items() if f"-{life.pid}-" in str(owner))


async def _other_than(town: Town, holder: str) -> bool:
    owner = await town.read(lambda conn: conn.execute(sa.select(TABLES["tokens"].c.owner)).scalar_one())
    return owner is not None and f"-{town.lives[holder].pid}-" not in owner


def _numbers(conn: Connection) -> list[str]:
    return list(conn.execute(sa.select(TABLES["appeals"].c.number).order_by(TABLES["appeals"].c.id)).scalars())


def _served(numbers: list[str], town: Town) -> Callable[[Connection], None]:
    """An official takes and answers them, and a timer closes them when nobody objects: the last two are pushed."""

    def served(tx: Connection) -> None:
        official, now = the_official(tx, "petrov"), town.now()
        for number in numbers:
            app.run(tx, official, f"take:{number}", TakeAppeal(number), now)
            app.run(tx, official, f"answer:{number}", AnswerAppeal(number, ANSWER), now)

    return served


def _all_due(tx: Connection, town: Town) -> int:
    t = TABLES["timers"].c
    closing_ = t.scope.like("close:%")
    return tx.execute(sa.update(TABLES["timers"]).where(closing_).values(due_at=town.now())).rowcount


def _nothing_is_due(conn: Connection) -> bool:
    t = TABLES["timers"].c
    return conn.execute(sa.select(t.id).where(t.scope.like("close:%")).limit(1)).first() is None


def _ends(conn: Connection) -> dict[str, int]:
    h, o = TABLES["appeal_history"].c, TABLES["outbox"].c
    closed = sa.select(sa.func.count()).where(h.to_status == "closed").group_by(h.appeal_id)
    counts = list(conn.execute(closed).scalars())
    sent = sa.select(o.state, sa.func.count()).where(o.lane == "push").group_by(o.state)
    pushes = {str(state): int(count) for state, count in conn.execute(sent)}
    return {
        "closed": len(counts),
        "closed twice": sum(count > 1 for count in counts),
        "pushed": pushes.pop("delivered", 0),
        "needless": pushes.pop("superseded", 0),
        "otherwise": sum(pushes.values()),
    }
