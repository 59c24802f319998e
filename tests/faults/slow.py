"""Stands between us and a PostgreSQL, and lets every question wait, however small it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

CHUNK = 2**16


@dataclass
class Way:
    """`delay`: seconds for which a question waits from now on; `slowed`: how many have waited."""

    port: int = 0
    delay: float = 0.0
    slowed: int = 0
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    async def carry(self, socket: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(socket)
        asked = asyncio.create_task(self._pour(reader, back, slowly=True))
        answered = asyncio.create_task(self._pour(there, writer, slowly=False))
        self._open |= {asked, answered}
        try:
            await asyncio.wait([asked, answered], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (asked, answered):
                task.cancel()
            await asyncio.wait([asked, answered])
            self._open -= {asked, answered}
            for end in (back, writer):
                end.close()

    async def _pour(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, slowly: bool) -> None:
        with suppress(ConnectionError):
            while chunk := await source.read(CHUNK):
                if slowly and self.delay:
                    await asyncio.sleep(self.delay)
                    self.slowed += 1
                sink.write(chunk)
                await sink.drain()


@asynccontextmanager
async def a_slow_way(socket: Path) -> AsyncIterator[Way]:
    way = Way()
    server = await asyncio.start_server(lambda reader, writer: way.carry(socket, reader, writer), "127.0.0.1", 0)
    way.port = server.sockets[0].getsockname()[1]
    try:
        yield way
    finally:
        server.close()
        for task in list(way._open):
            task.cancel()
