"""A PostgreSQL and a Redis of one trial alone, to be stopped, cut off and started again. This PostgreSQL writes as in
production: what is committed is on its disk. The reaper of the run stops them too, whatever happens to the trial."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import IO

from redis import Redis, RedisError

from tests import servers
from tests.faults.browser import eventually

FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT
"""How a PostgreSQL is told to stop: postgresql.org/docs, server shutdown."""
WITHIN = 60.0
_numbers = count(1)


@dataclass
class Server(ABC):
    """`home` is a folder of its own in that of the run."""

    home: Path
    command: list[str | Path]
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def _pid_file(self) -> Path:
        return self.home.with_suffix(".pid")

    @property
    def _log(self) -> Path:
        return self.home.with_suffix(".log")

    def log(self) -> str:
        """All that it has said."""
        return self._log.read_text()

    async def start(self) -> float:
        """Seconds until it answers."""
        began = time.monotonic()
        with self._log.open("a") as log:
            self._process = _begun(self.command, log)
        self._pid_file.write_text(f"{self.pid}\n")
        await eventually(self._answers, "a server to answer", patience=WITHIN)
        return time.monotonic() - began

    async def stop(self, how: signal.Signals) -> None:
        os.kill(self.pid, how)
        await self.ended()

    async def ended(self) -> None:
        assert self._process is not None
        await asyncio.to_thread(self._process.wait, WITHIN)
        self._pid_file.unlink(missing_ok=True)

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(IMMEDIATE)
            self._process.wait(WITHIN)
        self._pid_file.unlink(missing_ok=True)

    async def _answers(self) -> bool:
        return await asyncio.to_thread(self.answers)

    @abstractmethod
    def answers(self) -> bool: ...


def _begun(command: list[str | Path], log: IO[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, cwd="/", stdout=log, stderr=log, start_new_session=True)


class Postgres(Server):
    @property
    def url(self) -> str:
        return f"postgresql+psycopg://otklik@/postgres?host={self.home}"

    def answers(self) -> bool:
        """It takes connections, and has done with what it found."""
        ready = servers.postgres_programs() / "pg_isready"
        return servers.run([ready, "-q", "-h", self.home, "-U", "otklik", "-d", "postgres"], check=False)


class OwnRedis(Server):
    @property
    def url(self) -> str:
        return f"unix://{self.home / 'redis.sock'}"

    def client(self) -> Redis:
        return Redis.from_url(self.url, socket_timeout=5)

    def answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False


@contextmanager
def a_postgres(**options: str) -> Iterator[Postgres]:
    home, programs = _home("own-postgres"), servers.postgres_programs()
    data = home / "data"
    data.mkdir()
    if os.geteuid() == 0:
        for folder in (home, data):
            shutil.chown(folder, "nobody")
    locale = ("-A", "trust", "-E", "UTF8", "--locale=C", "-N")
    servers.run(servers.not_as_root(programs / "initdb", "-D", data, "-U", "otklik", *locale))
    chosen = {"listen_addresses": "", "max_connections": "100", "fsync": "on", **options}
    words = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
    server = Postgres(home, servers.not_as_root(programs / "postgres", "-D", data, "-k", home, *words))
    try:
        yield server
    finally:
        server.close()


@contextmanager
def a_redis() -> Iterator[OwnRedis]:
    home = _home("own-redis")
    program = shutil.which("redis-server") or servers.missing("Redis", "redis-server")
    quiet = ("--port", "0", "--save", "", "--appendonly", "no")
    server = OwnRedis(home, [program, *quiet, "--unixsocket", str(home / "redis.sock"), "--dir", str(home)])
    try:
        yield server
    finally:
        server.close()


def _home(name: str) -> Path:
    home = servers.run_folder() / f"{name}-{os.getpid()}-{next(_numbers)}"
    home.mkdir()
    home.chmod(0o711)
    return home
