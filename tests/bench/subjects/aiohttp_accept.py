"""The least that a webhook on aiohttp can be: it reads the body and answers 200."""

from __future__ import annotations

from aiohttp import web

from bots.telegram.hook import PATH
from tests.bench.child import Order, say
from tests.bench.subjects.otklik_accept import served


async def handle(request: web.Request) -> web.Response:
    await request.read()
    return web.Response()


async def main(order: Order) -> None:
    app = web.Application()
    app.router.add_post(PATH, handle)
    say({**(await served(app, "")).result(0), "stored": 0})
