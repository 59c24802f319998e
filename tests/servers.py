"""Throwaway PostgreSQL and Redis, started by the first test that needs one. They belong to the run, not to a test.

Every run has a folder of its own and a reaper that holds one end of a pipe: when the run ends, however it ends (also by
kill -9), the pipe closes, and the reaper stops what was started and removes the folder. Nothing listens on the network.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

FOLDER = "OTKLIK_TEST_FOLDER"
"""Names the folder of the run in the environment, from where the workers of xdist know it."""
REQUIRED = "OTKLIK_REQUIRE_SERVERS"
"""Set to 1: a missing server or browser fails a test instead of skipping it."""
STARTS_WITHIN = 30.0

_REAPER = """
cat >/dev/null
for file in "$0"/*.pid; do [ -e "$file" ] && kill -INT "$(head -n 1 "$file")" 2>/dev/null; done
lives() { [ -e "/proc/$1" ] && ! grep -q "^State:.Z" "/proc/$1/status" 2>/dev/null; }  # nobody may be there to reap it
for file in "$0"/*.pid; do while [ -e "$file" ] && lives "$(head -n 1 "$file")"; do sleep 0.05; done; done
rm -rf "$0"
"""
_QUICKLY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
"""What is lost when PostgreSQL itself is killed is of no interest: the tests kill our own processes."""

reaper_key = pytest.StashKey["subprocess.Popen[bytes]"]()


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    folder = Path(tempfile.mkdtemp(prefix="otklik-"))
    folder.chmod(0o711)  # another user's server has to pass through
    os.environ[FOLDER] = str(folder)
    config.stash[reaper_key] = subprocess.Popen(
        ["sh", "-c", _REAPER, str(folder)], stdin=subprocess.PIPE, start_new_session=True
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    if (reaper := config.stash.get(reaper_key, None)) is not None:
        reaper.communicate()


def missing(what: str, package: str) -> NoReturn:
    reason = f"needs {what}: apt-get install {package}"
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def run_folder() -> Path:
    return Path(os.environ[FOLDER])


@contextmanager
def once_per_run(name: str) -> Iterator[bool]:
    """True for the first of all workers that comes here; the others wait for it. A failure leaves it undone."""
    done = run_folder() / f"{name}.done"
    with (run_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        first = not done.exists()
        yield first
        done.touch()


def started_postgres() -> str:
    """The address of its database `postgres`; `template` beside it is for `tests.databases` to fill."""
    home, sockets = run_folder() / "postgres", run_folder() / "sockets"
    address = f"postgresql+psycopg://otklik@/postgres?host={sockets}"
    programs = postgres_programs()
    with once_per_run("postgres") as first:
        if not first:
            return address
        for folder in (home, sockets):
            folder.mkdir(exist_ok=True)
            if os.geteuid() == 0:
                shutil.chown(folder, "nobody")
        run(
            not_as_root(
                programs / "initdb", "-D", home, "-U", "otklik", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"
            )
        )
        options = [arg for name, value in _QUICKLY.items() for arg in ("-c", f"{name}={value}")]
        command = not_as_root(programs / "postgres", "-D", home, "-k", sockets, "-c", "listen_addresses=", *options)
        _start("postgres", command, lambda: run([programs / "pg_isready", "-q", "-h", sockets], check=False))
    return address


def started_redis(name: str) -> str:
    """Its address. Each worker has one of its own: what is published in Redis is heard in all its databases."""
    program = shutil.which("redis-server") or missing("Redis", "redis-server")
    socket = run_folder() / f"{name}.sock"
    with once_per_run(name) as first:
        if first:
            command: list[str | Path] = [
                program,
                "--port",
                "0",
                "--unixsocket",
                str(socket),
                "--save",
                "",
                "--appendonly",
                "no",
            ]
            _start(name, command, socket.is_socket)
    return f"unix://{socket}"


def postgres_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        missing("PostgreSQL", "postgresql")
    return found[-1].parent if found else Path(on_path or "").resolve().parent


def not_as_root(*command: str | Path) -> list[str | Path]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return list(command)
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]


def run(command: list[str | Path], *, check: bool = True) -> bool:
    done = subprocess.run(command, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if check and done.returncode:
        pytest.fail(f"{command[0]} failed:\n{done.stdout}", pytrace=False)
    return done.returncode == 0


def _start(name: str, command: list[str | Path], is_ready: Callable[[], bool]) -> None:
    """Leaves it running: it outlives the worker that happened to need it first, and the reaper stops it by its pid."""
    log = run_folder() / f"{name}.log"
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd="/", stdout=output, stderr=output, start_new_session=True)
    (run_folder() / f"{name}.pid").write_text(f"{server.pid}\n")
    server.returncode = 0  # it is not ours to wait for
    until = time.monotonic() + STARTS_WITHIN
    while not is_ready():
        if time.monotonic() > until or not Path(f"/proc/{server.pid}").exists():
            pytest.fail(f"{name} did not start:\n{log.read_text()}", pytrace=False)
        time.sleep(0.02)
