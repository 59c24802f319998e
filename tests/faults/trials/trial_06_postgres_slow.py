"""Fault 6: every statement takes 200 ms, somebody holds a table so that all connections wait, and PostgreSQL becomes
read-only. What cannot be stored in time is put off by a 503, never confirmed."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from tests.databases import migrate
from tests.faults import history
from tests.faults.browser import eventually
from tests.faults.conftest import filled
from tests.faults.figures import Figures
from tests.faults.lives import Nursery
from tests.faults.servers import a_postgres
from tests.faults.size import size
from tests.faults.slow import a_slow_way
from tests.faults.told import told
from tests.faults.town import Town, a_town

PEOPLE, TURNS = size(24, 300), 7
NAMES = ("front-0", "front-1", "worker-0")
STATEMENT, SLOW_FOR = 0.2, 12.0
SLOWED = int(SLOW_FOR / STATEMENT)
"""Questions that waited: as many as one connection can ask."""
HELD = 10.0
"""Seconds: longer than anybody outside is let wait."""
READ_ONLY = 4.0
CUT = (
    b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    b"WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
"""Everybody else's connections."""


@pytest.mark.timeout(600)
async def test_what_cannot_be_stored_in_time_is_put_off(
    seed: int, figures: Figures, nursery: Nursery, tmp_path: Path
) -> None:
    with a_postgres() as server:
        await server.start()
        migrate(server.url)
        await asyncio.to_thread(filled, server.url)
        async with a_slow_way(server.home / ".s.PGSQL.5432") as way:
            url = f"postgresql+psycopg://otklik@127.0.0.1:{way.port}/postgres"
            async with a_town(nursery, url, tmp_path, "telegram webhook", names=NAMES) as town:
                crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
                saying = asyncio.create_task(crowd.say_it_all(pause=0.2, dice=random.Random(seed)))
                await town.until_sent(PEOPLE // 2)
                way.delay = STATEMENT
                await asyncio.sleep(SLOW_FOR)
                way.delay = 0.0
                await saying
                stuck = await town.calm()
                verdict, lines = await town.verdict(stuck), told(town.log())
    what = "PostgreSQL: 200 ms for every statement, for 12 s"
    figures(6, what, **figured(town), slowed=way.slowed, **town.counts(verdict))
    assert verdict.whole, verdict
    assert verdict.excess == 0
    assert way.slowed >= SLOWED, way.slowed
    assert set(town.balancer.answers) <= {200, 503}
    assert not lines, lines  # but that it was slow


@pytest.mark.timeout(600)
async def test_while_every_connection_waits_nothing_is_confirmed(
    seed: int, figures: Figures, nursery: Nursery, postgres_region: str, tmp_path: Path
) -> None:
    async with a_town(nursery, postgres_region, tmp_path, "telegram webhook", names=NAMES) as town:
        crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
        saying = asyncio.create_task(crowd.say_it_all(pause=0.5, dice=random.Random(seed)))
        await town.crowd.until_said(2 * PEOPLE)  # the rest of it meets the fault
        async with await connected(postgres_region) as other:
            await other.execute("BEGIN")
            await other.execute("LOCK TABLE inbox")
            await put_off(town, 1)
            await town.balancer.caught_up()  # what was stored just before has been answered by now
            before = town.balancer.answers[200]
            await asyncio.sleep(HELD)
            confirmed = town.balancer.answers[200] - before
            await other.execute("ROLLBACK")
        await saying
        stuck = await town.calm()
        verdict = await town.verdict(stuck)
    figures(6, "PostgreSQL: a table is held for 10 s", **figured(town), confirmed=confirmed, **town.counts(verdict))
    assert verdict.whole, verdict
    assert verdict.excess == 0
    assert confirmed == 0
    assert set(town.balancer.answers) == {200, 503}


@pytest.mark.timeout(600)
async def test_a_database_that_becomes_read_only_confirms_nothing(
    seed: int, figures: Figures, nursery: Nursery, postgres_region: str, tmp_path: Path
) -> None:
    """As when a replica takes the place of the primary, or a provider fears for the disk."""
    name = sa.make_url(postgres_region).database
    async with a_town(nursery, postgres_region, tmp_path, "telegram webhook", names=NAMES) as town:
        crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
        saying = asyncio.create_task(crowd.say_it_all(pause=0.5, dice=random.Random(seed)))
        await town.crowd.until_said(2 * PEOPLE)
        await read_only(postgres_region, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        await put_off(town, 1)
        await town.balancer.caught_up()
        before = town.balancer.answers[200]
        await asyncio.sleep(READ_ONLY)
        confirmed = town.balancer.answers[200] - before
        await read_only(postgres_region, f"ALTER DATABASE {name} RESET default_transaction_read_only")
        await saying
        stuck = await town.calm()
        verdict, lines = await town.verdict(stuck), told(town.log())
    figures(6, "PostgreSQL: read-only for 4 s", **figured(town), confirmed=confirmed, **town.counts(verdict))
    assert verdict.whole, verdict
    assert verdict.excess == 0
    assert confirmed == 0
    assert set(lines) == {"database_away"} and lines["database_away"] == len(NAMES), lines


async def connected(url: str) -> psycopg.AsyncConnection:
    address = sa.make_url(url).set(drivername="postgresql").render_as_string()
    return await psycopg.AsyncConnection.connect(address, autocommit=True)


async def read_only(url: str, statement: str) -> None:
    """For everybody who is connected: a setting of a database is read when a connection begins."""
    async with await connected(url) as admin:
        await admin.execute("SET default_transaction_read_only = off")
        await admin.execute(statement.encode())
        await admin.execute(CUT)


async def put_off(town: Town, more: int) -> None:
    wanted = town.balancer.answers[503] + more

    async def so() -> bool:
        return town.balancer.answers[503] >= wanted

    await eventually(so, "a 503", patience=30)


def figured(town: Town) -> dict[str, float]:
    return {"put_off": town.balancer.answers[503], **town.crowd.delays()}
