"""The balancer of the trials leads nobody to a front that is about to end, also where no other one is ready; a stream
goes through it as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from bots.web.health import ENDING
from tests.faults.balancer import Balancer, balancing
from tests.faults.browser import eventually

NO_DATABASE = "the database does not answer"


@asynccontextmanager
async def a_front(asked: list[str], says: str) -> AsyncIterator[str]:
    """One that is not ready, because of what it says, and what it is asked all the same."""

    async def ready(request: web.Request) -> web.Response:
        return web.Response(text=says, status=503)

    async def other(request: web.Request) -> web.Response:
        asked.append(says)
        return web.Response(status=503)

    app = web.Application()
    app.router.add_get("/health/ready", ready)
    app.router.add_post("/said", other)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def known(balancer: Balancer, fronts: set[str]) -> None:
    balancer.fronts |= fronts

    async def so() -> bool:
        return fronts <= set(balancer.news)

    await eventually(so, "the balancer to have looked at all")


async def test_where_nobody_is_ready_who_is_about_to_end_is_left_alone() -> None:
    asked = list[str]()
    async with (
        a_front(asked, ENDING) as going,
        a_front(asked, NO_DATABASE) as staying,
        balancing() as balancer,
        aiohttp.ClientSession() as session,
    ):
        await known(balancer, {going, staying})
        for _ in range(6):
            async with session.post(f"{balancer.url}/said") as answer:
                assert answer.status == 503
        assert asked == [NO_DATABASE] * 6
        assert (balancer.nobody_ready, balancer.broken) == (6, 0)


@asynccontextmanager
async def a_front_that_streams(goes_on: asyncio.Event) -> AsyncIterator[str]:
    """One that says two things, the second when it is let, and then breaks off."""

    async def ready(request: web.Request) -> web.Response:
        return web.Response()

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(request.query_string.encode())
        await goes_on.wait()
        await response.write(b"second")
        assert request.transport is not None
        request.transport.close()
        return response

    app = web.Application()
    app.router.add_get("/health/ready", ready)
    app.router.add_get("/api/chat/stream", stream)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_stream_is_passed_on_as_it_comes_and_its_break_as_a_break() -> None:
    goes_on = asyncio.Event()
    async with a_front_that_streams(goes_on) as front, balancing() as balancer, aiohttp.ClientSession() as session:
        await known(balancer, {front})
        async with session.get(f"{balancer.url}/api/chat/stream?after=7") as answer:
            assert await answer.content.readany() == b"after=7"
            await asyncio.wait_for(balancer.caught_up(), 5)  # a stream is not under way: nobody waits for its end
            goes_on.set()
            assert await answer.content.readany() == b"second"
            with pytest.raises(aiohttp.ClientPayloadError):
                await answer.content.readany()
        assert balancer.answers == {200: 1}
