"""The VK adapter by itself, over a fresh database and the fake VK, driven call by call by the test's clock."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bots.config import Settings
from bots.files.store import FolderStore
from bots.house import Houses
from bots.messenger import World, citizen
from bots.receive import meet
from bots.signals import Signals
from bots.transport import Outcome, Parcel, Sent
from bots.vk.adapter import VK
from bots.vk.receive import Received, parse
from core.conversations import service as conversations
from core.conversations.types import Address
from core.db import Database
from core.files import fetches
from core.files.fetches import Stored
from core.files.store import add_file
from core.files.types import Kind
from core.inbox.tables import inbox
from core.outbox import delivery
from core.outbox import service as outbox
from core.outbox.types import Lane, State
from core.shown import Shown, ShownButton, to_json
from core.speech import Speeches
from dialogs.house import House
from dialogs.registry import gather
from tests.builders import NOON, demo_region
from tests.fakes.vk import TOKEN, FakeVK
from tests.fakes.vk_group import FakeGroup
from tests.fakes.vk_phone import VkPhone
from tests.pipe import dialogs
from tests.pipe.conftest import ENGLISH

PAYLOADS = Path(__file__).parent / "payloads" / "vk"
SECRET = "a-secret-of-at-least-16-signs"
GROUP = 200_000_001
T = TypeVar("T")


def payload(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return event


def parsed(event: object) -> Received | None:
    return parse(event, GROUP)


def button(label: str, data: str = "menu:", **more: Any) -> ShownButton:
    return ShownButton(data, label, **more)


@dataclass
class Kit:
    vk: FakeVK
    group: FakeGroup
    world: World
    adapter: VK
    now: datetime = NOON
    hops: list[str] = field(default_factory=list)
    _keys: Iterator[int] = field(default_factory=count)

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.vk.pass_time(seconds)

    def write(self, fn: Callable[[Connection], T]) -> T:
        return self.world.db.write(fn).result()

    def read(self, fn: Callable[[Connection], T]) -> T:
        return self.world.db.read(fn).result()

    def met(self, phone: VkPhone) -> int:
        address, now = Address("vk", str(self.group.id), phone.peer), self.now
        return self.write(lambda tx: meet(tx, address, "ru", now, citizen(now)))

    async def writer(self) -> VkPhone:
        """Somebody who has written, so that we may answer."""
        phone = self.group.person()
        await phone.say("Здравствуйте")
        return phone

    def parcel(self, phone: VkPhone, shown: Shown, *, edit: bool = False, **more: Any) -> Parcel:
        """A row of the outbox on its way."""
        there, now = self.met(phone), self.now
        key = f"key-{next(self._keys)}"
        body = to_json(shown)
        self.write(lambda tx: outbox.enqueue_screen(tx, there, body, key=key, edit=edit, keep=shown.keep, now=now))
        row = self.write(lambda tx: delivery.claim(tx, "kit", tuple(Lane), 1, now))[0]
        self.write(lambda tx: delivery.begin_sending(tx, [row.id], "kit", now))
        address = Address("vk", str(self.group.id), phone.peer)
        return Parcel(row.id, there, address, shown, edit=edit, push=more.pop("push", False), **more)

    async def send(self, parcel: Parcel) -> Outcome:
        """What Deliver does with it."""
        outcome, now = await self.adapter.transport.send(parcel), self.now
        if isinstance(outcome, Sent):
            self.write(lambda tx: _settled(tx, parcel, outcome, now))
        return outcome

    async def shows(self, phone: VkPhone, shown: Shown, **more: Any) -> Outcome:
        return await self.send(self.parcel(phone, shown, **more))

    async def polite(self) -> None:
        """Until every courtesy has been shown."""
        while tasks := set(self.adapter._courtesies.errands.under_way):
            await asyncio.wait(tasks)

    def file(self, phone: VkPhone, content: bytes, mime: str, name: str = "") -> str:
        """One of this person's, that we have."""
        there, now = self.met(phone), self.now
        sha256, kind = self.world.files.save(content), Kind.DOCUMENT if name else Kind.PHOTO
        person = self.read(lambda conn: conversations.read(conn, [there])[there].person)
        return self.write(lambda tx: add_file(tx, person.id, sha256, mime, len(content), now, kind=kind, name=name))

    def sent(self, phone: VkPhone, content: bytes | None, messenger: str = "vk") -> str:
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


def _settled(tx: Connection, parcel: Parcel, outcome: Sent, now: datetime) -> None:
    delivery.settle(tx, parcel.outbox_id, State.DELIVERED, now, "", outcome.ids)
    if outcome.record is not None:
        outcome.record(tx)


@asynccontextmanager
async def kit(
    url: str, folder: Path, *, longpoll: bool = True, limits: bool = False, **more: Any
) -> AsyncIterator[Kit]:
    async with FakeVK(limits=limits) as vk:
        group = vk.group(id=GROUP, longpoll=longpoll, **more.pop("group", {}))
        chosen: dict[str, Any] = {"vk_token": TOKEN, "vk_group_id": GROUP, "vk_api_url": vk.url, **more}
        settings = Settings(**{"_env_file": None, "database_url": url, "var_dir": folder, **chosen})
        houses = Houses(House(gather([dialogs]), "home", "note"), House(gather([dialogs]), "home"), Speeches(ENGLISH))
        with closing(Database(url)) as db:
            hops: list[str] = []
            made: list[Kit] = []
            files = FolderStore(folder / "files")
            world = World(settings, db, houses, demo_region(), Signals(), lambda: made[0].now, files, hops.append)
            made.append(Kit(vk, group, world, VK(world), hops=hops))
            try:
                yield made[0]
            finally:
                await made[0].adapter.close()
        assert not vk.refused, vk.refused
