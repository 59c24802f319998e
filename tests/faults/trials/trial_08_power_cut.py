"""Fault 8: SQLite loses its process, and the last bytes of its journal; it is locked by somebody else; somebody starts
a second process on it. Every confirmed update is there; what a cut journal holds is a prefix of what was committed."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.db import AlreadyServed, Database
from tests.faults import history
from tests.faults.figures import Figures
from tests.faults.ledger import TABLES
from tests.faults.lives import ROOT, Nursery
from tests.faults.size import size
from tests.faults.told import told
from tests.faults.town import a_town

PEOPLE, TURNS, CUTS = size(16, 300), 18, size(20, 500)
LOCKED = 9.0
"""Seconds: longer than anybody outside is let wait, and shorter than SQLite itself waits."""


@pytest.mark.timeout(600)
async def test_a_power_cut_leaves_a_prefix_of_what_was_committed(
    seed: int, figures: Figures, nursery: Nursery, sqlite_region: str, tmp_path: Path
) -> None:
    dice, file = random.Random(seed), Path(sqlite_region.removeprefix("sqlite:///"))
    async with a_town(nursery, sqlite_region, tmp_path, "telegram webhook") as town:
        crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
        saying = asyncio.create_task(crowd.say_it_all(pause=0.05, dice=dice))
        await town.until_sent(dice.randint(PEOPLE, 5 * PEOPLE))
        confirmed = town.balancer.answers[200]
        await town.kill("run")
        left = Left(file, tmp_path / "left")
        whole = left.opened(None)
        town.begin("run")
        cuts = [await asyncio.to_thread(left.opened, dice.randrange(left.journal + 1)) for _ in range(CUTS)]
        await saying
        stuck = await town.calm()
        verdict = await town.verdict(stuck)
    torn = sum(cut.is_torn(whole) for cut in cuts)
    figures(
        8,
        "SQLite: kill -9, and a copy whose journal is cut",
        **town.counts(verdict),
        cuts=CUTS,
        torn=torn,
        moves_cut_off=sum(len(whole.moves) - len(cut.moves) for cut in cuts) // CUTS,
    )
    assert len(whole.accepted) >= confirmed
    assert torn == 0
    assert verdict.whole, verdict
    assert verdict.excess <= town.in_sending


Move = tuple[int, Any]
"""A conversation, and the moment which all rows have that one move has made there."""


class Books:
    """What stands in a copy."""

    def __init__(self, conn: Connection) -> None:
        i, o, c, a, h = (TABLES[name].c for name in ("inbox", "outbox", "conversations", "appeals", "appeal_history"))
        theirs = (c.person_kind == "citizen", c.person_id == a.citizen_id)
        made = (
            sa.select(i.conversation_id, i.settled_at, sa.literal("heard")).where(i.state == "done"),
            sa.select(o.conversation_id, o.created_at, sa.literal("reply")).where(o.lane == "reply"),
            sa.select(c.id, a.filed_at, sa.literal("appeal")).where(*theirs),
            sa.select(c.id, h.at, sa.literal("history")).where(*theirs, h.appeal_id == a.id),
        )
        ok = conn.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        self.sound = ok == ["ok"] and not conn.exec_driver_sql("PRAGMA foreign_key_check").all()
        self.accepted = list(conn.execute(sa.select(i.id).order_by(i.id)).scalars())
        self.moves = defaultdict[Move, Counter[str]](Counter)
        for there, at, what in (row for rows in made for row in conn.execute(rows)):
            self.moves[there, at][what] += 1

    def is_torn(self, whole: Books) -> bool:
        """It is no prefix of what was committed, or some commit is here in part."""
        prefix = self.accepted == whole.accepted[: len(self.accepted)]
        parts = any(made != whole.moves.get(move) for move, made in self.moves.items())
        missing = [at for there, at in whole.moves.keys() - self.moves.keys()]
        early = any(at > min(missing) for _, at in self.moves) if missing else False
        return not (self.sound and prefix) or parts or early


class Left:
    """What a dead process has left on the disk, aside."""

    def __init__(self, file: Path, folder: Path) -> None:
        folder.mkdir()
        self._folder, self._names = folder, (file.name, f"{file.name}-wal")
        for name in self._names:
            shutil.copy(file.parent / name, folder / name)
        self.journal = (folder / self._names[1]).stat().st_size

    def opened(self, size: int | None) -> Books:
        """With so many bytes of its journal, or all of them."""
        copy = self._folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for name in self._names:
            shutil.copy(self._folder / name, copy / name)
        if size is not None:
            os.truncate(copy / self._names[1], size)
        with closing(Database(f"sqlite:///{copy / self._names[0]}")) as db:
            return db.read(Books).result()


@pytest.mark.timeout(600)
async def test_a_database_that_somebody_locks_is_waited_for(
    seed: int, figures: Figures, nursery: Nursery, sqlite_region: str, tmp_path: Path
) -> None:
    async with a_town(nursery, sqlite_region, tmp_path, "telegram webhook") as town:
        crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
        saying = asyncio.create_task(crowd.say_it_all(pause=0.7, dice=random.Random(seed)))
        await town.until_sent(PEOPLE)
        await locked(sqlite_region.removeprefix("sqlite:///"), LOCKED)
        await saying
        stuck = await town.calm()
        verdict = await town.verdict(stuck)
        lines = told(town.log())
    figures(8, f"SQLite: locked for {LOCKED:.0f} s", **town.counts(verdict), put_off=town.balancer.answers[503])
    assert verdict.whole, verdict
    assert verdict.excess == 0
    assert set(town.balancer.answers) == {200, 503}
    assert not lines, lines  # but that it was slow


async def locked(path: str, seconds: float) -> None:
    """By another program that takes its time."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(seconds)
        other.execute("ROLLBACK")


@pytest.mark.timeout(600)
async def test_a_second_process_is_refused_in_one_line(
    seed: int, figures: Figures, nursery: Nursery, sqlite_region: str, tmp_path: Path
) -> None:
    async with a_town(nursery, sqlite_region, tmp_path, "telegram webhook") as town:
        crowd = town.settle(history.draw(seed, 5, TURNS))
        saying = asyncio.create_task(crowd.say_it_all(pause=0.2))
        second = await asyncio.to_thread(run, sqlite_region, tmp_path)
        await saying
        verdict = await town.verdict(await town.calm())
    figures(8, "SQLite: a second process", **town.counts(verdict), lines=len(second.stderr.splitlines()))
    assert (second.returncode, second.stdout) == (2, "")
    assert second.stderr == f"{AlreadyServed.__doc__}\n"
    assert verdict.whole, verdict


def run(url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """As an operator starts it by mistake."""
    env = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "VAR_DIR": str(folder), "DEMO": "1", "HTTP_PORT": "1"}
    command = [sys.executable, "-m", "bots", "run"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)
