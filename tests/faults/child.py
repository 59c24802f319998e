"""Processes to be killed: each is the whole product, or a part of it, as `bots.wiring` puts it together.

Importing the product takes longer than running it, so one process imports it and forks a life for every order that it
reads from its standard input. It has no threads of its own, and when it ends, the lives that it has begun end too.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvloop

from bots import logs
from bots.config import Settings
from bots.migrate import check
from bots.wiring import Parts, prepare, serve
from core.clock import Clock, utc_now
from core.db import Database
from core.demo import load_demo

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Order:
    """`hop` and `nth`: where the life kills itself; without a hop it lives until it is told to stop. Its clock shows
    `starts` now, so that no test depends on the hour at which it is run."""

    database_url: str
    port: int
    var_dir: str
    log: str
    starts: str
    hop: str = ""
    nth: int = 1
    redis_url: str = ""
    front: bool = True
    worker: bool = True


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _reply(os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1]))
        else:
            _reply(os.fork() or _live(Order(**order)))


def _reply(number: int) -> None:
    print(number, flush=True)


def _live(order: Order) -> int:
    """Never returns."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    with Path(order.log).open("a") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    code = 1
    try:
        _run(order)
        code = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _run(order: Order) -> None:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=order.database_url,  # type: ignore[arg-type]
        redis_url=order.redis_url,  # type: ignore[arg-type]
        var_dir=Path(order.var_dir),
        http_port=order.port,
        public_url="",
        demo=True,
    )
    logs.set_up([])
    with closing(Database(settings.database)) as db:
        check(db)
        clock = _clock(datetime.fromisoformat(order.starts))
        process = replace(prepare(settings, db), clock=clock, reached=_killer(order.hop, order.nth))
        db.write(lambda tx: load_demo(tx, settings.region.parent, clock())).result()
        parts = Parts(front=order.front, worker=order.worker)
        uvloop.run(_until_stopped(lambda stop: serve(process, parts, stop, lambda: None)))


async def _until_stopped(run: Callable[[asyncio.Event], Any]) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await run(stop)


def _clock(starts: datetime) -> Clock:
    ahead: timedelta = starts - utc_now()
    return lambda: utc_now() + ahead


def _killer(hop: str, nth: int) -> Callable[[str], None]:
    count = 0

    def reached(name: str) -> None:
        nonlocal count
        count += name == hop
        if hop and count == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached


if __name__ == "__main__":
    main()
