"""Telegram keeps the contract of all messengers, by polling."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
import pytest_asyncio

from tests.fakes.faults import Faults, Refuse
from tests.fakes.people import Bubble, Key
from tests.messengers.bench import Bench
from tests.messengers.conftest import product
from tests.messengers.suite import MessengerContract


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    async with product(tmp_path_factory, "telegram polling") as there:
        yield there


class TestTelegram(MessengerContract):
    send, edit, upload = "sendMessage", "editMessageText", "sendPhoto"
    no_edit = Refuse(
        400, {"ok": False, "error_code": 400, "description": "Bad Request: message to edit not found"}
    )

    async def late(self, phone: Any, pressed: Key, bubble: Bubble) -> None:
        phone._ask(pressed.data, bubble)

    def faults(self, there: Bench) -> Faults:
        return there.bot.faults

    def to(self, phone: Any) -> Callable[[Mapping[str, Any]], bool]:
        return lambda params: str(params.get("chat_id")) == phone.peer

    async def garbage(self, there: Bench) -> None:
        there.bot.channel_post("Новости")
        for update in (
            {"something_new": {"chat": {"id": 1}}},
            {"message": {"chat": {"id": "x", "type": "private"}, "text": "?"}},
            {"callback_query": {"id": 5, "data": []}},
            {"message": None},
        ):
            there.bot.raw(update)

    async def group(self, there: Bench) -> Callable[[], list[str]]:
        phone = there.person()
        group = there.bot.group("Наш двор", phone)
        await group.say(phone, "@otklik_bot у нас яма")
        return lambda: [it["text"] for it in group.messages if it["from"]["id"] == there.bot.id]

    def picture(self, there: Bench, official: Any) -> bytes:
        shown = next(bubble for bubble in reversed(official.bubbles) if bubble.photos)
        return there.staff.files.by_id[shown.extra["photo"][-1]["file_id"]].content
