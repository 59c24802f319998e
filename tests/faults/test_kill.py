"""Real processes are killed between two hops, by kill -9 from inside, and come back a minute later. Nothing that was
accepted is lost, nothing is done or shown twice, and nothing stays in between. A run that misses its hop fails."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
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
from tests.databases import ENGINES, migrate
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


Flow = Callable[[World, People], Awaitable[None]]


async def file_an_appeal(world: World, people: People) -> None:
    """Flow 1: seven events with two commands, and a notice to those who answer."""
    citizen = people.citizen
    await citizen.say(PROBLEM)
    await citizen.press_when("~yes.")
    await citizen.press_when("~roads")
    await citizen.press_when(f"~{CITY}")
    await citizen.press_when("~done")
    await citizen.until_button("~skip")
    await citizen.say("Sadovaya, 14")
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
    await official.until_text("Please write the answer")
    await official.say(ANSWER)
    await official.press_when("~yes")
    await official.until_button("queue:new")
    await citizen.press_when(f"rate:{number}.5")
    await citizen.until_button("my:0")


FLOWS: dict[str, Flow] = {"file": file_an_appeal, "answer": answer_an_appeal}


def prepared(url: str, flow: str) -> World:
    def make(tx: Connection) -> World:
        citizen = a_citizen(tx, consent=flow == "answer")
        number = a_filed(tx, citizen) if flow == "answer" else ""  # before the official is there to be told of it
        return World(citizen, an_official(tx), number)

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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a flow has left, without what is drawn by lot: equal for two runs in which the same has happened."""

    citizen_reads: list[tuple[str, str, bool]]
    official_reads: list[tuple[str, str, bool]]
    facts: dict[str, list[Any]]
    notices: list[Any]
    """The ends of those to officials, which are not sent again blindly."""


async def outcome(url: str, people: People) -> Outcome:
    await until_all_has_ended(url, people)
    for browser in (people.citizen, people.official):  # who comes now sees what who has been there all the time sees
        assert await browser.page() == await browser.look()
        assert [item["text"] for item in await browser.look() if item["side"] == "me"] == browser.said
    with closing(Database(url, serve=False)) as db:
        drawn = db.read(drawn_by_lot).result()
        facts, notices = db.read(
            lambda conn: (the_facts(conn), column(conn, "outbox", "state", lane="notice"))
        ).result()
    citizen, official = [in_short(await browser.look(), drawn) for browser in (people.citizen, people.official)]
    return Outcome(citizen, official, facts, notices)


def drawn_by_lot(conn: Connection) -> list[str]:
    """Numbers as they are written for people, and access codes."""
    numbers, codes = column(conn, "appeals", "number"), column(conn, "appeals", "code")
    return ["-".join((n[:3], n[3:6], n[6:])) for n in numbers] + [f"{code[:4]}-{code[4:]}" for code in codes]


def the_facts(conn: Connection) -> dict[str, list[Any]]:
    return {
        "heard": column(conn, "inbox", "state"),
        "filed": column(conn, "appeals", "text"),
        "stages": column(conn, "appeal_history", "to_status"),
        "consents": column(conn, "consents", "version"),
        "ratings": column(conn, "ratings", "score"),
        "journal": column(conn, "audit", "action"),
        "replies": column(conn, "outbox", "lane", lane="reply"),
        "pushes": column(conn, "outbox", "lane", lane="push"),
        "forms": column(conn, "forms", "name"),
    }


def column(conn: Connection, table: str, name: str, **only: str) -> list[Any]:
    rows = TABLES[table]
    found = sa.select(rows.c[name]).where(*(rows.c[key] == value for key, value in only.items()))
    return list(conn.execute(found.order_by(rows.c.id)).scalars().all())


def in_short(items: list[Item], drawn: list[str]) -> list[tuple[str, str, bool]]:
    return [(item["side"], hidden(item["text"], drawn), bool(item["push"])) for item in items]


def hidden(text: str, drawn: list[str]) -> str:
    for word in drawn:
        text = text.replace(word, "DRAWN")
    return re.sub(r"\d\d:\d\d", "TIME", text)


async def struck(nursery: Nursery, url: str, folder: Path, flow: str, hop: str, nth: int) -> Outcome:
    """The flow with a death in it; the people do not know."""
    world, order = prepared(url, flow), an_order(url, folder)
    first = Life(nursery, replace(order, hop=hop, nth=nth))
    async with the_people(world, order) as people:
        walking = asyncio.create_task(walk(flow, world, people))
        try:
            dying = asyncio.create_task(first.ended())
            await asyncio.wait({walking, dying}, return_when=asyncio.FIRST_COMPLETED)
            if walking.done():
                walking.result()
            assert await dying == -signal.SIGKILL, f"«{hop}» was not reached {nth} times"
        finally:
            await first.kill()
        second = Life(nursery, replace(order, starts=(NOON + LATER).isoformat()))
        try:
            await walking
            found = await outcome(url, people)
            assert await second.stop() == 0
        finally:
            walking.cancel()
            await second.kill()
    return found


async def calm(nursery: Nursery, folder: Path, flow: str) -> Outcome:
    """The same when nobody dies."""
    url = f"sqlite:///{folder / 'calm.db'}"
    migrate(url)
    with closing(Database(url)) as db:
        db.write(fill).result()
    world, order = prepared(url, flow), an_order(url, folder)
    life = Life(nursery, order)
    try:
        async with the_people(world, order) as people:
            await walk(flow, world, people)
            return await outcome(url, people)
    finally:
        await life.kill()


@pytest.fixture(scope="session")
def known() -> dict[str, Outcome]:
    """Calm outcomes by flow: one run of each is enough for all strikes."""
    return {}


SENDS = ("sent", "settled")
"""Of these hops there is one for each row; of the others, one for each event."""
WHOLE = os.environ.get("STRIKES") == "all"
"""Every hop is struck once in each flow, where most depends on it, once on each engine; with STRIKES=all, every flow on
every engine, also where a person has only begun."""
NTH = {"file": ((8, 1, 7), (7, 1)), "answer": ((5, 9, 4, 8), (7, 4))}
"""By flow: when a hop of each row is struck, and when one of each event."""


def strikes() -> Iterator[tuple[str, str, int, str]]:
    for (f, flow), (n, hop) in itertools.product(enumerate(FLOWS), enumerate(HOPS)):
        moments = NTH[flow][hop not in SENDS]
        engines = ENGINES if WHOLE else (ENGINES[(f + n) % 2],)
        for nth, engine in itertools.product(moments if WHOLE else moments[:1], engines):
            yield flow, hop, nth, engine


@pytest.mark.parametrize(("flow", "hop", "nth", "engine_url"), list(strikes()), indirect=["engine_url"])
async def test_kill_9_loses_nothing_and_doubles_nothing(
    flow: str, hop: str, nth: int, nursery: Nursery, known: dict[str, Outcome], region_url: str, tmp_path: Path
) -> None:
    expected = known.get(flow) or known.setdefault(flow, await calm(nursery, tmp_path, flow))
    found = await struck(nursery, region_url, tmp_path, flow, hop, nth)
    assert found.citizen_reads == expected.citizen_reads
    assert found.facts == expected.facts
    if found.notices == expected.notices:
        assert found.official_reads == expected.official_reads
    else:
        assert found.notices == [State.UNCERTAIN] and hop in ("sending", "sent", "settled")
