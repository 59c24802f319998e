"""The Telegram adapter by itself, over a fresh database and the fake Telegram: driven call by call, with a clock that
the test sets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bots import live
from bots.config import Settings
from bots.files.store import FolderStore
from bots.house import Houses
from bots.live import Live
from bots.messenger import World, citizen
from bots.pace import Chats
from bots.receive import meet
from bots.signals import Signals
from bots.telegram.adapter import Telegram
from bots.transport import Outcome, Parcel, Sent
from core.conversations import service as conversations
from core.conversations.types import Address
from core.db import Database
from core.files import fetches
from core.files.fetches import Stored
from core.files.store import add_file
from core.files.types import Kind
from core.inbox.tables import inbox
from core.shown import Shown, ShownButton
from core.speech import Speeches
from dialogs.house import House
from dialogs.registry import gather
from tests.builders import NOON, demo_region
from tests.fakes.reached import BOT
from tests.fakes.telegram import FakeBot, FakeTelegram, TelegramPhone
from tests.pipe import dialogs
from tests.pipe.conftest import ENGLISH

TOKEN = BOT
SECRET = "a-secret-of-at-least-16-signs"
T = TypeVar("T")


def button(label: str, data: str = "menu:", **more: Any) -> ShownButton:
    return ShownButton(data, label, **more)


@dataclass
class Kit:
    bot: FakeBot
    world: World
    adapter: Telegram
    now: datetime = NOON
    hops: list[str] = field(default_factory=list)
    _rows: Any = field(default_factory=lambda: count(1))

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def rested(self) -> None:
        """A pause is over."""
        self.adapter.pace._paused_until = 0

    def write(self, fn: Callable[[Connection], T]) -> T:
        return self.world.db.write(fn).result()

    def read(self, fn: Callable[[Connection], T]) -> T:
        return self.world.db.read(fn).result()

    def address(self, phone: TelegramPhone) -> Address:
        return Address("telegram", self.bot.token.partition(":")[0], phone.peer)

    def met(self, phone: TelegramPhone) -> int:
        now = self.now
        return self.write(lambda tx: meet(tx, self.address(phone), "en", now, citizen(now)))

    async def writer(self) -> TelegramPhone:
        """Somebody who has pressed Start, so that we may answer."""
        phone = self.bot.person()
        await phone.start()
        return phone

    def parcel(self, phone: TelegramPhone, shown: Shown, *, edit: bool = False, **more: Any) -> Parcel:
        more = {"push": False, "lang": "en", **more}
        return Parcel(next(self._rows), self.met(phone), self.address(phone), shown, edit=edit, **more)

    async def send(self, parcel: Parcel) -> Outcome:
        """What Deliver does with it."""
        outcome = await self.adapter.transport.send(parcel)
        if isinstance(outcome, Sent) and outcome.record is not None:
            self.write(outcome.record)
        return outcome

    async def shows(self, phone: TelegramPhone, shown: Shown, **more: Any) -> Outcome:
        return await self.send(self.parcel(phone, shown, **more))

    def live(self, phone: TelegramPhone) -> Live:
        there = self.met(phone)
        found = self.read(lambda conn: live.read(conn, there))
        assert found is not None
        return found

    def file(self, phone: TelegramPhone, content: bytes, mime: str = "image/jpeg", name: str = "") -> str:
        """Theirs, by its reference."""
        sha256, there, now = self.world.files.save(content), self.met(phone), self.now
        kind = Kind.PHOTO if mime.startswith("image/") else Kind.DOCUMENT

        def add(tx: Connection) -> str:
            owner = conversations.read(tx, [there])[there].person.id
            return add_file(tx, owner, sha256, mime, len(content), now, kind=kind, name=name)

        return self.write(add)

    def sent(self, phone: TelegramPhone, content: bytes | None, messenger: str = "telegram") -> str:
        """A photo that this person has sent to us, by its reference; without content it is still on its way."""
        there, now = self.met(phone), self.now
        sha256 = self.world.files.save(content) if content else ""

        def add(tx: Connection) -> str:
            owner = conversations.read(tx, [there])[there].person.id
            ref = fetches.add_waiting(tx, owner, Kind.PHOTO, messenger, {}, "", now)
            if content and (fetch := fetches.claim(tx, "kit", [messenger], now)):
                fetches.arrived(tx, fetch, "kit", Stored(sha256, "image/jpeg", len(content)), now)
            return ref

        return self.write(add)

    @property
    def heard(self) -> list[Mapping[str, Any]]:
        """What has been accepted, in order."""
        rows = self.read(lambda conn: conn.execute(sa.select(inbox).order_by(inbox.c.id)).mappings().all())
        return [dict(row) for row in rows]

    @property
    def texts(self) -> list[str]:
        return [row["event"].get("text", "") for row in self.heard]

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(self.adapter.listen())
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait([task])


def hasty(adapter: Telegram) -> None:
    """Nobody waits for a pace that the test is not about."""
    adapter.pace._chats = Chats(1000, 1000)
    adapter.listener._first = adapter.listener._pause = 0.01


@asynccontextmanager
async def kit(url: str, folder: Path, *, staff: bool = False, **more: Any) -> AsyncIterator[Kit]:
    async with FakeTelegram(limits=False) as telegram:
        bot = telegram.bot(TOKEN, "otklik_bot")
        chosen: dict[str, Any] = {"telegram_token": TOKEN, "telegram_api_url": telegram.url, "var_dir": folder}
        settings = Settings(**{"_env_file": None, "database_url": url, **chosen, **more})
        houses = Houses(House(gather([dialogs]), "home", "note"), House(gather([dialogs]), "home"), Speeches(ENGLISH))
        with closing(Database(url)) as db:
            hops: list[str] = []
            made: list[Kit] = []
            files = FolderStore(folder / "files")
            world = World(settings, db, houses, demo_region(), Signals(), lambda: made[0].now, files, hops.append)
            adapter = Telegram(world, TOKEN, staff=staff, longest=1)
            made.append(Kit(bot, world, adapter, hops=hops))
            hasty(adapter)
            try:
                yield made[0]
            finally:
                await adapter.close()
        assert not bot.refused, bot.refused
