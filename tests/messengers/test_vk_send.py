"""Screens on their way to VK: what is shown, what is changed, what each refusal means, and that nothing comes twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog.testing

from bots.live import read
from bots.pace import Pace, Turn
from bots.transport import Gone, Later, Rejected, Sent
from bots.vk.api import LIMITS, Api, Broken, VKError
from bots.vk.errors import MEANINGS, meaning
from bots.vk.send import random_id_of
from core.outbox.tables import outbox
from core.outbox.types import Kind
from core.shown import Shown
from core.talk import Document
from tests.fakes.faults import DropAfter, DropBefore, NotJson, Refuse, ServerError
from tests.fakes.vk_errors import refusal
from tests.messengers.vk_kit import Kit, button, kit
from tests.samples import PDF, picture

QUESTION = Shown("Где это?", buttons=(button("Назад", "~r~1~back"),))
NEXT = Shown("Что там?", buttons=(button("Назад", "~r~2~back"),))


@pytest.fixture
async def vk(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Kit]:
    async with kit(sqlite_url, tmp_path) as made:
        yield made


async def test_a_screen_is_shown_with_its_buttons_and_known_by_its_place(vk: Kit) -> None:
    phone = await vk.writer()
    outcome = await vk.shows(phone, QUESTION)
    assert isinstance(outcome, Sent) and outcome.confirmed and outcome.ids == (phone.last.id,)
    assert (phone.last.text, [key.label for row in phone.last.rows for key in row]) == ("Где это?", ["Назад"])
    live = vk.read(lambda conn: read(conn, vk.met(phone)))
    assert live is not None and live.ids == (phone.last.id,) and live.plain and live.buttons


async def test_the_next_screen_takes_the_place_of_the_live_one(vk: Kit) -> None:
    phone = await vk.writer()
    await vk.shows(phone, QUESTION)
    await vk.shows(phone, replace(NEXT, on=phone.last.id), edit=True)
    assert [bubble.text for bubble in phone.bubbles if not bubble.mine] == ["Что там?"]
    assert phone.last.edits == 1 and phone.last.rows[0][0].data == '{"b":"~r~2~back"}'


async def test_a_press_on_something_older_changes_nothing_there(vk: Kit) -> None:
    phone = await vk.writer()
    await vk.shows(phone, Shown("Ваш номер 1", keep=True))
    older = phone.last.id
    await vk.shows(phone, QUESTION)
    await vk.shows(phone, replace(NEXT, on=older), edit=True)
    assert [bubble.text for bubble in phone.bubbles[1:]] == ["Ваш номер 1", "Где это?", "Что там?"]


async def test_a_new_screen_takes_the_buttons_of_the_one_before_but_not_its_words(vk: Kit) -> None:
    phone = await vk.writer()
    await vk.shows(phone, replace(QUESTION, text="Где [id1|это] & &quot;?"))
    first = phone.last
    words = first.text
    await vk.shows(phone, NEXT)
    await vk.polite()
    assert (first.rows, first.text) == ((), words)
    assert phone.last.rows


async def test_what_is_kept_is_neither_changed_nor_stripped(vk: Kit) -> None:
    phone = await vk.writer()
    await vk.shows(phone, replace(QUESTION, text="Оцените ответ", keep=True))
    kept = phone.last
    await vk.shows(phone, NEXT, edit=True)
    await vk.polite()
    assert kept.text == "Оцените ответ" and kept.rows and phone.last.text == "Что там?"


async def test_a_push_below_the_live_screen_changes_nothing(vk: Kit) -> None:
    phone = await vk.writer()
    await vk.shows(phone, QUESTION)
    live = phone.last
    await vk.shows(phone, Shown("Статус: в работе", keep=True), push=True)
    await vk.polite()
    assert live.rows
    await vk.shows(phone, replace(NEXT, on=live.id), edit=True)
    assert (live.text, phone.last.text) == ("Что там?", "Статус: в работе")


async def test_a_screen_that_is_a_day_old_stays_and_a_new_one_follows(vk: Kit) -> None:
    phone = await vk.writer()
    await vk.shows(phone, QUESTION)
    vk.later(24 * 3600 + 60)
    await vk.shows(phone, NEXT, edit=True)
    assert [bubble.text for bubble in phone.bubbles[1:]] == ["Где это?", "Что там?"]


@pytest.mark.parametrize("code", [909, 920, 100, 910])
async def test_where_vk_does_not_change_a_message_a_new_one_follows(vk: Kit, code: int) -> None:
    phone = await vk.writer()
    await vk.shows(phone, QUESTION)
    no = {"error": {"error_code": code, "error_msg": "no"}}
    vk.vk.faults.add(Refuse(200, no), "messages.edit")
    assert isinstance(await vk.shows(phone, NEXT, edit=True), Sent)
    assert [bubble.text for bubble in phone.bubbles[1:]] == ["Где это?", "Что там?"]


async def test_a_pinned_message_is_shown_anew_where_it_stands(vk: Kit) -> None:
    phone = await vk.writer()
    await vk.shows(phone, QUESTION)
    first = phone.last
    await vk.shows(phone, NEXT)
    await vk.polite()
    await vk.shows(phone, replace(QUESTION, text="Сделано"), message=first.id)
    assert (first.text, first.rows) == ("Сделано", ())  # the live screen is another one
    second = phone.last
    await vk.shows(phone, replace(NEXT, text="Готово"), message=second.id)
    assert second.text == "Готово" and second.rows
    vk.later(25 * 3600)
    assert isinstance(await vk.shows(phone, NEXT, message=second.id), Rejected)


async def test_a_pinned_message_that_has_grown_too_long_is_renewed_as_far_as_it_goes(vk: Kit) -> None:
    phone = await vk.writer()
    grown = replace(QUESTION, text=f"Сделано. {'слово ' * 1000}")
    anew = await vk.shows(phone, grown)
    assert isinstance(anew, Sent) and (anew.divided, len(anew.ids)) == (True, 2)
    short = await vk.shows(phone, QUESTION)
    assert isinstance(short, Sent) and not short.divided
    assert isinstance(await vk.shows(phone, grown, message=phone.last.id), Sent)
    assert phone.last.text.startswith("Сделано. слово") and phone.last.text.endswith("слово\n…")
    assert phone.last.rows and len(phone.last.text) <= 4096


async def test_a_pinned_message_keeps_its_files_when_it_is_renewed(vk: Kit) -> None:
    phone = await vk.writer()
    akt = Document(vk.file(phone, PDF, "application/pdf", "Акт.pdf"), "Акт.pdf", len(PDF))
    shown = replace(QUESTION, documents=(akt,))
    await vk.shows(phone, shown)
    assert isinstance(await vk.shows(phone, replace(shown, text="Сделано"), message=phone.last.id), Sent)
    assert (phone.last.text, phone.last.documents) == ("Сделано", ("Акт.pdf",)) and phone.last.rows


async def test_old_words_are_not_put_back_where_a_pinned_message_was_renewed(vk: Kit) -> None:
    phone = await vk.writer()
    await vk.shows(phone, QUESTION)
    first = phone.last
    vk.later(1)
    renewed = vk.parcel(phone, replace(QUESTION, text="Сделано"), message=first.id)
    as_pin = sa.update(outbox).where(outbox.c.id == renewed.outbox_id).values(kind=Kind.PIN)
    vk.write(lambda tx: tx.execute(as_pin))
    await vk.send(renewed)
    await vk.shows(phone, NEXT)
    await vk.polite()
    assert first.text == "Сделано"


async def test_sent_again_after_a_crash_it_is_there_once(vk: Kit) -> None:
    phone = await vk.writer()
    parcel = vk.parcel(phone, replace(QUESTION, text="слово " * 1000))
    vk.vk.faults.add(DropAfter(), "messages.send", where=lambda params: "Назад" in params.get("keyboard", ""))
    assert isinstance(await vk.adapter.transport.send(parcel), Later)
    outcome = await vk.send(replace(parcel, again=True))
    assert isinstance(outcome, Sent) and len(outcome.ids) == 2
    assert list(outcome.ids) == [bubble.id for bubble in phone.bubbles if not bubble.mine]


def test_each_part_has_a_random_id_of_its_own_in_each_database() -> None:
    ids = {random_id_of(salt, row, part) for salt in ("a", "b") for row in range(300) for part in range(3)}
    assert len(ids) == 1800 and all(0 < id < 2**31 for id in ids)
    assert random_id_of("a", 7, 1) == random_id_of("a", 7, 1)


async def test_the_key_stands_in_no_address(vk: Kit) -> None:
    phone = await vk.writer()
    await vk.shows(phone, QUESTION)
    assert vk.vk.ledger and not any(call.token_in_query for call in vk.vk.ledger)


# What goes wrong


@pytest.mark.parametrize(("code", "kind"), [(901, Gone), (900, Gone), (902, Gone)])
async def test_whom_we_may_not_write_to_is_gone(vk: Kit, code: int, kind: type) -> None:
    phone = await vk.writer()
    phone.refuse(code)
    outcome = await vk.shows(phone, QUESTION)
    assert isinstance(outcome, kind) and len(vk.vk.calls("messages.send")) == 1


async def test_an_error_for_one_person_inside_of_an_answer_that_is_all_right_is_seen(vk: Kit) -> None:
    phone = await vk.writer()
    phone.refuse(902)
    assert isinstance(await vk.shows(phone, QUESTION), Gone)
    assert vk.vk.calls("messages.send")[0].error == 0  # the answer as a whole was none


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (1, Later(10, "unknown error")),
        (6, Later(1, "too many calls a second", whole=True, counted=False)),
        (9, Later(3600, "flood control")),
        (10, Later(20, "an error on VK's side")),
        (14, Later(600, "captcha", whole=True, counted=False)),
        (5, Later(60, "the key is refused", whole=True, counted=False)),
        (29, Later(60, "the limit of this method is reached", whole=True, counted=False)),
        (912, Later(60, "bots are off in the community", whole=True, counted=False)),
    ],
)
async def test_what_vk_says_decides_when_it_is_tried_again(vk: Kit, code: int, expected: Later) -> None:
    phone = await vk.writer()
    vk.vk.faults.add(refusal(code), "messages.send")
    assert await vk.shows(phone, QUESTION) == expected
    assert len(vk.vk.calls("messages.send")) == 1


@pytest.mark.parametrize("code", [911, 914, 913, 100])
async def test_what_vk_will_never_take_is_refused(vk: Kit, code: int) -> None:
    phone = await vk.writer()
    vk.vk.faults.add(refusal(code), "messages.send")
    assert isinstance(await vk.shows(phone, QUESTION), Rejected)


@pytest.mark.parametrize("fault", [DropBefore(), ServerError(502), NotJson(), ServerError(429)])
async def test_while_vk_is_away_nothing_counts_as_a_try(vk: Kit, fault: object) -> None:
    phone = await vk.writer()
    vk.vk.faults.add(fault, "messages.send")  # type: ignore[arg-type]
    outcome = await vk.shows(phone, QUESTION)
    assert isinstance(outcome, Later) and not outcome.counted


async def test_where_nobody_listens_everything_of_the_account_waits(vk: Kit) -> None:
    phone = await vk.writer()
    vk.adapter.api._url = "http://127.0.0.1:9/method/"
    outcome = await vk.shows(phone, QUESTION)
    assert outcome == Later(5, "ClientConnectorError", whole=True, counted=False)


def test_every_code_has_a_meaning() -> None:
    for code in range(12_000):
        meant = meaning(VKError(code, "words of VK"))
        assert meant.ending.reason
        assert isinstance(meant.ending, Later | Gone) or meant.alarm or code in (909, 920)
    assert all(isinstance(code, int) for code in MEANINGS)


async def test_under_the_limits_of_vk_everything_is_taken_or_put_off(sqlite_url: str, tmp_path: Path) -> None:
    """A busy machine may send two seconds' calls in one: then VK says so, and nothing is lost or counted."""
    async with kit(sqlite_url, tmp_path, limits=True) as vk:
        phones = [await vk.writer() for _ in range(22)]
        parcels = [vk.parcel(phone, Shown("Здравствуйте!")) for phone in phones]
        outcomes = await asyncio.gather(*(vk.adapter.transport.send(parcel) for parcel in parcels))
    assert sum(isinstance(outcome, Sent) for outcome in outcomes) >= 10
    assert all(isinstance(one, Sent) or (isinstance(one, Later) and not one.counted) for one in outcomes)


# Pictures and documents


async def test_pictures_and_documents_go_with_the_words_and_are_uploaded_once(vk: Kit) -> None:
    phone = await vk.writer()
    photo, akt = vk.file(phone, picture(), "image/jpeg"), vk.file(phone, PDF, "application/pdf", "Акт.pdf")
    shown = Shown("Готово", photos=(photo,), documents=(Document(akt, "Акт.pdf", len(PDF)),))
    assert isinstance(await vk.shows(phone, shown), Sent)
    assert (phone.last.text, phone.last.photos, phone.last.documents) == ("Готово", 1, ("Акт.pdf",))
    assert phone.last.extra["contents"] == (picture(), PDF)
    await vk.shows(phone, shown)
    assert len(vk.vk.calls("photos.saveMessagesPhoto")) == len(vk.vk.calls("docs.save")) == 1
    assert not any(call.token_in_query for call in vk.vk.ledger)


async def test_a_file_that_vk_has_forgotten_is_uploaded_again(vk: Kit) -> None:
    phone = await vk.writer()
    shown = Shown("Готово", photos=(vk.file(phone, picture(), "image/jpeg"),))
    await vk.shows(phone, shown)
    vk.vk.faults.add(refusal(100, "attachment photo1_2 is invalid"), "messages.send")
    parcel = vk.parcel(phone, shown)
    assert isinstance(await vk.adapter.transport.send(parcel), Later)
    assert isinstance(await vk.send(parcel), Sent)
    assert len(vk.vk.calls("photos.saveMessagesPhoto")) == 2


async def test_what_somebody_has_sent_here_is_not_sent_back_to_them_and_the_screen_can_be_edited(vk: Kit) -> None:
    maria, ivan = await vk.writer(), await vk.writer()
    shown = replace(QUESTION, photos=(vk.sent(maria, picture()),))
    await vk.shows(maria, shown)
    await vk.shows(maria, replace(NEXT, on=maria.last.id), edit=True)
    assert [(bubble.photos, bubble.text) for bubble in maria.bubbles[1:]] == [(0, "Что там?")]
    await vk.shows(ivan, shown), await vk.shows(maria, shown, push=True)
    assert (ivan.last.photos, maria.last.photos) == (1, 1)


async def test_a_photo_that_is_still_on_its_way_to_us_is_left_out_without_a_word(vk: Kit) -> None:
    maria, ivan = await vk.writer(), await vk.writer()
    with structlog.testing.capture_logs() as logs:
        await vk.shows(ivan, replace(QUESTION, photos=(vk.sent(maria, None),)))
    assert (ivan.last.photos, ivan.last.text, logs) == (0, "Где это?", [])


async def test_a_screen_with_a_picture_loses_its_buttons_and_keeps_the_picture(vk: Kit) -> None:
    phone = await vk.writer()
    await vk.shows(phone, replace(QUESTION, photos=(vk.file(phone, picture(), "image/jpeg"),)))
    first = phone.last
    await vk.shows(phone, NEXT)
    await vk.polite()
    assert (first.photos, first.rows, first.text) == (1, (), "Где это?")


async def test_a_file_that_is_gone_does_not_hold_up_the_words(vk: Kit) -> None:
    phone = await vk.writer()
    await vk.shows(phone, Shown("Готово", photos=("no-such-reference",)))
    assert (phone.last.text, phone.last.photos) == ("Готово", 0)


@pytest.mark.parametrize("fault", [NotJson(), ServerError(500), DropBefore()])
async def test_an_upload_that_fails_is_tried_again_and_nobody_else_waits(vk: Kit, fault: object) -> None:
    phone = await vk.writer()
    shown = Shown("Готово", photos=(vk.file(phone, picture(), "image/jpeg"),))
    vk.vk.faults.add(fault, "upload")  # type: ignore[arg-type]
    parcel = vk.parcel(phone, shown)
    outcome = await vk.send(parcel)
    assert isinstance(outcome, Later) and not outcome.whole and not outcome.counted
    assert isinstance(await vk.send(parcel), Sent)


async def test_a_courtesy_that_fails_holds_up_nobody(vk: Kit) -> None:
    vk.vk.faults.add(ServerError(500), "messages.markAsRead", times=2)
    with pytest.raises(Broken):
        await vk.adapter.api.call("messages.markAsRead", Turn.COURTESY, peer_id=1)
    assert not vk.adapter.pace.paused
    with pytest.raises(Broken):
        await vk.adapter.api.call("messages.markAsRead", peer_id=1)
    assert vk.adapter.pace.paused


async def test_an_error_says_nothing_of_what_was_sent(vk: Kit) -> None:
    api = Api(vk.vk.url, "vk1.a." + "secret-key-of-nobody", Pace(LIMITS))
    with pytest.raises(VKError) as refused:
        await api.call("messages.send", message="words of a person", peer_ids=[1], random_id=1)
    await api.close()
    assert "words of a person" not in repr(refused.value) and "secret" not in repr(refused.value)
