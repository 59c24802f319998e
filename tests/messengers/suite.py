"""What holds in every messenger, seen from phones. A messenger's tests inherit it and say how their fake does what the
fakes do differently."""

from __future__ import annotations

import asyncio
import io
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from PIL import Image

from bots.files.kinds import MOST
from core.outbox.tables import outbox
from tests.fakes.faults import DropAfter, Faults, Kind, ServerError, Slow, TooMany
from tests.faults.browser import eventually
from tests.messengers.bench import Bench
from tests.messengers.scenes import plain
from tests.messengers.talk import TalkContract
from tests.messengers.walks import (
    CATEGORY,
    CHECK,
    CONSENT,
    PHOTO,
    PLACE,
    RECEIPT,
    TERRITORY,
    WORDS,
    Phone,
    as_it_is,
    asked,
    at_photos,
    begun,
    filed,
    grouped,
    number_of,
    press,
    say,
    sees,
    taken,
    theirs,
    to_check,
    with_words,
)
from tests.samples import PDF, picture


class MessengerContract(TalkContract):
    """`send`, `edit` and `fetch` (of a photo) are methods of the messenger's own interface."""

    send, edit, fetch = "", "", ""
    no_edit: Kind
    """How it says that a message cannot be edited any more."""
    shown_when_lost: int
    """How often people see what was sent once more because the answer was lost."""

    @abstractmethod
    def faults(self, there: Bench) -> Faults: ...

    @abstractmethod
    def to(self, phone: Phone) -> Callable[[Mapping[str, Any]], bool]:
        """Whether a call is about this person."""

    @abstractmethod
    def sent(self, there: Bench) -> list[Mapping[str, Any]]:
        """The parameters of every call of `send`."""

    @abstractmethod
    async def garbage(self, there: Bench) -> None:
        """What this messenger may bring and we know nothing of."""

    @abstractmethod
    async def group(self, there: Bench) -> Callable[[], list[str]]:
        """We are spoken to in a chat of several people; what we have said there by then."""

    @abstractmethod
    async def picture(self, there: Bench, official: Phone) -> bytes:
        """The one on the card that an official looks at."""

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
        assert "Фото: 10" in phone.last.text

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
            (phone.voice, "олосовые"),
            (phone.sticker, "тикер"),
            (phone.video_note, "идео"),
        ):
            await send()
            await phone.until(asked(told))
            assert CATEGORY in plain(phone.last.text), "where we were"

    # Who does not want to hear from us

    async def test_nothing_is_sent_to_who_has_blocked_us_until_they_come_back(self, there: Bench) -> None:
        phone, number = await filed(there)
        await phone.block()
        await there.quiet()
        before, tries = len(theirs(phone)), len(self.sent(there))
        await taken(there, number)
        await there.quiet()
        assert len(theirs(phone)) == before and len(self.sent(there)) <= tries + 1, "tried once, for the record"
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

    async def test_a_slow_answer_holds_up_nobody_else(self, there: Bench) -> None:
        maria, pavel, slow = there.person(), there.person(), Slow()
        fault = self.faults(there).add(slow, self.send, where=self.to(maria))
        await maria.say(WORDS)
        await asyncio.wait_for(fault.struck.wait(), 10)
        await say(pavel, WORDS, CONSENT)
        await press(pavel, "Даю согласие", CATEGORY)
        assert not theirs(maria)
        slow.release()
        await maria.until(asked(CONSENT))


def _unsent(there: Bench) -> bool:
    return bool(there.site.rows(sa.select(outbox.c.id).where(outbox.c.state.in_(("ready", "leased", "sending")))))


def async_of(condition: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return condition()

    return asked
