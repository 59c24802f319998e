"""What stands before several fronts: passes each request to one that says it is ready, and to another one where the
connection is refused, as the real ones do. Where nobody is ready, all get requests but those that say they are about to
end, as in Kubernetes. It repeats no request that a front may have read. A live stream is passed on as it comes, until
one of its ends has gone."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from bots.web.health import ENDING

LOOKS_EVERY = 0.1
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


@dataclass
class Balancer:
    """`answers` counts what it has answered, by status. `broken` counts those of its own: 502 where a front has died
    with a request in its hands, 503 where there was none; other 503s are of a front that could not store it now."""

    session: aiohttp.ClientSession
    streams: aiohttp.ClientSession
    """Without end, and as many as there are."""
    url: str = ""
    fronts: set[str] = field(default_factory=set)
    """Addresses that are looked at; `ready`: those that want requests."""
    ready: list[str] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    loses: Callable[[], bool] = lambda: False
    """Whether this answer of a front that has taken a request gets lost on its way; `lost` have been."""
    lost: int = 0
    broken: int = 0
    news: dict[str, tuple[float, str]] = field(default_factory=dict)
    """When the last look at each front ended, and what it has said."""
    nobody_ready: int = 0
    """Requests while that was so: a database that stands still makes it so for all at once."""
    breaks: list[str] = field(default_factory=list)
    """How each of them came about."""
    holds: Callable[[], float] = lambda: 0.0
    """For how many seconds a request is under way."""
    _turn: itertools.count[int] = field(default_factory=itertools.count)
    _looked_at: set[str] = field(default_factory=set)
    _under_way: set[asyncio.Event] = field(default_factory=set)

    async def watch(self) -> None:
        """Each front by itself: one that is slow to answer holds up no news of the others."""
        async with asyncio.TaskGroup() as looks:
            while True:
                self.ready = [front for front in self.ready if front in self.fronts]
                for front in self.fronts - self._looked_at:
                    self._looked_at.add(front)
                    looks.create_task(self._look(front))
                await asyncio.sleep(LOOKS_EVERY)

    async def _look(self, front: str) -> None:
        is_ready = await self._is_ready(front)
        self.ready = sorted({*self.ready} - {front} | ({front} if is_ready else set()))
        self._looked_at.discard(front)

    async def _is_ready(self, front: str) -> bool:
        try:
            async with self.session.get(f"{front}/health/ready", timeout=aiohttp.ClientTimeout(total=3)) as answer:
                said = f"{answer.status} {await answer.text()}"
        except (aiohttp.ClientError, TimeoutError) as error:
            said = type(error).__name__
        self.news[front] = asyncio.get_running_loop().time(), said
        return said.startswith("200")

    def _breaks(self, front: str, why: str) -> None:
        self.broken += 1
        now = asyncio.get_running_loop().time()
        told = ", ".join(f"{one} {now - at:.1f} s ago: {said}" for one, (at, said) in self.news.items())
        self.breaks.append(f"{front or 'none'}: {why}; ready: {self.ready}, of {sorted(self.fronts)}; {told}")

    async def pass_on(self, request: web.Request) -> web.Response:
        answered = asyncio.Event()
        self._under_way.add(answered)
        try:
            return await self._pass_on(request)
        finally:
            self._under_way.remove(answered)
            answered.set()

    async def caught_up(self) -> None:
        """Whatever is under way now has been answered."""
        for answered in list(self._under_way):
            await answered.wait()

    async def _pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        if seconds := self.holds():
            await asyncio.sleep(seconds)
        answer = await self._answer(request, body)
        if answer.status in (200, 202) and self.loses() and request.transport is not None:
            self.lost += 1
            request.transport.abort()
        else:
            self.answers[answer.status] += 1
        return answer

    def _not_ending(self) -> list[str]:
        ending = {front for front, (_, said) in self.news.items() if ENDING in said}
        return sorted(self.fronts - ending)

    def _in_turn(self) -> list[str]:
        start, among = next(self._turn), self.ready or self._not_ending() or sorted(self.fronts)
        self.nobody_ready += not self.ready
        return [among[(start + n) % len(among)] for n in range(len(among))]

    async def stream_on(self, request: web.Request) -> web.StreamResponse:
        for front in self._in_turn():
            try:
                url, headers = f"{front}{request.rel_url}", _passed(request.headers)
                async with self.streams.get(url, headers=headers, allow_redirects=False) as answer:
                    self.answers[answer.status] += 1
                    return await _relayed(request, answer)
            except aiohttp.ClientConnectorError:
                continue
            except (aiohttp.ClientError, TimeoutError):
                return web.Response(status=502)  # not `broken`: who listens comes again, and has missed nothing
        return web.Response(status=503)

    async def _answer(self, request: web.Request, body: bytes) -> web.Response:
        headers = _passed(request.headers)
        for front in self._in_turn():
            try:
                async with self.session.request(
                    request.method, f"{front}{request.rel_url}", data=body, headers=headers, allow_redirects=False
                ) as answer:
                    return web.Response(status=answer.status, body=await answer.read(), headers=_passed(answer.headers))
            except aiohttp.ClientConnectorError:
                continue  # it has read nothing
            except (aiohttp.ClientError, TimeoutError) as error:
                self._breaks(front, f"{type(error).__name__}: {error}")
                return web.Response(status=502)
        self._breaks("", "nobody took it")
        return web.Response(status=503, headers={"Retry-After": "1"})


def _passed(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in HOP_BY_HOP}


async def _relayed(request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    relayed = web.StreamResponse(status=answer.status, headers=_passed(answer.headers))
    try:
        await relayed.prepare(request)
        async for part in answer.content.iter_any():
            await relayed.write(part)
    except (aiohttp.ClientError, ConnectionError):
        if request.transport is not None:  # its front has died: no end that looks like one
            request.transport.abort()
    return relayed


@asynccontextmanager
async def balancing() -> AsyncIterator[Balancer]:
    """No connection is kept: one that a front closes in the same moment would be an error of our own."""
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True, limit=200)) as session,
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True, limit=0), timeout=aiohttp.ClientTimeout(total=None)
        ) as streams,
    ):
        balancer = Balancer(session, streams)
        app = web.Application()
        app.router.add_get("/{path:.*}/stream", balancer.stream_on)
        app.router.add_route("*", "/{path:.*}", balancer.pass_on)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        balancer.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        watching = asyncio.create_task(balancer.watch())
        try:
            yield balancer
        finally:
            watching.cancel()
            await asyncio.wait([watching])
            await runner.cleanup()
