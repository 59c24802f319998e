"""Bare aiogram: every update is answered with the same words; nothing is kept."""

from __future__ import annotations

import json
from collections.abc import Sequence

from aiogram import Dispatcher
from aiogram.types import Message

from tests.bench.child import Order, say
from tests.bench.meter import Meter
from tests.bench.subjects.aiogram_stub import stubbed
from tests.bench.wizard import STEPS, WARM_UP, words


async def main(order: Order) -> None:
    bot, dispatcher = stubbed()[0], Dispatcher()

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await message.answer(message.text or "")

    async def take(raws: Sequence[bytes]) -> None:
        for raw in raws:
            await dispatcher.feed_raw_update(bot, json.loads(raw))

    people, meter = order["people"], Meter()
    await take([words(chat, "The light is out.") for chat in range(1, WARM_UP)])
    raws = [words(chat, "The light is out.") for chat in range(1, people + 1) for _ in STEPS]
    with meter.running():
        await take(raws)
    say(meter.result(len(raws)))
