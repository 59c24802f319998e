"""Ends the process in which one update is computed without end: Python cannot stop a thread. Whoever supervises us
begins it anew, and the update is known by its tries, until it is set aside. Waiting for a database does not count."""

from __future__ import annotations

import asyncio
import os
import threading
import time
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
        self._under_way: dict[int, tuple[int, float]] = {}

    @contextmanager
    def over(self, conversation_id: int) -> Iterator[None]:
        """In the thread that works on it."""
        thread = threading.get_ident()
        self._under_way[thread] = (conversation_id, time.thread_time())
        try:
            yield
        finally:
            del self._under_way[thread]

    def look(self) -> None:
        for thread, (conversation, began) in self._under_way.copy().items():
            spent = time.clock_gettime(time.pthread_getcpuclockid(thread)) - began
            if spent > self._most:
                log.critical("move_without_end", conversation=conversation, seconds=round(spent))
                self._end()

    async def watch(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            await rung(stopping, EVERY)
            self.look()
