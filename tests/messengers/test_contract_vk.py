"""VK keeps the contract of all messengers, by Long Poll."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
import pytest_asyncio

from tests.fakes.faults import Faults
from tests.fakes.people import Bubble, Key
from tests.fakes.vk_errors import refusal
from tests.messengers.bench import Bench
from tests.messengers.conftest import product
from tests.messengers.suite import MessengerContract


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    async with product(tmp_path_factory, "vk longpoll") as there:
        yield there


class TestVK(MessengerContract):
    send, edit, upload = "messages.send", "messages.edit", "upload"
    no_edit = refusal(909)

    async def late(self, phone: Any, pressed: Key, bubble: Bubble) -> None:
        phone._press(pressed.data, bubble)

    def faults(self, there: Bench) -> Faults:
        return there.group.faults

    def to(self, phone: Any) -> Callable[[Mapping[str, Any]], bool]:
        return lambda params: phone.peer in (params.get("peer_ids"), params.get("peer_id"))

    async def garbage(self, there: Bench) -> None:
        for event in (
            {"type": "wall_post_new", "object": {"text": "Новости"}},
            {"type": "message_new", "object": {"message": {"peer_id": "x", "from_id": None}}},
            {"type": "message_event", "object": []},
            {"type": 7},
            {},
        ):
            there.group.raw(event)

    async def group(self, there: Bench) -> Callable[[], list[str]]:
        chat = there.group.chat("Наш двор")
        phone = chat.joined(there.person())
        await phone.say(f"[club{there.group.id}|@club{there.group.id}] у нас яма")
        return lambda: [bubble.text for bubble in phone.bubbles if not bubble.mine]

    def picture(self, there: Bench, official: Any) -> bytes:
        raise NotImplementedError
