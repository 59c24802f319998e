"""Fetches what messengers still have: one file at a time (the process runs a few of these side by side), looked at,
stored, and only then said to be there. What cannot be had now is tried again for a day; what never will be is said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

import aiohttp
import structlog
from sqlalchemy.engine import Connection

from bots.files.answers import Refused
from bots.files.decode import Decoder
from bots.files.download import Gone, TooLarge, Unreachable, download, read_all, session
from bots.files.kinds import MIMES, MOST
from bots.files.store import FileStore
from bots.signals import Signals
from core import app
from core.clock import Clock
from core.db import Database
from core.files import fetches
from core.files.fetches import Fetch, Stored
from core.files.types import Kind
from core.talk import Place

AT_ONCE = 4
"""Fetches side by side in one process."""
SECONDS = 30.0
"""For one try: the address, and the bytes."""

T = TypeVar("T")
Ended = Stored | str
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fetched:
    """Where the bytes are, or the bytes themselves; `size` is what the messenger announces, None where it says nothing.
    `address` is one that its interface has just given, never one that a person has typed."""

    address: str = ""
    chunks: AsyncIterator[bytes] | None = None
    size: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Source(Protocol):
    """A messenger, as far as files go. `inside`: the origin of its interface, where the settings put that into our own
    network."""

    @property
    def inside(self) -> str: ...

    async def open(self, source: Mapping[str, Any]) -> Fetched:
        """Asks for the address at the last moment: they run out. Raises Gone, Unreachable or an error of aiohttp."""


class FetchLane:
    """`turn` is taken by as many tasks as fetches may go on at once."""

    def __init__(
        self,
        db: Database,
        store: FileStore,
        decoder: Decoder,
        sources: Mapping[str, Source],
        signals: Signals,
        clock: Clock,
        owner: str,
        seconds: float = SECONDS,
    ) -> None:
        self._db, self._store, self._decoder, self._sources = db, store, decoder, sources
        self._signals, self._clock, self._owner, self._seconds = signals, clock, owner, seconds

    async def turn(self) -> int:
        """Whether there was something to fetch. Asks a reader first: a lane with nothing to do costs no write."""
        now, messengers = self._clock(), tuple(self._sources)
        if not messengers:
            return 0
        if not await asyncio.wrap_future(self._db.read(lambda conn: fetches.waits(conn, messengers, now))):
            return 0
        fetch = await self._write(lambda tx: fetches.claim(tx, self._owner, messengers, now))
        if fetch is None:
            return 0
        try:
            ended = await self._fetch(fetch)
        except (OSError, aiohttp.ClientError, TimeoutError) as error:
            problem = str(error) if isinstance(error, Unreachable) else type(error).__name__
            log.info("fetch_failed", fetch=fetch.id, messenger=fetch.messenger, problem=problem)
            await self._write(lambda tx: self._later(tx, fetch, problem))
            return 1
        await self._write(lambda tx: self._end(tx, fetch, ended))
        self._signals.ring("outbox")
        return 1

    async def _fetch(self, fetch: Fetch) -> Ended:
        """A word where it will never be had."""
        try:
            async with asyncio.timeout(self._seconds):
                content = await self._bytes(self._sources[fetch.messenger], fetch)
        except TooLarge:
            return "size"
        except Gone:
            return "gone"
        return await self._stored(fetch, content)

    async def _bytes(self, source: Source, fetch: Fetch) -> bytes:
        found = await source.open(fetch.source)
        if (found.size or 0) > MOST:
            raise TooLarge
        if found.chunks is not None:
            return await read_all(found.chunks)
        async with session(inside=source.inside) as client:
            return await download(client, found.address, found.headers, inside=source.inside)

    async def _stored(self, fetch: Fetch, content: bytes) -> Ended:
        if fetch.kind is Kind.PHOTO:
            photo = await self._decoder.photo(content)
            if isinstance(photo, Refused):
                return photo.reason
            content, extension, name = photo.content, photo.extension, ""
            place = None if photo.lat is None else Place("", photo.lat, photo.lon)
        else:
            document = await self._decoder.document(content, fetch.name)
            if isinstance(document, Refused):
                return document.reason
            extension, name, place = document.extension, document.name, None
        sha256 = await asyncio.to_thread(self._store.save, content)
        return Stored(sha256, MIMES[extension], len(content), name, place)

    def _end(self, tx: Connection, fetch: Fetch, ended: Ended) -> None:
        now = self._clock()
        if isinstance(ended, Stored):
            _happened(tx, fetches.arrived(tx, fetch, self._owner, ended, now), now)
        else:
            _happened(tx, fetches.lost(tx, fetch, self._owner, ended, now), now)

    def _later(self, tx: Connection, fetch: Fetch, problem: str) -> None:
        now = self._clock()
        _happened(tx, fetches.again(tx, fetch, self._owner, problem, now), now)

    async def _write(self, fn: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self._db.write(fn))


def _happened(tx: Connection, event: object, now: datetime) -> None:
    if event is not None:
        app.happened(tx, event, now)
