"""The whole product in this process before its messengers, and a crowd of people who have written to it before: for
trials in which a messenger fails and nobody dies. Every text that is posted names whom it is for and is found there."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bots import turns
from bots.config import Settings
from bots.wiring import Parts, prepare, serve
from core.citizens.tables import citizens
from core.conversations.tables import conversations
from core.outbox.tables import outbox, tokens
from core.outbox.types import FORMATS, Kind, Lane, State
from core.shown import Shown, to_json
from tests.builders import fill
from tests.fakes.faults import Faults
from tests.fakes.reached import BOT, Reached
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_chats import Chat
from tests.fakes.vk import TOKEN as VK_TOKEN
from tests.fakes.vk import FakeVK
from tests.fakes.vk_chats import Conversation
from tests.faults.hours import Books, Hours
from tests.faults.lives import free_port
from tests.web.site import Log, logged

FIRST_PEER = 5_100_000_001
SAID = re.compile(r"К(\d+)·(\d+)")
"""In every text: for whom it is, and its number."""
OPEN = (State.READY, State.LEASED, State.SENDING)
AT_ONCE = 5_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Door:
    """One chat of one person: `there` is the conversation."""

    person: int
    messenger: str
    peer: int
    there: int


@dataclass(frozen=True, slots=True)
class Posted:
    door: Door
    number: int
    lane: Lane

    @property
    def text(self) -> str:
        return f"К{self.door.person}·{self.number} is for you."


@dataclass(frozen=True, slots=True)
class Judged:
    """What must be 0: said to be there and not seen; seen twice; seen before an earlier one of its lane; seen by
    somebody else; not ended."""

    lost: int
    doubled: int
    inverted: int
    foreign: int
    stuck: int

    @property
    def figures(self) -> dict[str, int]:
        return asdict(self)

    @property
    def clean(self) -> bool:
        return not any(self.figures.values())


@dataclass
class Post(Reached):
    db: Books
    hours: Hours
    settings: Settings
    log: Log
    telegram: FakeTelegram | None = None
    vk: FakeVK | None = None
    posted: dict[str, Posted] = field(default_factory=dict)
    """By the key of its row."""
    doors: list[Door] = field(default_factory=list)
    hops: Counter[str] = field(default_factory=Counter)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _serving: asyncio.Task[None] | None = None

    # The product

    async def open(self) -> None:
        """As at the start of a process; returns when its messengers have let it in and it holds their tokens."""
        self._stop = asyncio.Event()
        process = prepare(self.settings, self.db)
        process = replace(process, clock=self.hours, reached=lambda hop: self.hops.update([hop]))
        started = asyncio.Event()
        self._serving = asyncio.create_task(serve(process, Parts(front=True, worker=True), self._stop, started.set))
        await self._either(started.wait())

    async def let_in(self) -> None:
        wanted = (self.telegram is not None) + (self.vk is not None)

        def held(conn: Connection) -> bool:
            owned = sa.select(sa.func.count()).select_from(tokens).where(tokens.c.owner.is_not(None))
            return conn.execute(owned).scalar_one() == wanted

        await self.until(held, "the tokens", 60)

    async def close(self) -> None:
        if self._serving is not None:
            self._stop.set()
            await self._serving
            self._serving = None

    async def _either(self, waiting: Any) -> None:
        """It has come, or the product has failed."""
        assert self._serving is not None
        task = asyncio.ensure_future(waiting)
        await asyncio.wait([task, self._serving], return_when=asyncio.FIRST_COMPLETED)
        if self._serving.done():
            await self._serving

    # Its messengers

    def faults(self, messenger: str) -> Faults:
        return self.bot.faults if messenger == "telegram" else self.group.faults

    def calls(self, messenger: str, method: str) -> Sequence[Any]:
        if messenger == "telegram":
            return self.bot.calls(method)
        return [call for call in self.group.ledger if call.method == method]

    def server(self, messenger: str) -> FakeTelegram | FakeVK:
        found = self.telegram if messenger == "telegram" else self.vk
        assert found is not None
        return found

    def port(self, messenger: str) -> int:
        port = urlsplit(self.server(messenger).url).port
        assert port is not None
        return port

    # People and what is posted to them

    async def people(self, count: int, messenger: str = "telegram", persons: Sequence[int] = ()) -> list[Door]:
        """New ones, or another door of these, who all have written there before."""
        first = FIRST_PEER if messenger == "telegram" else 300_000_001
        peers = [first + len(self.doors) + n for n in range(count)]
        account = BOT.partition(":")[0] if messenger == "telegram" else str(self.group.id)
        now = self.hours()

        def make(tx: Connection) -> list[Door]:
            ids = list(persons)
            if not ids:
                made = sa.insert(citizens).returning(citizens.c.id, sort_by_parameter_order=True)
                ids = list(tx.execute(made, [{"created_at": now}] * count).scalars())
            rows = [
                {"messenger": messenger, "account": account, "peer": str(peer), "lang": "en", "created_at": now}
                | {"person_kind": "citizen", "person_id": person, "heard_at": now}
                for person, peer in zip(ids, peers, strict=True)
            ]
            made = sa.insert(conversations).returning(conversations.c.id, sort_by_parameter_order=True)
            there = tx.execute(made, rows).scalars()
            return [Door(*each) for each in zip(ids, [messenger] * count, peers, there, strict=True)]

        doors = await self.write(make)
        for door in doors:
            if messenger == "telegram":
                self.bot.new_chat({"id": door.peer, "type": "private", "first_name": "Maria"})
            else:
                self.group.conversation(door.peer).closed = 0
        self.doors += doors
        return doors

    async def post(self, doors: Iterable[Door], lane: Lane, at: datetime | None = None) -> list[Posted]:
        """One text for each; several for one are in this order."""
        new, now = [Posted(door, next(self._numbers), lane) for door in doors], self.hours()
        for some in (new[start : start + AT_ONCE] for start in range(0, len(new), AT_ONCE)):
            rows = [_row(one, at or now, now) for one in some]
            await self.write(lambda tx, rows=rows: tx.execute(sa.insert(outbox), rows))  # type: ignore[misc]
        self.posted |= {_key(one): one for one in new}
        return new

    def chat(self, door: Door) -> Chat:
        return self.bot.chats[door.peer]

    def conversation(self, door: Door) -> Conversation:
        return self.group.conversations[door.peer]

    def seen(self, door: Door) -> list[str]:
        """What the bot has said there, in order."""
        if door.messenger == "telegram":
            return [str(each.get("text", "")) for each in self.chat(door).messages.values()]
        return [message.text for message in self.conversation(door).messages]

    def numbers_seen(self) -> Iterator[int]:
        """Of everything that anybody was sent, as often as it was."""
        for door in self.doors:
            for text in self.seen(door):
                yield from (int(number) for _, number in SAID.findall(text))

    # How it goes

    async def write(self, fn: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self.db.write(fn))

    async def read(self, fn: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self.db.read(fn))

    async def until(self, so: Callable[[Connection], bool], what: str, within: float, every: float = 0.5) -> None:
        """Within so many seconds of the hours that pass."""
        end = self.hours.passed + within
        while not await self.read(so):
            if self._serving is not None and self._serving.done():
                await self._serving
            assert self.hours.passed < end, f"{what}: not within {within} s; {Counter(await self.states())}"
            await asyncio.sleep(every)

    async def lived(self, seconds: float) -> None:
        """So long, and the product has not failed meanwhile."""
        await asyncio.sleep(seconds)
        if self._serving is not None and self._serving.done():
            await self._serving

    async def until_ended(self, within: float = 3600, every: float = 0.5, *, skipping: bool = False) -> None:
        """Every row has come to its end. `skipping`: the hours in which all of them only wait are not lived through."""
        if not skipping:
            await self.until(_nothing_is_open, "the end of every row", within, every)
            return
        end = self.hours.passed + within
        while not await self.read(_nothing_is_open):
            assert self.hours.passed < end, Counter(await self.states())
            idle = await self.read(lambda conn: _idle(conn, self.hours()))
            self.hours.skip(max(0.0, idle - every))
            await self.lived(every)

    async def until_over(self, posted: Sequence[Posted], within: float) -> float:
        """In how many seconds all of these have come to their end; -1 where they have not within so many."""
        began, keys = self.hours.passed, [_key(one) for one in posted]
        while True:
            ends = await self.ends()
            if all(ends[key].settled_at is not None for key in keys):
                return self.hours.passed - began
            if self.hours.passed - began > within:
                return -1.0
            await asyncio.sleep(0.25)

    async def states(self) -> list[str]:
        return await self.column(outbox.c.state)

    async def column(self, column: sa.ColumnElement[T], *where: sa.ColumnElement[bool]) -> list[T]:
        """Of the rows of the outbox."""
        wanted = sa.select(column).where(*where).order_by(outbox.c.id)
        return await self.read(lambda conn: list(conn.execute(wanted).scalars()))

    async def ends(self) -> dict[str, Any]:
        """The rows that were posted, by their keys."""
        o = outbox.c
        columns = sa.select(o.key, o.state, o.reason, o.attempts, o.resent, o.created_at, o.settled_at)
        rows = await self.read(lambda conn: conn.execute(columns).all())
        return {row.key: row for row in rows if row.key in self.posted}

    async def paused_until(self, messenger: str) -> datetime | None:
        wanted = sa.select(tokens.c.paused_until).where(tokens.c.messenger == messenger)
        return await self.read(lambda conn: conn.execute(wanted).scalar())

    async def judged(self) -> Judged:
        ends, seen, foreign, inverted = await self.ends(), Counter[int](), 0, 0
        lanes = defaultdict(lambda: Lane.PUSH, {one.number: one.lane for one in self.posted.values()})
        for door in self.doors:
            last = defaultdict[Lane, int](int)
            for person, number in (map(int, found) for text in self.seen(door) for found in SAID.findall(text)):
                foreign += person != door.person
                inverted += number < last[lanes[number]]
                last[lanes[number]] = number
                seen.update([number] if number else [])  # 0: it is of no row of ours
        said = {key for key, row in ends.items() if row.state in (State.DELIVERED, State.HANDED)}
        return Judged(
            lost=sum(not seen[self.posted[key].number] for key in said) + len(self.posted) - len(ends),
            doubled=sum(many - 1 for many in seen.values()),
            inverted=inverted,
            foreign=foreign,
            stuck=sum(row.state in OPEN for row in ends.values()),
        )


def _key(one: Posted) -> str:
    return f"posted:{one.number}"


def _row(one: Posted, at: datetime, now: datetime) -> dict[str, Any]:
    body = to_json(Shown(one.text, keep=True))
    what = {"kind": Kind.SCREEN, "body": body, "format": FORMATS[Kind.SCREEN], "keep": True, "edit": False}
    return {
        "conversation_id": one.door.there,
        "key": _key(one),
        "lane": one.lane,
        "not_before": at,
        "created_at": now,
    } | what


def _nothing_is_open(conn: Connection) -> bool:
    return conn.execute(sa.select(outbox.c.id).where(outbox.c.state.in_(OPEN)).limit(1)).first() is None


def _idle(conn: Connection, now: datetime) -> float:
    """Seconds for which every row has to wait by what the tables say."""
    o, at_work = outbox.c, (State.LEASED, State.SENDING)
    if conn.execute(sa.select(o.id).where(o.state.in_(at_work)).limit(1)).first() is not None:
        return 0.0
    first = conn.execute(sa.select(sa.func.min(o.not_before)).where(o.state == State.READY)).scalar()
    pauses = conn.execute(sa.select(sa.func.max(tokens.c.paused_until))).scalar()
    return (max(each for each in (first, pauses, now) if each is not None) - now).total_seconds()


@asynccontextmanager
async def post(
    hours: Hours, url: str, folder: Path, *messengers: str, limits: bool = True, rest: float = 1.0, **more: Any
) -> AsyncIterator[Post]:
    """`rest`: seconds after which the product looks again by itself, which is most of what it does in long hours. It is
    an error if a fake has met a mistake, or if the log holds a secret."""
    async with AsyncExitStack() as stack:
        stack.enter_context(patch.object(turns, "REST", rest))
        log = stack.enter_context(logged())
        chosen: dict[str, Any] = {"_env_file": None, "database_url": url, "var_dir": folder, "demo": True}
        chosen |= {"http_port": free_port(), **more}
        telegram = vk = None
        if "telegram" in messengers:
            telegram = await stack.enter_async_context(FakeTelegram(limits=limits))
            telegram.bot(BOT, "otklik_bot").rates.clock = lambda: hours.passed
            chosen |= {"telegram_token": BOT, "telegram_api_url": telegram.url}
        if "vk" in messengers:
            vk = await stack.enter_async_context(FakeVK(limits=limits))
            chosen |= {"vk_token": VK_TOKEN, "vk_group_id": vk.group().id, "vk_api_url": vk.url}
        db = Books(url, hours)
        stack.push_async_callback(asyncio.to_thread, db.close)
        await asyncio.wrap_future(db.write(fill))
        made = Post(db, hours, Settings(**chosen), log, telegram, vk)
        stack.push_async_callback(made.close)
        await made.open()
        yield made
        mistakes = [*(made.bot.refused if telegram else ()), *(vk.refused if vk else ())]
        assert not mistakes, mistakes[:3]
        assert not [secret for secret in (BOT.partition(":")[2], VK_TOKEN) if secret in log.getvalue()]
