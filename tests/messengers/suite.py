"""What holds wherever people write to us, seen from their phones. A messenger's tests inherit it and say how their fake
does what the fakes do differently; new people come in each check, the product behind them is the same for all."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from bots.files.kinds import MOST
from core.appeals.tables import appeals
from core.outbox.tables import outbox
from tests.fakes.faults import DropAfter, Faults, Kind, ServerError, Slow, TooMany
from tests.fakes.people import Bubble, Key
from tests.faults.browser import eventually
from tests.messengers.bench import Bench
from tests.messengers.scenes import label_of, plain
from tests.samples import PDF, picture

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


class TalkContract:
    """Also the chat on the web."""

    pytestmark = pytest.mark.asyncio(loop_scope="module")

    async def late(self, phone: Phone, pressed: Key, bubble: Bubble) -> None:
        """A press on a button that somebody still sees, wherever the screen is by now."""
        raise NotImplementedError

    # What was said is not lost

    async def test_the_first_words_are_kept_through_the_consent(self, there: Bench) -> None:
        phone = await at_check(there, words := "На улице Мира у дома 12 провалилась дорога")
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


class MessengerContract(TalkContract):
    """`send`, `edit` and `upload` are methods of the messenger's own interface."""

    send, edit, upload, fetch = "", "", "", ""
    no_edit: Kind
    """How it says that a message cannot be edited any more."""
    shown_when_lost: int
    """How often people see what was sent once more because the answer was lost."""

    def faults(self, there: Bench) -> Faults:
        raise NotImplementedError

    def to(self, phone: Phone) -> Callable[[Mapping[str, Any]], bool]:
        """Whether a call is about this person."""
        raise NotImplementedError

    def sent(self, there: Bench) -> list[Mapping[str, Any]]:
        """The parameters of every call of `send`."""
        raise NotImplementedError

    async def garbage(self, there: Bench) -> None:
        """What this messenger may bring and we know nothing of."""
        raise NotImplementedError

    async def group(self, there: Bench) -> Callable[[], list[str]]:
        """We are spoken to in a chat of several people; what we have said there by then."""
        raise NotImplementedError

    async def picture(self, there: Bench, official: Phone) -> bytes:
        """The one on the card that an official looks at."""
        raise NotImplementedError

    @staticmethod
    async def later(there: Bench, seen: Callable[[], bool]) -> None:
        """Time goes on till then, faster than we look."""

        async def passes() -> bool:
            there.site.clock.ahead += timedelta(seconds=1)
            return seen()

        await eventually(passes, "what was to come later")

    # Edit or send, where something goes wrong

    async def test_an_edit_that_is_declined_is_sent_below(self, there: Bench) -> None:
        phone = await begun(there)
        before = phone.last
        fault = self.faults(there).add(self.no_edit, self.edit, where=self.to(phone))
        await press(phone, "Дороги", TERRITORY)
        assert fault.struck.is_set() and phone.last.id != before.id

    async def test_a_screen_of_yesterday_is_left_alone(self, there: Bench) -> None:
        phone = await begun(there)
        before = phone.last
        there.site.clock.ahead += timedelta(hours=25)
        await press(phone, "Дороги", TERRITORY)
        assert phone.last.id != before.id and CATEGORY in as_it_is(phone, before).text

    # Once, and all of it

    async def test_what_is_brought_twice_is_heard_once(self, there: Bench) -> None:
        phone = await at_photos(there)
        self.faults(there).duplicate(2)
        await phone.photo(PHOTO)
        await phone.until(asked("Добавлено"))
        await press(phone, "Готово, 1 фото", PLACE)
        await there.quiet()
        assert not with_words(phone, "прошлому экрану")

    async def test_what_comes_out_of_order_is_all_heard(self, there: Bench) -> None:
        phone = await at_photos(there)
        self.faults(there).reorder(2)
        await phone.photo(PHOTO)
        await phone.photo(picture(size=(200, 300)))
        await phone.until(sees("Добавлено 2 фото"))

    async def test_an_album_of_ten_photos_is_one_message(self, there: Bench) -> None:
        phone = await at_photos(there)
        before = len(theirs(phone))
        await phone.photo(*[picture(size=(100 + n, 100)) for n in range(10)])
        await phone.until(asked("10 фото"))
        await there.fetched()
        assert len(theirs(phone)) == before + 1
        await press(phone, "Готово, 10 фото", PLACE)
        await press(phone, "Без адреса", CHECK)
        assert "Фото: 10" in phone.last.text and sum(it.photos for it in theirs(phone)) == 10

    async def test_twenty_forwarded_messages_are_one(self, there: Bench) -> None:
        phone = there.person()
        for n in range(20):
            await phone.say(f"Соседи пишут: дорога разбита, яма {n}", forwarded=True)
        await phone.until(asked(CONSENT))
        assert len(theirs(phone)) == 1
        await press(phone, "Даю согласие", CATEGORY)
        await to_check(phone)
        assert all(f"яма {n}" in phone.last.text for n in range(20))

    async def test_a_text_in_two_parts_is_one(self, there: Bench) -> None:
        phone = there.person()
        text = "Дорога разбита. " * 320
        await phone.say(text[:4096])
        await phone.say(text[4096:])
        await phone.until(asked("Получилось 5119 символов"))
        assert len(theirs(phone)) == 1

    async def test_a_changed_message_changes_the_draft(self, there: Bench) -> None:
        phone = there.person()
        first = await phone.say(WORDS)
        await phone.until(asked(CONSENT))
        await press(phone, "Даю согласие", CATEGORY)
        await phone.edit(first, f"{WORDS} и объехать её нельзя")
        await phone.until(sees("Вашу правку учли"))
        await to_check(phone)
        assert "объехать её нельзя" in plain(phone.last.text)

    # Files, places, and what cannot be read

    async def test_an_official_sees_the_photo_and_the_document_that_were_sent(self, there: Bench) -> None:
        phone = await at_photos(there)
        await phone.photo(PHOTO)
        await phone.until(asked("Добавлено 1 фото"))
        await phone.document("смета.pdf", PDF, mime="application/pdf")
        await phone.until(sees("Принято"))
        await there.fetched()
        await press(phone, "Готово, 1 фото", PLACE)
        await press(phone, "Без адреса", CHECK)
        await press(phone, "Отправить", RECEIPT)
        number = number_of(phone)
        official = await there.official(there.site.office(number))
        await say(official, f"/card {number}", grouped(number))
        await official.until(lambda phone: any(it.photos for it in theirs(phone)))
        assert Image.open(io.BytesIO(await self.picture(there, official))).size == (320, 200)
        assert any("смета.pdf" in it.documents for it in theirs(official))

    async def test_a_photo_that_is_still_on_its_way_is_no_failure(self, there: Bench) -> None:
        phone = await at_photos(there)
        slow = Slow()
        fault = self.faults(there).add(slow, self.fetch)
        await phone.photo(PHOTO)
        await phone.until(asked("Добавлено 1 фото"))
        await asyncio.wait_for(fault.struck.wait(), 10)
        await press(phone, "Готово, 1 фото", PLACE)
        await press(phone, "Без адреса", CHECK)
        assert "Фото: 1" in phone.last.text and "не удалось" not in phone.last.text
        slow.release()
        await there.fetched()

    async def test_a_file_that_is_too_large_is_declined_at_once(self, there: Bench) -> None:
        phone = await at_photos(there)
        await phone.document("план.pdf", bytes(MOST + 1), mime="application/pdf")
        await phone.until(sees("слишком большой"))

    async def test_a_place_is_sent_by_its_button(self, there: Bench) -> None:
        phone = await at_photos(there)
        await press(phone, "Без фото", PLACE)
        rows = [*phone.keyboard, *phone.last.rows]
        await phone.press(next(it.label for row in rows for it in row if it.kind == "place"))
        await phone.until(asked("точка на карте"))

    async def test_what_cannot_be_read_is_answered_with_what_to_do(self, there: Bench) -> None:
        phone = await begun(there)
        for send, told in (
            (phone.voice, "не прослушивают"),
            (phone.sticker, "Стикеры"),
            (phone.video_note, "Видео"),
        ):
            await send()
            await phone.until(asked(told))
            assert CATEGORY in plain(phone.last.text), "where we were"

    # Who does not want to hear from us

    async def test_nothing_is_sent_to_who_has_blocked_us_until_they_come_back(self, there: Bench) -> None:
        phone, number = await filed(there)
        await phone.block()
        await there.quiet()
        before = len(theirs(phone))
        await taken(there, number)
        assert len(theirs(phone)) == before
        await phone.unblock()
        await there.quiet()
        await there.site.answered(number)
        await phone.until(sees("Пришёл ответ"))

    async def test_a_group_is_politely_declined(self, there: Bench) -> None:
        said = await self.group(there)
        await eventually(async_of(lambda: bool(said())), "an answer in the group")
        assert "только в личных" in said()[-1]

    async def test_what_nobody_knows_holds_up_nobody(self, there: Bench) -> None:
        await self.garbage(there)
        await say(there.person(), WORDS, CONSENT)

    # When the messenger has its troubles

    async def test_too_many_requests_only_make_people_wait(self, there: Bench) -> None:
        maria, pavel = there.person(), there.person()
        fault = self.faults(there).add(TooMany(1), self.send, where=self.to(maria))
        await maria.say(WORDS)
        await asyncio.wait_for(fault.struck.wait(), 10)
        await pavel.say(WORDS)
        await maria.until(asked(CONSENT))
        await pavel.until(asked(CONSENT))
        await there.quiet()
        assert len(theirs(maria)) == len(theirs(pavel)) == 1

    async def test_a_fault_of_their_servers_only_makes_people_wait(self, there: Bench) -> None:
        phone = there.person()
        fault = self.faults(there).add(ServerError(502), self.send, where=self.to(phone))
        await phone.say(WORDS)
        await asyncio.wait_for(fault.struck.wait(), 10)
        await self.later(there, lambda: asked(CONSENT)(phone))
        assert len(theirs(phone)) == 1

    async def test_a_screen_of_which_nobody_knows_is_sent_once_more(self, there: Bench) -> None:
        phone = there.person()
        fault = self.faults(there).add(DropAfter(), self.send, where=self.to(phone))
        await phone.say(WORDS)
        await phone.until(asked(CONSENT))
        assert fault.struck.is_set()
        await self.later(there, lambda: not _unsent(there))
        assert len([params for params in self.sent(there) if self.to(phone)(params)]) == 2, "once more, and no more"
        assert len(theirs(phone)) == self.shown_when_lost
        await press(phone, "Даю согласие", CATEGORY)

    async def test_a_slow_upload_holds_up_nobody_else(self, there: Bench) -> None:
        maria, pavel = await at_photos(there), there.person()
        await maria.photo(PHOTO)
        await there.fetched()
        await maria.until(asked("Добавлено 1 фото"))
        await press(maria, "Готово, 1 фото", PLACE)
        slow = Slow()
        fault = self.faults(there).add(slow, self.upload)
        await press(maria, "Без адреса")
        await asyncio.wait_for(fault.struck.wait(), 10)
        await say(pavel, WORDS, CONSENT)
        assert not sees(CHECK)(maria)
        slow.release()
        await maria.until(asked(CHECK))


def _unsent(there: Bench) -> bool:
    return bool(there.site.rows(sa.select(outbox.c.id).where(outbox.c.state.in_(("ready", "leased", "sending")))))


def async_of(condition: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return condition()

    return asked
