"""Two fronts and a worker, each a process of its own, over one PostgreSQL and one Redis: whoever is asked answers, each
conversation has one owner, and without Redis only speed is lost."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa

from bots.schema import metadata_with_all_tables
from core.db import Database
from tests import servers
from tests.builders import CITY, NOON, Chat, a_citizen, a_filed, an_official, fill
from tests.faults.browser import Browser, chat_session, eventually
from tests.faults.child import Order
from tests.faults.lives import Life, Nursery, free_port

TABLES = metadata_with_all_tables().tables
PROBLEM = "There is a deep pothole on the road near house 14."


@dataclass
class Town:
    db: Database
    fronts: list[Life]
    worker: Life

    def base(self, front: int) -> str:
        return f"http://127.0.0.1:{self.fronts[front].order.port}"

    def citizen(self) -> Chat:
        return self.db.write(a_citizen).result()

    def column(self, table: str, name: str) -> list[Any]:
        values = sa.select(TABLES[table].c[name]).order_by(TABLES[table].c.id)
        return list(self.db.read(lambda conn: conn.execute(values).scalars().all()).result())


@asynccontextmanager
async def a_town(nursery: Nursery, url: str, redis: str, folder: Path) -> AsyncIterator[Town]:
    order = Order(url, 8080, str(folder), str(folder / "lives.log"), NOON.isoformat(), redis_url=redis)
    with closing(Database(url)) as db:
        db.write(fill).result()
        lives = [Life(nursery, replace(order, port=free_port(), worker=False)) for _ in range(2)]
        lives.append(Life(nursery, replace(order, front=False)))
        try:
            yield Town(db, lives[:2], lives[2])
            assert [await life.stop() for life in lives] == [0, 0, 0]
        finally:
            for life in lives:
                await life.kill()


@pytest.fixture
def mortal_redis(worker_id: str) -> tuple[str, int]:
    """Of this test alone, with its process id."""
    name = f"mortal-{worker_id}"
    url = servers.started_redis(name)
    return url, int((servers.run_folder() / f"{name}.pid").read_text())


class Wanderer(Browser):
    """Asks now one front, now the other, as behind a balancer."""

    def __init__(self, session: aiohttp.ClientSession, town: Town, token: str) -> None:
        super().__init__(session, town.base(0), token=token)
        self._bases, self._count = [town.base(0), town.base(1)], 0

    async def _request(self, method: str, url: str, **more: Any) -> Any:
        self._count += 1
        return await super()._request(method, url.replace(self._bases[0], self._bases[self._count % 2]), **more)


async def files(citizen: Browser, n: int) -> None:
    await citizen.say(f"{PROBLEM} {n}")
    await citizen.press_when("~yes.")
    await citizen.press_when("~roads")
    await citizen.press_when(f"~{CITY}")
    await citizen.press_when("~done")
    await citizen.press_when("~skip")
    await citizen.press_when("~yes")
    await citizen.until_button("my:0")
    await citizen.acknowledge()


async def everything_ends(town: Town) -> None:
    async def ended() -> bool:
        waits = {"ready", "leased", "sending"} & set(town.column("outbox", "state"))
        return set(town.column("inbox", "state")) <= {"done"} and not waits

    await eventually(ended, "the end of every row")


async def test_two_fronts_and_a_worker_serve_one_town_also_when_redis_dies(
    nursery: Nursery, postgres_url: str, mortal_redis: tuple[str, int], tmp_path: Path
) -> None:
    redis, pid = mortal_redis
    async with a_town(nursery, postgres_url, redis, tmp_path) as town, chat_session() as session:
        crowd = [Wanderer(session, town, town.citizen().token) for _ in range(6)]
        await asyncio.gather(*(files(citizen, n) for n, citizen in enumerate(crowd)))
        os.kill(pid, signal.SIGKILL)
        late = [Wanderer(session, town, town.citizen().token) for _ in range(6)]
        await asyncio.gather(*(files(citizen, 6 + n) for n, citizen in enumerate(late)))
        await everything_ends(town)
        assert sorted(town.column("appeals", "text")) == sorted(f"{PROBLEM} {n}" for n in range(12))
        assert town.column("inbox", "attempts") == [1] * 12 * 7
        assert not set(town.column("outbox", "state")) & {"uncertain", "refused"}
        for citizen in (*crowd, *late):
            texts = [item["text"] for item in await citizen.page()]
            assert len([text for text in texts if text == citizen.said[0]]) == 1


async def test_a_push_reaches_a_page_that_is_open_at_any_front(
    nursery: Nursery, postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with a_town(nursery, postgres_url, redis_url, tmp_path) as town, chat_session() as one, chat_session() as two:
        chat = town.db.write(lambda tx: a_citizen(tx, consent=True)).result()
        number = town.db.write(lambda tx: a_filed(tx, chat)).result()
        office = town.db.write(an_official).result()
        citizen, official = Browser(one, town.base(0), token=chat.token), Browser(two, town.base(1))
        await official.enter(office.token)
        await official.press(f"take:{number}")
        await citizen.until_button(f"card:{number}")
        await official.until_button(f"answer:{number}")
        await everything_ends(town)
