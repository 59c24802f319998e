"""The same wizard on aiogram's states, kept in Redis and isolated there, as its documentation has it for several
processes. Answers are kept in the state; at the end nothing is recorded but a count."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from aiogram import Bot, Dispatcher, F
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.redis import RedisEventIsolation, RedisStorage
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from redis.asyncio import BlockingConnectionPool, Redis

from tests.bench.child import Order, say
from tests.bench.subjects.aiogram_stub import Session, stubbed
from tests.bench.wizard import BATCH, measured

CONNECTIONS = 100
"""With fewer than there are handlers, aiogram's own pool would raise."""


class Ask(StatesGroup):
    consent = State()
    category = State()
    territory = State()
    photo = State()
    enough = State()
    place = State()
    send = State()


class Subject:
    def __init__(self, redis: Redis) -> None:
        self._bot: Bot
        self._session: Session
        self._bot, self._session = stubbed()
        self._ended = 0
        isolation = RedisEventIsolation(redis)
        self._dispatcher = Dispatcher(storage=RedisStorage(redis), events_isolation=isolation)
        on, pressed = self._dispatcher.message, self._dispatcher.callback_query
        on.register(self._text, StateFilter(None))
        pressed.register(self._consent, Ask.consent)
        pressed.register(self._category, Ask.category)
        pressed.register(self._territory, Ask.territory)
        on.register(self._photo, Ask.photo, F.photo)
        pressed.register(self._enough, Ask.enough)
        on.register(self._place, Ask.place, F.location)
        pressed.register(self._send, Ask.send)

    async def take(self, raws: Sequence[bytes]) -> None:
        """As its polling does: a batch at once, each update in a task."""
        for start in range(0, len(raws), BATCH):
            batch = [json.loads(raw) for raw in raws[start : start + BATCH]]
            await asyncio.gather(*(self._dispatcher.feed_raw_update(self._bot, update) for update in batch))

    def button(self, chat: int) -> str:
        return self._session.button(chat)

    async def finished(self) -> int:
        return self._ended

    async def _text(self, message: Message, state: FSMContext) -> None:
        await state.update_data(text=message.text)
        await state.set_state(Ask.consent)
        await message.answer("We need your consent.", reply_markup=keys("I agree", "No"))

    async def _consent(self, query: CallbackQuery, state: FSMContext) -> None:
        await state.set_state(Ask.category)
        await show(query, "What is it about?", "Roads", "Yards", "Light", "Snow", "Other")

    async def _category(self, query: CallbackQuery, state: FSMContext) -> None:
        await state.update_data(category=query.data)
        await state.set_state(Ask.territory)
        await show(query, "Where is it?", "Zarechny", "Lesnoy", "Polevoy", "Back")

    async def _territory(self, query: CallbackQuery, state: FSMContext) -> None:
        await state.update_data(territory=query.data)
        await state.set_state(Ask.photo)
        await show(query, "Are there photos? Send them here.", "No photos", "Back")

    async def _photo(self, message: Message, state: FSMContext) -> None:
        assert message.photo
        await state.update_data(photos=[message.photo[-1].file_id])
        await state.set_state(Ask.enough)
        await message.answer("1 photo is added. Are there more?", reply_markup=keys("That is all", "Back"))

    async def _enough(self, query: CallbackQuery, state: FSMContext) -> None:
        await state.set_state(Ask.place)
        await show(query, "Where exactly?", "Without an address", "Back")

    async def _place(self, message: Message, state: FSMContext) -> None:
        assert message.location
        data = await state.update_data(place=[message.location.latitude, message.location.longitude])
        await state.set_state(Ask.send)
        said = "\n".join(f"{name}: {value}" for name, value in data.items())
        await message.answer(f"Please check:\n{said}", reply_markup=keys("Send", "Change", "Back"))

    async def _send(self, query: CallbackQuery, state: FSMContext) -> None:
        data = await state.get_data()
        await state.clear()
        self._ended += {"text", "category", "territory", "photos", "place"} <= data.keys()
        await show(query, "Done: your message is registered.", "Menu")


def keys(*labels: str) -> InlineKeyboardMarkup:
    buttons = [[InlineKeyboardButton(text=label, callback_data=f"{n}:{label}")] for n, label in enumerate(labels)]
    return InlineKeyboardMarkup(inline_keyboard=buttons)


async def show(query: CallbackQuery, text: str, *labels: str) -> None:
    assert isinstance(query.message, Message)
    await query.message.edit_text(text, reply_markup=keys(*labels))


async def main(order: Order) -> None:
    pool = BlockingConnectionPool.from_url(order["redis"], max_connections=CONNECTIONS, timeout=60)
    async with Redis(connection_pool=pool) as redis:
        await redis.flushall()
        say(await measured(Subject(redis), order["people"]))
