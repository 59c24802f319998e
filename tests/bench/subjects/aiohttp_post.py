"""The least that a push on aiohttp can be: the same bytes are posted to the same server, as many at once."""

from __future__ import annotations

import asyncio

import aiohttp

from tests.bench.child import Order, say
from tests.bench.meter import Meter
from tests.bench.subjects.otklik_push import AT_ONCE, WARM_UP

MESSAGE = {
    "chat_id": 1001,
    "text": "Ваше сообщение № 482 135 790 взято в работу.\nКто отвечает: Администрация города Заречного.\n"
    "Ответ должен быть не позднее 28 сентября 2026.",
    "reply_markup": {"inline_keyboard": [[{"text": "Открыть сообщение", "callback_data": "card:482135790"}]]},
}


async def main(order: Order) -> None:
    meter = Meter()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await sent(session, order["sink"], WARM_UP)
        with meter.running():
            await sent(session, order["sink"], order["pushes"])
    say(meter.result(order["pushes"]))


async def sent(session: aiohttp.ClientSession, sink: str, n: int) -> None:
    waiting = iter(range(n))

    async def follow() -> None:
        for _ in waiting:
            async with session.post(f"{sink}/bot1:x/sendMessage", json=MESSAGE) as response:
                await response.read()

    await asyncio.gather(*(follow() for _ in range(AT_ONCE)))
