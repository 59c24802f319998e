"""The whole product as a person starts it: a real process of `python -m bots run`, with demo data, on a free port."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Product:
    """`kill` and `start` again keep the port and everything in the folder. `entries`: link by the official's name."""

    folder: Path
    port: int = field(default_factory=_free_port)
    entries: dict[str, str] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    _process: asyncio.subprocess.Process | None = None
    _reading: asyncio.Task[None] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        settings = {"VAR_DIR": str(self.folder), "HTTP_PORT": str(self.port), "DEMO": "1", "DATABASE_URL": ""}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bots", "run", cwd=ROOT, env=os.environ | settings,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        async with asyncio.timeout(PATIENCE):
            while "Ctrl-C" not in (line := await self._line()):
                if found := re.match(r"\s+(.+?), .+: (http\S+/enter/\S+)", line):
                    self.entries[found[1]] = found[2]
        self._reading = asyncio.create_task(self._read())

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        await self._end(signal.SIGINT)

    async def _end(self, how: signal.Signals) -> None:
        assert self._process is not None and self._reading is not None
        self._process.send_signal(how)
        await self._process.wait()
        await self._reading

    async def _line(self) -> str:
        assert self._process is not None and self._process.stdout is not None
        line = (await self._process.stdout.readline()).decode()
        assert line, f"the product has ended: {self.log}"
        self.log.append(line)
        return line

    async def _read(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        while line := await self._process.stdout.readline():
            self.log.append(line.decode())
