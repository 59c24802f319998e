"""Fault 5: PostgreSQL is restarted, is shut down in the middle of everything, and is gone for some seconds, while
people speak. What is confirmed was committed; what nobody knows of is known by its key."""

from __future__ import annotations

import asyncio
import random
import re
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.databases import migrate
from tests.faults import history
from tests.faults.browser import eventually
from tests.faults.conftest import filled
from tests.faults.figures import Figures
from tests.faults.ledger import TABLES
from tests.faults.lives import Nursery
from tests.faults.servers import FAST, IMMEDIATE, Postgres, a_postgres
from tests.faults.size import size
from tests.faults.told import told
from tests.faults.town import Town, a_town

PEOPLE, TURNS = size(16, 300), 18
NAMES = ("front-0", "front-1", "worker-0")
STRIKES = ((FAST, 0.0), (IMMEDIATE, 0.0), (IMMEDIATE, 4.0))
"""How it is told to stop, and for how many seconds it stays away."""


@pytest.mark.timeout(600)
async def test_nothing_is_confirmed_that_was_not_committed(
    seed: int, figures: Figures, nursery: Nursery, tmp_path: Path
) -> None:
    with a_postgres(log_line_prefix="%n ") as server:
        await server.start()
        migrate(server.url)
        url = await asyncio.to_thread(filled, server.url)
        async with a_town(nursery, url, tmp_path, "telegram webhook", names=NAMES) as town:
            crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
            saying = asyncio.create_task(crowd.say_it_all(pause=1.5, dice=random.Random(seed)))
            await town.until_sent(PEOPLE)
            times = [await struck(town, server, *strike) for strike in STRIKES]
            await saying
            stuck = await town.calm()
            verdict, unkept = await town.verdict(stuck), await confirmed_and_not_kept(town)
            lines = told(town.log())
    figures(
        5,
        "PostgreSQL, 2 fronts and a worker: restart, immediate shutdown, gone for 4 s",
        **town.counts(verdict),
        unkept=unkept,
        put_off=town.balancer.answers[503],
        resume_s=max(times),
    )
    assert verdict.whole, verdict
    assert verdict.excess == 0
    assert unkept == 0
    assert town.balancer.answers[200] >= len(crowd.said)
    assert len(NAMES) <= lines["database_away"] <= len(NAMES) * len(STRIKES), lines
    assert set(lines) == {"database_away"}, lines


async def struck(town: Town, server: Postgres, how: signal.Signals, away: float) -> float:
    """Seconds from the moment at which it lets anybody in again, as it says itself, until an update is confirmed."""
    await server.stop(how)
    before = town.balancer.answers[200]

    async def goes_on() -> float:
        return time.time() if town.balancer.answers[200] > before else 0.0

    going = asyncio.create_task(eventually(goes_on, "an update to be confirmed again", patience=60 + away))
    await asyncio.sleep(away)
    await server.start()
    took = await going - ready_at(server)
    await town.until_sent(PEOPLE // 2)
    return took


def ready_at(server: Postgres) -> float:
    """When it has said so the last time."""
    said = re.findall(r"^(\d+\.\d+) .*ready to accept connections", server.log(), re.MULTILINE)
    return float(said[-1])


async def confirmed_and_not_kept(town: Town) -> int:
    """Updates that the fake will not bring again, and that have no row."""
    keys = sa.select(TABLES["inbox"].c.key)
    kept = Counter(await town.read(lambda conn: list(conn.execute(keys).scalars())))
    return len(town.crowd.said) - kept.total() + sum(count - 1 for count in kept.values() if count > 1)
