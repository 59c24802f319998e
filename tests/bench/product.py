"""The product for measuring: the real one over a database that has just been migrated, at noon, without a messenger's
servers. What it would say to Telegram goes to `Stub`, in the place of the one call that leaves the process."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog

from bots.config import Settings
from bots.deliver import Deliver
from bots.files.store import FolderStore
from bots.front import Front
from bots.messenger import World
from bots.migrate import migrate
from bots.schema import metadata_with_all_tables
from bots.served import Served
from bots.signals import Signals
from bots.telegram import adapter
from bots.telegram.adapter import Telegram
from bots.telegram.api import Answer
from bots.transport import Outcome, Parcel, Sent, Transport
from bots.turns import take_turns
from bots.wiring import prepare
from core.clock import utc_now
from core.db import Database
from core.outbox.types import Lane
from tests.bench.wizard import BATCH
from tests.builders import NOON, fill
from tests.messengers.hurry import FAST

TOKEN = "7000001:AAtoken_of_the_bench_0123456789abcdef"
SECRET = "a-secret-of-at-least-16-signs"
TABLES = metadata_with_all_tables().tables


class Stub:
    """Answers like Telegram, at once; keeps the first button of the last screen of each chat."""

    def __init__(self) -> None:
        self._sent, self._buttons = 0, dict[int, str]()

    async def call(self, method: str, params: Mapping[str, Any], seconds: float = 0) -> Answer:
        if method in ("sendMessage", "editMessageText"):
            chat, rows = params["chat_id"], params.get("reply_markup", {}).get("inline_keyboard", ())
            data = [key["callback_data"] for row in rows for key in row if "callback_data" in key]
            if data or chat not in self._buttons:  # what asks for a place comes in two messages
                self._buttons[chat] = data[0] if data else ""
        self._sent += 1
        return Answer(ok=True, code=200, result={"message_id": self._sent})

    def button(self, chat: int) -> str:
        return self._buttons[chat]


class Counting:
    """A transport that knows how many screens it has sent, whether in one message or in two."""

    def __init__(self, transport: Transport) -> None:
        self._transport, self.sent, self._more = transport, 0, asyncio.Event()

    async def send(self, parcel: Parcel) -> Outcome:
        outcome = await self._transport.send(parcel)
        if isinstance(outcome, Sent):
            self.sent += 1
            self._more.set()
        return outcome

    async def until(self, sent: int) -> None:
        while self.sent < sent:
            self._more.clear()
            await self._more.wait()


class NoCourtesies:
    """A press is acknowledged beside everything else, and so it is left out on both sides."""

    username = "otklik_bot"

    def acknowledge(self, query: str) -> None: ...

    def strip(self, chat: int, message: int) -> None: ...


def quietly() -> None:
    """Only what is wrong is said."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


def hurried() -> None:
    """Nobody waits for Telegram's limits: they are not what is measured."""
    adapter.LIMITS = FAST  # type: ignore[attr-defined]


@asynccontextmanager
async def a_world(url: str, folder: Path, **more: Any) -> AsyncIterator[World]:
    migrate(url)
    hurried()
    chosen: dict[str, Any] = {"telegram_token": TOKEN, "telegram_secret": SECRET, "var_dir": folder, **more}
    settings = Settings(_env_file=None, database_url=url, **chosen)  # type: ignore[call-arg, arg-type]
    with closing(Database(url)) as db:
        db.write(fill).result()
        process = prepare(settings, db)
        ahead = NOON - utc_now()
        files = FolderStore(folder / "files")
        yield World(
            settings, db, process.houses, process.region, Signals(sure=db.embedded), lambda: utc_now() + ahead, files
        )


def count(world: World, table: str, **only: Any) -> int:
    t = TABLES[table]
    found = sa.select(sa.func.count()).select_from(t).where(*(t.c[name] == value for name, value in only.items()))
    return int(world.db.read(lambda conn: conn.execute(found).scalar_one()).result())


class Running:
    """The front and the deliver of one process, with Telegram stubbed at its one call."""

    def __init__(self, world: World) -> None:
        self.world, self.stub = world, Stub()
        telegram = Telegram(world, TOKEN, staff=False)
        for part in (telegram.wire, telegram):
            part._api = self.stub  # type: ignore[assignment]
        for holder in (telegram.transport, telegram.listener._intake):
            holder._courtesies = NoCourtesies()  # type: ignore[union-attr]
        self.intake = telegram.listener._intake
        self.transport = Counting(telegram.transport)
        served = Served(telegram.name, self.transport, lambda: tuple(Lane), telegram.account)
        turns = {
            "inbox": Front(world.db, world.houses, world.signals, world.clock, "bench").turn,
            "outbox": Deliver(world.db, world.houses, served, world.signals, world.clock, "bench").start,
        }
        self._turns, self._stopping = turns, asyncio.Event()
        self._tasks = list[asyncio.Task[None]]()

    def begin(self) -> None:
        self._tasks = [
            asyncio.create_task(take_turns(turn, self.world.signals, name, self._stopping))
            for name, turn in self._turns.items()
        ]

    async def end(self) -> None:
        self._stopping.set()
        for name in self._turns:
            self.world.signals.ring(name)
        await asyncio.wait(self._tasks)

    async def accept(self, raws: Sequence[bytes]) -> None:
        """As polling does: a hundred at a time, each batch committed before the next is asked for."""
        for start in range(0, len(raws), BATCH):
            await self.intake.take([(json.loads(raw), raw) for raw in raws[start : start + BATCH]])

    async def take(self, raws: Sequence[bytes]) -> None:
        wanted = self.transport.sent + len(raws)
        await self.accept(raws)
        await self.transport.until(wanted)

    def button(self, chat: int) -> str:
        return self.stub.button(chat)

    async def finished(self) -> int:
        return await asyncio.to_thread(count, self.world, "appeals")


@asynccontextmanager
async def running(url: str, folder: Path) -> AsyncIterator[Running]:
    async with a_world(url, folder) as world:
        subject = Running(replace(world))
        subject.begin()
        yield subject
        await subject.end()
