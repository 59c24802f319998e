"""An event loop whose hours pass at once: when nothing is left to do but to wait, its time leaps to the next thing that
is due. Sockets and threads are real, and while one of ours is at work no time passes; so what is measured in these
hours is how the product waits, never how fast the machine is."""

from __future__ import annotations

import asyncio
import selectors
import socket
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from datetime import datetime, timedelta
from typing import Any, TypeVar
from unittest.mock import patch

from sqlalchemy.engine import Connection

from core.db import Database
from tests.builders import NOON

T = TypeVar("T")
GRACE = 0.001
"""Real seconds in which what was sent over loopback arrives, on a machine that has other things to do."""
LOOK = 0.02


class Hours(selectors.DefaultSelector):
    """The time of a loop, and the clock on the wall: both begin when this is made, the clock at `begins`."""

    def __init__(self, begins: datetime = NOON) -> None:
        super().__init__()
        self.begins, self.passed, self.at_work = begins, 0.0, 0
        self.tried: list[tuple[float, int]] = []
        """When a connection to which port was tried, whatever came of it."""

    def __call__(self) -> datetime:
        return self.begins + timedelta(seconds=self.passed)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            return super().select(0)
        found = super().select(GRACE if timeout is not None else LOOK)
        while not found and (self.at_work or timeout is None):
            found = super().select(LOOK)
        if not found and timeout is not None:
            self.passed += timeout
        return found

    def skip(self, seconds: float) -> None:
        """As if nothing could run meanwhile; what was due is due then."""
        self.passed += seconds

    def begun(self, work: Future[T]) -> Future[T]:
        """In a thread: time stands still until it is done."""
        self.at_work += 1
        loop = asyncio.get_running_loop()
        work.add_done_callback(lambda _: loop.is_closed() or loop.call_soon_threadsafe(self._ended))
        return work

    def _ended(self) -> None:
        self.at_work -= 1


class Loop(asyncio.SelectorEventLoop):
    def __init__(self, hours: Hours) -> None:
        self._hours = hours
        super().__init__(hours)

    def time(self) -> float:
        return self._hours.passed

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        self._hours.tried.append((self._hours.passed, int(address[1])))
        await super().sock_connect(sock, address)

    def run_in_executor(self, executor: Executor | None, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:  # type: ignore[override]
        self._hours.at_work += 1
        future: asyncio.Future[T] = super().run_in_executor(executor, func, *args)
        future.add_done_callback(lambda _: self._hours._ended())
        return future


class Books(Database):
    """A database of which every call is work."""

    def __init__(self, url: str, hours: Hours) -> None:
        super().__init__(url)
        self._hours = hours

    def write(self, fn: Callable[[Connection], T]) -> Future[T]:
        return self._hours.begun(super().write(fn))

    def read(self, fn: Callable[[Connection], T]) -> Future[T]:
        return self._hours.begun(super().read(fn))


def leaping(trial: Callable[[Hours], Coroutine[Any, Any, T]], begins: datetime = NOON) -> T:
    """Runs it to its end in such hours; whoever asks for the monotonic time is told theirs."""
    hours = Hours(begins)
    with (
        patch.object(time, "monotonic", lambda: hours.passed),
        asyncio.Runner(loop_factory=lambda: Loop(hours)) as runner,
    ):
        return runner.run(trial(hours))
