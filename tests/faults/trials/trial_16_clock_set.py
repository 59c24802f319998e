"""Fault 16: somebody sets the clock while people speak, hosts do not agree about the time, and a process dies just
before its clock is set back by a day. What was to be done now is done now; who lives is not taken for dead."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tests.builders import NOON
from tests.faults import history
from tests.faults.checker import Effect, Verdict, judge
from tests.faults.figures import Figures
from tests.faults.ledger import TABLES
from tests.faults.lives import Nursery
from tests.faults.size import size
from tests.faults.town import Town, a_town

PEOPLE, TURNS = size(16, 300), 18
NAMES = ("front-0", "front-1", "worker-0")
HOUR, DAY, LEAP = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
LUMP = 4
"""Messages that left at the right distances and were refused all the same: on a busy machine they arrive together."""
JUMPS = (HOUR, -HOUR, DAY, -DAY, -LEAP)


@pytest.mark.timeout(600)
async def test_a_clock_that_is_set_again_and_again(
    seed: int, figures: Figures, nursery: Nursery, sqlite_region: str, tmp_path: Path
) -> None:
    """One process: whatever it has written, it has written by a clock that is not the one of now. Everybody files once:
    to what was filed a day ago, nothing is added without being asked."""
    async with a_town(nursery, sqlite_region, tmp_path, "telegram webhook", limits=True) as town:
        lines = history.draw(seed, 2 * PEOPLE, len(history.FILING))
        crowd = town.settle(lines)
        saying = asyncio.create_task(crowd.say_it_all(pause=2.0, dice=random.Random(seed)))
        for jump in JUMPS:
            await town.until_sent(PEOPLE)
            town.set_clocks(jump)
        await saying
        stuck = await town.calm()
        verdict = await verdict_of(town, lines, stuck)
        too_many = sum(call.code == 429 for call in town.bot.ledger)
    figures(16, "the clock is set by +1 h, -1 h, +1 day, -1 day, -1 s", **town.counts(verdict), too_many=too_many)
    assert verdict.whole, verdict
    assert verdict.excess == 0
    assert too_many <= LUMP


@pytest.mark.timeout(600)
async def test_a_process_dies_and_the_clock_is_set_back_by_a_day(
    seed: int, figures: Figures, nursery: Nursery, postgres_region: str, tmp_path: Path
) -> None:
    """Its leases end in the future, and it is not there to give them back."""
    async with a_town(nursery, postgres_region, tmp_path, "telegram webhook", names=NAMES) as town:
        lines = history.draw(seed, PEOPLE, TURNS)
        crowd = town.settle(lines)
        saying = asyncio.create_task(crowd.say_it_all(pause=0.5, dice=random.Random(seed)))
        await town.until_sent(2 * PEOPLE)
        await town.kill("front-0")
        town.set_clocks(-DAY)
        began = time.monotonic()
        await saying
        stuck = await town.calm()
        verdict = await verdict_of(town, lines, stuck)
    figures(
        16,
        "a front is killed, and all clocks are set back by a day",
        **town.counts(verdict),
        calm_s=time.monotonic() - began,
    )
    assert verdict.whole, verdict
    assert verdict.excess <= town.in_sending


@pytest.mark.timeout(600)
async def test_two_hosts_are_five_seconds_apart(
    seed: int, figures: Figures, nursery: Nursery, postgres_region: str, tmp_path: Path
) -> None:
    async with a_town(nursery, postgres_region, tmp_path, "telegram webhook", names=()) as town:
        for name, apart in zip(NAMES, (5, 0, -5), strict=True):
            town.begin(name, starts=(NOON + timedelta(seconds=apart)).isoformat())
        for name in NAMES:
            await town.until_ready(name)
        await town.until_connected()
        lines = history.draw(seed, PEOPLE, TURNS)
        crowd = town.settle(lines)
        await crowd.say_it_all(pause=0.5, dice=random.Random(seed))
        stuck = await town.calm()
        verdict = await verdict_of(town, lines, stuck)
    figures(16, "2 fronts and a worker, each 5 s from the next", **town.counts(verdict))
    assert verdict.whole, verdict
    assert verdict.excess == 0


async def verdict_of(town: Town, lines: list[history.Line], stuck: int) -> Verdict:
    """The times of what was recorded mean nothing here: its order is read off its numbers, in each table by itself."""
    verdict, marks = await town.verdict(stuck), history.marks(lines)
    inverted = 0
    for texts in await town.read(recorded):
        found = [said for text in texts for said in history.words(text)]
        came = [Effect(person, seq + n) for person, seq in found for n in range(marks[person, seq])]
        inverted += judge(town.crowd.said, came).inverted
    return replace(verdict, inverted=inverted)


def recorded(conn: Connection) -> list[list[str]]:
    a, r = TABLES["appeals"].c, TABLES["appeal_remarks"].c
    filed = sa.select(a.text + " " + a.address).order_by(a.id)
    added = sa.select(r.text).where(r.actor_kind == "citizen").order_by(r.id)
    return [list(conn.execute(texts).scalars()) for texts in (filed, added)]
