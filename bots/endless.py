"""Ends the process in which one update is computed without end, for Python cannot stop a thread, or takes all memory:
any other thread may have met that in the midst of its work, and have ended by it. Whoever supervises us begins it anew,
and the update is known by its tries, until it is set aside. Waiting for a database does not count."""

from __future__ import annotations

import asyncio
import os
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from bots.signals import rung

MOST = 5.0
"""Seconds of processor for one conversation's move: a thousand times what any takes."""
EVERY = 1.0
EXIT = 70

log = structlog.get_logger(__name__)


class Endless:
    """`end` does not come back."""

    def __init__(self, most: float = MOST, end: Callable[[], None] = lambda: os._exit(EXIT)) -> None:
        self._most, self._end = most, end
        self._under_way: dict[int, tuple[int, object]] = {}
        self._seen: dict[int, tuple[object, float]] = {}

    @contextmanager
    def over(self, conversation_id: int) -> Iterator[None]:
        """In the thread that works on it. Nothing is measured here: a look at the clock of a thread takes long."""
        thread = threading.get_ident()
        self._under_way[thread] = (conversation_id, object())
        try:
            yield
        except MemoryError as error:
            self._out_of_memory(conversation_id, error)
            raise
        finally:
            del self._under_way[thread]

    def _out_of_memory(self, conversation_id: int, error: MemoryError) -> None:
        """What was taken is given back, so that it can be said; if it cannot, the process ends all the same."""
        try:
            traceback.clear_frames(error.__traceback__)
            log.critical("move_out_of_memory", conversation=conversation_id)
        finally:
            self._end()

    def look(self) -> None:
        """Counts from the look that has seen it first."""
        before, self._seen = self._seen, {}
        for thread, (conversation, move) in self._under_way.copy().items():
            now, known = time.clock_gettime(time.pthread_getcpuclockid(thread)), before.get(thread)
            began = known[1] if known is not None and known[0] is move else now
            self._seen[thread] = (move, began)
            if now - began > self._most:
                log.critical("move_without_end", conversation=conversation, seconds=round(now - began))
                self._end()

    async def watch(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            await rung(stopping, EVERY)
            self.look()
