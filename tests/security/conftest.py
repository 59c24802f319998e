"""The scene, made once for each worker: whatever is tried in it is undone. And a site for the routes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bots.account import Account
from bots.ops import server
from bots.web import server as pages
from core.db import Database
from tests.builders import fill
from tests.databases import sqlite_in
from tests.security.scene import Scene, made
from tests.web.conftest import demo_url, log, settings_for, site
from tests.web.site import Log, Site, free_port, running

__all__ = ["demo_url", "log", "site"]

GROUP, SECRET = 77, "a-secret-of-at-least-16-signs"
OPS_TOKEN = "an-operators-token-of-many-signs"
AWAY = "http://127.0.0.1:9"
MESSENGERS_ON: dict[str, Any] = {
    "telegram_token": "7000001:AAtest_token_of_the_citizens_bot_123",
    "telegram_staff_token": "7000002:AAtest_token_of_the_officials_bot_12",
    "telegram_api_url": AWAY,
    "telegram_mode": "webhook",
    "telegram_secret": SECRET,
    "vk_token": "vk1.a.key-of-the-tests",
    "vk_group_id": GROUP,
    "vk_api_url": f"{AWAY}/method/",
    "vk_mode": "callback",
    "vk_secret": SECRET,
    "vk_confirmation": "c0nf1rm",
    "public_url": "http://127.0.0.1",
    "ops_token": OPS_TOKEN,
}


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    yield from _scene(sqlite_in(tmp_path_factory.mktemp("scene")))


@pytest.fixture
def postgres_scene(postgres_url: str) -> Iterator[Scene]:
    yield from _scene(postgres_url)


def _scene(url: str) -> Iterator[Scene]:
    db = Database(url)
    db.write(fill).result()
    yield db.write(lambda tx: made(db, tx)).result()
    db.close()


@pytest.fixture
def app_of(monkeypatch: pytest.MonkeyPatch) -> list[web.Application]:
    """What the product serves, as soon as it does: the pages, and what is for operators. The messengers stay away:
    their libraries need not be imported to hear what is brought in their name."""
    built: list[web.Application] = []

    def keeps(build: Callable[..., web.Application]) -> Callable[..., web.Application]:
        def kept(*args: Any, **more: Any) -> web.Application:
            built.append(build(*args, **more))
            return built[-1]

        return kept

    async def away(account: Account, stopping: asyncio.Event) -> None:
        await stopping.wait()

    monkeypatch.setattr("bots.wiring.build", keeps(pages.build))
    monkeypatch.setattr(server, "build", keeps(server.build))
    monkeypatch.setattr(Account, "run", away)
    return built


@pytest.fixture
async def hooked(demo_url: str, tmp_path: Path, log: Log, app_of: list[web.Application]) -> AsyncIterator[Site]:
    settings = settings_for(demo_url, tmp_path, **MESSENGERS_ON, ops_port=free_port())
    async with running(settings, log) as site:
        yield site
