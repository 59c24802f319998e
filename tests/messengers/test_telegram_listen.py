"""What is said to the bot is taken once and kept before it is confirmed, whichever way it comes."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa
import structlog.testing
from aiohttp import web
from pydantic import SecretStr

from bots import intake, receive
from bots.messenger import Refused
from bots.receive import Update
from bots.telegram import hook
from bots.telegram.adapter import Telegram
from core.conversations.tables import conversations
from tests.fakes.faults import NotJson, Refuse, ServerError, TooMany
from tests.messengers.telegram_kit import SECRET, TOKEN, Kit, kit
from tests.messengers.test_telegram_receive import payload
from tests.messengers.test_telegram_send import MENU


@pytest.fixture
async def k(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Kit]:
    async with kit(sqlite_url, tmp_path) as made:
        yield made


async def taken(k: Kit) -> None:
    """Everything that was said is confirmed."""
    await k.bot.until(lambda bot: not bot.updates.pending)


# Polling


async def test_what_was_said_is_kept_in_order_and_then_confirmed(k: Kit) -> None:
    maria, ivan = k.bot.person(), k.bot.person()
    await maria.start("open_1")
    for n in range(3):
        await (maria if n % 2 else ivan).say(f"{n}")
    async with k.listening():
        await taken(k)
    assert [row["event"].get("text", "start") for row in k.heard] == ["start", "0", "1", "2"]
    assert len({row["conversation_id"] for row in k.heard}) == 2 and k.hops.count("stored") == 1
    asked = [call.params.get("offset") for call in k.bot.calls("getUpdates")][:2]
    assert asked == [None, k.bot.told[-1]["update_id"] + 1]
    assert "channel_post" not in k.bot.calls("getUpdates")[0].params["allowed_updates"]


async def test_what_comes_again_is_taken_once(k: Kit) -> None:
    maria = k.bot.person()
    k.bot.faults.duplicate(2)
    await maria.say("one")
    await maria.say("two")
    async with k.listening():
        await taken(k)
        k.bot.again(k.bot.told[0]["update_id"])
        await taken(k)
    async with k.listening():  # another process, which knows no offset
        k.bot.again(k.bot.told[1]["update_id"])
        await taken(k)
    assert k.texts == ["one", "two"]


async def test_nothing_is_confirmed_while_the_database_is_away(k: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = asyncio.Event()

    def away(*args: Any) -> None:
        tried.set()
        raise sa.exc.OperationalError("INSERT", {}, Exception("disk I/O error"))

    await k.bot.person().say("one")
    async with k.listening():
        with monkeypatch.context() as broken:
            broken.setattr(intake, "accept_all", away)
            async with asyncio.timeout(5):
                await tried.wait()
            assert k.bot.updates.pending and not k.heard
        await taken(k)
    assert k.texts == ["one"]


async def test_one_that_cannot_be_stored_holds_up_nobody_and_is_answered(
    k: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:

    def allergic(tx: Any, updates: Sequence[Update], *more: Any) -> None:
        if any(getattr(update.event, "text", "") == "poison" for update in updates):
            raise ValueError("poison")
        receive.accept_all(tx, updates, *more)

    monkeypatch.setattr(intake, "accept_all", allergic)
    maria = k.bot.person()
    for words in ("one", "poison", "two"):
        await maria.say(words)
    with structlog.testing.capture_logs() as logs:
        async with k.listening():
            await taken(k)
    assert k.texts == ["one", "", "two"] and k.heard[1]["event"]["unread"] == "kind"
    assert json.loads(k.heard[1]["raw"])["message"]["text"] == "poison"  # it can be looked at
    assert "poison" not in str([log for log in logs if log["event"] == "update_set_aside"])


async def test_lone_surrogates_are_taken_out_and_the_rest_is_kept(k: Kit) -> None:
    update = payload("text")
    update["message"]["text"] = "a\ud83db\x00"
    k.bot.raw(update)
    async with k.listening():
        await taken(k)
    assert k.texts == ["ab"]


async def test_what_concerns_nobody_is_confirmed_too(k: Kit) -> None:
    nothing: list[dict[str, Any]] = [
        {"poll": {"id": "1"}},
        {"message": []},
        {"message": {"chat": 5}},
        {"edited_message": None},
        {},
    ]
    for update in nothing:
        k.bot.raw(update)
    async with k.listening():
        await taken(k)
    assert not k.heard


async def test_another_program_with_the_same_token_is_told_of_once(k: Kit) -> None:
    conflict = Refuse(409, {"ok": False, "error_code": 409, "description": "Conflict: terminated by other getUpdates"})
    k.bot.faults.add(conflict, "getUpdates", times=3)
    await k.bot.person().say("one")
    with structlog.testing.capture_logs() as logs:
        async with k.listening():
            await taken(k)
    assert [log["event"] for log in logs] == ["polling_conflict", "polling_again"]


@pytest.mark.parametrize("kind", [ServerError(502), NotJson(200), TooMany(0)])
async def test_a_fault_of_theirs_is_waited_out(k: Kit, kind: Any) -> None:
    k.bot.faults.add(kind, "getUpdates", times=2)
    await k.bot.person().say("one")
    async with k.listening():
        await taken(k)
    assert k.texts == ["one"]


async def test_a_token_that_is_not_good_any_more_ends_it_with_a_sentence(k: Kit) -> None:
    k.bot.revoked = True
    with pytest.raises(Refused, match="TELEGRAM_TOKEN is refused by Telegram: take a new one from @BotFather"):
        await k.adapter.listen()


async def test_who_blocks_us_is_gone_and_who_writes_again_is_back(k: Kit) -> None:
    maria = await k.writer()

    def gone() -> bool:
        return k.read(lambda conn: conn.execute(sa.select(conversations.c.gone_at)).scalar_one()) is not None

    async with k.listening():
        await taken(k)
        assert not gone()
        await maria.block()
        await taken(k)
        assert gone()
        await maria.unblock()
        await taken(k)
        assert not gone()


# Courtesies


async def test_a_press_is_acknowledged_at_once_and_one_that_is_too_old_is_heard_all_the_same(k: Kit) -> None:
    maria = await k.writer()
    await k.shows(maria, MENU)
    async with k.listening():
        await maria.press("Help")
        await k.bot.until(lambda bot: not bot.queries and bot.calls("answerCallbackQuery")[-1:] != [])
        await maria.press("Report")
        k.bot.age_queries()
        await k.bot.until(lambda bot: len(bot.calls("answerCallbackQuery")) == 2)
        await taken(k)
    assert [row["event"].get("on") for row in k.heard] == [None, k.live(maria).ids[0], k.live(maria).ids[0]]


async def test_a_group_hears_once_an_hour_where_we_work(k: Kit) -> None:
    maria = await k.writer()
    await k.adapter.open()
    async with k.listening():
        group = k.bot.group("Дом 5", by=maria)
        await k.bot.until(lambda bot: len(bot.calls("sendMessage")) == 1)
        await group.say(maria, "/help")
        await taken(k)
        k.later(minutes=61)
        await group.say(maria, "/help")
        await k.bot.until(lambda bot: len(bot.calls("sendMessage")) == 2)
    said = [message["text"] for message in group.messages if message["from"]["is_bot"]]
    assert said == ["I work in private chats only. Please write to me here: https://t.me/otklik_bot"] * 2
    assert [row["event"].get("name") for row in k.heard] == ["start"]


# Webhooks


@asynccontextmanager
async def hooked(k: Kit) -> AsyncIterator[str]:
    """The address where updates are brought to."""
    changes = {"telegram_mode": "webhook", "telegram_secret": SecretStr(SECRET)}
    settings = k.world.settings.model_copy(update=changes)
    app = web.Application()
    brought = Telegram(replace(k.world, settings=settings), TOKEN, staff=False)
    app.add_routes(brought.routes())
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{hook.PATH}"
    finally:
        await runner.cleanup()
        await brought.close()


async def posted(url: str, body: bytes | str, secret: bytes | None = SECRET.encode()) -> int:
    headers = {} if secret is None else {hook.HEADER: secret.decode("utf-8", "surrogateescape")}
    data = io.BytesIO(body.encode() if isinstance(body, str) else body)
    async with aiohttp.ClientSession() as session, session.post(url, data=data, headers=headers) as response:
        assert response.status != 401 or await response.text() == "unauthorized"
        return response.status


async def test_what_is_brought_is_kept_and_said_to_be_taken_once(k: Kit) -> None:
    body = json.dumps(payload("text"))
    async with hooked(k) as url:
        assert [await posted(url, body), await posted(url, body)] == [200, 200]
    assert k.texts == ["Во дворе яма, Лесная 5"] and k.heard[0]["raw"] == body.encode()
    assert k.hops[:2] == ["received", "stored"]


@pytest.mark.parametrize("secret", [None, b"", b"wrong", SECRET.encode() + b"1", SECRET[:-1].encode(), "ж".encode()])
async def test_without_the_secret_nothing_is_taken(k: Kit, secret: bytes | None) -> None:
    async with hooked(k) as url:
        assert await posted(url, json.dumps(payload("text")), secret) == 401
    assert not k.heard


@pytest.mark.parametrize(
    "body", ["", "not json", "[]", '"x"', "[" * 5000, "{" + " " * 2**20 + "}", b"\xff\xfe{}", "{}"]
)
async def test_what_is_no_update_is_taken_and_forgotten(k: Kit, body: bytes | str) -> None:
    async with hooked(k) as url:
        assert await posted(url, body) == 200
    assert not k.heard


async def test_while_the_database_is_away_they_are_asked_to_come_again(k: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any) -> None:
        raise sa.exc.OperationalError("INSERT", {}, Exception("database or disk is full"))

    async with hooked(k) as url:
        with monkeypatch.context() as broken:
            broken.setattr(intake, "accept_all", away)
            assert await posted(url, json.dumps(payload("text"))) == 503
        assert await posted(url, json.dumps(payload("text"))) == 200
    assert len(k.heard) == 1


async def test_a_press_that_is_brought_is_acknowledged_too(k: Kit) -> None:
    async with hooked(k) as url:
        assert await posted(url, json.dumps(payload("press"))) == 200
        await k.bot.until(lambda bot: len(bot.calls("answerCallbackQuery")) == 1)


def test_while_updates_are_asked_for_nobody_can_bring_any(k: Kit) -> None:
    assert not k.adapter.routes()
