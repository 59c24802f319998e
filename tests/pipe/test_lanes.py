"""A mailing of many holds up nobody: what goes to single persons overtakes it, and little of it is ever in hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa

from bots.deliver import Deliver
from bots.pace import Limits, Pace, Paused, Turn
from bots.served import Served
from bots.signals import Signals
from bots.transport import Later, Outcome, Parcel, Sent
from bots.turns import take_turns
from core.outbox.types import FORMATS, Kind, Lane
from core.shown import Shown, to_json
from tests.faults.browser import eventually
from tests.pipe.conftest import TABLES, Pipe

OUTBOX, CONVERSATIONS = TABLES["outbox"], TABLES["conversations"]
SLOW = Limits(rate=40, most=40, each=1000, burst=1000)


def many(pipe: Pipe, rows: int, lane: Lane) -> None:
    """To as many people, who are there only as far as the outbox goes."""
    now = pipe.now
    chat = pipe.a_citizen()
    c = pipe.read(
        lambda conn: conn.execute(sa.select(CONVERSATIONS).where(CONVERSATIONS.c.id == chat.id)).mappings().one()
    )
    there = [{**c, "id": (1 + [*Lane].index(lane)) * 100_000 + n, "peer": f"{lane} {n}"} for n in range(rows)]
    body = to_json(Shown("A mailing", keep=True))
    row = {"lane": lane, "kind": Kind.SCREEN, "body": body, "format": FORMATS[Kind.SCREEN], "not_before": now}
    row |= {
        "keep": True,
        "edit": False,
        "created_at": now,
        "state": "ready",
        "line": "web/" if lane is Lane.BULK else None,
    }
    outbox = [{**row, "conversation_id": one["id"], "key": f"{lane}:{one['id']}"} for one in there]

    def put(tx: sa.Connection) -> None:
        for start in range(0, rows, 1000):
            tx.execute(sa.insert(CONVERSATIONS), there[start : start + 1000])
            tx.execute(sa.insert(OUTBOX), outbox[start : start + 1000])

    pipe.write(put)


@dataclass
class Paced:
    """A messenger that counts; nobody waits for its answers."""

    pace: Pace
    sent: list[Lane] = field(default_factory=list)
    more: asyncio.Event = field(default_factory=asyncio.Event)
    most: int = 0

    async def send(self, parcel: Parcel) -> Outcome:
        try:
            async with self.pace.turn(Turn.of(parcel.lane)):
                self.most = max(self.most, self.pace.waiting)
                self.sent.append(parcel.lane)
                self.more.set()
                return Sent((f"{len(self.sent)}",), confirmed=True)
        except Paused as paused:
            return Later(paused.seconds, "a pause", whole=True, counted=False)


async def until(paced: Paced, seen: Callable[[list[Lane]], bool]) -> None:
    async with asyncio.timeout(30):
        while not seen(paced.sent):
            paced.more.clear()
            await paced.more.wait()


@asynccontextmanager
async def working(pipe: Pipe, paced: Paced) -> AsyncIterator[Signals]:
    signals = Signals()
    served = Served("web", paced, lambda: tuple(Lane), at_once=100, pace=paced.pace)
    deliver = Deliver(pipe.db, pipe.houses, served, signals, lambda: pipe.now, "one")
    stopping = asyncio.Event()
    turns = asyncio.create_task(take_turns(deliver.start, signals, "outbox", stopping))
    try:
        yield signals
    finally:
        stopping.set()
        signals.ring("outbox")
        await turns
        await deliver.let_go()


async def test_a_push_in_the_midst_of_a_mailing_is_among_the_next_to_go(pipe: Pipe) -> None:
    paced = Paced(Pace(SLOW))
    many(pipe, 300, Lane.BULK)
    async with working(pipe, paced) as signals:
        await until(paced, lambda sent: len(sent) >= 20)
        before = len(paced.sent)
        many(pipe, 1, Lane.PUSH)
        signals.ring("outbox")
        await until(paced, lambda sent: Lane.PUSH in sent)
    assert paced.sent.index(Lane.PUSH) - before < 40, "those of the second in which it was found"
    assert paced.most <= 41, "what is in hand is a second's work"


async def test_a_mailing_goes_on_while_many_others_wait(pipe: Pipe) -> None:
    paced = Paced(Pace(SLOW))
    many(pipe, 100, Lane.BULK)
    many(pipe, 150, Lane.PUSH)
    async with working(pipe, paced):
        await until(paced, lambda sent: len(sent) >= 100)
    assert 5 <= paced.sent.count(Lane.BULK) <= 25


async def test_in_a_pause_nothing_is_taken_in_hand(pipe: Pipe) -> None:
    paced = Paced(Pace(SLOW))
    many(pipe, 100, Lane.BULK)
    async with working(pipe, paced) as signals:
        await until(paced, lambda sent: len(sent) >= 5)
        paced.pace.refused(60)
        signals.ring("outbox")

        async def given_back() -> bool:
            return not pipe.rows("outbox", "id", state="sending") and not pipe.rows("outbox", "id", state="leased")

        await eventually(given_back, "nothing in hand")
    assert set(pipe.rows("outbox", "attempts", state="ready")) == {0}, "no try was counted"
