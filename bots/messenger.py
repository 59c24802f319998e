"""How a messenger is plugged in: what an account of one has to offer, and what it may use of this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from aiohttp import web
from sqlalchemy.engine import Connection

from bots.config import Settings
from bots.files.lane import Source
from bots.files.store import FileStore
from bots.house import Houses
from bots.metrics import Metrics
from bots.pace import Pace
from bots.receive import Newcomer
from bots.signals import Signals
from bots.transport import Transport
from core.citizens.service import new_citizen
from core.clock import Clock
from core.conversations.types import Person
from core.db import Database
from core.region.types import Region

T = TypeVar("T")


class Refused(Exception):
    """The messenger does not let us in; the sentence says what an operator has to do."""


@dataclass(frozen=True, slots=True)
class World:
    """What an adapter may use. `reached(hop)` is called between the hops of a message: tests kill the process there."""

    settings: Settings
    db: Database
    houses: Houses
    region: Region
    signals: Signals
    clock: Clock
    files: FileStore
    reached: Callable[[str], None] = lambda hop: None
    metrics: Metrics = field(default_factory=Metrics)

    async def read(self, fn: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self.db.read(fn))

    async def write(self, fn: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self.db.write(fn))


class Messenger(Protocol):
    """One account of one messenger. Nothing of its SDK is imported before `open`."""

    @property
    def name(self) -> str: ...

    @property
    def account(self) -> str: ...

    @property
    def what(self) -> str:
        """For operators: "Telegram", "the officials' bot in Telegram"."""

    @property
    def link(self) -> str:
        """What a code is put to, so that it opens our chat there ("https://t.me/otklik_bot?start="); known when it is
        open, empty where citizens have no business."""

    @property
    def transport(self) -> Transport: ...

    @property
    def source(self) -> Source | None: ...

    @property
    def pace(self) -> Pace:
        """Of everything that this process sends with its token."""

    def routes(self) -> list[web.RouteDef]:
        """Where its updates are brought to; none where it asks for them."""

    async def open(self) -> None:
        """Checks the token. Raises Refused; or OSError, TimeoutError or an error of aiohttp: tried again later."""

    async def set_up(self) -> None:
        """What the account says of itself: commands, descriptions, where its updates go. Only who holds the token does
        it; raises like `open`."""

    async def listen(self) -> None:
        """Polls until it is cancelled; only who holds the token does it. Where updates are brought it looks after that,
        or returns at once. Raises like `open`."""

    async def close(self) -> None: ...


def citizen(now: datetime) -> Newcomer:
    return lambda tx: Person("citizen", new_citizen(tx, now))


def stranger() -> Newcomer:
    """Somebody in the officials' bot who has not shown a link yet."""
    return lambda tx: Person("official", 0)
