"""Carries signals between processes through Redis. Without Redis, or while it is gone, only speed is lost."""

from __future__ import annotations

import asyncio
import contextlib

import redis.asyncio as redis
import structlog

from bots.signals import Signals

CHANNEL = "otklik"
PAUSE = 1.0
"""Seconds before the next try to reach a Redis that is gone."""
GONE = "See that Redis runs and REDIS_URL is right. Nothing is lost: pages hear of news a little later meanwhile."
REFUSES = "See that the user in REDIS_URL may PUBLISH. Nothing is lost: pages hear of news a little later meanwhile."
WAITING_MOST = 1000
"""Signals that wait for a slow Redis; what does not fit is dropped, since everybody looks again anyway."""

log = structlog.get_logger(__name__)


class Fanout(Signals):
    def __init__(self, url: str) -> None:
        super().__init__()
        self._redis = redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
        self._waiting: asyncio.Queue[str] = asyncio.Queue(WAITING_MOST)
        self._hears, self._is_heard = self.sure, True

    def ring(self, name: str) -> None:
        super().ring(name)
        with contextlib.suppress(asyncio.QueueFull):
            self._waiting.put_nowait(name)

    def _now(self) -> None:
        """Everybody looks again: something may have been missed."""
        self.sure = self._hears and self._is_heard
        super().ring("*")

    async def run(self) -> None:
        """Until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._publish())
                tasks.create_task(self._subscribe())
        finally:
            await self._redis.aclose()

    async def _publish(self) -> None:
        """Where Redis is there and takes nothing, nobody who listens can know that something was missed: this process
        takes it that the others are not heard either."""
        while not _cancelled():
            name = await self._waiting.get()
            try:
                await self._redis.publish(CHANNEL, name)
            except redis.ResponseError as error:
                if self._is_heard:
                    self._is_heard = False
                    self._now()
                    log.critical("redis_refuses", problem=type(error).__name__, what_to_do=REFUSES)
                await asyncio.sleep(PAUSE)
            except (redis.RedisError, OSError):
                await asyncio.sleep(PAUSE)
            else:
                if not self._is_heard:
                    self._is_heard = True
                    self._now()
                    log.warning("redis_back")

    async def _subscribe(self) -> None:
        gone = False
        while not _cancelled():
            try:
                async with self._redis.pubsub() as heard:
                    await heard.subscribe(CHANNEL)
                    self._hears = True
                    self._now()
                    if gone:
                        log.warning("redis_back")
                    gone = False
                    while not _cancelled():
                        message = await heard.get_message(ignore_subscribe_messages=True, timeout=1)
                        if message:
                            super().ring(message["data"].decode())
            except (redis.RedisError, OSError) as error:
                self._hears = False
                self._now()
                if not gone:
                    log.critical("redis_gone", problem=type(error).__name__, what_to_do=GONE)
                gone = True
                await asyncio.sleep(PAUSE)


def _cancelled() -> bool:
    """Now and then the library takes a cancellation for a timeout of its own, and swallows it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
