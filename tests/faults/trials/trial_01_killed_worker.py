"""Fault 1: kill -9 of whoever hears and answers, again and again while many people speak."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import bare, history
from tests.faults.figures import Figures
from tests.faults.lives import Nursery
from tests.faults.size import size
from tests.faults.town import Town, a_town

PEOPLE, TURNS, STRIKES = size(25, 500), size(12, 20), size(4, 30)
PAUSE = 0.3
"""Seconds between two things that somebody says."""
DEPLOYED = ("front-0", "front-1", "worker-0", "worker-1")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", ["telegram polling", "vk longpoll", "web"])
async def test_one_process_on_sqlite_is_killed(
    way: str, seed: int, figures: Figures, nursery: Nursery, sqlite_region: str, tmp_path: Path
) -> None:
    dice = random.Random(seed)
    async with a_town(nursery, sqlite_region, tmp_path, way) as town:
        firsts = await _strike_amid_load(town, seed, lambda: "run", dice)
        await _judge(town, figures, f"{way}, one process on SQLite: kill -9 amid load", firsts)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", ["telegram polling", "web"])
async def test_any_of_many_processes_on_postgres_is_killed(
    way: str, seed: int, figures: Figures, nursery: Nursery, postgres_region: str, redis_url: str, tmp_path: Path
) -> None:
    """Nobody cleans up for the dead: the others take over when the leases have run out."""
    dice = random.Random(seed)
    async with a_town(nursery, postgres_region, tmp_path, way, names=DEPLOYED, redis=redis_url) as town:
        firsts = await _strike_amid_load(town, seed, lambda: dice.choice(DEPLOYED), dice)
        what = f"{way}, two fronts and two workers on PostgreSQL: kill -9 of any amid load"
        await _judge(town, figures, what, firsts)


async def _strike_amid_load(
    town: Town, seed: int, whom: Callable[[], str], dice: random.Random
) -> list[asyncio.Task[float]]:
    """All strikes fall while people speak: what is said meanwhile waits for whoever comes after. Seconds from each new
    beginning until somebody is answered, which nobody is where everybody has been."""
    crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
    saying = asyncio.create_task(crowd.say_it_all(PAUSE, dice))
    firsts = list[asyncio.Task[float]]()
    for n in range(STRIKES):
        await crowd.until_said(PEOPLE + n * PEOPLE * (TURNS - 3) // STRIKES)
        await town.until_sent(dice.randint(1, 3))
        name = whom()
        await town.kill(name)
        town.begin(name)
        firsts.append(asyncio.create_task(_first_answer(town)))
    await saying
    return firsts


async def _first_answer(town: Town) -> float:
    began = time.monotonic()
    await town.until_sent(1, patience=math.inf)
    return time.monotonic() - began


async def _judge(town: Town, figures: Figures, what: str, firsts: list[asyncio.Task[float]]) -> None:
    struck = time.monotonic()
    stuck = await town.calm()
    seconds = time.monotonic() - struck
    times = {"first_answer_s": max(first.result() for first in firsts if first.done())}
    for first in firsts:
        first.cancel()
    verdict, askew = await town.verdict(stuck), await town.pages.askew()
    figures(1, what, **town.counts(verdict), askew=askew, calm_after_s=seconds, **times)
    assert verdict.whole, verdict
    assert not askew
    assert verdict.excess <= (town.in_sending if town.telegram else 0), verdict


@pytest.mark.timeout(900)
async def test_a_bare_aiogram_bot_is_killed_for_comparison(
    seed: int, figures: Figures, nursery: Nursery, sqlite_region: str, tmp_path: Path
) -> None:
    dice = random.Random(seed)
    async with bare.bare_aiogram(nursery, sqlite_region, tmp_path, PEOPLE, TURNS) as town:
        town.begin("run")
        await town.until_connected()
        saying = asyncio.create_task(town.crowd.say_it_all(PAUSE, dice))
        for n in range(STRIKES):
            await town.crowd.until_said(PEOPLE + n * PEOPLE * (TURNS - 3) // STRIKES)
            await bare.until_it_polls(town)
            await town.kill("run")
            town.begin("run")
        await saying
        await bare.quiet(town)
        bare.compared(town, figures, 1, "kill -9 amid load")
