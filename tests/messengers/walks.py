"""What people do on the way to a filed message, and how one looks at what they see. Whatever messenger they are in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from core.appeals.tables import appeals
from tests.fakes.people import Bubble, Key
from tests.messengers.bench import Bench
from tests.messengers.scenes import label_of, plain
from tests.samples import picture

WORDS = "На Садовой улице у школы № 3 глубокая яма, машины объезжают её по тротуару"
CONSENT, CATEGORY, TERRITORY = "нужно ваше согласие", "О чём сообщение?", "Где это?"
PHOTOS, PLACE, CHECK, RECEIPT = "Есть фото?", "Где именно?", "Проверьте перед отправкой", "Сообщение зарегистрировано"
TAKEN = "взяли в работу"
PHOTO = picture(size=(320, 200))

Phone = Any
"""Of a fake messenger, or the browser that looks like one."""


def theirs(phone: Phone) -> list[Bubble]:
    return [bubble for bubble in phone.bubbles if not bubble.mine]


def with_words(phone: Phone, words: str) -> list[Bubble]:
    return [bubble for bubble in theirs(phone) if words in plain(bubble.text)]


def sees(words: str) -> Callable[[Phone], bool]:
    return lambda phone: bool(with_words(phone, words))


def asked(words: str) -> Callable[[Phone], bool]:
    """It is what stands last."""
    return lambda phone: bool(theirs(phone)) and words in plain(theirs(phone)[-1].text)


def as_it_is(phone: Phone, bubble: Bubble) -> Bubble:
    """The same message as it stands now."""
    found: Bubble = next(it for it in phone.bubbles if it.id == bubble.id)
    return found


def key(phone: Phone, label: str) -> Key:
    rows = [*phone.keyboard, *(row for bubble in reversed(theirs(phone)) for row in bubble.rows)]
    found: Key = next(key for row in rows for key in row if plain(key.label) == label)
    return found


def label_like(phone: Phone, words: str) -> str:
    """Of a button of the newest message."""
    return next(plain(it.label) for row in phone.last.rows for it in row if words in it.label)


async def press(phone: Phone, label: str, then: str = "") -> None:
    """On the newest message, or else below the chat once no older message has such a button."""
    if _has(phone.last, label):
        await phone.press(label_of(phone, label), phone.last)
    else:
        if any(plain(it.label) == label for row in phone.keyboard for it in row):
            await phone.until(lambda phone: not any(_has(bubble, label) for bubble in theirs(phone)))
        await phone.press(label_of(phone, label))
    if then:
        await phone.until(asked(then))


def _has(bubble: Bubble, label: str) -> bool:
    return any(plain(it.label) == label for row in bubble.rows for it in row)


async def say(phone: Phone, words: str, then: str) -> None:
    await phone.say(words)
    await phone.until(asked(then))


async def begun(there: Bench, words: str = WORDS) -> Phone:
    """Whose first words wait for a category."""
    phone = there.person()
    await say(phone, words, CONSENT)
    await press(phone, "Даю согласие", CATEGORY)
    return phone


async def at_photos(there: Bench, words: str = WORDS) -> Phone:
    phone = await begun(there, words)
    await press(phone, "Дороги", TERRITORY)
    await press(phone, "Город Заречный", PHOTOS)
    return phone


async def at_check(there: Bench, words: str = WORDS) -> Phone:
    phone = await begun(there, words)
    await to_check(phone)
    return phone


async def to_check(phone: Phone) -> None:
    """From the category on."""
    for label, then in (("Дороги", TERRITORY), ("Город Заречный", PHOTOS), ("Без фото", PLACE), ("Без адреса", CHECK)):
        await press(phone, label, then)


async def filed(there: Bench, words: str = WORDS) -> tuple[Phone, str]:
    """With the number of the message."""
    phone = await at_check(there, words)
    await press(phone, "Отправить", RECEIPT)
    return phone, number_of(phone)


def number_of(phone: Phone) -> str:
    said = with_words(phone, RECEIPT)[-1].text
    return "".join(sign for sign in said.partition("№")[2][:13] if sign.isdigit())


def grouped(number: str) -> str:
    return f"{number[:3]}-{number[3:6]}-{number[6:]}"


async def taken(there: Bench, number: str) -> None:
    """By an official, somewhere else: the citizen is told."""
    official = await there.site.official(there.site.office(number))
    await official.command("take", number)


def how_many(there: Bench, words: str) -> int:
    return len(there.site.rows(sa.select(appeals.c.id).where(appeals.c.text == words)))
