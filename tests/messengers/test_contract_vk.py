"""VK keeps the contract of all messengers, by Long Poll."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa

from core.inbox.tables import inbox
from tests.fakes.faults import Faults
from tests.fakes.people import Bubble, Key
from tests.fakes.vk_errors import refusal
from tests.messengers.bench import SECRET, Bench, bench
from tests.messengers.conftest import product
from tests.messengers.suite import MessengerContract
from tests.messengers.walks import CONSENT, WORDS, begun, say, to_check
from tests.web.site import Answer, Log


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    async with product(tmp_path_factory, "vk longpoll") as there:
        yield there


class TestVK(MessengerContract):
    send, edit, fetch = "messages.send", "messages.edit", "file"
    no_edit = refusal(909)
    shown_when_lost = 1

    async def late(self, phone: Any, pressed: Key, bubble: Bubble) -> None:
        phone._press(pressed.data, bubble)

    def faults(self, there: Bench) -> Faults:
        return there.group.faults

    def to(self, phone: Any) -> Callable[[Mapping[str, Any]], bool]:
        return lambda params: phone.peer in (params.get("peer_ids"), params.get("peer_id"))

    def sent(self, there: Bench) -> list[Mapping[str, Any]]:
        return [call.params for call in there.vk.calls(self.send)] if there.vk else []

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

    async def picture(self, there: Bench, official: Any) -> bytes:
        """At the desk."""
        ref = next(item["photos"][0] for item in reversed(await official.person.items()) if item["photos"])
        answer: Answer = await official.person.call("GET", f"/photos/{ref}")
        return answer.body


async def test_whoever_types_fast_is_answered_within_the_limits_of_vk(demo_url: str, tmp_path: Path, log: Log) -> None:
    async with bench(demo_url, tmp_path, log, "vk longpoll", limits=True) as there:
        phone = await begun(there)
        await to_check(phone)
        assert there.vk and not [call for call in there.vk.ledger if call.error == 6]


async def test_a_forged_callback_is_refused_and_nothing_of_it_is_kept(demo_url: str, tmp_path: Path, log: Log) -> None:
    async with bench(demo_url, tmp_path, log, "vk callback") as there:
        await say(there.person(), WORDS, CONSENT)
        event = next(it for it in there.group.events if it["type"] == "message_new")
        before = there.site.rows(sa.select(inbox.c.id))
        event = json.loads(json.dumps(event).replace('"conversation_message_id": 1', '"conversation_message_id": 90'))
        for forged in (event, {**event, "secret": ""}, {**event, "secret": f"{SECRET}x"}, {**event, "secret": None}):
            answer = await there.site.call("POST", "/hooks/vk", json=forged)
            assert answer.status == 403
        assert there.site.rows(sa.select(inbox.c.id)) == before
