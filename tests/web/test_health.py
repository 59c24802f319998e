"""What a watchdog is told."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bots.files.store import FolderStore
from bots.signals import Signals
from bots.web import health
from bots.web.context import Context
from core.db import Database
from tests.web.site import Site


async def test_a_process_that_serves_says_so_to_anybody(site: Site) -> None:
    for path in ("/health/live", "/health/ready"):
        answer = await site.call("GET", path)
        assert (answer.status, answer.body) == (200, b"ok")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers


@asynccontextmanager
async def watched(site: Site, db: Database) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """The pages of a process whose database is another one."""
    process = site.process
    files, speeches = FolderStore(process.settings.var_dir), process.houses.speeches
    context = Context(process.settings, db, Signals(), site.clock, speeches, process.region, files, asyncio.Event())
    app = web.Application()
    app.add_routes(health.Health(context).routes())
    async with TestClient(TestServer(app)) as client:
        yield client


@contextmanager
def deaf() -> Iterator[str]:
    """A database that takes the connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"postgresql+psycopg://otklik:secret@127.0.0.1:{server.getsockname()[1]}/otklik"


@contextmanager
def gone() -> Iterator[str]:
    with deaf() as url:
        pass
    yield url


async def test_a_process_whose_database_is_gone_lives_and_is_not_ready(site: Site) -> None:
    with gone() as url, closing(Database(url)) as db:
        async with watched(site, db) as client:
            assert (await client.get("/health/live")).status == 200
            answer = await client.get("/health/ready")
            assert answer.status == 503
            said = await answer.text()
            assert "secret" not in said and "otklik" not in said


async def test_a_process_whose_database_does_not_answer_is_not_ready(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "WITHIN", 0.2)
    with deaf() as url:
        db = Database(url)
        async with watched(site, db) as client:
            async with asyncio.timeout(2):
                assert (await client.get("/health/ready")).status == 503
            assert (await client.get("/health/live")).status == 200
    db.close()
