"""Fault 17: the disk of the database is full while people speak, and has room again. What could not be written is not
confirmed, and the operator is told once. The disk is a tmpfs, which needs the right to mount. PostgreSQL has only its
tables there: without room for its journal it stops, which is fault 5."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
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
from tests.faults.told import told
from tests.faults.town import Town, a_town
from tests.servers import missing, run_folder

PEOPLE, TURNS = size(16, 200), 18
NAMES = ("front-0", "front-1", "worker-0")
DISK = "64m"
FULL_FOR = 4.0


@pytest.fixture
def disk() -> Iterator[Path]:
    """Where also another user's server may write."""
    folder = Path(tempfile.mkdtemp(prefix="disk-", dir=run_folder()))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=1777", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        missing("the right to mount a tmpfs", "mount (and run it as root)")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.timeout(600)
async def test_a_full_disk_confirms_nothing_and_loses_nothing(
    seed: int, figures: Figures, nursery: Nursery, sqlite_region: str, disk: Path, tmp_path: Path
) -> None:
    shutil.copy(sqlite_region.removeprefix("sqlite:///"), disk / "otklik.db")
    async with a_town(nursery, f"sqlite:///{disk / 'otklik.db'}", tmp_path, "telegram webhook") as town:
        lines = await is_full_for_a_while(town, seed, disk, figures, "SQLite")
    assert lines == {"database_away": 1}, lines


@pytest.mark.timeout(600)
async def test_of_a_full_disk_of_postgresql_each_process_tells_once(
    seed: int, figures: Figures, nursery: Nursery, disk: Path, tmp_path: Path
) -> None:
    async with a_database_on(disk) as url, a_town(nursery, url, tmp_path, "telegram webhook", names=NAMES) as town:
        lines = await is_full_for_a_while(town, seed, disk, figures, "PostgreSQL, 2 fronts and a worker")
    assert set(lines) == {"database_away"} and lines["database_away"] <= len(NAMES), lines


async def is_full_for_a_while(town: Town, seed: int, disk: Path, figures: Figures, what: str) -> Counter[str]:
    """What operators were told."""
    crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
    saying = asyncio.create_task(crowd.say_it_all(pause=0.5, dice=random.Random(seed)))
    await town.until_sent(PEOPLE)
    fill_up(disk / "filler")
    await until_told(town)
    before = town.balancer.answers[200]
    await asyncio.sleep(FULL_FOR)
    confirmed = town.balancer.answers[200] - before
    (disk / "filler").unlink()
    await saying
    stuck = await town.calm()
    verdict, lines = await town.verdict(stuck), told(town.log())
    figures(
        17,
        f"{what}: its disk is full for {FULL_FOR:.0f} s",
        **town.counts(verdict),
        put_off=town.balancer.answers[503],
        confirmed=confirmed,
        lines=lines.total(),
    )
    assert verdict.whole, verdict
    assert verdict.excess == 0
    assert set(town.balancer.answers) == {200, 503}
    return lines


@asynccontextmanager
async def a_database_on(disk: Path) -> AsyncIterator[str]:
    """Its tables lie there."""
    with a_postgres() as server:
        await server.start()
        tables = disk / "tables"
        tables.mkdir()
        if os.geteuid() == 0:
            shutil.chown(tables, server.home.owner())
        url = sa.make_url(server.url)
        with psycopg.connect(url.set(drivername="postgresql").render_as_string(), autocommit=True) as admin:
            admin.execute(f"CREATE TABLESPACE small LOCATION '{tables}'".encode())
            admin.execute(b"CREATE DATABASE small TABLESPACE small")
        small = url.set(database="small").render_as_string()
        migrate(small)
        yield await asyncio.to_thread(filled, small)


def fill_up(filler: Path) -> None:
    """To the last byte."""
    with filler.open("wb", buffering=0) as file:
        for chunk in (2**20, 2**12, 1):
            try:
                while file.write(b"\0" * chunk):
                    pass
            except OSError:
                continue


async def until_told(town: Town) -> None:
    async def so() -> bool:
        return told(town.log())["database_away"] > 0

    await eventually(so, "the operator to be told", patience=30)
