"""What the handlers of the web share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.engine import Connection

from bots.config import Settings
from bots.files.decode import Decoder
from bots.files.store import FileStore
from bots.metrics import Metrics
from bots.outage import in_time
from bots.signals import Signals
from core.clock import Clock
from core.db import Database
from core.region.types import Region
from core.speech import Speeches

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Context:
    """`reached(hop)` is called between the hops of a message: tests kill the process there. `draining`: the process
    has been told to stop, and nobody new should be led here; `stopping` ends the live streams, so that it can end."""

    settings: Settings
    db: Database
    signals: Signals
    clock: Clock
    speeches: Speeches
    region: Region
    files: FileStore
    stopping: asyncio.Event
    decoder: Decoder = field(default_factory=Decoder)
    reached: Callable[[str], None] = lambda hop: None
    draining: asyncio.Event = field(default_factory=asyncio.Event)
    metrics: Metrics = field(default_factory=Metrics)

    async def read(self, fn: Callable[[Connection], T]) -> T:
        return await in_time(self.db, self.db.read(fn))

    async def write(self, fn: Callable[[Connection], T]) -> T:
        return await in_time(self.db, self.db.write(fn))
