"""The ground that the other tests stand on."""

from __future__ import annotations

import asyncio
import shutil
import socket
from contextlib import closing

import pytest
import sqlalchemy as sa
from playwright.async_api import Page
from redis import Redis

from tests import servers
from tests.conftest import NetworkTouched


def test_a_fresh_database_is_migrated_and_answers(engine_url: str) -> None:
    engine = sa.create_engine(engine_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM alembic_version")) == 1
    engine.dispose()


def test_redis_answers_and_is_empty(redis_url: str) -> None:
    with closing(Redis.from_url(redis_url)) as redis:
        assert redis.ping()
        assert redis.dbsize() == 0
        redis.set("left", "behind")


def test_redis_is_empty_again(redis_url: str) -> None:
    test_redis_answers_and_is_empty(redis_url)


async def test_chromium_shows_a_page(page: Page) -> None:
    await page.goto("data:text/html,<title>Otklik</title>")
    assert await page.title() == "Otklik"


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.invalid", b"example.invalid"])
async def test_the_network_is_out_of_reach(host: str | bytes) -> None:
    with pytest.raises(NetworkTouched):
        socket.create_connection((host, 80), timeout=1)  # type: ignore[arg-type]
    with pytest.raises(NetworkTouched):
        await asyncio.get_running_loop().getaddrinfo(host, 80)


@pytest.mark.parametrize("required", ["", "1"])
def test_a_missing_server_names_its_package(required: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(servers.REQUIRED, required)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    outcome = pytest.fail.Exception if required else pytest.skip.Exception
    with pytest.raises(outcome, match=r"needs Redis: apt-get install redis-server"):
        servers.started_redis("nowhere")
