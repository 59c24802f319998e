"""In the place of Telegram's servers: answers every request with the number of a message, from a process of its own."""

from __future__ import annotations

import json
from itertools import count

from aiohttp import web

from tests.bench.child import Order, say
from tests.bench.subjects.otklik_accept import served

_numbers = count(1)


async def handle(request: web.Request) -> web.Response:
    await request.read()
    chat = {"id": 1, "type": "private", "first_name": "Anna"}
    message = {"message_id": next(_numbers), "date": 1_790_000_000, "chat": chat, "text": "Done."}
    return web.Response(body=json.dumps({"ok": True, "result": message}), content_type="application/json")


async def main(order: Order) -> None:
    app = web.Application()
    app.router.add_post("/{path:.*}", handle)
    say((await served(app, "")).result(next(_numbers) - 1))
