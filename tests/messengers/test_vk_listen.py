"""Long Poll: nothing is skipped and nothing comes twice, whatever fails; and how the adapter is let in."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bots.files.download import Gone
from bots.messenger import Refused
from bots.vk import listen
from bots.vk.adapter import EVENTS, VK
from bots.vk.api import Away
from core.files.tables import fetches
from core.outbox import tokens
from core.shown import Shown
from tests.fakes.faults import DropAfter, NotJson, ServerError
from tests.fakes.vk_errors import refusal
from tests.fakes.vk_phone import VkPhone
from tests.messengers.vk_kit import GROUP, Kit, button, kit
from tests.samples import PDF, picture


@pytest.fixture
async def vk(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Kit]:
    monkeypatch.setattr(listen, "PAUSE", 0.01)
    async with kit(sqlite_url, tmp_path) as made:
        yield made


@asynccontextmanager
async def listening(kit: Kit) -> AsyncIterator[None]:
    task = asyncio.create_task(kit.adapter.listen())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled(), task.exception()


async def until(seen: Callable[[], bool], kit: Kit) -> None:
    """Woken by the signal of the inbox."""
    with kit.world.signals.listen("inbox") as woken:
        async with asyncio.timeout(10):
            while not seen():
                woken.clear()
                if not seen():
                    await woken.wait()


class Noted(list[dict[str, str]]):
    """Polls that wake whoever waits."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._signals = kit.world.signals

    def append(self, poll: dict[str, str]) -> None:
        super().append(poll)
        self._signals.ring("inbox")


def place(kit: Kit) -> str:
    return kit.read(lambda conn: tokens.place(conn, "vk", str(GROUP)))


async def test_what_is_written_is_stored_with_its_place(vk: Kit) -> None:
    phone = vk.group.person()
    async with listening(vk):
        await until(lambda: bool(place(vk)), vk)
        await phone.say("яма")
        await phone.say("у школы")
        await until(lambda: vk.texts == ["яма", "у школы"], vk)
        assert place(vk) == vk.group.longpoll.ts


async def test_what_came_while_we_were_down_is_heard(vk: Kit) -> None:
    phone = vk.group.person()
    async with listening(vk):
        await until(lambda: bool(place(vk)), vk)
    await phone.say("яма")
    async with listening(vk):
        await until(lambda: vk.texts == ["яма"], vk)


@pytest.mark.parametrize("how", [1, 2, 3, 4])
async def test_after_a_poll_that_failed_people_are_heard(vk: Kit, how: int) -> None:
    phone = vk.group.person()
    async with listening(vk):
        await until(lambda: bool(place(vk)), vk)
        await phone.say("раз")
        await until(lambda: vk.texts == ["раз"], vk)
        vk.group.longpoll.polls = polls = Noted(vk)
        vk.group.longpoll.fail(how)
        await until(lambda: bool(polls) and polls[-1]["key"] == vk.group.longpoll.key, vk)
        await phone.say("два")
        await until(lambda: vk.texts == ["раз", "два"], vk)


async def test_an_old_key_loses_nothing(vk: Kit) -> None:
    phone = vk.group.person()
    async with listening(vk):
        await until(lambda: bool(place(vk)), vk)
    vk.group.longpoll.key = "another"
    await phone.say("яма")
    async with listening(vk):
        await until(lambda: vk.texts == ["яма"], vk)


@pytest.mark.parametrize("fault", [DropAfter(), ServerError(502), NotJson()])
async def test_a_poll_that_breaks_off_loses_nothing_and_doubles_nothing(vk: Kit, fault: Any) -> None:
    phone = vk.group.person()
    async with listening(vk):
        await until(lambda: bool(place(vk)), vk)
        vk.vk.faults.add(fault, "a_check", times=2)
        vk.vk.faults.add(ServerError(502), "groups.getLongPollServer")
        for text in ("раз", "два", "три"):
            await phone.say(text)
        await until(lambda: len(vk.texts) >= 3, vk)
        await phone.say("четыре")
        await until(lambda: vk.texts == ["раз", "два", "три", "четыре"], vk)


async def test_events_that_come_again_are_heard_once(vk: Kit) -> None:
    phone = vk.group.person()
    vk.vk.faults.duplicate(2)
    async with listening(vk):
        await until(lambda: bool(place(vk)), vk)
        await phone.say("раз")
        await phone.say("два")
        await phone.say("три")
        await until(lambda: vk.texts == ["раз", "два", "три"], vk)


async def test_a_place_that_vk_does_not_have_any_more_is_left(vk: Kit) -> None:
    vk.write(lambda tx: tokens.put_place(tx, "vk", str(GROUP), "3"))
    phone = vk.group.person()
    async with listening(vk):
        await until(lambda: place(vk) == vk.group.longpoll.ts, vk)
        await phone.say("яма")
        await until(lambda: vk.texts == ["яма"], vk)


async def test_any_garbage_among_events_holds_up_nothing(vk: Kit) -> None:
    phone = vk.group.person()
    async with listening(vk):
        await until(lambda: bool(place(vk)), vk)
        garbage: list[Any] = [
            None,
            [],
            "x",
            {"type": "message_new"},
            {"type": "message_event", "object": {"payload": 7}},
        ]
        for event in garbage:
            vk.group.raw(event)
        await phone.say("яма")
        await until(lambda: vk.texts == ["яма"], vk)


async def test_a_press_is_acknowledged_and_a_failing_acknowledgement_is_let_be(vk: Kit) -> None:
    phone = await vk.writer()
    await vk.shows(phone, Shown("Где?", buttons=(button("Тут", "here:"),)))
    async with listening(vk):
        await until(lambda: bool(place(vk)), vk)
        await phone.press("Тут")
        await phone.until(lambda phone: not phone.spinning)
        vk.vk.faults.add(refusal(10), "messages.sendMessageEventAnswer")
        await phone.press("Тут")
        await until(lambda: len(vk.heard) == 2, vk)
        await vk.polite()
    assert len(vk.vk.calls("messages.sendMessageEventAnswer")) == 2
    assert [row["event"]["key"] for row in vk.heard] == ["here:", "here:"]


async def test_a_press_that_is_brought_again_is_not_acknowledged_again(vk: Kit) -> None:
    phone = await vk.writer()
    await vk.shows(phone, Shown("Где?", buttons=(button("Тут", "here:"),)))
    async with listening(vk):
        await until(lambda: bool(place(vk)), vk)
        await phone.press("Тут")
        await until(lambda: len(vk.heard) == 1, vk)
        vk.group.again(vk.group.events[-1]["event_id"])
        await phone.say("яма")
        await until(lambda: len(vk.heard) == 2, vk)
        await vk.polite()
    assert len(vk.vk.calls("messages.sendMessageEventAnswer")) == 1
    assert vk.vk.refused == []


async def test_a_chat_of_several_people_is_declined_once_an_hour(vk: Kit) -> None:
    chat = vk.group.chat("Двор")
    neighbour = chat.joined(vk.group.person())

    async def asked(seconds: float) -> None:
        vk.later(seconds)
        await neighbour.say(f"[club{GROUP}|@club{GROUP}] где мусор?")
        await until(lambda: place(vk) == vk.group.longpoll.ts, vk)
        await vk.polite()

    async with listening(vk):
        await until(lambda: bool(place(vk)), vk)
        for seconds in (0, 60, 3600):
            await asked(seconds)
    said = [bubble.text for bubble in neighbour.bubbles if not bubble.mine]
    assert len(said) == 2 and f"https://vk.me/club{GROUP}" in said[0]
    assert vk.heard == []


# Being let in


async def test_it_is_let_in_and_knows_where_people_write_to_us(vk: Kit) -> None:
    shown = warnings.showwarning
    await vk.adapter.open()
    assert vk.adapter.link == f"https://vk.me/club{GROUP}?ref="
    assert warnings.showwarning is shown
    await vk.adapter.set_up()
    assert not vk.vk.calls("groups.setLongPollSettings")


async def refused(adapter: VK) -> str:
    try:
        await adapter.open()
        await adapter.set_up()
    except Refused as why:
        return str(why)
    raise AssertionError("it was let in")


async def test_a_key_that_is_refused_is_named_with_what_to_do(vk: Kit) -> None:
    vk.adapter.api._token = "vk1.a.of-nobody-at-all"
    words = await refused(vk.adapter)
    assert words.startswith("VK_TOKEN is refused") and "«Ключи доступа»" in words and "of-nobody" not in words


async def test_a_group_that_does_not_match_is_named(sqlite_url: str, tmp_path: Path) -> None:
    async with kit(sqlite_url, tmp_path, vk_group_id=77) as vk:
        words = await refused(vk.adapter)
    assert "VK_GROUP_ID is 77" in words and str(GROUP) in words


async def test_a_key_without_messages_is_named(sqlite_url: str, tmp_path: Path) -> None:
    async with kit(sqlite_url, tmp_path, group={"permissions": ["photos", "manage"]}) as vk:
        assert "«Сообщения»" in await refused(vk.adapter)


async def test_long_poll_that_is_off_is_turned_on(sqlite_url: str, tmp_path: Path) -> None:
    async with kit(sqlite_url, tmp_path, longpoll=False) as vk:
        await vk.adapter.set_up()
        settings = vk.group.longpoll_settings
        assert settings["is_enabled"] and all(settings["events"][name] for name in EVENTS)


async def test_events_that_are_off_are_turned_on(vk: Kit) -> None:
    vk.group.longpoll_settings["events"]["message_event"] = 0
    await vk.adapter.set_up()
    assert vk.group.longpoll_settings["events"]["message_event"] == 1


async def test_where_it_cannot_be_turned_on_the_clicks_are_named(sqlite_url: str, tmp_path: Path) -> None:
    few = {"permissions": ["photos", "messages", "docs"]}
    async with kit(sqlite_url, tmp_path, longpoll=False, group=few) as vk:
        words = await refused(vk.adapter)
    assert words.startswith("Long Poll is off") and "«Long Poll API»" in words and "«Входящее сообщение»" in words


@pytest.mark.parametrize("fault", [refusal(10), refusal(6), ServerError(502), NotJson()])
async def test_while_vk_is_away_it_is_no_refusal(vk: Kit, fault: Any) -> None:
    vk.vk.faults.add(fault, "groups.getById")
    with pytest.raises(Away):
        await vk.adapter.open()


# What people send


async def fetched(vk: Kit, phone: VkPhone) -> dict[str, Any]:
    async with listening(vk):
        await until(lambda: len(vk.heard) > 0, vk)
    source: dict[str, Any] = vk.read(lambda conn: conn.execute(fetches.select()).mappings().one())["source"]
    return source


async def content(vk: Kit, source: dict[str, Any]) -> bytes:
    assert vk.adapter.source is not None
    found = await vk.adapter.source.open(source)
    return vk.vk.world.content(found.address)


async def test_a_photo_and_a_document_are_found_where_they_are(vk: Kit) -> None:
    phone = vk.group.person()
    vk.write(lambda tx: tokens.put_place(tx, "vk", str(GROUP), vk.group.longpoll.ts))
    await phone.document("Акт.pdf", PDF)
    source = await fetched(vk, phone)
    assert "/doc/" in source["url"]
    assert vk.adapter.source is not None
    assert "/file/" in (await vk.adapter.source.open(source)).address  # it leads on, and downloads follow nothing
    assert await content(vk, source) == PDF


async def test_an_address_that_has_run_out_is_asked_for_again(vk: Kit) -> None:
    phone = vk.group.person()
    vk.write(lambda tx: tokens.put_place(tx, "vk", str(GROUP), vk.group.longpoll.ts))
    await phone.photo(picture())
    source = await fetched(vk, phone)
    vk.vk.world.expire()
    (message,) = vk.group.conversation(phone.user_id).messages
    message.attachments[0]["photo"]["sizes"] = [
        {"url": vk.vk.world.stored("photo.jpg", picture(), "image/jpeg"), "width": 60, "height": 40, "type": "w"}
    ]
    del message.attachments[0]["photo"]["orig_photo"]
    assert await content(vk, source) == picture()


async def test_what_vk_does_not_have_any_more_is_gone(vk: Kit) -> None:
    phone = vk.group.person()
    vk.write(lambda tx: tokens.put_place(tx, "vk", str(GROUP), vk.group.longpoll.ts))
    await phone.photo(picture())
    source = await fetched(vk, phone)
    vk.vk.world.expire()
    assert vk.adapter.source is not None
    with pytest.raises(Gone):
        await vk.adapter.source.open(source)
