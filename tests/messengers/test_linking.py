"""One person in several messengers: what was begun in one goes on in another, and what one cannot deliver the other
does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.conversations.tables import conversations
from core.inbox.tables import inbox
from tests.messengers.bench import bench
from tests.messengers.scenes import plain
from tests.messengers.walks import (
    CHECK,
    PHOTO,
    PHOTOS,
    PLACE,
    RECEIPT,
    TAKEN,
    WORDS,
    Phone,
    as_it_is,
    asked,
    at_photos,
    label_like,
    number_of,
    press,
    say,
    sees,
    taken,
    theirs,
)
from tests.web.site import Log

MENU, SETTINGS, OFFER = "Здравствуйте!", "каждом шаге", "Код действует"
JOIN, JOINED = "Соглашайтесь, только если", "Готово"


async def code_from(phone: Phone) -> str:
    await say(phone, "/settings", SETTINGS)
    await press(phone, "Подключить другой мессенджер")
    await phone.until(sees(OFFER))
    found = re.search(r"код ([0-9A-Z]{4})-([0-9A-Z]{4})", plain(phone.last.text))
    assert found, phone.last.text
    return found[1] + found[2]


async def confirm(phone: Phone) -> None:
    await phone.until(asked(JOIN))
    await press(phone, "Это я, соединить", JOINED)


@pytest.mark.parametrize(("database", "how"), [("demo_url", "by a link"), ("demo_postgres_url", "by words")])
async def test_what_was_begun_in_telegram_is_sent_from_vk_and_followed_in_both(
    database: str, how: str, request: pytest.FixtureRequest, tmp_path: Path, log: Log
) -> None:
    async with bench(request.getfixturevalue(database), tmp_path, log, "telegram polling", "vk longpoll") as there:
        telegram, vk = await at_photos(there), there.person(way="vk")
        code = await code_from(telegram)
        await (vk.start(f"join_{code}") if how == "by a link" else vk.say(f"код {code}"))
        left = telegram.last
        await confirm(vk)
        await say(vk, "/menu", MENU)
        await press(vk, label_like(vk, "Продолжить"), PHOTOS)
        await telegram.until(lambda phone: "Вы продолжили это в другом чате" in as_it_is(phone, left).text)
        await press(vk, "Без фото", PLACE)
        await press(vk, "Без адреса", CHECK)
        assert WORDS in plain(vk.last.text)
        await press(vk, "Отправить", RECEIPT)
        number = number_of(vk)
        await say(telegram, "/my", number[:3])

        await say(telegram, "/settings", SETTINGS)
        await press(telegram, "Мои чаты", "видны в этих чатах")
        await press(telegram, "Куда писать", "Куда вам писать")
        await press(telegram, "ВКонтакте", "Если туда не доставить")
        await taken(there, number)
        await vk.until(asked(TAKEN))
        assert not sees(TAKEN)(telegram)
        await vk.block()
        await there.quiet()
        await there.site.answered(number)
        await telegram.until(asked("Пришёл ответ"))
        assert not sees("Пришёл ответ")(vk)


async def test_who_forbids_us_to_write_without_a_word_is_told_elsewhere(
    demo_url: str, tmp_path: Path, log: Log
) -> None:
    """VK brings no event of it: we learn it from what it declines."""
    async with bench(demo_url, tmp_path, log, "telegram polling", "vk longpoll") as there:
        telegram, vk = await at_photos(there), there.person(way="vk")
        await vk.start(f"join_{await code_from(telegram)}")
        await confirm(vk)
        await say(vk, "/menu", MENU)
        await press(vk, label_like(vk, "Продолжить"), PHOTOS)
        await press(vk, "Без фото", PLACE)
        await press(vk, "Без адреса", CHECK)
        await press(vk, "Отправить", RECEIPT)
        number = number_of(vk)
        vk.refuse(902)
        await taken(there, number)
        await telegram.until(asked(TAKEN))
        await there.quiet()
        assert not sees(TAKEN)(vk) and [plain(it.text) for it in theirs(telegram) if TAKEN in it.text] != []


async def test_without_personal_data_in_telegram_the_words_are_written_on_the_web(
    demo_url: str, tmp_path: Path, log: Log
) -> None:
    async with bench(demo_url, tmp_path, log, "telegram polling", telegram_pii="off") as there:
        telegram = there.person()
        await telegram.start()
        await telegram.until(asked("не спрашиваем и не показываем личные данные"))
        await say(telegram, WORDS, "не прочитали и не сохранили")
        await telegram.photo(PHOTO)
        await there.quiet()
        await press(telegram, "Сообщить о проблеме", "О чём сообщение?")
        await press(telegram, "Дороги", "Где это?")
        await press(telegram, "Город Заречный", "#join=")
        link = re.search(r"#join=([0-9A-Z]{8})", telegram.last.text)
        assert link
        web = there.person(way="web")
        await web.start(f"join_{link[1]}")
        await confirm(web)
        await press(web, "Продолжить сообщение", "Напишите своими словами")
        await say(web, WORDS, "нужно ваше согласие")
        await press(web, "Даю согласие", PHOTOS)
        await press(web, "Без фото", PLACE)
        await press(web, "Без адреса", CHECK)
        assert "Категория: Дороги" in web.last.text and "Город Заречный" in web.last.text
        await press(web, "Отправить", RECEIPT)
        await taken(there, number_of(web))
        await web.until(sees(TAKEN))
        here = sa.select(inbox.c.id).join(conversations, conversations.c.id == inbox.c.conversation_id)
        said = here.where(conversations.c.messenger == "telegram", inbox.c.raw != b"")
        assert not there.site.rows(said), "nothing of what was said in Telegram is kept"
        assert not [it for it in theirs(telegram) if "Садовой" in it.text]
