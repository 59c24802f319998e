"""Telegram keeps the contract of all messengers, by polling."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa

from bots.telegram.hook import HEADER
from core.inbox.tables import inbox
from tests.fakes.faults import Faults, Refuse
from tests.fakes.people import Bubble, Key
from tests.messengers.bench import SECRET, Bench, bench
from tests.messengers.conftest import product
from tests.messengers.scenes import plain
from tests.messengers.suite import MessengerContract
from tests.messengers.walks import CATEGORY, CONSENT, WORDS, asked, begun, say, to_check
from tests.web.site import Log


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    async with product(tmp_path_factory, "telegram polling") as there:
        yield there


class TestTelegram(MessengerContract):
    send, edit, fetch = "sendMessage", "editMessageText", "getFile"
    no_edit = Refuse(400, {"ok": False, "error_code": 400, "description": "Bad Request: message to edit not found"})
    shown_when_lost = 2

    async def late(self, phone: Any, pressed: Key, bubble: Bubble) -> None:
        phone._ask(pressed.data, bubble)

    def faults(self, there: Bench) -> Faults:
        return there.bot.faults

    def to(self, phone: Any) -> Callable[[Mapping[str, Any]], bool]:
        return lambda params: str(params.get("chat_id")) == phone.peer

    def sent(self, there: Bench) -> list[Mapping[str, Any]]:
        return [call.params for call in there.bot.calls(self.send)]

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

    async def picture(self, there: Bench, official: Any) -> bytes:
        shown = next(bubble for bubble in reversed(official.bubbles) if bubble.photos)
        return there.staff.files.by_id[shown.extra["photo"][-1]["file_id"]].content

    async def test_a_contact_is_not_needed_and_nothing_is_lost(self, there: Bench) -> None:
        phone = await begun(there)
        await phone.contact("+79990000001")
        await phone.until(asked("Номер телефона здесь не нужен"))
        assert CATEGORY in plain(phone.last.text)


async def test_whoever_types_fast_is_answered_within_the_limits_of_telegram(
    demo_url: str, tmp_path: Path, log: Log
) -> None:
    async with bench(demo_url, tmp_path, log, "telegram webhook", limits=True) as there:
        phone = await begun(there)
        await to_check(phone)
        assert not [call for call in there.bot.ledger if call.code == 429]


async def test_a_forged_webhook_is_refused_and_nothing_of_it_is_kept(demo_url: str, tmp_path: Path, log: Log) -> None:
    async with bench(demo_url, tmp_path, log, "telegram webhook") as there:
        phone = there.person()
        await say(phone, WORDS, CONSENT)
        forged = {**there.bot.told[-1], "update_id": 1}
        before = there.site.rows(sa.select(inbox.c.id))
        for path in ("/hooks/telegram", "/hooks/telegram-staff"):
            for headers in ({}, {HEADER: ""}, {HEADER: f"{SECRET}x"}, {HEADER: SECRET[:-1]}):
                answer = await there.site.call("POST", path, json=forged, headers=headers)
                assert answer.status == 401
        assert there.site.rows(sa.select(inbox.c.id)) == before
