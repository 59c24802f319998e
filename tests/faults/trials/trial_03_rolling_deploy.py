"""Fault 3: all processes are replaced one after the other, again and again, while many people speak. Each is told to
stop when its successor serves; nothing is lost, and nobody outside notices."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path
from typing import Any

import pytest

from tests.faults import bare, history
from tests.faults.figures import Figures
from tests.faults.lives import Nursery
from tests.faults.size import size
from tests.faults.town import a_town

PEOPLE, TURNS, DEPLOYS = size(15, 300), size(300, 1000), size(2, 10)
DRAIN = 4
"""Seconds in which a balancer finds out that a front wants no more requests; here it looks ten times a second, on a
machine that has other things to do."""
KINDS = ("front", "front", "worker", "worker")


@pytest.mark.timeout(900)
async def test_a_rolling_deploy_is_not_noticed(
    seed: int, figures: Figures, nursery: Nursery, postgres_region: str, redis_url: str, tmp_path: Path
) -> None:
    dice, names = random.Random(seed), [f"{kind}-{n}" for n, kind in enumerate(KINDS)]
    deployed: dict[str, Any] = {"names": names, "redis": redis_url, "settings": {"drain_seconds": DRAIN}}
    async with a_town(nursery, postgres_region, tmp_path, "telegram webhook", **deployed) as town:
        crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
        saying = asyncio.create_task(crowd.say_it_all(0.4, dice))
        codes, stopping_s = [], 0.0
        for n in range(DEPLOYS * len(KINDS)):
            old = names.pop(0)
            names.append(new := f"{old.partition('-')[0]}-{len(KINDS) + n}")
            town.begin(new)
            await town.until_ready(new)
            began = time.monotonic()
            codes.append(await town.stop(old))
            stopping_s = max(stopping_s, time.monotonic() - began)
        assert not saying.done(), "everything was said before the last process was replaced"
        crowd.enough = True
        await saying
        stuck = await town.calm()
        verdict = await town.verdict(stuck)
        broken, put_off = town.balancer.broken, town.balancer.answers[503]
        figures(
            3,
            "telegram webhook, rolling deploy of two fronts and two workers",
            **town.counts(verdict),
            deploys=len(codes),
            answers_broken=broken,
            answers_503=put_off,
            nobody_ready=town.balancer.nobody_ready,
            stopping_s=stopping_s,
        )
    assert verdict.whole, verdict
    assert codes == [0] * len(codes)
    assert not verdict.excess and not broken, (verdict, town.balancer.answers, town.balancer.breaks)


@pytest.mark.timeout(900)
async def test_a_bare_aiogram_bot_is_deployed_for_comparison(
    seed: int, figures: Figures, nursery: Nursery, sqlite_region: str, tmp_path: Path
) -> None:
    async with bare.bare_aiogram(nursery, sqlite_region, tmp_path, PEOPLE, TURNS // 10) as town:
        town.begin("run")
        await town.until_connected()
        saying = asyncio.create_task(town.crowd.say_it_all(0.4, random.Random(seed)))
        for n in range(DEPLOYS):
            await town.crowd.until_said((n + 1) * PEOPLE * TURNS // 10 // (DEPLOYS + 2))
            await town.stop("run")
            town.begin("run")
        await saying
        await bare.quiet(town)
        bare.compared(town, figures, 3, "stopped and started again amid load", deploys=DEPLOYS)
