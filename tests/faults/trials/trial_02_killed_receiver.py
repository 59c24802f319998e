"""Fault 2: kill -9 of the process that a messenger brings its updates to. What was not taken is brought again."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

import pytest

from tests.faults import history
from tests.faults.figures import Figures
from tests.faults.lives import Nursery
from tests.faults.size import size
from tests.faults.town import a_town

PEOPLE, TURNS, STRIKES = size(25, 300), size(10, 20), size(4, 20)
AT_A_TIME = 25
"""Events that VK brings side by side."""


@pytest.mark.timeout(900)
async def test_fronts_behind_a_balancer_are_killed_while_telegram_brings_updates(
    seed: int, figures: Figures, nursery: Nursery, postgres_region: str, redis_url: str, tmp_path: Path
) -> None:
    dice, names = random.Random(seed), ("front-0", "front-1", "worker-0")
    async with a_town(nursery, postgres_region, tmp_path, "telegram webhook", names=names, redis=redis_url) as town:
        crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
        saying = asyncio.create_task(crowd.say_it_all(0.2, dice))
        for n in range(STRIKES):
            await crowd.until_said((n + 1) * PEOPLE * TURNS // (STRIKES + 1))
            name = dice.choice(names[:2])
            await town.kill(name)
            town.begin(name)
        await saying
        began = time.monotonic()
        stuck = await town.calm()
        verdict = await town.verdict(stuck)
        broken = town.balancer.answers[502] + town.balancer.answers[503]
        figures(
            2,
            "telegram webhook, kill -9 of a front of two",
            **town.counts(verdict),
            not_taken=broken,
            calm_after_s=time.monotonic() - began,
        )
    assert verdict.whole, verdict
    assert verdict.excess <= town.in_sending, verdict


@pytest.mark.timeout(900)
async def test_the_only_process_is_killed_while_vk_brings_events(
    seed: int, figures: Figures, nursery: Nursery, sqlite_region: str, tmp_path: Path
) -> None:
    """VK brings an event again whenever it likes, also after later ones: people here wait until theirs was taken."""
    async with a_town(nursery, sqlite_region, tmp_path, "vk callback") as town:
        crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
        (server,) = town.group.callbacks
        server.widen(AT_A_TIME)
        crowd.taken = town.until_taken
        saying = asyncio.create_task(crowd.say_it_all())
        for n in range(STRIKES):
            await crowd.until_said((n + 1) * PEOPLE * TURNS // (STRIKES + 1))
            await town.kill("run")
            town.begin("run")
        await saying
        began = time.monotonic()
        stuck = await town.calm()
        verdict = await town.verdict(stuck)
        again = sum(delivery.attempt > 0 for delivery in server.deliveries)
        figures(
            2,
            "vk callback, kill -9 of the only process",
            **town.counts(verdict),
            brought_again=again,
            calm_after_s=time.monotonic() - began,
        )
        assert again and not server.given_up
    assert verdict.whole, verdict
    assert not verdict.excess, verdict
