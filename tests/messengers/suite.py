"""What holds wherever people write to us, seen from their phones. A messenger's tests inherit it and say how their fake
does what the fakes do differently; new people come in each check, the product behind them is the same for all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
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
    return next(it for it in phone.bubbles if it.id == bubble.id)


def key(phone: Phone, label: str) -> Key:
    rows = [*phone.keyboard, *(row for bubble in reversed(theirs(phone)) for row in bubble.rows)]
    return next(key for row in rows for key in row if plain(key.label) == label)


async def press(phone: Phone, label: str, then: str = "") -> None:
    await phone.press(label_of(phone, label))
    if then:
        await phone.until(asked(then))


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
    phone = await at_photos(there, words)
    await press(phone, "Без фото", PLACE)
    await press(phone, "Без адреса", CHECK)
    return phone


async def filed(there: Bench, words: str = WORDS) -> tuple[Phone, str]:
    """With the number of the message."""
    phone = await at_check(there, words)
    await press(phone, "Отправить", RECEIPT)
    return phone, number_of(phone)


def number_of(phone: Phone) -> str:
    said = with_words(phone, RECEIPT)[-1].text
    return "".join(sign for sign in said.partition("№")[2][:13] if sign.isdigit())


async def taken(there: Bench, number: str) -> None:
    """By an official, somewhere else: the citizen is told."""
    official = await there.site.official(there.site.office(number))
    await official.command("take", number)


def how_many(there: Bench, words: str) -> int:
    return len(there.site.rows(sa.select(appeals.c.id).where(appeals.c.text == words)))


class TalkContract:
    """Also the chat on the web."""

    pytestmark = pytest.mark.asyncio(loop_scope="module")

    async def late(self, phone: Phone, pressed: Key, bubble: Bubble) -> None:
        """A press on a button that somebody still sees, wherever the screen is by now."""
        raise NotImplementedError

    # What was said is not lost

    async def test_the_first_words_are_kept_through_the_consent(self, there: Bench) -> None:
        phone = await at_check(there, words := "Во дворе на улице Мира 12 третью неделю не горит ни один фонарь, дорога тёмная")
        assert words in plain(phone.last.text)

    async def test_labels_and_numbers_stand_for_buttons(self, there: Bench) -> None:
        phone = await begun(there)
        await say(phone, "ДОРОГИ", TERRITORY)
        await say(phone, "1", PHOTOS)
        await say(phone, "без фото", PLACE)

    async def test_long_words_at_a_choice_are_kept(self, there: Bench) -> None:
        phone = await begun(there)
        more = "И ещё там же второй месяц не горит светофор, детям страшно переходить дорогу"
        await phone.say(more)
        await phone.until(lambda phone: len(theirs(phone)) > 1)
        for label, then in (("Дороги", TERRITORY), ("Город Заречный", PHOTOS), ("Без фото", PLACE), ("Без адреса", CHECK)):
            if any(plain(it.label) == label for row in phone.last.rows for it in row):
                await press(phone, label, then)
        assert WORDS in plain(phone.last.text) and more in plain(phone.last.text)

    async def test_markup_that_people_type_arrives_as_it_was_typed(self, there: Bench) -> None:
        words = "Дорога <b>разбита</b> &quot;вся&quot; &amp; _вот_ *так* [id1|Павел] @club1 `код` https://example.org/a_b_c"
        phone, number = await filed(there, words)
        await press(phone, "Мои сообщения", "")
        await taken(there, number)
        official = await there.official(there.site.office(number))
        await official.say(f"/card {number}")
        await official.until(asked(f"№ {number[:3]}-{number[3:6]}-{number[6:]}"))
        assert words in plain(official.last.text)

    async def test_two_people_are_answered_in_two_languages(self, there: Bench) -> None:
        maria, john = there.person(), there.person(lang="en")
        await say(maria, "/menu", "Здравствуйте!")
        await say(john, "/menu", "Hello!")

    async def test_a_deep_link_opens_a_message_for_who_has_its_code(self, there: Bench) -> None:
        phone, number = await filed(there)
        code = plain(with_words(phone, RECEIPT)[-1].text).partition("Код доступа: ")[2][:9].replace("-", "")
        other = there.person()
        await other.start(f"open_{number}_{code}")
        await other.until(sees(f"№ {number[:3]}-{number[3:6]}-{number[6:]}"))

    async def test_a_command_puts_the_draft_aside_and_keeps_it(self, there: Bench) -> None:
        phone = await begun(there)
        await say(phone, "/menu", "Здравствуйте!")
        label = next(it.label for row in phone.last.rows for it in row if "Продолжить" in it.label)
        await press(phone, plain(label), CATEGORY)

    # Edit or send

    async def test_a_press_on_the_live_screen_changes_it_in_place(self, there: Bench) -> None:
        phone = await begun(there)
        before = phone.last
        await press(phone, "Дороги", TERRITORY)
        assert phone.last.id == before.id

    async def test_typed_words_are_answered_below_and_the_screen_before_loses_its_buttons(self, there: Bench) -> None:
        phone = await begun(there)
        before = phone.last
        await say(phone, "дороги", TERRITORY)
        assert phone.last.id != before.id
        await phone.until(lambda phone: not as_it_is(phone, before).rows)
        assert CATEGORY in as_it_is(phone, before).text, "its words stay"

    async def test_a_press_on_an_older_screen_shows_where_we_are_and_rewrites_nothing(self, there: Bench) -> None:
        phone = await begun(there)
        older, pressed = phone.last, key(phone, "Дороги")
        await say(phone, "дороги", TERRITORY)
        live = phone.last
        await phone.until(lambda phone: not as_it_is(phone, older).rows)
        await self.late(phone, pressed, older)
        await phone.until(lambda phone: phone.last.id not in (older.id, live.id))
        assert "прошлому экрану" in phone.last.text and TERRITORY in phone.last.text
        assert CATEGORY in as_it_is(phone, older).text and TERRITORY in as_it_is(phone, live).text

    async def test_a_press_on_a_push_is_answered_below_and_leaves_its_words_alone(self, there: Bench) -> None:
        phone, number = await filed(there)
        await taken(there, number)
        await phone.until(asked(TAKEN))
        push = phone.last
        await phone.press(label_of(phone, "Открыть сообщение"), push)
        await phone.until(lambda phone: phone.last.id != push.id)
        assert as_it_is(phone, push).text == push.text and TAKEN in push.text
        assert "Исполнитель" in phone.last.text or "в работе" in phone.last.text

    async def test_a_push_below_a_live_screen_leaves_it_live(self, there: Bench) -> None:
        phone, number = await filed(there)
        await say(phone, "/menu", "Здравствуйте!")
        live = phone.last
        await taken(there, number)
        await phone.until(asked(TAKEN))
        push = phone.last
        assert as_it_is(phone, live).rows, "it keeps its buttons"
        await phone.press(label_of(phone, "Настройки"), as_it_is(phone, live))
        await phone.until(lambda phone: "Здравствуйте!" not in as_it_is(phone, live).text)
        assert phone.last.id == push.id

    # Once

    async def test_two_presses_in_a_row_file_one_message(self, there: Bench) -> None:
        phone = await at_check(there, words := "У дома 7 на улице Лесной провалился асфальт, яма глубиной в полметра")
        live, pressed = phone.last, key(phone, "Отправить")
        await phone.press(label_of(phone, "Отправить"))
        await self.late(phone, pressed, live)
        await phone.until(sees(RECEIPT))
        await there.quiet()
        assert how_many(there, words) == 1 and len(with_words(phone, RECEIPT)) == 1
