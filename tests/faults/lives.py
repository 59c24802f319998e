"""Begins, awaits and ends the processes of `tests.faults.child`; only by the ids of those that it has begun."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from threading import Lock

from core.clock import utc_now
from tests.faults.child import Order

ROOT = Path(__file__).parents[2]


class Nursery:
    """One for each worker of the tests."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.child"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lock = Lock()

    def begin(self, order: Order) -> int:
        return self._ask(asdict(replace(order, ordered=utc_now().isoformat())))

    def wait(self, pid: int) -> int:
        """Its exit code; minus the signal, where one has ended it."""
        return self._ask({"wait": pid})

    def _ask(self, words: dict[str, object]) -> int:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        with self._lock:
            print(json.dumps(words), file=stdin, flush=True)
            return int(stdout.readline())

    def close(self) -> None:
        self._process.communicate()


class Life:
    def __init__(self, nursery: Nursery, order: Order) -> None:
        self.order, self._nursery = order, nursery
        self.pid = nursery.begin(order)
        self._code: int | None = None

    async def ended(self, seconds: float = 10.0) -> int | None:
        """Its exit code, or None if it goes on living for so long."""
        fd = os.pidfd_open(self.pid)
        over = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(fd, over.set)
        try:
            await asyncio.wait_for(over.wait(), seconds)
        except TimeoutError:
            return None
        finally:
            loop.remove_reader(fd)
            os.close(fd)
        if self._code is None:
            self._code = self._nursery.wait(self.pid)
        return self._code

    async def stop(self, seconds: float = 10.0) -> int | None:
        """Asks it to end, as an operator does."""
        os.kill(self.pid, signal.SIGTERM)
        return await self.ended(seconds)

    def memory(self, *, peak: bool = False) -> int:
        """Megabytes that it has in use, or had at most."""
        status, name = Path(f"/proc/{self.pid}/status").read_text(), "VmHWM:" if peak else "VmRSS:"
        return int(status.partition(name)[2].split()[0]) // 1024

    async def kill(self) -> None:
        if self._code is None:
            os.kill(self.pid, signal.SIGKILL)
            await self.ended()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
