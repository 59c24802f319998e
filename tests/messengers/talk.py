"""What holds wherever people write to us, also in the chat on the site: nothing that was said is lost, and an answer
stands where one looks for it. New people come in each check; the product behind them is the same for all."""

from __future__ import annotations

from abc import ABC, abstractmethod

import pytest

from tests.fakes.people import Bubble, Key
from tests.messengers.bench import Bench
from tests.messengers.scenes import label_of, plain
from tests.messengers.walks import (
    CATEGORY,
    CHECK,
    PHOTOS,
    PLACE,
    RECEIPT,
    TAKEN,
    TERRITORY,
    WORDS,
    Phone,
    as_it_is,
    asked,
    at_check,
    at_photos,
    begun,
    filed,
    grouped,
    how_many,
    key,
    label_like,
    press,
    say,
    sees,
    taken,
    to_check,
    with_words,
)


class TalkContract(ABC):
    """Also the chat on the web."""

    pytestmark = pytest.mark.asyncio(loop_scope="module")

    @abstractmethod
    async def late(self, phone: Phone, pressed: Key, bubble: Bubble) -> None:
        """A press on a button that somebody still sees, wherever the screen is by now."""

    # What was said is not lost

    async def test_the_first_words_are_kept_through_the_consent(self, there: Bench) -> None:
        phone = await at_check(there, words := "На улице Мира у дома 12 провалилась дорога")
        assert words in plain(phone.last.text)

    async def test_labels_and_numbers_stand_for_buttons(self, there: Bench) -> None:
        phone = await begun(there)
        await say(phone, "ДОРОГИ", TERRITORY)
        await say(phone, "1", PHOTOS)
        await say(phone, "без фото", PLACE)

    async def test_buttons_beside_the_one_that_asks_for_a_place_are_buttons(self, there: Bench) -> None:
        """Some messengers show them below the chat, from where they come back as words."""
        phone = await at_photos(there)
        await press(phone, "Без фото", PLACE)
        await press(phone, "Меню", "Здравствуйте!")
        await press(phone, label_like(phone, "Продолжить"), PLACE)
        await press(phone, "Без адреса", CHECK)
        assert "Город Заречный, без адреса" in phone.last.text

    async def test_long_words_at_a_choice_are_kept(self, there: Bench) -> None:
        phone = await begun(there)
        more = "И ещё там же второй месяц не горит светофор, детям страшно переходить дорогу"
        await phone.say(more)
        await phone.until(asked("Добавили это"))
        await to_check(phone)
        assert WORDS in plain(phone.last.text) and more in plain(phone.last.text)

    async def test_markup_that_people_type_arrives_as_it_was_typed(self, there: Bench) -> None:
        words = (
            "Дорога <b>разбита</b> &quot;вся&quot; &amp; _вот_ *так* [id1|Павел] @club1 `код` https://example.org/a_b_c"
        )
        _, number = await filed(there, words)
        official = await there.official(there.site.office(number))
        await say(official, f"/card {number}", grouped(number))
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
        await other.until(sees(f"№ {grouped(number)}"))

    async def test_a_command_puts_the_draft_aside_and_keeps_it(self, there: Bench) -> None:
        phone = await begun(there)
        await say(phone, "/menu", "Здравствуйте!")
        await press(phone, label_like(phone, "Продолжить"), CATEGORY)

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
        older, pressed = phone.last, key(phone, "Школы и детские сады")
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
