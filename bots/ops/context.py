"""What the handlers of the operators' server share. It reads on connections of its own: whoever watches holds up nobody
who is served."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.engine import Connection

from bots.account import Account
from bots.config import Settings
from bots.metrics import Metrics
from bots.signals import Signals
from core.clock import Clock
from core.db import Database
from core.speech import Speeches

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ops:
    """`aside` is the same database by other connections; `accounts` grows when the messengers are there; `alive`:
    nothing that should run has ended."""

    settings: Settings
    db: Database
    aside: Database
    clock: Clock
    speeches: Speeches
    signals: Signals
    metrics: Metrics
    accounts: Sequence[Account]
    draining: asyncio.Event
    alive: Callable[[], bool]

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """On a connection of those that serve people."""
        return await asyncio.wrap_future(self.db.read(fn))

    async def look(self, fn: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self.aside.read(fn))

    async def write(self, fn: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self.db.write(fn))
