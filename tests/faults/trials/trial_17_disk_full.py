"""Fault 17: the disk of the database is full while people speak, and has room again. What could not be written is not
confirmed, and the operator is told once. The disk is a tmpfs, which needs the right to mount."""

from __future__ import annotations

import asyncio
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import history
from tests.faults.browser import eventually
from tests.faults.figures import Figures
from tests.faults.lives import Nursery
from tests.faults.size import size
from tests.faults.told import told
from tests.faults.town import Town, a_town
from tests.servers import missing

PEOPLE, TURNS = size(16, 200), 18
DISK = "64m"
FULL_FOR = 4.0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)]
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
        f"SQLite: its disk is full for {FULL_FOR:.0f} s",
        **town.counts(verdict),
        put_off=town.balancer.answers[503],
        confirmed=confirmed,
        lines=lines.total(),
    )
    assert verdict.whole, verdict
    assert verdict.excess == 0
    assert set(town.balancer.answers) == {200, 503}
    assert lines == {"database_away": 1}, lines


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
