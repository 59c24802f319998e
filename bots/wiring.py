"""Puts the parts together: which of them run in this process, in what order they start, and how they stop."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy.engine import Connection

from bots.account import Account
from bots.config import ROOT, Settings
from bots.connect import introduce, known_channels, messengers
from bots.deliver import Deliver
from bots.endless import Endless
from bots.fanout import Fanout
from bots.files.decode import Decoder
from bots.files.lane import AT_ONCE, FetchLane, Source
from bots.files.settings import open_store
from bots.front import Front
from bots.house import Houses, load_houses
from bots.jumps import Jumps
from bots.messenger import World
from bots.metrics import Metrics
from bots.ops import server as ops
from bots.ops.context import Ops
from bots.outage import WITHIN, Outage
from bots.served import Served
from bots.signals import Signals
from bots.turns import take_turns
from bots.web.context import Context
from bots.web.server import build
from bots.web.transport import WebTransport
from bots.web.visitors import MESSENGER
from bots.work import Tools
from bots.worker import Worker
from core import jobs
from core.clock import Clock, utc_now
from core.conversations import service as conversations
from core.db import Database
from core.files import fetches
from core.outbox import delivery, tokens, withdraw
from core.outbox.types import Lane
from core.region.file import load_region
from core.region.store import find_region, save_region
from core.region.types import Region
from core.speech import load_speeches

STREAMS_END = WITHIN + 0.5
"""Seconds that open requests have to end when the process stops: what messengers bring is answered by then, and streams
end by themselves."""
TURNS_END = 12.0
"""Seconds that turns have to come to their end; what is cut off is found in its table. Telegram has less time to answer
(bots.telegram.api): where we do not wait for that, words are sent once more that have come, and stand there twice."""
CANCELS, CANCEL = 5, 0.5
REPLIES, ALL_LANES = (Lane.REPLY,), tuple(Lane)


@dataclass(frozen=True, slots=True)
class Parts:
    """What this process does: `front` serves pages and hears messages, `worker` sends pushes and watches the clock."""

    front: bool
    worker: bool


@dataclass(frozen=True, slots=True)
class Process:
    """`reached(hop)` is called between the hops of a message: tests kill the process there."""

    settings: Settings
    db: Database
    region: Region
    houses: Houses
    clock: Clock = utc_now
    reached: Callable[[str], None] = lambda hop: None
    metrics: Metrics = field(default_factory=Metrics)


def prepare(settings: Settings, db: Database) -> Process:
    """Everything that is read once. The only process of an embedded database also cleans up after the one before it."""
    reserved = "telegram" if settings.telegram_pii == "off" else ""
    region = replace(load_region(settings.region), web=settings.address, reserved=reserved)
    region = db.write(lambda tx: _keep(tx, settings, region)).result()
    if db.embedded:
        db.write(lambda tx: _alone(db, tx)).result()
    speeches = load_speeches(ROOT / "locales", ZoneInfo(region.zone))
    return Process(settings, db, region, load_houses(speeches, reserved))


def _keep(tx: Connection, settings: Settings, region: Region) -> Region:
    before = find_region(tx)
    known = replace(region, channels=known_channels(settings, before.channels if before else ()))
    save_region(tx, known)
    if known.reserved and before and before.reserved != known.reserved:
        withdraw(tx, conversations.of_citizens(known.reserved), "no personal data there any more", utc_now())
    return known


def _alone(db: Database, tx: Any) -> None:
    conversations.free_all(tx)
    delivery.recover(tx, utc_now(), everything=True)
    fetches.free_all(tx)
    jobs.free_all(tx)
    tokens.drop_all(tx)


async def serve(process: Process, parts: Parts, stop: asyncio.Event, started: Callable[[], None]) -> None:
    """Until `stop` is set; `started` is called when pages are served. What has begun is finished, the rest waits in
    the database."""
    settings, db, clock = process.settings, process.db, Jumps(process.clock)
    db.watch = Outage().watch
    url = settings.redis_url.get_secret_value()
    signals = Fanout(url) if url else Signals(sure=db.embedded)  # of a SQLite file there is one process
    owner = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
    files, decoder = open_store(settings), Decoder()
    metrics, endless = process.metrics, Endless()
    world = World(settings, db, process.houses, process.region, signals, clock, files, process.reached, metrics)

    def deliver(served: Served) -> Deliver:
        return Deliver(db, process.houses, served, signals, clock, owner, process.reached, metrics)

    lanes = ALL_LANES if parts.worker else REPLIES
    pages = Served(MESSENGER, WebTransport(db, signals, clock), lambda: lanes)
    turns: dict[str, Callable[[], Coroutine[Any, Any, int]]] = {"outbox": deliver(pages).turn}
    sources: dict[str, Source] = {}  # filled by the messengers; pages send their files themselves
    if parts.front:
        turns["inbox"] = Front(db, process.houses, signals, clock, owner, process.reached, metrics, endless).turn
    if parts.worker:
        tools = Tools(db, files, process.houses.speeches)
        worker = Worker(tools, signals, clock, owner, clock)
        turns |= {"clock": worker.tick, "jobs": worker.work}
        lane = FetchLane(db, files, decoder, sources, signals, clock, owner)
        turns |= {f"fetch-{n}": lane.turn for n in range(AT_ONCE)}
    stopping = asyncio.Event()
    served = list(messengers(world))
    hooks = [route for one in served for route in one.routes()]
    runner = await _pages(process, world, stop, stopping, decoder, hooks) if parts.front else None
    carrying = [asyncio.create_task(signals.run())] if isinstance(signals, Fanout) else []
    working = [asyncio.create_task(take_turns(turn, signals, name, stopping)) for name, turn in turns.items()]
    working.append(asyncio.create_task(endless.watch(stopping)))
    accounts = list[Account]()
    watched = await ops.listen(_ops(world, accounts, stop, working)) if settings.ops_port else None
    started()
    accounts += [
        Account(world, one, deliver, owner, sources, holding=parts.worker, let_in=partial(introduce, world))
        for one in served
    ]
    working += [asyncio.create_task(account.run(stopping)) for account in accounts]
    await stop.wait()
    await asyncio.sleep(settings.drain_seconds)  # a balancer looks at /health/ready meanwhile
    stopping.set()
    for name in turns:
        signals.ring(name)
    if runner is not None:
        await runner.cleanup()
    await asyncio.wait(working, timeout=TURNS_END)
    await _end([*working, *carrying])
    if watched is not None:
        await watched.cleanup()


def _ops(world: World, accounts: list[Account], stop: asyncio.Event, working: list[asyncio.Task[Any]]) -> Ops:
    return Ops(
        settings=world.settings,
        db=world.db,
        aside=Database(world.settings.database, serve=False),
        clock=world.clock,
        speeches=world.houses.speeches,
        signals=world.signals,
        metrics=world.metrics,
        accounts=accounts,
        draining=stop,
        alive=lambda: stop.is_set() or not any(task.done() for task in working),
    )


async def _pages(
    process: Process,
    world: World,
    stop: asyncio.Event,
    stopping: asyncio.Event,
    decoder: Decoder,
    hooks: Sequence[web.RouteDef],
) -> web.AppRunner:
    settings = process.settings
    context = Context(
        settings=settings,
        db=process.db,
        signals=world.signals,
        clock=process.clock,
        speeches=process.houses.speeches,
        region=process.region,
        files=world.files,
        decoder=decoder,
        stopping=stopping,
        reached=process.reached,
        draining=stop,
        metrics=world.metrics,
    )
    # Nobody compresses what they send us, and what is not unpacked cannot be a bomb.
    runner = web.AppRunner(build(context, hooks), access_log=None, shutdown_timeout=STREAMS_END, auto_decompress=False)
    await runner.setup()
    await web.TCPSite(runner, settings.http_host, settings.http_port).start()
    return runner


async def _end(tasks: Collection[asyncio.Task[Any]]) -> None:
    """More than once: a cancellation that meets a timeout in the same moment is lost in it."""
    for _ in range(CANCELS):
        for task in tasks:
            task.cancel()
        _, left = await asyncio.wait(tasks, timeout=CANCEL)
        if not left:
            return
