"""Brings updates to a webhook as Telegram does: over connections that stay open, on each the next when the one
before is answered. First as fast as it goes; then at half of that, on time whatever happens, and
how long each took from when it was due is measured."""

from __future__ import annotations

import asyncio
import time
from itertools import cycle
from typing import cast

from bots.telegram.hook import HEADER, PATH
from tests.bench.child import Order, say
from tests.bench.wizard import words

CONNECTIONS, PEOPLE = 64, 500


class Connection(asyncio.Protocol):
    """One request at a time; knows no more of HTTP than the answers of a webhook need."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport
        self._answer: asyncio.Future[int] | None = None
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own is none of asyncio's

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, end, body = self._got.partition(b"\r\n\r\n")
        if not end or self._answer is None:
            return
        lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
        if len(body) >= int(lengths[0] if lengths else 0):
            self._got, answer, self._answer = b"", self._answer, None
            answer.set_result(int(head.split(b" ", 2)[1]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None:
            self._answer.set_exception(ConnectionError("The server has closed the connection."))

    async def post(self, request: bytes) -> int:
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer


class Load:
    def __init__(self, port: int, secret: str) -> None:
        self._port, self._secret, self._chats = port, secret, cycle(range(1, PEOPLE + 1))
        self._free = asyncio.Queue[Connection]()
        self.refused = 0

    async def connect(self) -> None:
        for _ in range(CONNECTIONS):
            _, made = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", self._port)
            self._free.put_nowait(made)

    def requests(self, n: int) -> list[bytes]:
        return [self._request(words(next(self._chats), "There is a deep pothole on the road.")) for _ in range(n)]

    def _request(self, body: bytes) -> bytes:
        head = f"POST {PATH} HTTP/1.1\r\nHost: otklik\r\nContent-Type: application/json\r\n{HEADER}: {self._secret}\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    async def one(self, request: bytes) -> None:
        connection = await self._free.get()
        self.refused += await connection.post(request) != 200
        self._free.put_nowait(connection)

    async def flat_out(self, requests: list[bytes]) -> float:
        """Seconds."""
        began, waiting = time.perf_counter(), iter(requests)

        async def follow() -> None:
            for request in waiting:
                await self.one(request)

        await asyncio.gather(*(follow() for _ in range(CONNECTIONS)))
        return time.perf_counter() - began

    async def on_time(self, requests: list[bytes], rate: float) -> list[float]:
        """Milliseconds that each took, sorted."""
        took, began = list[float](), time.perf_counter()

        async def timed(request: bytes, due: float) -> None:
            await self.one(request)
            took.append((time.perf_counter() - due) * 1000)

        async with asyncio.TaskGroup() as tasks:
            for n, request in enumerate(requests):
                due = began + n / rate
                if (early := due - time.perf_counter()) > 0:
                    await asyncio.sleep(early)
                tasks.create_task(timed(request, due))
        return sorted(took)


async def main(order: Order) -> None:
    load, n = Load(order["port"], order["secret"]), order["posts"]
    await load.connect()
    first = max(n // 10, PEOPLE)  # by then everybody is known
    await load.flat_out(load.requests(first))
    wall = await load.flat_out(load.requests(n))
    took = await load.on_time(load.requests(n // 2), n / wall / 2)
    p50, p99 = took[len(took) // 2], took[len(took) * 99 // 100]
    posted = first + n + n // 2
    say({"count": n, "wall": wall, "p50": p50, "p99": p99, "refused": load.refused, "posted": posted})
