"""Real processes are killed between two hops, by kill -9 from inside, and come back a minute later. Nothing that was
accepted is lost, nothing is done or shown twice, and nothing stays in between. A run that misses its hop fails."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bots.schema import metadata_with_all_tables
from core.db import Database
from core.outbox.types import State
from tests.builders import CITY, NOON, Chat, a_citizen, a_filed, an_official, fill
from tests.databases import migrate
from tests.faults.browser import Browser, Item, chat_session, eventually
from tests.faults.child import Order
from tests.faults.lives import Life, Nursery, free_port

HOPS = ("received", "stored", "taken", "moved", "saved", "claimed", "sending", "sent", "settled")
LATER = timedelta(minutes=1)
"""After which a dead process comes back: every lease has run out."""
ENDS = {State.DELIVERED, State.UNCERTAIN, State.SUPERSEDED}
TABLES = metadata_with_all_tables().tables

PROBLEM = "There is a deep pothole on the road near house 14, Sadovaya street."
ANSWER = "The pothole has been filled this morning."


@dataclass
class World:
    """What the two flows are about: a citizen, and petrov of the city, who both have been here before."""

    citizen: Chat
    official: Chat
    number: str = ""
    """Of an appeal that is there before the flow begins."""


@dataclass
class People:
    citizen: Browser
    official: Browser
    seen: tuple[list[Any], list[Any]] = ([], [])


Flow = Callable[[World, People], Awaitable[None]]


async def file_an_appeal(world: World, people: People) -> None:
    """Flow 1: seven events with two commands, and a notice to those who answer."""
    citizen = people.citizen
    await citizen.say(PROBLEM)
    await citizen.press_when("~yes.")
    await citizen.press_when("~roads")
    await citizen.press_when(f"~{CITY}")
    await citizen.until_button("~skip")
    await citizen.say("Sadovaya, 14")
    await citizen.press_when("~done")
    await citizen.press_when("~yes")
    await citizen.until_button("my:0")


async def answer_an_appeal(world: World, people: People) -> None:
    """Flow 2: eight events with three commands, and two pushes to the citizen."""
    citizen, official, number = people.citizen, people.official, world.number
    await official.command("desk")
    await official.press_when("queue:new")
    await official.press_when(f"card:{number}")
    await official.press_when(f"take:{number}")
    await citizen.until_button(f"card:{number}")
    await official.press_when(f"answer:{number}")
    await official.until_no_button(f"answer:{number}")
    await official.say(ANSWER)
    await official.press_when("~yes")
    await official.until_button("queue:new")
    await citizen.press_when(f"rate:{number}.5")
    await citizen.until_button("my:0")


FLOWS: dict[str, Flow] = {"file": file_an_appeal, "answer": answer_an_appeal}


def prepared(url: str, flow: str) -> World:
    def make(tx: Connection) -> World:
        official = an_official(tx)
        citizen = a_citizen(tx, consent=flow == "answer")
        return World(citizen, official, a_filed(tx, citizen) if flow == "answer" else "")

    with closing(Database(url)) as db:
        return db.write(make).result()


def an_order(url: str, folder: Path) -> Order:
    return Order(url, free_port(), str(folder), str(folder / "lives.log"), NOON.isoformat())


@asynccontextmanager
async def the_people(world: World, order: Order) -> AsyncIterator[People]:
    base = f"http://127.0.0.1:{order.port}"
    async with chat_session() as one, chat_session() as other:
        yield People(Browser(one, base, token=world.citizen.token), Browser(other, base))


async def walk(flow: str, world: World, people: People) -> None:
    await people.official.enter(world.official.token)
    await FLOWS[flow](world, people)


async def until_all_has_ended(url: str, people: People) -> None:
    """Everything has been seen, and every row of the inbox and the outbox has come to its end."""
    with closing(Database(url, serve=False)) as db:

        async def ended() -> bool:
            await people.citizen.acknowledge()
            await people.official.acknowledge()
            return await asyncio.wrap_future(db.read(nothing_is_open))

        await eventually(ended, "the end of every row")


def nothing_is_open(conn: Connection) -> bool:
    inbox, outbox, talks = TABLES["inbox"].c, TABLES["outbox"].c, TABLES["conversations"].c
    open_ = (
        sa.select(inbox.id).where(inbox.state != "done"),
        sa.select(outbox.id).where(outbox.state.not_in(ENDS)),
        sa.select(talks.id).where(sa.or_(talks.lease_owner.is_not(None), talks.pending_at.is_not(None))),
    )
    return not any(conn.execute(rows).first() for rows in open_)


async def struck(nursery: Nursery, url: str, folder: Path, flow: str, hop: str, nth: int) -> tuple[World, People]:
    """The flow with a death in it; it goes on to its end by itself."""
    world, order = prepared(url, flow), an_order(url, folder)
    first = Life(nursery, replace(order, hop=hop, nth=nth))
    async with the_people(world, order) as people:
        walking = asyncio.create_task(walk(flow, world, people))
        try:
            dying = asyncio.create_task(first.ended())
            await asyncio.wait({walking, dying}, return_when=asyncio.FIRST_COMPLETED)
            if walking.done():
                walking.result()
            assert await dying == -signal.SIGKILL, f"{hop} was not reached {nth} times"
        finally:
            await first.kill()
        second = Life(nursery, replace(order, starts=(NOON + LATER).isoformat()))
        try:
            await walking
            await until_all_has_ended(url, people)
            people.seen = await both_read(people)
            assert await second.stop() == 0
        finally:
            walking.cancel()
            await second.kill()
    return world, people


def rows(url: str, table: str, *names: str) -> list[Any]:
    columns = [TABLES[table].c[name] for name in names]
    with closing(Database(url, serve=False)) as db:
        found = db.read(lambda conn: conn.execute(sa.select(*columns).order_by(TABLES[table].c.id)).all()).result()
    return [tuple(row) if len(names) > 1 else row[0] for row in found]


def in_short(items: list[Item]) -> list[tuple[str, str, bool]]:
    """What a person reads, without what is drawn by lot."""
    return [(item["side"], hidden(item["text"]), bool(item["push"])) for item in items]


def hidden(text: str) -> str:
    text = re.sub(r"\d{3}-\d{3}-\d{3}", "NUMBER", text)
    text = re.sub(r"(?<=Access code: )\w+", "CODE", text)
    return re.sub(r"\d\d:\d\d", "TIME", text)


async def calm(nursery: Nursery, folder: Path, flow: str) -> tuple[list[Any], list[Any]]:
    """What both read when nobody dies."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'otklik.db'}"
    migrate(url)
    with closing(Database(url)) as db:
        db.write(fill).result()
    world, order = prepared(url, flow), an_order(url, folder)
    life = Life(nursery, order)
    try:
        async with the_people(world, order) as people:
            await walk(flow, world, people)
            await until_all_has_ended(url, people)
            return await both_read(people)
    finally:
        await life.kill()


async def both_read(people: People) -> tuple[list[Any], list[Any]]:
    """Somebody who has been there all the time and somebody who comes now see the same."""
    for browser in (people.citizen, people.official):
        assert await browser.page() == await browser.look()
    return in_short(await people.citizen.look()), in_short(await people.official.look())


@pytest.mark.parametrize("nth", [1, 4, 7])
@pytest.mark.parametrize("hop", HOPS)
async def test_flow_1(nursery: Nursery, region_url: str, tmp_path: Path, hop: str, nth: int) -> None:
    world, people = await struck(nursery, region_url, tmp_path, "file", hop, nth)
    for item in people.seen[0]:
        print(item)
    print(people.seen[1])
