"""PostgreSQL and Redis of the bench, with the durability that people are promised: PostgreSQL waits for its disk. Each
lives as long as it is needed, on the disk where the bench keeps its files, and listens on no network."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "256MB"}
STARTS_WITHIN = 60.0
_numbers = count(1)


@contextmanager
def postgres(folder: Path, cpus: set[int]) -> Iterator[Callable[[], str]]:
    """Makes an empty database and answers with its address."""
    home, sockets, programs = folder / "postgres", folder / "sockets", _programs()
    for made in (home, sockets):
        made.mkdir()
        if os.geteuid() == 0:
            shutil.chown(made, "nobody")
    _run(_not_as_root(programs / "initdb", "-D", home, "-U", "otklik", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"))
    options = [arg for name, value in DURABLE.items() for arg in ("-c", f"{name}={value}")]
    command = _not_as_root(programs / "postgres", "-D", home, "-k", sockets, "-c", "listen_addresses=", *options)
    address = f"postgresql+psycopg://otklik@/{{}}?host={sockets}"
    ready: list[str | Path] = [programs / "pg_isready", "-q", "-h", sockets]
    with _served(command, folder / "postgres.log", lambda: subprocess.run(ready, check=False).returncode == 0, cpus):

        def empty() -> str:
            name = f"bench_{next(_numbers)}"
            with psycopg.connect(address.format("postgres").replace("+psycopg", ""), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}".encode())
            return address.format(name)

        yield empty


@contextmanager
def redis(folder: Path, cpus: set[int]) -> Iterator[str]:
    """As it comes: without a file of its own, which makes it faster than one that keeps what it is told."""
    program, socket = shutil.which("redis-server"), folder / "redis.sock"
    if program is None:
        raise SystemExit("The bench needs Redis: apt-get install redis-server")
    command = [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"]
    with _served(command, folder / "redis.log", socket.is_socket, cpus):
        yield f"unix://{socket}"


@contextmanager
def _served(command: Sequence[str | Path], log: Path, is_ready: Callable[[], bool], cpus: set[int]) -> Iterator[None]:
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd="/", stdout=output, stderr=output)
    try:
        os.sched_setaffinity(server.pid, cpus)
        until = time.monotonic() + STARTS_WITHIN
        while not is_ready():
            if time.monotonic() > until or server.poll() is not None:
                raise SystemExit(f"{command[0]} did not start:\n{log.read_text()}")
            time.sleep(0.05)
        yield
    finally:
        server.send_signal(signal.SIGINT)  # at a SIGTERM PostgreSQL would wait for its clients, which may be left
        server.wait()


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise SystemExit("The bench needs PostgreSQL: apt-get install postgresql")
    return found[-1].parent if found else Path(on_path or "").resolve().parent


def _not_as_root(*command: str | Path) -> list[str | Path]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return list(command)
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]


def _run(command: Sequence[str | Path]) -> None:
    done = subprocess.run(command, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout}")
