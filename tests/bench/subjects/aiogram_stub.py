"""A bot of aiogram whose requests are answered at once, in the place of the one call that leaves the process."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import EditMessageText, SendMessage, TelegramMethod
from aiogram.types import Chat, InlineKeyboardMarkup, Message

NOW = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)


class Session(BaseSession):
    """Keeps the first button of the last screen of each chat."""

    def __init__(self) -> None:
        super().__init__()
        self.sent, self._buttons = 0, dict[int, str]()

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:  # noqa: ASYNC109
        if not isinstance(method, SendMessage | EditMessageText):
            return True
        chat, markup = method.chat_id, method.reply_markup
        assert isinstance(chat, int)
        keys = (
            [key for row in markup.inline_keyboard for key in row] if isinstance(markup, InlineKeyboardMarkup) else []
        )
        self._buttons[chat] = (keys[0].callback_data or "") if keys else ""
        self.sent += 1
        there = Chat.model_construct(id=chat, type="private")
        return Message.model_construct(message_id=self.sent, date=NOW, chat=there, text=method.text).as_(bot)

    def button(self, chat: int) -> str:
        return self._buttons[chat]

    async def close(self) -> None: ...

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,  # noqa: ASYNC109
        chunk_size: int = 65536,
        raise_for_status: bool = True,  # noqa: FBT001, FBT002 - aiogram's own
    ) -> AsyncGenerator[bytes, None]:
        yield b""


def stubbed() -> tuple[Bot, Session]:
    session = Session()
    return Bot("7000001:AAtoken_of_the_bench_0123456789abcdef", session=session), session
