"""What is polite and not worth a retry, beside everything else: nobody waits for it, nothing depends on it, and of what
is too much the rest is left out."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import structlog

from bots.pace import Paused

MOST = 500
"""Under way; what comes on top is not done."""
KNOWN_MOST = 1000

Known = TypeVar("Known", bound=Hashable)
log = structlog.get_logger(__name__)


class Errands:
    """`failures` are the errors of a messenger's own calls: they are put down and forgotten."""

    def __init__(self, *failures: type[Exception]) -> None:
        self._failures: tuple[type[Exception], ...] = (*failures, Paused, TimeoutError)
        self.under_way: set[asyncio.Task[None]] = set()
        self._closed = False

    def begin(self, what: str, doing: Callable[[], Coroutine[Any, Any, Any]], within: float) -> None:
        """`within` so many seconds, or not at all."""
        if self._closed or len(self.under_way) >= MOST:
            return
        task = asyncio.create_task(self._do(what, doing, within))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def close(self) -> None:
        self._closed = True
        for task in self.under_way:
            task.cancel()
        await asyncio.gather(*self.under_way, return_exceptions=True)

    async def _do(self, what: str, doing: Callable[[], Coroutine[Any, Any, Any]], within: float) -> None:
        try:
            async with asyncio.timeout(within):
                await doing()
        except self._failures as error:
            log.info("courtesy_failed", what=what, problem=type(error).__name__, code=getattr(error, "code", None))


class Lately(Generic[Known]):
    """Who, or what, has been told something within the last `while_`; the longest ago are forgotten first."""

    def __init__(self, while_: timedelta) -> None:
        self._while = while_
        self._told: OrderedDict[Known, datetime] = OrderedDict()

    def is_first(self, whom: Known, now: datetime) -> bool:
        """True once in that time."""
        told = self._told.get(whom)
        if told is not None and now - told < self._while:
            return False
        self._told[whom] = now
        self._told.move_to_end(whom)
        while len(self._told) > KNOWN_MOST:
            self._told.popitem(last=False)
        return True
