"""The fake Telegram shows people what the real one would show, and bots hear of them as from the real one."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aiohttp import web

from tests.fakes.faults import DropAfter, DropBefore, NotJson, Refuse, ServerError, Slow, TooMany
from tests.fakes.telegram_line import Line, button, inline, png


async def test_what_the_bot_sends_is_what_the_person_sees(line: Line) -> None:
    answer = await line.send("<b>Здравствуйте</b> &amp; 👋", parse_mode="HTML", reply_markup=inline([button()]))
    assert answer["result"]["entities"] == [{"type": "bold", "offset": 0, "length": 12}]
    bubble = line.person.last
    assert (bubble.text, bubble.rows[0][0].label) == ("Здравствуйте & 👋", "Да")
    assert bubble.id == str(answer["result"]["message_id"])
    await line.call("editMessageText", chat_id=line.person.id, message_id=int(bubble.id), text="До свидания")
    assert (bubble.text, bubble.rows, bubble.edits) == ("До свидания", (), 1)
    await line.call("deleteMessage", chat_id=line.person.id, message_id=int(bubble.id))
    assert [it.text for it in line.person.bubbles] == ["/start"]
    assert line.bot.refused == []


async def test_updates_are_confirmed_by_the_next_offset(line: Line) -> None:
    await line.person.say("one")
    await line.person.say("two")
    first, second = await line.updates()
    assert first["message"]["text"] == "one" and await line.updates(limit=1) == [first]
    assert await line.updates(offset=second["update_id"]) == [second]
    assert await line.updates(offset=second["update_id"] + 1) == []
    line.bot.again(first["update_id"])
    assert await line.updates(offset=second["update_id"] + 1) == [first]


async def test_a_poll_waits_for_what_comes(line: Line) -> None:
    waiting = asyncio.create_task(line.updates(timeout=20))
    await line.bot.until(lambda bot: len(bot.ledger) == 1)
    await line.person.say("hello")
    (update,) = await waiting
    assert update["message"]["from"]["language_code"] == "ru"


async def test_of_two_pollers_the_earlier_is_sent_away(line: Line) -> None:
    earlier = asyncio.create_task(line.call("getUpdates", timeout=20))
    await line.bot.until(lambda bot: len(bot.ledger) == 1)
    await line.updates()
    assert (await earlier)["error_code"] == 409


async def test_an_album_of_a_person_is_several_updates_and_one_bubble(line: Line) -> None:
    bubble = await line.person.photo(png(), png(), caption="Яма")
    first, second = (it["message"] for it in await line.updates())
    assert first["media_group_id"] == second["media_group_id"] and first["caption"] == "Яма"
    assert (bubble.photos, bubble.text) == (2, "Яма")
    answer = await line.call("getFile", file_id=second["photo"][-1]["file_id"])
    async with line.session.get(
        f"{line.telegram.url}/file/bot{line.bot.token}/{answer['result']['file_path']}"
    ) as response:
        assert await response.read() == png()


async def test_a_press_is_answered_once(line: Line) -> None:
    await line.send("Верно?", reply_markup=inline([button("Да"), button("Нет", callback_data="no")]))
    await line.person.press("Нет")
    (update,) = await line.updates()
    query = update["callback_query"]
    assert query["data"] == "no" and query["message"]["text"] == "Верно?"
    assert (await line.call("answerCallbackQuery", callback_query_id=query["id"], text="Ясно"))["ok"]
    assert line.person.toasts == ["Ясно"]
    assert "query is too old" in (await line.call("answerCallbackQuery", callback_query_id=query["id"]))["description"]
    with pytest.raises(AssertionError, match="no button 'Может быть'"):
        await line.person.press("Может быть")


async def test_keys_below_the_chat_say_their_label_and_share(line: Line) -> None:
    rows = [[button("Где я", request_location=True), button("Телефон", request_contact=True)], [{"text": "Назад"}]]
    await line.send("Где это?", reply_markup={"keyboard": rows})
    for label in ("Где я", "Телефон", "Назад"):
        await line.person.press(label)
    place, contact, words = (it["message"] for it in await line.updates())
    assert place["location"] and contact["contact"]["user_id"] == line.person.id and words["text"] == "Назад"
    await line.send("Спасибо", reply_markup={"remove_keyboard": True})
    assert line.person.keyboard == ()
    answer = await line.call("editMessageText", chat_id=line.person.id, message_id=int(line.person.last.id), text="x")
    assert answer["description"] == "Bad Request: message can't be edited"


async def test_a_group_that_has_grown_says_where_it_is_now(line: Line) -> None:
    group = line.bot.group("Двор")
    await group.say(line.person, "/start@otklik_test_bot")
    grown = await group.upgrade()
    answer = await line.call("sendMessage", chat_id=group.id, text="x")
    assert answer["parameters"] == {"migrate_to_chat_id": grown.id}
    assert (await line.call("sendMessage", chat_id=grown.id, text="x"))["ok"]
    grown.delete()
    assert (await line.call("sendMessage", chat_id=grown.id, text="x"))["error_code"] == 403
    joined, said, left, new = await line.updates()
    assert joined["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert said["message"]["entities"][0]["type"] == "bot_command"
    assert left["message"]["migrate_to_chat_id"] == new["message"]["chat"]["id"]


async def test_set_up_is_kept_by_scope_and_language(line: Line) -> None:
    commands = [{"command": "start", "description": "Начать"}]
    await line.call("setMyCommands", commands=commands, language_code="ru")
    scope = {"type": "chat", "chat_id": line.person.id}
    await line.call("setMyCommands", commands=commands, scope=scope)
    assert line.bot.commands == {("default", "ru"): commands, (f"chat:{line.person.id}", ""): commands}
    assert (await line.call("getMyCommands", scope=scope))["result"] == commands
    await line.call("setMyDescription", description="Отклик", language_code="ru")
    assert line.bot.description == {"ru": "Отклик"}
    for wrong in ("Start", "s" * 33):
        answer = await line.call("setMyCommands", commands=[{"command": wrong, "description": "x"}])
        assert answer["description"] == "Bad Request: BOT_COMMAND_INVALID"


async def test_calls_go_wrong_as_they_were_told_to(line: Line) -> None:
    line.bot.faults.add(TooMany(7), "sendMessage")
    line.bot.faults.add(
        Refuse(403, {"ok": False, "error_code": 403, "description": "no"}), where=lambda it: "text" in it
    )
    assert (await line.send("x"))["parameters"] == {"retry_after": 7}
    assert (await line.send("x"))["description"] == "no"
    for page in (ServerError(), NotJson()):
        line.bot.faults.add(page)
        with pytest.raises(aiohttp.ContentTypeError):
            await line.send("x")
    assert len(line.person.bubbles) == 1
    for drop in (DropBefore(), DropAfter()):
        line.bot.faults.add(drop)
        with pytest.raises(aiohttp.ClientError):
            await line.send(type(drop).__name__)
    assert [it.text for it in line.person.bubbles] == ["/start", "DropAfter"]
    assert line.bot.faults.waiting == [] and [it.code for it in line.bot.ledger] == [429, 403, 502, 200, 0, 0]


async def test_a_slow_call_waits_to_be_released(line: Line) -> None:
    fault = line.bot.faults.add(slow := Slow())
    sending = asyncio.create_task(line.send("x"))
    await fault.struck.wait()
    assert len(line.person.bubbles) == 1 and line.bot.ledger[-1].code is None
    slow.release()
    assert (await sending)["ok"]


async def test_updates_come_twice_or_out_of_turn(line: Line) -> None:
    line.bot.faults.duplicate()
    await line.person.say("twice")
    line.bot.faults.reorder(2)
    await line.person.say("late")
    await line.person.say("early")
    assert [it["message"]["text"] for it in await line.updates()] == ["twice", "twice", "early", "late"]


async def test_only_updates_that_were_asked_for_are_queued_but_raw_ones_always(line: Line) -> None:
    await line.updates(allowed_updates=["callback_query"])
    await line.person.say("not asked for")
    number = line.bot.raw({"brand_new": {"id": 1}})
    assert await line.updates() == [{"update_id": number, "brand_new": {"id": 1}}]


async def test_the_webhook_gets_each_chat_in_order_and_again_until_it_takes_it(line: Line) -> None:
    heard: list[tuple[str, str | None]] = []
    answers = iter([web.Response(status=503, headers={"Retry-After": "1"}), web.Response(status=500)])

    async def hook(request: web.Request) -> web.Response:
        text = (await request.json())["message"]["text"]
        heard.append((text, request.headers.get("X-Telegram-Bot-Api-Secret-Token")))
        return next(answers, web.Response())

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    assert (await line.call("setWebhook", url=url, secret_token="s"))["ok"]
    assert (await line.call("getUpdates"))["error_code"] == 409
    await line.person.say("one")
    await line.person.say("two")
    await line.bot.updates.delivered()
    assert heard == [("one", "s")] * 3 + [("two", "s")]
    info = (await line.call("getWebhookInfo"))["result"]
    assert info["url"] == url and info["pending_update_count"] == 0 and "500" in info["last_error_message"]
    await line.call("deleteWebhook")
    await line.person.say("three")
    assert [it["message"]["text"] for it in await line.updates()] == ["three"]
    await runner.cleanup()


async def test_a_person_waits_for_what_comes_and_is_shown_what_there_is_if_it_does_not(line: Line) -> None:
    waiting = asyncio.create_task(line.person.until(lambda it: it.bubbles[-1].text == "Готово"))
    await line.send("Готово", reply_markup=inline([button("Дальше", url="https://t.me/otklik_test_bot?start=join_X")]))
    await waiting
    await line.person.press("Дальше")
    with pytest.raises(AssertionError, match=r"(?s)< Готово.*\[Дальше\].*> /start join_X"):
        await line.person.until(lambda it: it.keyboard != (), seconds=0.01)


async def test_what_hangs_when_the_server_goes_is_let_go(line: Line) -> None:
    line.bot.faults.add(Slow(), "getMe")
    hanging = [asyncio.create_task(line.call("getUpdates", timeout=50)), asyncio.create_task(line.call("getMe"))]
    await line.bot.until(lambda bot: len(bot.ledger) == 2)
    async with asyncio.timeout(1):
        await line.telegram.__aexit__()
        assert all([(await it)["ok"] for it in hanging])
    await line.telegram.__aenter__()


async def test_two_bots_on_one_server_do_not_see_each_other(line: Line) -> None:
    staff = line.telegram.bot(username="staff_bot")
    await staff.person(line.person.id).start("enter_x")
    assert await line.updates() == []
    (update,) = staff.updates.pending
    assert update["message"]["text"] == "/start enter_x"


async def test_the_sdk_is_understood(line: Line) -> None:
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
    from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, MediaUnion

    bot = Bot(line.bot.token, AiohttpSession(api=TelegramAPIServer.from_base(line.telegram.url)))
    chat = line.person.id
    try:
        assert (await bot.me()).id == line.bot.id
        markup = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Да", callback_data="yes")]])
        sent = await bot.send_message(chat, "<i>Верно?</i>", parse_mode="HTML", reply_markup=markup)
        await line.person.press("Да")
        (update,) = await bot.get_updates(timeout=0)
        assert update.callback_query and update.callback_query.message == sent
        await update.callback_query.answer("Ясно").as_(bot)
        first, second = (BufferedInputFile(png(), name) for name in ("a.png", "b.png"))
        album: list[MediaUnion] = [InputMediaPhoto(media=first, caption="Яма"), InputMediaPhoto(media=second)]
        assert len(await bot.send_media_group(chat, album)) == 2
        with pytest.raises(TelegramBadRequest, match="not modified"):
            await sent.edit_text("Верно?", entities=sent.entities, reply_markup=markup).as_(bot)
        await line.person.block()
        with pytest.raises(TelegramForbiddenError):
            await bot.send_message(chat, "x")
    finally:
        await bot.session.close()
    assert line.bot.refused == [] and line.person.toasts == ["Ясно"] and line.person.last.photos == 2


async def test_whatever_people_send_is_what_the_sdk_knows(line: Line) -> None:
    from aiogram.types import Update

    person = line.person
    await person.say("https://example.org /help", forwarded=True)
    await person.edit(await person.say("draft"), "/final")
    await person.contact("+79990000002", own=False)
    await person.venue(55.7, 37.6, "Парк", "Ленина, 1")
    for send in (person.voice, person.sticker, person.video_note):
        await send()
    await person.document("акт.pdf", b"%PDF", "вот", "application/pdf")
    await person.block()
    await line.bot.group("Двор").upgrade()
    line.bot.channel_post("Новости")
    updates = [Update.model_validate(it) for it in await line.updates()]
    assert [it.event_type for it in updates].count("message") == 10
    assert all(not (it.message and it.message.model_extra) for it in updates)
