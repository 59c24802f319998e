"""Fault 7: Redis is restarted, emptied, full, read-only, takes no news or is gone for good. Dialogs go on at the same
step; an operator hears of it once, and once when it is over."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.faults import history
from tests.faults.browser import eventually
from tests.faults.figures import Figures
from tests.faults.lives import Nursery
from tests.faults.servers import OwnRedis, a_redis
from tests.faults.size import size
from tests.faults.told import told
from tests.faults.town import Town, a_town

PEOPLE, TURNS = size(10, 300), 12
NAMES = ("front-0", "front-1", "worker-0")
GONE, BACK, REFUSES = "redis_gone", "redis_back", "redis_refuses"
Strike = Callable[[OwnRedis, Town], Awaitable[None]]


async def restarted(redis: OwnRedis, town: Town) -> None:
    await redis.stop(signal.SIGKILL)
    await until_told(town, GONE)
    await redis.start()
    await until_told(town, BACK)


async def emptied(redis: OwnRedis, town: Town) -> None:
    with redis.client() as client:
        client.flushall()


async def full(redis: OwnRedis, town: Town) -> None:
    """It refuses whatever needs memory."""
    with redis.client() as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "1mb")


async def read_only(redis: OwnRedis, town: Town) -> None:
    """A replica of a primary that is not there."""
    with redis.client() as client:
        client.replicaof("127.0.0.1", "1")


async def without_replicas(redis: OwnRedis, town: Town) -> None:
    with redis.client() as client:
        client.config_set("min-replicas-to-write", 1)


async def silenced(redis: OwnRedis, town: Town) -> None:
    """It takes no news from anybody, and lets everybody wait for them."""
    with redis.client() as client:
        client.execute_command("ACL", "SETUSER", "default", "-publish")


async def gone_for_good(redis: OwnRedis, town: Town) -> None:
    await redis.stop(signal.SIGKILL)
    await until_told(town, GONE)


async def until_told(town: Town, event: str) -> None:
    async def all_have() -> bool:
        return told(town.log())[event] >= len(NAMES)

    await eventually(all_have, f"{event} from everybody", patience=30)


EACH, EACH_THAT_TRIES = (3,), (2, 3)
"""Lines in all, one for each process; the worker may have no news to publish before the end."""
STRIKES: dict[str, tuple[Strike, dict[str, tuple[int, ...]]]] = {
    "restart": (restarted, {GONE: EACH, BACK: EACH}),
    "FLUSHALL": (emptied, {}),
    "out of memory": (full, {}),
    "read-only": (read_only, {}),
    "too few replicas": (without_replicas, {}),
    "no right to publish": (silenced, {REFUSES: EACH_THAT_TRIES}),
    "gone for good": (gone_for_good, {GONE: EACH}),
}
"""By name, with the lines that are written for an operator."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("what", STRIKES)
@pytest.mark.parametrize("way", ["telegram webhook", "web"])
async def test_without_redis_only_speed_is_lost(
    way: str, what: str, seed: int, figures: Figures, nursery: Nursery, postgres_region: str, tmp_path: Path
) -> None:
    """A page has its stream on one front, says things to both, and is answered by any process: news of what was said
    and of the answers go through Redis, as long as there is one."""
    strike, lines = STRIKES[what]
    with a_redis() as redis:
        await redis.start()
        async with a_town(nursery, postgres_region, tmp_path, way, names=NAMES, redis=redis.url) as town:
            crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
            saying = asyncio.create_task(crowd.say_it_all(pause=0.5, dice=random.Random(seed)))
            await town.until_sent(PEOPLE)
            await strike(redis, town)
            await saying
            stuck = await town.calm()
            verdict, heard, askew = await town.verdict(stuck), told(town.log()), await town.pages.askew()
            answers = set(town.balancer.answers)
    counts = town.counts(verdict) | {"lines": heard.total(), "askew": askew}
    figures(7, f"Redis, 2 fronts and a worker, {way}: {what}", **counts)
    assert verdict.whole, verdict
    assert verdict.excess == askew == 0
    assert set(heard) == set(lines)
    assert all(heard[event] in allowed for event, allowed in lines.items()), heard
    assert answers <= {200, 202, 204, 503}  # a machine that is too slow puts off
