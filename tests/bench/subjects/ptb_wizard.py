"""The same wizard as a ConversationHandler of python-telegram-bot, in memory; at the end nothing is recorded but a
count."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    filters,
)
from telegram.request import BaseRequest, RequestData
from telegram.warnings import PTBUserWarning

from tests.bench.child import Order, say
from tests.bench.wizard import measured

CONSENT, CATEGORY, TERRITORY, PHOTO, ENOUGH, PLACE, SEND = range(7)
ME = {"id": 1, "is_bot": True, "first_name": "Otklik", "username": "otklik_bot"}
Context = ContextTypes.DEFAULT_TYPE


class Stub(BaseRequest):
    """Answers at once; keeps the first button of the last screen of each chat."""

    def __init__(self) -> None:
        self.sent, self._buttons = 0, dict[int, str]()

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    @property
    def read_timeout(self) -> float:
        return 5.0

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        name = url.rpartition("/")[2]
        result: Any = True
        if name == "getMe":
            result = ME
        elif name in ("sendMessage", "editMessageText"):
            assert request_data is not None
            asked: dict[str, Any] = request_data.parameters
            rows = asked["reply_markup"]["inline_keyboard"] if "reply_markup" in asked else [[{"callback_data": ""}]]
            self._buttons[asked["chat_id"]] = rows[0][0]["callback_data"]
            self.sent += 1
            there = {"id": asked["chat_id"], "type": "private"}
            result = {"message_id": self.sent, "date": 1_790_000_000, "chat": there, "text": asked["text"]}
        return 200, json.dumps({"ok": True, "result": result}).encode()

    def button(self, chat: int) -> str:
        return self._buttons[chat]


class Subject:
    def __init__(self) -> None:
        self._stub = Stub()
        self.app: Application[Any, Any, Any, Any, Any, Any] = (
            ApplicationBuilder()
            .token("7000001:AAtoken_of_the_bench_0123456789abcdef")
            .request(self._stub)
            .get_updates_request(Stub())
            .build()
        )
        self._ended = 0
        self.app.add_handler(
            ConversationHandler(
                entry_points=[MessageHandler(filters.TEXT, self._text)],
                states={
                    CONSENT: [asks(None, CATEGORY, "What is it about?", "Roads", "Yards", "Light", "Snow", "Other")],
                    CATEGORY: [asks("category", TERRITORY, "Where is it?", "Zarechny", "Lesnoy", "Polevoy", "Back")],
                    TERRITORY: [asks("territory", PHOTO, "Are there photos? Send them here.", "No photos", "Back")],
                    PHOTO: [MessageHandler(filters.PHOTO, self._photo)],
                    ENOUGH: [asks(None, PLACE, "Where exactly?", "Without an address", "Back")],
                    PLACE: [MessageHandler(filters.LOCATION, self._place)],
                    SEND: [CallbackQueryHandler(self._send)],
                },
                fallbacks=[],
            )
        )

    async def take(self, raws: Sequence[bytes]) -> None:
        """One after the other, as its updater does unless it is told otherwise."""
        for raw in raws:
            await self.app.process_update(Update.de_json(json.loads(raw), self.app.bot))

    def button(self, chat: int) -> str:
        return self._stub.button(chat)

    async def finished(self) -> int:
        return self._ended

    async def _text(self, update: Update, context: Context) -> int:
        assert update.message and context.user_data is not None
        context.user_data["text"] = update.message.text
        await update.message.reply_text("We need your consent.", reply_markup=keys("I agree", "No"))
        return CONSENT

    async def _photo(self, update: Update, context: Context) -> int:
        assert update.message and context.user_data is not None
        context.user_data["photos"] = [update.message.photo[-1].file_id]
        await update.message.reply_text("1 photo is added.", reply_markup=keys("That is all", "Back"))
        return ENOUGH

    async def _place(self, update: Update, context: Context) -> int:
        assert update.message and update.message.location and context.user_data is not None
        context.user_data["place"] = (update.message.location.latitude, update.message.location.longitude)
        said = "\n".join(f"{name}: {value}" for name, value in context.user_data.items())
        await update.message.reply_text(f"Please check:\n{said}", reply_markup=keys("Send", "Change", "Back"))
        return SEND

    async def _send(self, update: Update, context: Context) -> int:
        assert update.callback_query and context.user_data is not None
        self._ended += {"text", "category", "territory", "photos", "place"} <= context.user_data.keys()
        context.user_data.clear()
        await update.callback_query.edit_message_text("Done.", reply_markup=keys("Menu"))
        return ConversationHandler.END


def keys(*labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=f"{n}:{label}")] for n, label in enumerate(labels)]
    )


def asks(name: str | None, following: int, text: str, *labels: str) -> CallbackQueryHandler[Context, Any]:
    async def pressed(update: Update, context: Context) -> int:
        assert update.callback_query and context.user_data is not None
        if name:
            context.user_data[name] = update.callback_query.data
        await update.callback_query.edit_message_text(text, reply_markup=keys(*labels))
        return following

    handler: Callable[[Update, Context], Coroutine[Any, Any, int]] = pressed
    return CallbackQueryHandler(handler)


async def main(order: Order) -> None:
    warnings.simplefilter("ignore", PTBUserWarning)  # of what is meant so
    subject = Subject()
    await subject.app.initialize()
    say(await measured(subject, order["people"]))
