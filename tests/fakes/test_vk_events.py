from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web

from tests.fakes.faults import Refuse
from tests.fakes.vk_callback import PAUSES, Callback
from tests.fakes.vk_errors import refusal
from tests.fakes.vk_phone import VkPhone
from tests.fakes.vk_product import Json, Product, button, event, keyboard, picture, with_product


@pytest.fixture
async def product() -> AsyncIterator[Product]:
    async with with_product() as made:
        yield made


@pytest.fixture
async def maria(product: Product) -> VkPhone:
    phone = product.group.person()
    await phone.start()
    return phone


async def test_what_people_send_is_downloaded_from_addresses_that_expire(product: Product, maria: VkPhone) -> None:
    await maria.photo(picture(), picture(), caption="Яма")
    said = event(product.group, "message_new")["message"]
    largest = max(said["attachments"][0]["photo"]["sizes"], key=lambda size: size["width"])
    assert (
        said["text"] == "Яма" and len(said["attachments"]) == 2 and (largest["width"], largest["height"]) == (640, 480)
    )
    await maria.document("смета 1.txt", b"100")
    doc = event(product.group, "message_new")["message"]["attachments"][0]["doc"]
    for url, content in ((largest["url"], picture()), (doc["url"], b"100")):
        async with product.session.get(url) as answer:
            assert await answer.read() == content
    product.vk.world.expire()
    async with product.session.get(doc["url"]) as answer:
        assert answer.status == 404


async def test_all_that_people_can_send_becomes_an_event(product: Product, maria: VkPhone) -> None:
    def said() -> Json:
        message: Json = event(product.group, "message_new")["message"]
        return message

    await maria.start("a1b2")
    assert said()["ref"] == "a1b2" and json.loads(said()["payload"]) == {"command": "start"}
    await maria.voice()
    assert said()["attachments"][0]["audio_message"]["link_ogg"].endswith("voice.ogg")
    await maria.sticker()
    await maria.video_note()
    assert [it["type"] for it in said()["attachments"]] == ["video"]
    await maria.say("Переслано", forwarded=True)
    assert said()["text"] == "" and said()["fwd_messages"][0]["text"] == "Переслано"
    bubble = await maria.say("Было")
    await maria.edit(bubble, "Стало")
    assert event(product.group, "message_edit")["text"] == "Стало" and bubble.text == "Стало"
    await maria.say("я" * 5000)
    assert len(said()["text"]) == 5000 - 4096
    with pytest.raises(AssertionError):
        await maria.contact("+79990000000")


async def test_long_poll_gives_everything_again_to_whoever_asks_with_an_old_ts(
    product: Product, maria: VkPhone
) -> None:
    ts = (await product.does("groups.getLongPollServer", group_id=product.group.id))["ts"]
    waiting = asyncio.create_task(product.poll(ts))
    await maria.say("Раз")
    first = await waiting
    await maria.say("Два")
    assert [it["object"]["message"]["text"] for it in first["updates"]] == ["Раз"]
    again = await product.poll(ts)
    assert [it["object"]["message"]["text"] for it in again["updates"]] == ["Раз", "Два"]
    assert isinstance(again["ts"], str) and len({it["event_id"] for it in again["updates"]}) == 2
    assert (await product.poll(again["ts"], wait="0"))["updates"] == []


async def test_long_poll_fails_in_its_four_ways(product: Product, maria: VkPhone) -> None:
    longpoll = product.group.longpoll
    old = longpoll.key
    longpoll.fail(1, 2, 3, 4)
    assert await product.poll("100") == {"failed": 1, "ts": int(longpoll.ts)}
    assert await product.poll("100") == {"failed": 2}
    assert longpoll.key != old
    assert await product.poll("100", key=old) == {"failed": 2}
    assert await product.poll("100") == {"failed": 3}
    assert (await product.poll("100"))["failed"] == 4
    assert await product.poll("100") == {"failed": 1, "ts": int(longpoll.ts)}


async def test_events_come_twice_and_turned_round_when_asked(product: Product, maria: VkPhone) -> None:
    ts = product.group.longpoll.ts
    product.group.again(product.group.events[0]["event_id"])
    product.vk.faults.duplicate()
    await maria.say("Раз")
    product.vk.faults.reorder()
    await maria.say("Два")
    await maria.say("Три")
    with product.group.shuffled(random.Random(1)):
        await maria.say("Четыре")
        await maria.say("Пять")
    product.group.raw({"type": "group_join", "object": {"user_id": 1, "join_type": "join"}})
    updates = (await product.poll(ts))["updates"]
    texts = [it["object"]["message"]["text"] for it in updates if it["type"] == "message_new"]
    assert texts[:5] == ["Начать", "Раз", "Раз", "Три", "Два"] and sorted(texts[5:]) == ["Пять", "Четыре"]


Answer = Callable[[Json, int], web.Response]


@dataclass
class Receiver:
    """A server that takes events, and answers as it is told to."""

    url: str
    got: list[tuple[Json, int]]
    answer: Answer = lambda event, attempt: web.Response(body=b"ok")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async def handle(request: web.Request) -> web.Response:
        received.got.append((await request.json(), int(request.headers.get("X-Retry-Counter", "0"))))
        return received.answer(*received.got[-1])

    received = Receiver("", [])
    app = web.Application()
    app.router.add_post("/", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    received.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield received
    await runner.cleanup()


async def test_callback_events_carry_the_secret_and_are_taken_by_ok(
    product: Product, maria: VkPhone, receiver: Receiver
) -> None:
    server = product.group.callback(receiver.url, "s3cret")
    await maria.say("Раз")
    await maria.say("Два")
    await server.settled()
    bodies = [body for body, _ in receiver.got]
    assert [body["object"]["message"]["text"] for body in bodies] == ["Раз", "Два"]
    assert {body["secret"] for body in bodies} == {"s3cret"} and bodies[0]["group_id"] == product.group.id
    assert server.given_up == []


async def test_a_server_is_confirmed_by_the_exact_code(product: Product, receiver: Receiver) -> None:
    receiver.answer = lambda event, attempt: web.Response(text=product.group.confirmation)
    server = product.group.callback(receiver.url)
    await server.confirm()
    assert server.status == "ok" and receiver.got[0][0]["type"] == "confirmation"
    receiver.answer = lambda event, attempt: web.Response(text=product.group.confirmation + "\n")
    with pytest.raises(AssertionError):
        await server.confirm()
    code = await product.does("groups.getCallbackConfirmationCode", group_id=product.group.id)
    assert code == {"code": product.group.confirmation}


async def settles(server: Callback, receiver: Receiver, maria: VkPhone, answer: Answer) -> list[int]:
    """Which attempts there were at one event that is answered so."""
    receiver.answer, receiver.got[:] = answer, []
    await maria.say("Раз")
    await server.settled()
    return [attempt for _, attempt in receiver.got]


async def test_anything_but_ok_is_a_repetition(
    product: Product, maria: VkPhone, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fakes.vk_callback.PAUSES", (0.0,) * 3)
    server = product.group.callback(receiver.url)

    def at_first(*wrong: web.Response) -> Answer:
        return lambda event, attempt: wrong[attempt] if attempt < len(wrong) else web.Response(body=b"ok")

    wrong = at_first(web.Response(text="OK"), web.Response(body=b"\xef\xbb\xbfok"), web.Response(status=500, text="ok"))
    assert await settles(server, receiver, maria, wrong) == [0, 1, 2, 3]
    busy = web.Response(status=503, headers={"Retry-After": "1"})
    assert await settles(server, receiver, maria, at_first(busy)) == [0, 1]
    assert server.given_up == []
    assert await settles(server, receiver, maria, lambda event, attempt: web.Response(text="no")) == [0, 1, 2, 3]
    assert len(server.given_up) == 1
    assert await settles(server, receiver, maria, lambda event, attempt: web.Response(status=410)) == [0]
    assert await settles(server, receiver, maria, at_first()) == []
    assert len(PAUSES) > 3


async def test_a_server_can_be_added_by_the_api(product: Product, receiver: Receiver) -> None:
    receiver.answer = lambda event, attempt: web.Response(text=product.group.confirmation)
    own = {"group_id": product.group.id}
    added = await product.does("groups.addCallbackServer", **own, url=receiver.url, title="Otklik", secret_key="s3cret")
    await asyncio.gather(*product.group.background)
    await product.does("groups.setCallbackSettings", **own, **added, message_new=1, api_version="5.199")
    [server] = (await product.does("groups.getCallbackServers", **own))["items"]
    assert (server["status"], server["secret_key"]) == ("ok", "s3cret")
    settings = await product.does("groups.getCallbackSettings", **own, **added)
    assert settings["events"]["message_new"] == 1 and settings["events"]["message_event"] == 0


async def with_vkbottle(product: Product, use: Callable[[Any], Awaitable[Any]]) -> Any:
    import vkbottle
    from vkbottle.http import AiohttpClient

    class Api(vkbottle.API):
        API_URL = product.vk.url

    client = AiohttpClient()
    try:
        return await use(Api(product.group.token, http_client=client))
    finally:
        await client.close()


async def test_vkbottle_takes_the_answers_for_vks_own(product: Product, maria: VkPhone) -> None:
    async def use(api: Any) -> None:
        results = await api.messages.send(peer_ids=[maria.user_id], random_id=5, message="Из vkbottle")
        assert results[0].conversation_message_id == 2
        [person] = await api.users.get(user_ids=[maria.user_id])
        assert person.first_name == "Мария"
        assert (await api.groups.get_by_id()).groups[0].name == "Отклик"
        assert (await api.groups.get_long_poll_settings(group_id=product.group.id)).events.message_new
        assert (await api.groups.get_token_permissions()).mask & 4096
        edited = await api.messages.edit(peer_id=maria.user_id, cmid=2, message="Правка")
        assert edited and maria.last.text == "Правка"

    await with_vkbottle(product, use)
    assert product.vk.refused == [] and all(call.token_in_query for call in product.vk.ledger)


async def test_vkbottle_uploads_and_knows_the_errors(product: Product, maria: VkPhone) -> None:
    import vkbottle

    async def use(api: Any) -> None:
        photo = await vkbottle.PhotoMessageUploader(api).upload(picture(), peer_id=maria.user_id)
        doc = await vkbottle.DocMessagesUploader(api).upload(b"%PDF-1.7", peer_id=maria.user_id, title="ответ.pdf")
        await api.messages.send(peer_id=maria.user_id, random_id=1, attachment=f"{photo},{doc}")
        assert maria.last.photos == 1 and maria.last.documents == ("ответ.pdf",)
        await maria.block()
        with pytest.raises(vkbottle.VKAPIError[901]):
            await api.messages.send(peer_id=maria.user_id, random_id=2, message="Эй")
        product.vk.faults.add(Refuse(200, refusal(9).body), "messages.send")
        with pytest.raises(vkbottle.VKAPIError[9]):
            await api.messages.send(peer_id=maria.user_id, random_id=2, message="Эй")

    await with_vkbottle(product, use)
    assert product.vk.refused == []


async def test_events_are_what_vkbottle_reads_as_events(product: Product, maria: VkPhone) -> None:
    from vkbottle_types.events import GroupEventType
    from vkbottle_types.events.bot_events import MessageEvent, MessageNew

    await product.send(maria, "Верно?", keyboard=keyboard([button()]))
    await maria.press("Да")
    await maria.photo(picture())
    newest = {it["type"]: it for it in product.group.events}
    message = MessageNew(**newest[GroupEventType.MESSAGE_NEW.value]).object.message
    assert message is not None and message.attachments and message.attachments[0].photo
    assert MessageEvent(**newest[GroupEventType.MESSAGE_EVENT.value]).object.payload == {"k": "yes"}


async def test_raw_events_carry_whatever_a_test_puts_into_them(
    product: Product, maria: VkPhone, receiver: Receiver
) -> None:
    server, ts = product.group.callback(receiver.url, "s3cret"), product.group.longpoll.ts
    product.group.raw({"type": "nobody_knows", "secret": "forged", "group_id": 1})
    product.group.raw(["no", "event"])
    await server.settled()
    bodies: list[Any] = [body for body, _ in receiver.got]
    assert bodies[0]["secret"] == "forged" and bodies[0]["group_id"] == 1 and bodies[1] == ["no", "event"]
    assert (await product.poll(ts))["updates"][-1] == ["no", "event"]
