"""Signals between processes: heard through Redis, heard at home without it, and always ready to end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from structlog.testing import capture_logs

from bots.fanout import Fanout
from bots.signals import Signals, rung
from tests.faults.browser import eventually
from tests.faults.servers import a_redis


@asynccontextmanager
async def running(*fanouts: Fanout) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(fanout.run()) for fanout in fanouts]
    try:
        yield
    finally:
        await ended(tasks)


async def ended(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    _, alive = await asyncio.wait(tasks, timeout=10)
    assert not alive, "a cancelled fan-out goes on"


async def test_what_is_rung_in_one_process_is_heard_in_another(redis_url: str) -> None:
    here, there = Fanout(redis_url), Fanout(redis_url)
    async with running(here, there):
        with there.listen("inbox") as heard, there.listen("outbox") as other:

            async def sure() -> bool:
                return there.sure

            await eventually(sure, "a connection")
            assert heard.is_set() and other.is_set(), "everybody looks again: something may have been missed"
            heard.clear()
            other.clear()

            async def rings() -> bool:
                here.ring("inbox")
                return heard.is_set()

            await eventually(rings, "a signal from the other process")
            assert not other.is_set()


async def test_without_redis_a_process_still_hears_itself(tmp_path: Path) -> None:
    alone = Fanout(f"unix://{tmp_path / 'nobody.sock'}")
    async with running(alone):
        with alone.listen("inbox") as heard:
            for _ in range(5000):
                alone.ring("inbox")
            await rung(heard, 1)
            assert heard.is_set()
    assert not alone.sure, "who hears only itself has to look again often"


def test_a_star_rings_all_that_begin_so() -> None:
    signals = Signals()
    with signals.listen("web:1") as one, signals.listen("web:2") as two, signals.listen("inbox") as other:
        signals.ring("web:*")
        assert one.is_set() and two.is_set() and not other.is_set()


async def test_a_fan_out_ends_when_it_is_told_to_whatever_the_library_is_doing(redis_url: str) -> None:
    """At the moment at which reads time out, the library has been seen to swallow a cancellation."""
    tasks = [asyncio.create_task(Fanout(redis_url).run()) for _ in range(200)]
    with suppress(TimeoutError):
        async with asyncio.timeout(1.1):
            await asyncio.wait(tasks)
    await ended(tasks)


async def test_a_redis_that_takes_no_news_is_told_of_once_and_relied_on_again_later() -> None:
    with capture_logs() as logs, a_redis() as redis:
        await redis.start()
        here = Fanout(redis.url)

        async def rung_until(*, sure: bool) -> None:
            async def so() -> bool:
                here.ring("inbox")
                return here.sure is sure

            await eventually(so, f"sure: {sure}", patience=20)

        async with running(here):
            await rung_until(sure=True)
            with redis.client() as client:
                client.execute_command("ACL", "SETUSER", "default", "-publish")
                await rung_until(sure=False)
                client.execute_command("ACL", "SETUSER", "default", "+publish")
            await rung_until(sure=True)
    assert [log["event"] for log in logs] == ["redis_refuses", "redis_back"]
