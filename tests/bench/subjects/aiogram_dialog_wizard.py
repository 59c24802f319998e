"""The same wizard as a dialog of aiogram-dialog, in memory: nothing is kept anywhere else, and at the end nothing is
recorded but a count."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from aiogram import Bot, Dispatcher, F
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage, SimpleEventIsolation
from aiogram.types import CallbackQuery, ContentType, Message
from aiogram_dialog import Dialog, DialogManager, StartMode, Window, setup_dialogs
from aiogram_dialog.api.entities import ShowMode
from aiogram_dialog.api.internal import Widget
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button
from aiogram_dialog.widgets.text import Const, Format

from tests.bench.child import Order, say
from tests.bench.subjects.aiogram_stub import Session, stubbed
from tests.bench.wizard import BATCH, measured


class Ask(StatesGroup):
    consent = State()
    category = State()
    territory = State()
    photo = State()
    enough = State()
    place = State()
    send = State()
    end = State()


class Subject:
    def __init__(self) -> None:
        self._bot: Bot
        self._session: Session
        self._bot, self._session = stubbed()
        self._ended = 0
        self._dispatcher = Dispatcher(storage=MemoryStorage(), events_isolation=SimpleEventIsolation())
        self._dispatcher.include_router(self._dialog())
        self._dispatcher.message.register(self._text, F.text)
        setup_dialogs(self._dispatcher, events_isolation=SimpleEventIsolation())

    async def take(self, raws: Sequence[bytes]) -> None:
        """As polling does: a batch at once, each update in a task."""
        for start in range(0, len(raws), BATCH):
            batch = [json.loads(raw) for raw in raws[start : start + BATCH]]
            await asyncio.gather(*(self._dispatcher.feed_raw_update(self._bot, update) for update in batch))

    def button(self, chat: int) -> str:
        return self._session.button(chat)

    async def finished(self) -> int:
        return self._ended

    async def _text(self, message: Message, dialog_manager: DialogManager) -> None:
        await dialog_manager.start(Ask.consent, data={"text": message.text}, mode=StartMode.RESET_STACK)

    def _dialog(self) -> Dialog:
        return Dialog(
            Window(Const("We need your consent."), *keys("I agree", "No", to=Ask.category), state=Ask.consent),
            Window(
                Const("What is it about?"),
                *keys("Roads", "Yards", "Light", "Snow", "Other", to=Ask.territory),
                state=Ask.category,
            ),
            Window(
                Const("Where is it?"), *keys("Zarechny", "Lesnoy", "Polevoy", "Back", to=Ask.photo), state=Ask.territory
            ),
            Window(
                Const("Are there photos? Send them here."),
                MessageInput(photo, content_types=[ContentType.PHOTO]),
                *keys("No photos", "Back", to=Ask.enough),
                state=Ask.photo,
            ),
            Window(Const("1 photo is added."), *keys("That is all", "Back", to=Ask.place), state=Ask.enough),
            Window(
                Const("Where exactly?"),
                MessageInput(place, content_types=[ContentType.LOCATION]),
                *keys("Without an address", "Back", to=Ask.send),
                state=Ask.place,
            ),
            Window(
                Format("Please check:\n{category}\n{territory}\n{photo}\n{place}"),
                Button(Const("Send"), id="k0", on_click=self._send),
                *keys("Change", "Back", to=Ask.send, first=1),
                state=Ask.send,
                getter=summary,
            ),
            Window(Const("Done: your message is registered."), *keys("Menu", to=Ask.end), state=Ask.end),
        )

    async def _send(self, query: CallbackQuery, button: Widget, manager: DialogManager) -> None:
        said = {*manager.dialog_data, *manager.start_data}  # type: ignore[misc]
        self._ended += {"text", "category", "territory", "photo", "place"} <= said
        await manager.switch_to(Ask.end)


def keys(*labels: str, to: State, first: int = 0) -> list[Button]:
    async def pressed(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
        manager.dialog_data[manager.current_context().state.state.partition(":")[2]] = button.widget_id  # type: ignore[union-attr]
        await manager.switch_to(to)

    return [Button(Const(label), id=f"k{n}", on_click=pressed) for n, label in enumerate(labels, first)]


async def photo(message: Message, source: MessageInput, manager: DialogManager) -> None:
    assert message.photo
    manager.dialog_data["photo"] = message.photo[-1].file_id
    await manager.switch_to(Ask.enough, show_mode=ShowMode.SEND)


async def place(message: Message, source: MessageInput, manager: DialogManager) -> None:
    assert message.location
    manager.dialog_data["place"] = [message.location.latitude, message.location.longitude]
    await manager.switch_to(Ask.send, show_mode=ShowMode.SEND)


async def summary(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    return dict(dialog_manager.dialog_data)


async def main(order: Order) -> None:
    say(await measured(Subject(), order["people"]))
