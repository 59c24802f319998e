"""One conversation of a citizen and an official, by the same text in every messenger and on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.messengers.bench import Bench, bench
from tests.messengers.scenes import play
from tests.web.site import Log

WAYS = ("web", "telegram polling", "telegram webhook", "vk longpoll", "vk callback")


async def whole(there: Bench) -> None:
    async def citizen(number: str) -> object:
        return there.person()

    async def official(number: str) -> object:
        return await there.official("petrov")

    await play("whole.txt", {"Мария": citizen, "Петров": official}, there.fetched)


@pytest.mark.parametrize("way", WAYS)
async def test_a_message_is_filed_asked_about_answered_and_rated(
    way: str, demo_url: str, tmp_path: Path, log: Log
) -> None:
    async with bench(demo_url, tmp_path, log, way) as there:
        await whole(there)


@pytest.mark.parametrize("way", WAYS)
async def test_it_is_the_same_with_postgresql_and_redis(
    way: str, demo_postgres_url: str, redis_url: str, tmp_path: Path, log: Log
) -> None:
    async with bench(demo_postgres_url, tmp_path, log, way, redis_url=redis_url) as there:
        await whole(there)
