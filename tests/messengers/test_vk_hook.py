"""The Callback API: what VK brings is stored before it is acknowledged, only VK is believed, and `ok` is `ok`."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
import sqlalchemy.exc
import structlog.testing
from aiohttp import web

from bots.intake import Unstored
from bots.receive import Update, accept_all
from bots.vk import hook
from bots.vk.intake import Intake
from bots.vk.receive import Received, Said
from core.conversations.types import Address
from core.shown import Shown
from core.talk import Message
from tests.fakes.vk_callback import Callback
from tests.messengers.virtual import virtually
from tests.messengers.vk_kit import GROUP, SECRET, Kit, button, kit, payload


@dataclass
class Door:
    """The route of the hook on a server of its own, and VK's side of it."""

    kit: Kit
    url: str
    client: aiohttp.ClientSession
    callback: Callback = field(init=False)

    async def post(self, event: Any, **headers: str) -> tuple[int, dict[str, str], bytes]:
        data = event if isinstance(event, bytes) else json.dumps(event).encode()
        async with self.client.post(self.url, data=data, headers=headers) as answer:
            return answer.status, dict(answer.headers), await answer.read()


@pytest.fixture
async def door(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    monkeypatch.setattr(hook, "WAIT", 0.05)
    way: dict[str, Any] = {
        "vk_mode": "callback",
        "vk_secret": SECRET,
        "vk_confirmation": "8fa31c02",
        "public_url": "http://127.0.0.1:1",
    }
    async with kit(sqlite_url, tmp_path, **way) as made, aiohttp.ClientSession() as client:
        made.group.confirmation = "8fa31c02"
        app = web.Application()
        app.add_routes(made.adapter.routes())
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        there = Door(made, f"http://127.0.0.1:{runner.addresses[0][1]}{hook.PATH}", client)
        there.callback = made.group.callback(there.url, SECRET)
        yield there
        await runner.cleanup()


def ours(name: str, **more: Any) -> dict[str, Any]:
    return payload(name) | {"secret": SECRET} | more


async def test_the_address_is_confirmed_by_exactly_that_string(door: Door) -> None:
    await door.callback.confirm()
    assert (await door.post({"type": "confirmation", "group_id": GROUP}))[2] == b"8fa31c02"
    assert (await door.post({"type": "confirmation", "group_id": GROUP + 1}))[0] == 403


@pytest.mark.parametrize("name", ["text", "typing", "subscribed", "deny", "allow", "chat_gossip", "reply_of_ours"])
async def test_every_event_is_answered_by_two_bytes(door: Door, name: str) -> None:
    status, headers, body = await door.post(ours(name))
    assert (status, body) == (200, b"ok")
    assert headers["Content-Type"] == "text/plain" and headers["Content-Length"] == "2"
    assert "Content-Encoding" not in headers


async def test_what_came_is_stored_once_however_often_it_comes(door: Door) -> None:
    phone = door.kit.group.person()
    await phone.say("яма")
    await door.callback.settled()
    event = door.kit.group.events[-1]
    for attempt in range(3):
        assert (await door.post(event | {"secret": SECRET}, **{"X-Retry-Counter": str(attempt)}))[0] == 200
    assert door.kit.texts == ["яма"]
    assert door.kit.hops[:2] == ["received", "stored"]


FORGED: list[dict[str, Any]] = [
    {"secret": ""},
    {"secret": None},
    {"secret": SECRET + "x"},
    {"secret": SECRET[:-1]},
    {"secret": "секрет"},
    {"secret": "\ud800"},
    {"secret": [SECRET]},
    {"secret": {"secret": SECRET}},
    {"secret": True},
    {"group_id": 1},
    {"group_id": str(GROUP)},
    {"group_id": None},
]


async def test_nobody_but_vk_is_believed_and_all_hear_the_same(door: Door) -> None:
    answers = {(await door.post(ours("text", **forged)))[::2] for forged in FORGED}
    answers |= {(await door.post(bad))[::2] for bad in (b"", b"[]", b"nonsense", b"\xff", b"[" * 100_000, b"null")}
    assert answers == {(403, b"no")}
    assert door.kit.heard == []


async def test_without_a_secret_there_is_no_hook(door: Door) -> None:
    with pytest.raises(ValueError, match="secret"):
        hook.Hook(door.kit.adapter, "", "8fa31c02")  # type: ignore[arg-type]


async def test_an_unknown_event_of_vk_is_fine(door: Door) -> None:
    bodies: list[Any] = [{}, [], None, "x", {"message": []}]
    for body in bodies:
        event = {"type": "market_order_new", "group_id": GROUP, "secret": SECRET, "object": body}
        assert (await door.post(event))[::2] == (200, b"ok")
        assert (await door.post(event | {"type": "message_new"}))[::2] == (200, b"ok")


async def test_while_the_database_is_away_vk_is_asked_to_come_again(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(fn: object) -> object:
        raise sqlalchemy.exc.OperationalError("write", {}, Exception("gone"))

    with monkeypatch.context() as broken:
        broken.setattr(door.kit.world.db, "write", away)
        status, headers, body = await door.post(ours("text"))
        assert (status, headers["Retry-After"]) == (503, "5") and body != b"ok"
    await door.kit.group.person().say("яма")
    await door.callback.settled()
    assert door.kit.texts == ["яма"]


async def test_messages_that_overtake_each_other_are_heard_in_the_order_of_writing(door: Door) -> None:
    door.callback.stopped = True  # they are brought by hand
    phone, other = door.kit.group.person(), door.kit.group.person()
    words = [f"слово {n}" for n in range(6)]
    async with asyncio.TaskGroup() as posting:
        for one in (phone, other):
            for text in words:
                await one.say(text)
        events = [event | {"secret": SECRET} for event in door.kit.group.events]
        random.Random(7).shuffle(events)
        for event in events:
            posting.create_task(door.post(event))
    heard = [(row["conversation_id"], row["event"]["text"]) for row in door.kit.heard]
    for there in {conversation for conversation, _ in heard}:
        assert [text for conversation, text in heard if conversation == there] == words


def said(cmid: int) -> Said:
    words = Update(Address("vk", "1", "5"), f"m{cmid}", Message(str(cmid)), b"", "ru")
    return Said(words, cmid=cmid)


@dataclass
class Stored:
    """An intake that keeps what it is given; the first `fails` times it cannot."""

    fails: int = 0
    came: list[int] = field(default_factory=list)

    async def store(self, received: Sequence[Received]) -> None:
        if self.fails:
            self.fails -= 1
            raise Unstored
        self.came += [one.cmid for one in received if isinstance(one, Said)]


def brought(stored: Stored, *when: tuple[float, int]) -> list[BaseException | None]:
    """At so many seconds, the message of that number; what came of each."""

    async def story(clock: Callable[[], float]) -> list[BaseException | None]:
        gate = hook.Gate(cast("Intake", stored))

        async def one(seconds: float, cmid: int) -> None:
            await asyncio.sleep(seconds)
            await gate.take(said(cmid))

        return await asyncio.gather(*(one(*each) for each in when), return_exceptions=True)

    return virtually(story)


def test_a_message_waits_for_those_before_it_whenever_another_one_came_before() -> None:
    """The first one is let in when the third has only just come."""
    stored = Stored()
    brought(stored, (0, 1), (0.29, 3), (0.31, 2))
    assert stored.came == [1, 2, 3]


def test_what_was_written_later_is_not_kept_where_what_was_before_it_was_not() -> None:
    stored = Stored(fails=1)
    ends = brought(stored, (0, 1), (0.2, 2), (0.9, 3))
    assert [type(end) for end in ends] == [Unstored, Unstored, type(None)]
    assert stored.came == [3]


async def test_a_press_waits_for_nobody_but_for_the_words_before_it(door: Door) -> None:
    phone = await door.kit.writer()
    await door.callback.settled()
    await door.kit.shows(phone, Shown("Где?", buttons=(button("Тут", "here:"),)))
    await phone.say("у школы")
    await phone.press("Тут")
    await door.callback.settled()
    assert not door.callback.given_up
    assert [row["event"]["is"] for row in door.kit.heard] == ["Message", "Message", "Press"]
    assert door.kit.heard[-1]["event"]["on"] == phone.last.id
    await phone.until(lambda phone: not phone.spinning)


async def test_one_that_cannot_be_stored_holds_up_nobody(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def picky(tx: Any, updates: Any, *more: Any) -> None:
        if any(getattr(update.event, "text", "") == "яд" for update in updates):
            raise ValueError("poison")
        accept_all(tx, updates, *more)

    monkeypatch.setattr("bots.intake.accept_all", picky)
    phone = door.kit.group.person()
    with structlog.testing.capture_logs() as logged:
        for text in ("раз", "яд", "два"):
            await phone.say(text)
        await door.callback.settled()
    assert {line["event"] for line in logged} == {"updates_not_stored", "update_set_aside"}
    assert door.kit.texts == ["раз", "", "два"]
    assert door.kit.heard[1]["event"]["unread"] == "kind" and door.kit.heard[1]["raw"]
    assert not door.callback.given_up


async def test_who_forbids_us_to_write_is_gone_until_something_comes(door: Door) -> None:
    phone = await door.kit.writer()
    await door.callback.settled()
    there = door.kit.met(phone)
    gone = f"SELECT gone_at FROM conversations WHERE id = {there}"  # noqa: S608
    await phone.block()
    await door.callback.settled()
    assert door.kit.read(lambda conn: conn.exec_driver_sql(gone).scalar()) is not None
    await phone.unblock()
    await door.callback.settled()
    assert door.kit.read(lambda conn: conn.exec_driver_sql(gone).scalar()) is None
