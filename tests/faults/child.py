"""Processes to be killed: each is the whole product, or a part of it, as `bots.wiring` puts it together.

Importing the product takes longer than running it, so one process imports it and forks a life for every order that it
reads from its standard input. It has no threads of its own, and when it ends, the lives that it has begun end too.
"""

from __future__ import annotations

import asyncio
import ctypes
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import uvloop

from bots import logs, pace
from bots.config import Settings
from bots.migrate import check
from bots.telegram import listen
from bots.vk import hook
from bots.vk import sdk as vk
from bots.vk.api import Api
from bots.wiring import Parts, prepare, serve
from core.clock import Clock, utc_now
from core.db import Database
from core.demo import load_demo
from tests.faults.poison import poisoned
from tests.messengers.hurry import in_no_hurry

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Order:
    """`hop` and `nth`: where the life kills itself; without a hop it lives until it is told to stop. Its clock shows
    `starts` now, so that no test depends on the hour at which it is run. `settings`: what else it is set to, by name.
    `unpaced`: it writes to messengers as fast as it can. `harms`: what a poisoned word does (tests.faults.poison).
    `program`: a module that is run instead of ours, for comparison. `gate`: for how many seconds
    what VK brings waits for what was written before it, instead of our 0.3. `knock`: after how many seconds at most it
    knocks again where a messenger is away, instead of our 60."""

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
    settings: dict[str, Any] = field(default_factory=dict)
    unpaced: bool = False
    harms: str = ""
    program: str = ""
    gate: float = 0.0
    knock: float = 0.0
    ordered: str = ""
    """When it was ordered: what `starts` is a time of. The nursery says so."""


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _reply(os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1]))
        else:
            _import(order["settings"])
            _reply(os.fork() or _live(Order(**order)))


def _reply(number: int) -> None:
    print(number, flush=True)


def _import(settings: dict[str, Any]) -> None:
    """What takes seconds is imported once, before anybody is forked."""
    if settings.get("telegram_token"):
        importlib.import_module("bots.telegram.sdk")
    if settings.get("vk_token"):
        vk._uploaders(cast("Api", None))


def _live(order: Order) -> int:
    """Never returns."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    with Path(order.log).open("a") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    code = 1
    try:
        if order.program:
            importlib.import_module(order.program).run(order)
        else:
            _run(order)
        code = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _run(order: Order) -> None:
    chosen: dict[str, Any] = {
        "_env_file": None,
        "database_url": order.database_url,
        "redis_url": order.redis_url,
        "var_dir": Path(order.var_dir),
        "http_port": order.port,
        "public_url": "",
        "demo": True,
    }
    settings = Settings(**chosen | order.settings)
    logs.set_up(settings.secrets)
    with ExitStack() as stack:
        db = stack.enter_context(closing(Database(settings.database)))
        if order.unpaced:
            stack.enter_context(in_no_hurry())
        if order.gate:
            stack.enter_context(patch.object(hook, "WAIT", order.gate))
        if order.knock:
            stack.enter_context(patch.object(pace, "PAUSE_MOST", order.knock))
            stack.enter_context(patch.object(listen, "PAUSE_MOST", order.knock))
        if order.harms:
            stack.enter_context(poisoned(order.harms))
        check(db)
        clock = _clock(order)
        process = replace(prepare(settings, db), clock=clock, reached=_killer(order.hop, order.nth))
        if settings.demo:
            db.write(lambda tx: load_demo(tx, settings.region.parent, clock())).result()
        parts = Parts(front=order.front, worker=order.worker)
        uvloop.run(_until_stopped(lambda stop: serve(process, parts, stop, lambda: None)))


async def _until_stopped(run: Callable[[asyncio.Event], Any]) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await run(stop)


def _clock(order: Order) -> Clock:
    """Those of two lives show the same, however long each has taken to begin. At SIGUSR1 somebody sets it, by as many
    seconds as stand in the file `jump`."""
    ahead = datetime.fromisoformat(order.starts) - datetime.fromisoformat(order.ordered)

    def set_it(*_: object) -> None:
        nonlocal ahead
        ahead += timedelta(seconds=float((Path(order.var_dir) / "jump").read_text()))

    signal.signal(signal.SIGUSR1, set_it)
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
