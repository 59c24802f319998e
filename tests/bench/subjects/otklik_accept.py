"""Our webhook in the whole web application: the secret is compared, the update is read, stored once and committed, and
then it is said to be taken. Nobody hears what is stored."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from bots.connect import messengers
from bots.files.decode import Decoder
from bots.web.context import Context
from bots.web.server import build
from tests.bench.child import Order, say, told_to_end
from tests.bench.meter import Meter
from tests.bench.product import SECRET, a_world, count, quietly


async def main(order: Order) -> None:
    quietly()
    more = {"telegram_mode": "webhook", "public_url": "https://otklik.example.org"}
    async with a_world(order["url"], Path(order["folder"]), **more) as world:
        context = Context(
            world.settings,
            world.db,
            world.signals,
            world.clock,
            world.houses.speeches,
            world.region,
            world.files,
            asyncio.Event(),
            Decoder(),
        )
        app = build(context, [route for one in messengers(world) for route in one.routes()])
        meter = await served(app, SECRET)
        say({**meter.result(0), "stored": await asyncio.to_thread(count, world, "inbox")})


async def served(app: web.Application, secret: str) -> Meter:
    """Until it is told to end."""
    meter, runner = Meter(), web.AppRunner(app, access_log=None, auto_decompress=False)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    say({"port": runner.addresses[0][1], "secret": secret})
    with meter.running():
        await told_to_end()
    await runner.cleanup()
    return meter
