"""The whole product on one database, with every way in, driven step by step by a clock that stands still in between;
the messengers are the fakes, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import aiohttp
import sqlalchemy as sa
from aiohttp import web

from bots.account import AT_ONCE as ON_THEIR_WAY
from bots.config import Settings
from bots.connect import introduce, messengers
from bots.deliver import Deliver
from bots.files.answers import Refused, Taken
from bots.files.decode import Decoder
from bots.files.lane import FetchLane, Source
from bots.files.settings import open_store
from bots.front import Front
from bots.messenger import Messenger, World
from bots.served import Served
from bots.signals import Signals
from bots.telegram.adapter import Telegram
from bots.telegram.intake import Intake
from bots.vk import hook as vk_hook
from bots.web.context import Context
from bots.web.server import build
from bots.web.transport import WebTransport
from bots.wiring import ALL_LANES, prepare
from bots.work import Tools
from bots.worker import Worker
from core import db as storage
from core.appeals.tables import appeals
from core.authorities.entries import issue_entry
from core.authorities.queries import official_by_code
from core.authorities.tables import officials
from core.conversations.tables import conversations
from core.db import Database
from tests.builders import NOON
from tests.fakes.telegram import FakeTelegram
from tests.fakes.vk import FakeVK
from tests.fakes.vk_group import FakeGroup
from tests.fuzz import telegram, vk
from tests.fuzz import web as pages
from tests.fuzz.people import Way
from tests.fuzz.telegram import Polling, TelegramPerson, Webhook
from tests.fuzz.tokens import load_dice
from tests.fuzz.vk import Callback, LongPoll, VKPerson
from tests.fuzz.web import Pages, WebPerson
from tests.messengers.hurry import in_no_hurry
from tests.web.site import free_port

BOTS = {
    "hook": "7000001:AAtest_token_of_the_citizens_bot_123",
    "staff": "7000002:AAtest_token_of_the_officials_bot_12",
    "poll": "7000003:AAtest_token_of_the_polled_bot_12345",
}
VK_TOKENS = ("vk1.a.0123456789abcdef", "vk1.a.fedcba9876543210")
GROUPS = (200_000_001, 200_000_002)
ADDRESS = "https://otklik.example"
OWNER = "fuzz"
OVERTAKING = 0.002
"""Seconds for which a message of VK waits for those that were written before it."""
ROUNDS = 200
"""Turns after which the town should have come to rest."""


class Remembering(Decoder):
    """The same bytes are looked at once: each look is a process, and thousands send what a few have made."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[tuple[str, str, bytes], Taken | Refused] = {}

    async def _looked_at(self, what: str, name: str, content: bytes) -> Taken | Refused:
        key = (what, name, content)
        if key not in self._known:
            self._known[key] = await super()._looked_at(what, name, content)
        return self._known[key]


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Town:
    """`heard(turn)` is called after each turn of the front."""

    settings: Settings
    db: Database
    clock: Clock
    telegram: FakeTelegram
    vk: FakeVK
    front: Front
    worker: Worker
    lane: FetchLane
    senders: list[Deliver]
    intake: Intake
    """Of the bot that is asked."""
    ways: list[Way] = field(default_factory=list)
    chats: list[Pages] = field(default_factory=list)

    def later(self, **time: float) -> None:
        self.clock.now += timedelta(**time)
        self.vk.pass_time(timedelta(**time).total_seconds())

    def rows(self, statement: sa.Select[Any]) -> Sequence[Any]:
        return self.db.read(lambda conn: conn.execute(statement).all()).result()

    def known_numbers(self) -> list[str]:
        return [row.number for row in self.rows(sa.select(appeals.c.number).order_by(appeals.c.id.desc()).limit(20))]

    def joined(self) -> dict[int, int]:
        """The citizen by each chat, of those who have more chats than one."""
        c = conversations.c
        several = sa.select(c.person_id).where(c.person_kind == "citizen").group_by(c.person_id)
        theirs = (c.person_kind == "citizen") & c.person_id.in_(several.having(sa.func.count() > 1))
        return {row.id: row.person_id for row in self.rows(sa.select(c.id, c.person_id).where(theirs))}

    async def calm(self, heard: Callable[[], None]) -> None:
        """Everything that can be done this minute is done."""
        for _ in range(ROUNDS):
            done = 0
            while turned := await self.front.turn():
                heard()
                done += turned
            for sender in self.senders:
                while sent := await sender.turn():
                    done += sent
            done += await self.worker.tick() + await self.worker.work() + await self.lane.turn()
            if not done:
                await self._polite()
                return
        raise AssertionError(f"it does not come to rest in {ROUNDS} rounds")

    async def _polite(self) -> None:
        """Presses are acknowledged and old buttons taken away: what is beside the answers."""
        while courtesies := [task for task in asyncio.all_tasks() if _is_courtesy(task)]:
            await asyncio.wait(courtesies)

    @property
    def refused(self) -> list[str]:
        """Requests that no right program sends."""
        called = [call for bot in self.telegram.bots.values() for call in bot.refused]
        return [f"telegram {call.method}: {call.why}" for call in called] + [
            f"vk {call.method}: {call.mistake}" for call in self.vk.refused
        ]


def _is_courtesy(task: asyncio.Task[Any]) -> bool:
    """The one that waits for more of them is none."""
    name = getattr(task.get_coro(), "__qualname__", "")
    return name in ("_done", "Courtesies._do")


@asynccontextmanager
async def town(url: str, folder: Path, seed: int, each: int) -> AsyncIterator[Town]:
    """With so many people on `each` way."""
    async with AsyncExitStack() as stack:
        stack.enter_context(in_no_hurry())
        stack.enter_context(patch.object(vk_hook, "WAIT", OVERTAKING))
        stack.enter_context(patch.object(storage, "POSTGRES_WRITERS", 1))  # the order of writes is that of their asking
        fakes = await stack.enter_async_context(FakeTelegram(limits=False))
        vks = await stack.enter_async_context(FakeVK(limits=False))
        _accounts(fakes, vks)
        brought, asked = _settings(url, folder, fakes, vks)
        made = await _town(stack, brought, asked, fakes, vks)
        load_dice(seed)  # of what has been imported since
        await _people(stack, made, brought, Random(f"{seed} people"), each)
        yield made


def _accounts(fakes: FakeTelegram, vks: FakeVK) -> None:
    files = [fakes.bot(token, f"otklik_{name}_bot") for name, token in BOTS.items()]
    for bot in files:
        bot.files = files[0].files
    for token, id in zip(VK_TOKENS, GROUPS, strict=True):
        vks.group(token, id)


def _settings(url: str, folder: Path, fakes: FakeTelegram, vks: FakeVK) -> tuple[Settings, Settings]:
    """One account of each messenger is brought its updates, the other one asks for them."""
    common: dict[str, Any] = {"_env_file": None, "database_url": url, "var_dir": folder, "public_url": ADDRESS}
    common |= {"telegram_api_url": fakes.url, "vk_api_url": vks.url, "http_port": free_port()}
    hook = {**common, "telegram_token": BOTS["hook"], "telegram_staff_token": BOTS["staff"]}
    hook |= {"telegram_mode": "webhook", "vk_group_id": GROUPS[0]}
    hook |= {"telegram_secret": telegram.SECRET, "vk_token": VK_TOKENS[0], "vk_mode": "callback"}
    hook |= {"vk_secret": vk.SECRET, "vk_confirmation": vks.groups[VK_TOKENS[0]].confirmation}
    asked = {**common, "telegram_token": BOTS["poll"], "vk_token": VK_TOKENS[1], "vk_group_id": GROUPS[1]}
    return Settings(**hook), Settings(**asked)


async def _town(stack: AsyncExitStack, brought: Settings, asked: Settings, fakes: FakeTelegram, vks: FakeVK) -> Town:
    db = Database(brought.database)
    stack.callback(db.close)
    process, clock, signals, files = prepare(brought, db), Clock(), Signals(sure=True), open_store(brought)
    worlds = [World(it, db, process.houses, process.region, signals, clock, files) for it in (brought, asked)]
    accounts = [(world, one) for world in worlds for one in messengers(world)]
    sources = dict[str, Source]()
    for world, one in accounts:
        await _open(stack, world, one, sources)
    served = [Served("web", WebTransport(db, signals, clock), lambda: ALL_LANES)]
    served += [Served(it.name, it.transport, lambda: ALL_LANES, it.account, ON_THEIR_WAY) for _, it in accounts]
    senders = [Deliver(db, process.houses, it, signals, clock, OWNER) for it in served]
    decoder = Remembering()
    context = Context(
        settings=brought,
        db=db,
        signals=signals,
        clock=clock,
        speeches=process.houses.speeches,
        region=process.region,
        files=files,
        decoder=decoder,
        stopping=(stopping := asyncio.Event()),
    )
    runner = web.AppRunner(
        build(context, [route for _, one in accounts for route in one.routes()]), access_log=None, auto_decompress=False
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    stack.callback(stopping.set)
    await web.TCPSite(runner, "127.0.0.1", brought.http_port).start()
    polled = next(one for world, one in accounts if world is worlds[1] and isinstance(one, Telegram))
    return Town(
        settings=brought,
        db=db,
        clock=clock,
        telegram=fakes,
        vk=vks,
        front=Front(db, process.houses, signals, clock, OWNER),
        worker=Worker(Tools(db, files, process.houses.speeches), signals, clock, OWNER),
        lane=FetchLane(db, files, decoder, sources, signals, clock, OWNER),
        senders=senders,
        intake=polled.listener._intake,
    )


async def _open(stack: AsyncExitStack, world: World, one: Messenger, sources: dict[str, Source]) -> None:
    await one.open()
    await introduce(world, one)
    if one.source is not None:
        sources.setdefault(one.name, one.source)
    listening = asyncio.create_task(one.listen())

    async def close() -> None:
        listening.cancel()
        await asyncio.wait([listening])
        await one.close()

    stack.push_async_callback(close)


async def _people(stack: AsyncExitStack, made: Town, settings: Settings, dice: Random, each: int) -> None:
    timeout = aiohttp.ClientTimeout(total=60)
    session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=timeout)
    await stack.enter_async_context(session)
    url, bots, groups = f"http://127.0.0.1:{settings.http_port}", made.telegram.bots, made.vk.groups
    numbers = {name: count(730_000_001) for name in BOTS}
    codes = [row.code for row in made.rows(sa.select(officials.c.code).order_by(officials.c.id))]

    def people(name: str, first: int, how_many: int) -> list[Any]:
        langs: Iterator[str] = iter(["en" if n % 5 == 4 else "ru" for n in range(how_many)])
        bot = bots[BOTS[name]]
        return [TelegramPerson(bot, first + n, next(langs), made.clock, numbers[name]) for n in range(how_many)]

    def members(group: FakeGroup, first: int) -> list[Any]:
        return [VKPerson(group, first + n, "en" if n % 5 == 4 else "ru", made.clock) for n in range(each)]

    longpoll = groups[VK_TOKENS[1]].longpoll

    async def heard() -> None:
        while not longpoll.polls or longpoll.polls[-1]["ts"] != longpoll.ts:  # noqa: ASYNC110 - the fake tells nobody
            await asyncio.sleep(0.002)

    citizens = Pages("web chat", url, [pages.citizen(f"web {n}", dice, "ru") for n in range(each)], session)
    desks = Pages("desk", url, [await _desk(made, code, dice) for code in codes], session)
    desks.enter = lambda person: _entered(made, session, url, person)
    for person in desks.people:
        person.headers["Cookie"] = await desks.enter(person)
    made.chats = [citizens, desks]
    staff = Webhook("officials' bot", f"{url}/hooks/telegram-staff", people("staff", 7_000_001, len(codes)), session)
    made.ways = [
        Webhook("telegram webhook", f"{url}/hooks/telegram", people("hook", 6_000_001, each), session),
        Polling("telegram polling", bots[BOTS["poll"]], people("poll", 5_000_001, each), made.intake),
        Callback("vk callback", f"{url}/hooks/vk", members(groups[VK_TOKENS[0]], 100_001), session),
        LongPoll("vk longpoll", groups[VK_TOKENS[1]], members(groups[VK_TOKENS[1]], 200_001), heard),
        citizens,
        desks,
        staff,
    ]


def entry(made: Town, code: str) -> str:
    """The token of a new single-use link."""
    official = made.db.read(lambda conn: official_by_code(conn, code)).result()
    assert official is not None, code
    return made.db.write(lambda tx: issue_entry(tx, official.id, made.clock())).result()


async def _desk(made: Town, code: str, dice: Random) -> WebPerson:
    official = made.db.read(lambda conn: official_by_code(conn, code)).result()
    assert official is not None, code
    return WebPerson(code, "/desk/api", ("web", "desk", str(official.id)), "ru", dice, {"Origin": ADDRESS})


async def _entered(made: Town, session: aiohttp.ClientSession, url: str, person: WebPerson) -> str:
    path = f"{url}/enter/{entry(made, person.name)}"
    async with session.post(path, headers={"Origin": ADDRESS}, allow_redirects=False) as answer:
        assert answer.status == 303, answer.status
        return answer.headers["Set-Cookie"].partition(";")[0]
