"""Fault 20: an update that our code cannot bear: it raises, kills the process, is computed without end, or takes memory
without end. Whoever has sent it waits; after three tries by itself it is set aside, they are told so, and they can go
on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults import history, ledger
from tests.faults.browser import eventually
from tests.faults.figures import Figures
from tests.faults.lives import Nursery
from tests.faults.poison import POISON
from tests.faults.size import size
from tests.faults.town import Town, a_town

PEOPLE, TURNS = size(25, 200), size(12, 20)
WAY = "telegram polling"
DEPLOYED = ("front-0", "front-1", "worker-0")
TRIES, DEATHS = 3, 5
"""Tries of what fails by itself. And deaths: two while it was heard together with others, and three while it was
alone."""
APOLOGY = "Something went wrong on our side with your last message."


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("harms", "what"),
    [
        ("raise", "always raises"),
        ("kill", "kills the process"),
        ("burn", "is computed without end"),
        ("swell", "takes memory without end"),
    ],
)
async def test_poison_harms_nobody_else(
    harms: str, what: str, seed: int, figures: Figures, nursery: Nursery, sqlite_region: str, tmp_path: Path
) -> None:
    async with a_town(nursery, sqlite_region, tmp_path, WAY, harms=harms) as town:
        tried, deaths = await _poisoned(town, seed, figures, f"{WAY}: one update {what}")
    if harms == "raise":
        assert (tried, deaths) == (TRIES, 0)


@pytest.mark.timeout(900)
async def test_poison_walks_from_front_to_front(
    seed: int, figures: Figures, nursery: Nursery, postgres_region: str, tmp_path: Path
) -> None:
    """Whoever takes over what a dead front has left, dies of it as well."""
    more: dict[str, Any] = {"names": DEPLOYED, "harms": "kill"}
    async with a_town(nursery, postgres_region, tmp_path, WAY, **more) as town:
        await _poisoned(town, seed, figures, f"{WAY}, two fronts on PostgreSQL: one update kills whoever hears it")


async def _poisoned(town: Town, seed: int, figures: Figures, what: str) -> tuple[int, int]:
    """How often it was tried, and how many processes have died of it."""
    async with supervised(town) as deaths:
        victim = town.bot.person(lang="en")
        crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
        saying = asyncio.create_task(crowd.say_it_all(0.2))
        await crowd.until_said(PEOPLE)
        began = time.monotonic()
        await victim.say(f"There is {POISON} on the road.")
        await saying
        others_s = await _until_others_are_served(town) - began
        await victim.until(lambda phone: any(APOLOGY in bubble.text for bubble in phone.bubbles), seconds=400)
        told_s = time.monotonic() - began
        await victim.say("There is a deep pothole on the road near house 7.")
        await victim.until(lambda phone: "consent" in phone.last.text, seconds=60)
        stuck = await town.calm()
        verdict = await town.verdict(stuck)
        states = await town.read(lambda conn: ledger.counted(conn, "inbox"))
        tried = await town.read(lambda conn: ledger.most_tried(conn, "quarantined"))
        figures(
            20,
            what,
            **town.counts(verdict),
            **crowd.delays(),
            quarantined=states.get("quarantined", 0),
            tries=tried,
            deaths=len(deaths),
            others_served_s=others_s,
            apology_s=told_s,
        )
    assert verdict.whole, verdict
    assert states["quarantined"] == 1 and tried <= DEATHS + 1
    assert len(deaths) <= DEATHS
    return tried, len(deaths)


@asynccontextmanager
async def supervised(town: Town) -> AsyncIterator[list[int]]:
    """Whoever dies is begun anew, as by any supervisor; their exit codes."""
    codes: list[int] = []

    async def watch(name: str) -> None:
        while True:
            code = await town.lives[name].ended(3600)
            codes.append(code or 0)
            town.begin(name)

    watching = [asyncio.create_task(watch(name)) for name in town.lives]
    try:
        yield codes
    finally:
        for each in watching:
            each.cancel()
        await asyncio.wait(watching)


async def _until_others_are_served(town: Town) -> float:
    """When everything that the crowd has said has come to its effect."""

    async def served() -> bool:
        return not (await town.verdict()).lost

    await eventually(served, "the others to be served", patience=300)
    return time.monotonic()
