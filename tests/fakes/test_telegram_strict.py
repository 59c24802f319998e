"""What the real Telegram would not take, the fake one does not take either."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.telegram_line import Json, Line, button, inline, png


@pytest.mark.parametrize(
    ("why", "params"),
    [
        ("message text is empty", {"text": " \n"}),
        ("message is too long", {"text": "я" * 4095 + "👋"}),
        ("strict: unknown parameter colour", {"colour": "red"}),
        ("strict: unknown parameter reply_markup.inline_keyboard.colour", {"reply_markup": inline([button(colour=1)])}),
        ("strict: text: Input should be a valid string", {"text": 5}),
        ("strict: disable_notification: Input should be a valid boolean", {"disable_notification": "yes"}),
        ("strict: text is null; what is not meant is left out", {"text": None}),
        ("BUTTON_DATA_INVALID", {"reply_markup": inline([button(callback_data="я" * 33)])}),
        ("strict: an empty row of buttons", {"reply_markup": inline([])}),
        ("strict: more than 8 buttons in a row", {"reply_markup": inline([button()] * 9)}),
        ("reply markup is too long", {"reply_markup": inline(*[[button()]] * 101)}),
        ("button text must be non-empty", {"reply_markup": inline([button(" ")])}),
        ("Text buttons are unallowed in the inline keyboard", {"reply_markup": inline([{"text": "x"}])}),
        ("it does callback_data and url at once", {"reply_markup": inline([button(callback_data="x", url="tg://x")])}),
        ("Wrong HTTP URL", {"reply_markup": inline([button(url="http://localhost/x")])}),
        ("Unsupported URL protocol", {"reply_markup": inline([button(url="ftp://example.org")])}),
        ('Unsupported start tag "p" at byte offset 0', {"text": "<p>x</p>", "parse_mode": "HTML"}),
        ('Can\'t find end tag corresponding to start tag "b"', {"text": "<b>x", "parse_mode": "HTML"}),
        ('Unmatched end tag at byte offset 7, expected "</i>"', {"text": "<b><i>x</b></i>", "parse_mode": "HTML"}),
        ("Unsupported start tag", {"text": "1 < 2", "parse_mode": "HTML"}),
        ("ends after the end of the text", {"entities": [{"type": "bold", "offset": 0, "length": 8}]}),
        ("in a middle of a UTF-16 symbol", {"text": "👋!", "entities": [{"type": "bold", "offset": 1, "length": 1}]}),
        (
            "entities cross",
            {"entities": [{"type": "bold", "offset": 0, "length": 2}, {"type": "italic", "offset": 1, "length": 2}]},
        ),
    ],
)
async def test_a_message_that_is_no_message_is_refused(line: Line, why: str, params: Json) -> None:
    answer = await line.call("sendMessage", **{"chat_id": line.person.id, "text": "text", **params})
    assert answer["error_code"] == 400 and why in answer["description"]
    assert [call.why for call in line.bot.refused] == [answer["description"]] and len(line.person.bubbles) == 1


async def test_edits_are_refused_as_telegram_refuses_them(line: Line) -> None:
    sent = (await line.send("one", reply_markup=inline([button()])))["result"]["message_id"]

    async def edit(message_id: int, method: str = "editMessageText", **params: Any) -> str:
        answer = await line.call(method, chat_id=line.person.id, message_id=message_id, **params)
        return str(answer.get("description", ""))

    assert "message is not modified" in await edit(sent, text="one", reply_markup=inline([button()]))
    assert "message is not modified" in await edit(sent, "editMessageReplyMarkup", reply_markup=inline([button()]))
    assert await edit(sent, "editMessageReplyMarkup") == "" and line.person.last.rows == ()
    assert "message to edit not found" in await edit(999, text="x")
    reply = await line.send("x", reply_parameters={"message_id": 999})
    assert "message to be replied not found" in reply["description"]
    assert line.bot.refused == []
    assert "message can't be edited" in await edit(1, text="x")
    assert len(line.bot.refused) == 1


async def test_files_are_uploaded_once_and_then_sent_by_their_name(line: Line) -> None:
    chat = str(line.person.id)
    photo = await line.form("sendPhoto", {"chat_id": chat, "caption": "Яма", "photo": "attach://a"}, a=png())
    size = photo["result"]["photo"][-1]
    assert (size["width"], size["height"], line.person.last.photos) == (40, 30, 1)
    assert (await line.call("sendPhoto", chat_id=line.person.id, photo=size["file_id"]))["ok"]
    media = [{"type": "document", "media": f"attach://{it}"} for it in "ab"]
    await line.form("sendMediaGroup", {"chat_id": chat, "media": media}, a=b"1", b=b"2")
    assert line.person.last.documents == ("a.png", "b.png")
    assert line.bot.refused == []


async def test_files_that_telegram_does_not_take_are_refused(line: Line) -> None:
    chat = str(line.person.id)
    many = [{"type": "photo", "media": "attach://a"}, {"type": "document", "media": "attach://a"}]
    refused: list[tuple[str, str, Json, bytes]] = [
        ("too big for a photo", "sendPhoto", {"photo": "attach://a"}, bytes(10 * 2**20 + 1)),
        ("PHOTO_INVALID_DIMENSIONS", "sendPhoto", {"photo": "attach://a"}, png(420, 20)),
        ("IMAGE_PROCESS_FAILED", "sendPhoto", {"photo": "attach://a"}, b"text"),
        ("file must be non-empty", "sendDocument", {"document": "attach://a"}, b""),
        ("file without attach", "sendDocument", {"document": "attach://b"}, b"x"),
        ("message caption is too long", "sendDocument", {"document": "attach://a", "caption": "я" * 1025}, b"x"),
        ("can't be mixed", "sendMediaGroup", {"media": many}, png()),
        ("album is 2-10 items", "sendMediaGroup", {"media": many[:1]}, png()),
        ("unknown parameter reply_markup", "sendMediaGroup", {"media": many, "reply_markup": inline()}, png()),
    ]
    for why, method, parts, content in refused:
        assert why in (await line.form(method, {"chat_id": chat, **parts}, a=content))["description"]
    await line.person.document("film.mov", bytes(20 * 2**20 + 1))
    (update,) = await line.updates()
    answer = await line.call("getFile", file_id=update["message"]["document"]["file_id"])
    assert answer["description"] == "Bad Request: file is too big"


async def test_places_and_numbers_are_asked_for_in_private_only(line: Line) -> None:
    group = line.bot.group("Двор")
    for key in (button(request_location=True), button(request_contact=True)):
        markup = {"keyboard": [[key]]}
        answer = await line.call("sendMessage", chat_id=group.id, text="x", reply_markup=markup)
        assert "private chats only" in answer["description"]


async def test_too_fast_is_refused_until_the_window_has_passed(line: Line) -> None:
    now = 100.0
    line.bot.rates.clock = lambda: now
    assert all([(await line.send(str(at)))["ok"] for at in range(5)])
    answer = await line.send("6")
    assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 3})
    now += 3
    assert (await line.send("6"))["ok"]
    line.bot.rates.on = False
    assert all([(await line.send(str(at)))["ok"] for at in range(40)])


async def test_tokens_and_methods_that_do_not_exist_are_turned_away(line: Line) -> None:
    async with line.session.get(f"{line.telegram.url}/bot1:no/getMe") as response:
        assert await response.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert (await line.call("sendTelegram"))["error_code"] == 404
    async with line.session.get(f"{line.telegram.url}/bot{line.bot.token}/getMe") as response:
        assert (await response.json())["result"]["username"] == line.bot.username


async def test_a_webhook_needs_https_and_a_plain_secret(line: Line) -> None:
    assert "HTTPS" in (await line.call("setWebhook", url="http://example.org/x"))["description"]
    assert (
        "unallowed" in (await line.call("setWebhook", url="https://example.org/x", secret_token="a b"))["description"]
    )


async def test_who_never_started_has_blocked_or_is_unknown_cannot_be_written_to(line: Line) -> None:
    async def refusal(id: int) -> tuple[int, str]:
        answer = await line.call("sendMessage", chat_id=id, text="x")
        return answer["error_code"], answer["description"].split(": ")[1]

    assert await refusal(line.bot.person().id) == (403, "bot can't initiate conversation with a user")
    assert await refusal(404) == (400, "chat not found")
    await line.person.block()
    assert await refusal(line.person.id) == (403, "bot was blocked by the user")
    await line.person.unblock()
    kicked, member = (it["my_chat_member"]["new_chat_member"]["status"] for it in await line.updates())
    assert (kicked, member) == ("kicked", "member") and (await line.send("x"))["ok"]
    line.person.deactivate()
    assert await refusal(line.person.id) == (403, "user is deactivated")
    assert line.bot.refused == []  # that is the world, no mistake of the bot
