"""Those who want something of the database while a transaction is under way share the next one: a commit waits for the
disk once, however many wait for it. Knows no table."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import structlog

from core.db import is_outage

T = TypeVar("T")
R = TypeVar("R")
TOGETHER = 200

log = structlog.get_logger(__name__)


class Gathering(Generic[T, R]):
    """`write` is given what has come, in its order, writes it in one transaction and answers for each. Before that it
    waits for `moment` seconds, so that more may come."""

    def __init__(
        self, write: Callable[[Sequence[T]], Awaitable[Sequence[R]]], moment: Callable[[], float] = lambda: 0.0
    ) -> None:
        self._write, self._moment = write, moment
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._writing: asyncio.Task[None] | None = None

    async def add(self, one: T) -> R:
        """Returns when it is committed. Raises what writing it has raised: by itself, where it was not the database
        that was away; nobody pays for another's fault."""
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        return await done

    async def _write_all(self) -> None:
        while self._waiting:
            if seconds := self._moment():
                await asyncio.sleep(seconds)
            some = [self._waiting.popleft() for _ in range(min(len(self._waiting), TOGETHER))]
            try:
                answers = await self._write([one for one, _ in some])
            except Exception as error:  # noqa: BLE001 - it is not swallowed: whoever waits gets it, or one of their own
                if len(some) > 1 and not is_outage(error):
                    log.warning("not_written_together", count=len(some), problem=type(error).__name__)
                for one, done in some:
                    if len(some) == 1 or is_outage(error):
                        _tell(done, error)
                    else:
                        await self._write_alone(one, done)
            else:
                for (_, done), answer in zip(some, answers, strict=True):
                    if not done.done():  # or whoever waited has gone
                        done.set_result(answer)

    async def _write_alone(self, one: T, done: asyncio.Future[R]) -> None:
        try:
            (answer,) = await self._write([one])
        except Exception as error:  # noqa: BLE001 - as above
            _tell(done, error)
        else:
            if not done.done():
                done.set_result(answer)


def _tell(done: asyncio.Future[R], error: Exception) -> None:
    if not done.done():
        done.set_exception(error)
