"""`make fuzz [N=10000] [SEED=n]`: the same run on SQLite and on PostgreSQL, side by side, each in a process of its own;
then what was found, and whether both hold the same. More than a town's worth is divided into towns, a seed for each."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from tests import servers
from tests.fuzz import drive, report, state

TOWN = 10_000
"""Updates of one town: then its messengers begin to hold too much in memory."""


class _Run:
    """What `tests.servers` wants to know of a run of pytest."""

    def __init__(self) -> None:
        self.stash: dict[Any, Any] = {}


@contextmanager
def machines() -> Iterator[tuple[Path, str]]:
    """A folder in memory where there is room, and the address of a PostgreSQL that ends with us."""
    run: Any = _Run()
    servers.pytest_configure(run)
    os.environ[servers.REQUIRED] = "1"
    memory = Path("/dev/shm")  # noqa: S108 - only a faster place for a folder of our own
    folder = Path(tempfile.mkdtemp(prefix="otklik-fuzz-", dir=memory if memory.is_dir() else None))
    try:
        yield folder, servers.started_postgres()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        servers.pytest_unconfigure(run)


def on_both(folder: Path, postgres: str, seed: int, n: int) -> tuple[list[drive.Result], list[str]]:
    """What each engine has come to, and in what they differ."""
    name = f"fuzz_{seed}"
    address = sa.make_url(postgres).set(drivername="postgresql").render_as_string()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
    urls = {"sqlite": f"sqlite:///{folder / f'{name}.db'}", "postgresql": postgres.replace("/postgres?", f"/{name}?")}
    fresh, context, homes = multiprocessing.get_context("spawn"), [], []
    for engine, url in urls.items():
        home = folder / f"{name}-{engine}"
        home.mkdir()
        homes.append(home)
        context.append(fresh.Process(target=drive.main, args=(url, home, seed, n)))
    for process in context:
        process.start()
    for process in context:
        process.join()
    results = [drive.read(home / "result.json") for home in homes if (home / "result.json").exists()]
    if len(results) < len(homes):
        return results, [f"a process has ended by itself: {[process.exitcode for process in context]}"]
    dumps = [json.loads((home / "dump.json").read_text()) for home in homes]
    return results, state.differences(*dumps)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=TOWN)
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args()
    first = secrets.randbelow(10**6) if given.seed is None else given.seed
    print(f"fuzz: {given.n} updates, seed {first}; again with: make fuzz N={given.n} SEED={first}", flush=True)
    began, total, failed = time.monotonic(), report.Total(), False
    with machines() as (folder, postgres):
        for seed, start in enumerate(range(0, given.n, TOWN), first):
            results, differing = on_both(folder, postgres, seed, min(TOWN, given.n - start))
            total.add(results, differing)
            for line in report.findings(seed, results, differing):
                failed = True
                print(line, flush=True)
    print("\n".join(total.table(time.monotonic() - began)))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
