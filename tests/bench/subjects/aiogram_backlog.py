"""The same backlog for aiogram with its states and its isolation in Redis, as its documentation has it for several
processes, with the pool of connections that comes with it. It fetches a hundred at a time and does not wait for them
before the next, as its polling does. Each person says their numbers in a row; what was heard of them, and in which
order, is counted."""

from __future__ import annotations

import asyncio
import json
import logging
import warnings
from collections import defaultdict
from itertools import pairwise

from aiogram import Dispatcher
from aiogram.fsm.context import FSMContext
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.types import Message

from tests.bench.child import Order, say
from tests.bench.meter import Meter, resident
from tests.bench.subjects.aiogram_stub import stubbed
from tests.bench.subjects.otklik_backlog import EACH
from tests.bench.wizard import BATCH, words

FETCHING = 0.05
"""Seconds that an answer of getUpdates takes."""


async def main(order: Order) -> None:
    logging.disable()
    warnings.simplefilter("ignore")  # tasks that have failed
    people: int = order["people"]
    bot, _ = stubbed()
    storage = RedisStorage.from_url(order["redis"])
    await storage.redis.flushall()
    dispatcher = Dispatcher(storage=storage, events_isolation=storage.create_isolation())
    heard = defaultdict[int, list[int]](list)

    async def hear(message: Message, state: FSMContext) -> None:
        said = int(message.text or "")
        await state.update_data(said=said)
        await message.answer(f"Heard: {said}")
        heard[message.chat.id].append(said)

    dispatcher.message.register(hear)
    updates = [json.loads(words(chat, str(n))) for n in range(EACH) for chat in range(100_001, 100_001 + people)]
    idle, meter, tasks = resident(), Meter(), list[asyncio.Task[object]]()
    with meter.running():
        for start in range(0, len(updates), BATCH):
            tasks += [
                asyncio.create_task(dispatcher.feed_raw_update(bot, update))
                for update in updates[start : start + BATCH]
            ]
            await asyncio.sleep(FETCHING)
        await asyncio.gather(*tasks, return_exceptions=True)
    await storage.close()
    known = sum(len(set(each)) for each in heard.values())
    found = {
        "lost": len(updates) - known,
        "doubled": sum(map(len, heard.values())) - known,
        "inverted": sum(later < earlier for each in heard.values() for earlier, later in pairwise(each)),
    }
    say(meter.result(len(updates)) | found | {"idle": idle, "peak": resident(what="VmHWM")})
