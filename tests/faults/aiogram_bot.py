"""What we compare ourselves with: a bot as the documentation of aiogram shows it. It polls, keeps its dialogs in
memory, does some milliseconds of work, records what came of it, and answers. Everything else is as it is by default."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.faults.child import Order

WORK = (0.002, 0.02)
"""Seconds that a handler waits for something: a database, another service."""


def run(order: Order) -> None:
    asyncio.run(_poll(order))


async def _poll(order: Order) -> None:
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.fsm.context import FSMContext
    from aiogram.fsm.storage.memory import MemoryStorage
    from aiogram.types import Message

    server = TelegramAPIServer.from_base(str(order.settings["telegram_api_url"]))
    bot = Bot(str(order.settings["telegram_token"]), session=AiohttpSession(api=server))
    dispatcher = Dispatcher(storage=MemoryStorage())
    with closing(_opened(Path(order.var_dir))) as db:

        @dispatcher.message()
        async def heard(message: Message, state: FSMContext) -> None:
            said = int((await state.get_data()).get("said", 0)) + 1
            await asyncio.sleep(random.uniform(*WORK))
            await state.update_data(said=said)
            with db:
                db.execute("INSERT INTO effects (peer, text) VALUES (?, ?)", (str(message.chat.id), message.text))
            await message.answer(f"Your message {said}: {message.text}")

        await dispatcher.start_polling(bot)


def _opened(folder: Path) -> sqlite3.Connection:
    db = sqlite3.connect(folder / "aiogram.db")
    db.execute("CREATE TABLE IF NOT EXISTS effects (id INTEGER PRIMARY KEY, peer TEXT, text TEXT)")
    return db
