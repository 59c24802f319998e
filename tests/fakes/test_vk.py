from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.fakes.faults import DropAfter, TooMany
from tests.fakes.people import Phone
from tests.fakes.vk import FakeVK
from tests.fakes.vk_errors import refusal
from tests.fakes.vk_keyboard import LOCATION_LABEL
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


async def test_a_phone_is_one_as_the_protocol_has_it(maria: VkPhone) -> None:
    phone: Phone = maria
    assert phone.bubbles[0].text == "Начать"


async def test_a_message_reaches_its_person_and_comes_back_as_an_event(product: Product, maria: VkPhone) -> None:
    message_id = await product.send(maria, "Здравствуйте, Мария!")
    assert maria.last.text == "Здравствуйте, Мария!" and not maria.last.mine
    reply = event(product.group, "message_reply")
    assert reply["id"] == message_id and reply["out"] == 1 and reply["conversation_message_id"] == 2
    assert product.vk.refused == []


async def test_the_same_random_id_within_an_hour_is_the_same_message(product: Product, maria: VkPhone) -> None:
    first = await product.send(maria, random_id=7)
    assert await product.send(maria, "Ещё раз", random_id=7) == first
    assert [bubble.text for bubble in maria.bubbles] == ["Начать", "Здравствуйте!"]
    product.vk.pass_time(3601)
    assert await product.send(maria, "Ещё раз", random_id=7) != first


async def test_what_was_done_but_not_answered_is_not_done_twice(product: Product, maria: VkPhone) -> None:
    product.vk.faults.add(DropAfter(), "messages.send")
    with pytest.raises(aiohttp.ClientError):
        await product.send(maria, random_id=7)
    await product.send(maria, random_id=7)
    assert len(maria.bubbles) == 2 and len(product.group.ledger) == 2


async def test_several_peers_have_their_own_results(product: Product, maria: VkPhone) -> None:
    stranger, gone = product.group.person(), product.group.person()
    await gone.say("Привет")
    await gone.block()
    gone.refuse(900)
    peers = f"{maria.peer},{stranger.peer},{gone.peer}"
    results = await product.does("messages.send", peer_ids=peers, message="Всем", random_id=1)
    assert results[0]["conversation_message_id"] == 2 and "error" not in results[0]
    assert [result.get("error", {}).get("code") for result in results] == [None, 901, 900]
    assert product.vk.refused == []


async def test_who_forbids_messages_gets_none_until_they_are_allowed_again(product: Product, maria: VkPhone) -> None:
    await maria.block()
    assert await product.fails("messages.send", peer_id=maria.peer, message="Эй", random_id=1) == (
        901,
        "Can't send messages for users without permission",
    )
    asked = {"group_id": product.group.id, "user_id": maria.peer}
    assert await product.does("messages.isMessagesFromGroupAllowed", **asked) == {"is_allowed": 0}
    await maria.unblock()
    assert await product.does("messages.isMessagesFromGroupAllowed", **asked) == {"is_allowed": 1}
    assert [it["type"] for it in product.group.events] == ["message_new", "message_deny", "message_allow"]


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"message": "Привет"}, (100, "random_id is a required parameter")),
        ({"message": "Привет", "random_id": 0}, (100, "random_id is a required parameter")),
        ({"message": "Привет", "random_id": "yes"}, (100, "random_id not integer")),
        ({"random_id": 1}, (100, "message is empty or invalid")),
        ({"message": "Привет", "random_id": 1, "parse_mode": "HTML"}, (100, "parse_mode is not a parameter")),
        ({"message": "Привет", "random_id": 1, "user_id": 5}, (100, "you should specify peer_id")),
        ({"message": "Привет", "random_id": 1, "dont_parse_links": "True"}, (100, "dont_parse_links should be 0 or 1")),
        ({"message": "я" * 4097, "random_id": 1}, (914, "Message is too long")),
        ({"random_id": 1, "attachment": "photo-1_2"}, (100, "attachment photo-1_2 is invalid")),
        ({"random_id": 1, "message": "Привет", "keyboard": "{"}, (100, "keyboard contains incorrect JSON")),
    ],
)
async def test_a_wrong_send_is_refused_and_written_down(
    product: Product, maria: VkPhone, params: Json, error: tuple[int, str]
) -> None:
    code, text = await product.fails("messages.send", peer_id=maria.peer, **params)
    assert code == error[0] and error[1] in text
    assert [call.method for call in product.vk.refused] == ["messages.send"] and len(maria.bubbles) == 1


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (keyboard(*[[button()]] * 7), "buttons contain too much rows"),
        (keyboard([button()] * 6), "row 0 contains too much columns"),
        (keyboard([button()] * 4, [button()] * 4, [button()] * 3), "keyboard contains too much buttons"),
        (keyboard([button()], one_time=True), "one_time is not supported for inline keyboard"),
        (keyboard([button()], inline=1), "inline property should be boolean"),
        (keyboard([button(label="")]), "button [0][0] label should be at least 1 letters length"),
        (keyboard([button(label="я" * 41)]), "button [0][0] label should be at most 40 letters length"),
        (keyboard([button(payload='"' + "x" * 254 + '"')]), "payload should be at most 255"),
        (keyboard([button(payload="yes")]), "payload should be valid JSON"),
        (keyboard([button(payload=None)]), "payload should be a string"),
        (keyboard(*[[button(payload='"' + "x" * 200 + '"')]] * 5), "payloads are too long in sum"),
        (keyboard([button("open_link", link="tg://x")]), "button [0][0] has invalid link"),
        (keyboard([button("open_link", link="https://x.ru") | {"color": "primary"}]), "can not have color"),
        (keyboard([{"action": {"type": "location"}}, button()]), "should be alone on its row"),
        (keyboard([button("location")]), "button [0][0] action contains unknown fields"),
        (keyboard([button("intent_subscribe")]), "unknown action type"),
    ],
)
async def test_a_wrong_keyboard_is_refused_in_the_words_of_vk(
    product: Product, maria: VkPhone, wrong: str, text: str
) -> None:
    code, said = await product.fails("messages.send", peer_id=maria.peer, message="?", random_id=1, keyboard=wrong)
    assert code == 911 and said.startswith("Keyboard format is invalid: ") and text in said


async def test_a_callback_button_is_an_event_that_is_answered_once(product: Product, maria: VkPhone) -> None:
    await product.send(maria, "Верно?", keyboard=keyboard([button()]))
    await maria.press("Да")
    pressed = event(product.group, "message_event")
    assert pressed["payload"] == {"k": "yes"} and pressed["conversation_message_id"] == 2 and maria.spinning
    answer = {name: pressed[name] for name in ("event_id", "user_id", "peer_id")}
    snackbar = json.dumps({"type": "show_snackbar", "text": "Принято"})
    assert await product.does("messages.sendMessageEventAnswer", **answer, event_data=snackbar) == 1
    assert maria.toasts == ["Принято"] and not maria.spinning
    assert (await product.fails("messages.sendMessageEventAnswer", **answer))[0] == 100


async def test_a_press_that_is_answered_too_late_is_nobodys_mistake(product: Product, maria: VkPhone) -> None:
    await product.send(maria, "Верно?", keyboard=keyboard([button()]))
    await maria.press("Да")
    pressed = event(product.group, "message_event")
    product.vk.pass_time(61)
    answer = {name: pressed[name] for name in ("event_id", "user_id", "peer_id")}
    assert (await product.fails("messages.sendMessageEventAnswer", **answer))[0] == 100
    assert product.vk.refused == []


async def test_buttons_below_the_chat_say_their_label_and_a_place_when_asked(product: Product, maria: VkPhone) -> None:
    location = {"action": {"type": "location", "payload": '{"k":"here"}'}}
    below = keyboard([button("text", "Где?")], [location], inline=False, one_time=True)
    await product.send(maria, "Где это?", keyboard=below)
    assert [key.label for row in maria.keyboard for key in row] == ["Где?", LOCATION_LABEL]
    await maria.place(57.15, 65.53)
    said = event(product.group, "message_new")["message"]
    assert said["geo"]["coordinates"] == {"latitude": 57.15, "longitude": 65.53} and said["payload"] == '{"k":"here"}'
    await maria.press("Где?")
    said = event(product.group, "message_new")["message"]
    assert (said["text"], said["payload"]) == ("Где?", '{"k":"yes"}') and maria.keyboard == ()


async def test_an_edit_drops_what_is_not_given_again_and_a_day_later_is_too_late(
    product: Product, maria: VkPhone
) -> None:
    message_id = await product.send(maria, "Верно?", keyboard=keyboard([button()]))
    bubble = maria.last
    assert await product.does("messages.edit", peer_id=maria.peer, message_id=message_id, message="Принято") == 1
    assert (bubble.text, bubble.rows, bubble.edits) == ("Принято", (), 1)
    assert await product.does("messages.edit", peer_id=maria.peer, cmid=2, message="Готово") == 1
    assert (await product.fails("messages.edit", peer_id=maria.peer, cmid=1, message="Чужое"))[0] == 920
    product.vk.pass_time(24 * 3600 + 1)
    assert (await product.fails("messages.edit", peer_id=maria.peer, cmid=2, message="Поздно"))[0] == 909


async def test_a_deleted_message_is_gone(product: Product, maria: VkPhone) -> None:
    message_id = await product.send(maria)
    gone = await product.does("messages.delete", message_ids=message_id, delete_for_all=1)
    assert gone[0]["response"] == 1 and [bubble.text for bubble in maria.bubbles] == ["Начать"]
    assert (await product.does("messages.getById", message_ids=message_id))["count"] == 0


async def test_photos_and_documents_go_out_as_they_were_uploaded(product: Product, maria: VkPhone) -> None:
    server = await product.does("photos.getMessagesUploadServer", peer_id=maria.peer)
    uploaded = await product.upload(server["upload_url"], "photo", "a.png", picture())
    [photo] = await product.does("photos.saveMessagesPhoto", **uploaded)
    server = await product.does("docs.getMessagesUploadServer", peer_id=maria.peer, type="doc")
    uploaded = await product.upload(server["upload_url"], "file", "ответ.pdf", b"%PDF-1.7")
    doc = (await product.does("docs.save", **uploaded, title="ответ.pdf"))["doc"]
    attachment = f"photo{photo['owner_id']}_{photo['id']}_{photo['access_key']},doc{doc['owner_id']}_{doc['id']}"
    await product.send(maria, "Ответ", attachment=attachment)
    assert maria.last.photos == 1 and maria.last.documents == ("ответ.pdf",)
    assert maria.last.extra["contents"] == (picture(), b"%PDF-1.7") and product.vk.refused == []


async def test_an_upload_under_a_wrong_name_leaves_nothing_to_save(product: Product, maria: VkPhone) -> None:
    server = await product.does("photos.getMessagesUploadServer", peer_id=maria.peer)
    uploaded = await product.upload(server["upload_url"], "file", "a.png", picture())
    assert (await product.fails("photos.saveMessagesPhoto", **uploaded))[1].endswith("photos_list is invalid")
    assert [call.method for call in product.vk.refused] == ["upload", "photos.saveMessagesPhoto"]


async def test_a_group_whose_long_poll_is_off_says_so_and_can_be_switched_on(product: Product) -> None:
    group = product.vk.group("vk1.a.other", 300, longpoll=False)
    other = Product(product.vk, group, product.session)
    assert (await other.fails("groups.getLongPollServer", group_id=300))[1].endswith(
        "longpoll for this group is not enabled"
    )
    await other.does("groups.setLongPollSettings", group_id=300, enabled=1, message_typing_state=0)
    settings = await other.does("groups.getLongPollSettings", group_id=300)
    assert settings["is_enabled"] and settings["events"]["message_typing_state"] == 0
    assert (await other.fails("groups.getLongPollServer", group_id=200_000_001))[0] == 15
    assert (await other.does("groups.getById"))["groups"][0]["id"] == 300 and product.vk.refused == []


async def test_tokens_versions_verbs_and_forms_are_checked(product: Product) -> None:
    product.vk.group("vk1.a.reader", 300, permissions=("photos",))
    url, session = product.vk.url, product.session

    async def code(method: str, verb: str = "POST", **request: Any) -> int:
        async with session.request(verb, url + method, **request) as answer:
            found: int = (await answer.json())["error"]["error_code"]
            return found

    token = {"access_token": product.group.token}
    assert await code("users.get", data={"v": "5.199"}) == 5
    assert await code("users.get", data={"v": "5.199", "access_token": "vk1.a.wrong"}) == 5
    assert await code("messages.send", data={"v": "5.199", "access_token": "vk1.a.reader"}) == 15
    assert await code("users.get", data=token) == 8
    assert await code("users.get", data={**token, "v": "5.80"}) == 8
    assert await code("users.get", "GET", params={**token, "v": "5.199"}) == 8
    assert await code("users.get", json={**token, "v": "5.199", "user_ids": "1"}) == 5
    assert await code("users.forget", data={**token, "v": "5.199"}) == 3
    assert await code("wall.get", data={**token, "v": "5.199"}) == 27
    assert await code("users.get", params={**token, "v": "5.199"}) == 100
    assert [call.token_in_query for call in product.vk.ledger][-3:] == [False, False, True]


async def test_more_than_twenty_calls_in_a_second_are_too_many() -> None:
    async with FakeVK() as vk, aiohttp.ClientSession() as session:
        product = Product(vk, vk.group(), session)
        codes = [(await product.call("groups.getById")).get("error", {}).get("error_code") for _ in range(22)]
        assert codes == [None] * 20 + [6, 6] and vk.refused == []
        other = Product(vk, vk.group("vk1.a.other", 300), session)
        assert "response" in await other.call("groups.getById")


async def test_any_error_comes_when_asked_for(product: Product, maria: VkPhone) -> None:
    product.vk.faults.add(refusal(14), "messages.send", where=lambda params: params["peer_id"] == maria.peer)
    product.vk.faults.add(TooMany(), "messages.send")
    send = {"peer_id": maria.peer, "message": "Привет", "random_id": 1}
    error = (await product.call("messages.send", **send))["error"]
    assert error["error_code"] == 14 and error["captcha_sid"]
    assert {"key": "random_id", "value": "1"} in (await product.call("messages.send", **send))["error"][
        "request_params"
    ]
    assert await product.does("messages.send", **send) and len(maria.bubbles) == 2


async def test_in_a_chat_of_several_messages_have_no_number_of_their_own(product: Product, maria: VkPhone) -> None:
    chat = product.group.chat("Двор")
    ivan = chat.joined(product.group.person(name="Иван"))
    maria_there = chat.joined(maria)
    await ivan.say("Есть кто?")
    said = event(product.group, "message_new")["message"]
    assert (said["peer_id"], said["from_id"], said["id"]) == (2_000_000_001, ivan.user_id, 0)
    assert await product.send(ivan, "Пишите мне лично") == 0
    assert maria_there.last.text == "Пишите мне лично" and len(maria.bubbles) == 1
    chat.leave()
    assert (await product.fails("messages.send", peer_id=ivan.peer, message="Эй", random_id=9))[0] == 917


async def test_a_phone_waits_until_it_is_so_or_shows_what_there_is(product: Product, maria: VkPhone) -> None:
    seen = asyncio.create_task(
        maria.until(lambda phone: phone.last.text == "Здравствуйте!" if len(phone.bubbles) > 1 else False)
    )
    await product.send(maria)
    await seen
    with pytest.raises(AssertionError, match="> Начать"):
        await maria.until(lambda phone: False, seconds=0.01)
