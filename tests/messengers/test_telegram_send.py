"""What is to be shown stands in the chat afterwards, once; and however a sending ends, that is said as it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog.testing

from bots import uploads
from bots.live import Live
from bots.pace import Chats, Pace
from bots.telegram.wire import LIMITS
from bots.transport import Gone, Later, Moved, Outcome, Rejected, Sent, Uncertain
from core.outbox.types import Lane
from core.shown import Shown
from core.talk import Document
from tests.fakes.faults import DropAfter, DropBefore, Kind, NotJson, Refuse, ServerError, Slow, TooMany
from tests.fakes.telegram import TelegramPhone
from tests.fakes.telegram_rates import Rates
from tests.messengers.telegram_kit import Kit, button, kit
from tests.samples import picture

MENU = Shown("Menu", buttons=(button("Report"), button("Help", "help:")))
HELP = Shown("Help", buttons=(button("Menu"),))
WHERE = Shown("Where?", buttons=(button("I am here", kind="place"), button("Skip", "skip:")))


@pytest.fixture
async def k(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Kit]:
    async with kit(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
async def opened(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Kit]:
    """With all that uploads need."""
    async with kit(sqlite_url, tmp_path) as made:
        await made.adapter.open()
        yield made


def labels(phone: TelegramPhone) -> list[list[str]]:
    """Of all that the bot has said, in order."""
    return [[key.label for row in bubble.rows for key in row] for bubble in phone.bubbles if not bubble.mine]


def texts(phone: TelegramPhone) -> list[str]:
    return [bubble.text for bubble in phone.bubbles if not bubble.mine]


def pressed(shown: Shown, on: str) -> Shown:
    return Shown(shown.text, shown.note, shown.buttons, led="x", on=on)


async def test_a_press_on_the_live_screen_edits_it(k: Kit) -> None:
    maria = await k.writer()
    first = await k.shows(maria, MENU)
    assert isinstance(first, Sent) and first.confirmed
    second = await k.shows(maria, pressed(HELP, first.ids[0]), edit=True)
    assert isinstance(second, Sent) and second.ids == first.ids
    assert (texts(maria), labels(maria)) == (["Help"], [["Menu"]]) and maria.last.edits == 1


async def test_typed_words_bring_a_new_screen_and_the_old_one_loses_its_buttons(k: Kit) -> None:
    maria = await k.writer()
    await k.shows(maria, MENU)
    await k.shows(maria, HELP)
    await maria.until(lambda phone: labels(phone) == [[], ["Menu"]])
    assert texts(maria) == ["Menu", "Help"]


async def test_a_press_on_a_push_leaves_the_push_as_it_is(k: Kit) -> None:
    maria = await k.writer()
    live = await k.shows(maria, MENU)
    push = await k.shows(maria, HELP, push=True)
    assert isinstance(push, Sent) and isinstance(live, Sent) and k.live(maria).ids == live.ids
    await k.shows(maria, pressed(Shown("Rate it", buttons=(button("5"),)), push.ids[0]), edit=True)
    await maria.until(lambda phone: labels(phone) == [[], ["Menu"], ["5"]])


async def test_a_push_below_changes_nothing_for_the_live_screen(k: Kit) -> None:
    maria = await k.writer()
    live = await k.shows(maria, MENU)
    await k.shows(maria, Shown("News", keep=True), push=True)
    assert isinstance(live, Sent)
    await k.shows(maria, pressed(HELP, live.ids[0]), edit=True)
    assert texts(maria) == ["Help", "News"]


async def test_a_screen_to_keep_is_never_edited_nor_stripped(k: Kit) -> None:
    maria = await k.writer()
    kept = await k.shows(maria, Shown("Receipt", buttons=(button("Menu"),), keep=True))
    assert isinstance(kept, Sent) and not k.live(maria).ids
    await k.shows(maria, pressed(HELP, kept.ids[0]), edit=True)
    assert (texts(maria), labels(maria)) == (["Receipt", "Help"], [["Menu"], ["Menu"]])


async def test_a_screen_of_yesterday_or_one_that_is_gone_is_shown_anew(k: Kit) -> None:
    maria = await k.writer()
    await k.shows(maria, MENU)
    maria.chat.delete(int(k.live(maria).ids[0]))
    await k.shows(maria, HELP, edit=True)
    k.later(hours=25)
    await k.shows(maria, MENU, edit=True)
    await maria.until(lambda phone: texts(phone) == ["Help", "Menu"] and labels(phone)[0] == [])


async def test_an_edit_that_changes_nothing_has_succeeded(k: Kit) -> None:
    maria = await k.writer()
    await k.shows(maria, MENU)
    again = await k.shows(maria, MENU, edit=True)
    assert isinstance(again, Sent) and texts(maria) == ["Menu"]


async def test_a_pinned_card_is_renewed_where_it_stands(k: Kit) -> None:
    maria = await k.writer()
    card = await k.shows(maria, MENU)
    assert isinstance(card, Sent)
    assert isinstance(await k.shows(maria, HELP, message=card.ids[0]), Sent)
    assert (texts(maria), labels(maria)) == (["Help"], [["Menu"]])
    await k.shows(maria, MENU)
    assert isinstance(await k.shows(maria, Shown("Done", buttons=(button("X"),)), message=card.ids[0]), Sent)
    assert (texts(maria), labels(maria)) == (["Done", "Menu"], [[], ["Report", "Help"]])


async def test_a_card_that_cannot_be_renewed_is_rejected(k: Kit) -> None:
    maria = await k.writer()
    assert isinstance(await k.shows(maria, Shown("Done"), message="77"), Rejected)


async def test_a_card_that_has_grown_too_long_is_renewed_as_far_as_it_goes(k: Kit) -> None:
    maria = await k.writer()
    card = await k.shows(maria, MENU)
    assert isinstance(card, Sent) and not card.divided
    grown = replace(HELP, text=f"Answered. {'long ' * 1000}")
    assert isinstance(await k.shows(maria, grown, message=card.ids[0]), Sent)
    assert texts(maria)[0].startswith("Answered. long") and texts(maria)[0].endswith("long\n…")
    assert labels(maria) == [["Menu"]]
    anew = await k.shows(maria, grown)
    assert isinstance(anew, Sent) and (anew.divided, len(anew.ids)) == (True, 2)


async def test_a_keyboard_below_the_chat_goes_before_buttons_come(k: Kit) -> None:
    maria = await k.writer()
    await k.shows(maria, WHERE)
    assert [key.label for row in maria.keyboard for key in row] == ["I am here", "Skip"]
    await k.shows(maria, MENU, edit=True)
    assert texts(maria) == ["Where?", "All right.", "Menu"] and not maria.keyboard
    await k.shows(maria, HELP, edit=True)
    assert texts(maria) == ["Where?", "All right.", "Help"]


async def test_a_push_leaves_that_keyboard_to_whoever_needs_it(k: Kit) -> None:
    maria = await k.writer()
    await k.shows(maria, WHERE)
    await k.shows(maria, MENU, push=True)
    assert maria.keyboard and k.live(maria).keyboard


async def test_an_album_and_a_file_come_before_the_words_and_are_uploaded_once(opened: Kit) -> None:
    maria, ivan = await opened.writer(), await opened.writer()
    photos = tuple(opened.file(maria, picture(size=(60 + n, 40))) for n in range(3))
    act = opened.file(maria, b"%PDF-1.4", "application/pdf", "Акт.pdf")
    shown = Shown("Answer", buttons=(button("Rate"),), photos=photos, documents=(Document(act, "Акт.pdf", 8),))
    for someone in (maria, ivan):
        assert isinstance(await opened.shows(someone, shown, push=True), Sent)
        bubbles = [(b.photos, b.documents, b.text) for b in someone.bubbles if not b.mine]
        assert bubbles == [(3, (), ""), (0, ("Акт.pdf",), ""), (0, (), "Answer")]
    uploaded = [len(call.files) for call in opened.bot.ledger if call.method.startswith("send")]
    assert uploaded == [3, 1, 0, 0, 0, 0]


async def test_a_file_whose_name_does_not_hold_any_more_is_uploaded_anew(opened: Kit) -> None:
    maria = await opened.writer()
    ref = opened.file(maria, picture())
    opened.write(lambda tx: uploads.remember(tx, ref, "telegram", "7000001", "AgAC_of_yesterday"))
    opened.bot.faults.add(_bad("Bad Request: wrong file identifier/HTTP URL specified"), "sendPhoto")
    assert isinstance(await opened.shows(maria, Shown("Here", photos=(ref,))), Sent)
    assert [bubble.photos for bubble in maria.bubbles if not bubble.mine] == [1, 0]
    known = opened.read(lambda conn: uploads.handle(conn, ref, "telegram", "7000001"))
    assert known in opened.bot.files.by_id


async def test_a_picture_that_they_will_never_take_is_left_out_and_told_of(opened: Kit) -> None:
    maria = await opened.writer()
    good, gone = opened.file(maria, picture()), "no-such-file"
    bad = opened.file(maria, picture(size=(61, 41)))
    refusal = _bad("Bad Request: PHOTO_INVALID_DIMENSIONS")
    opened.bot.faults.add(refusal, "sendMediaGroup")
    opened.bot.faults.add(refusal, "sendPhoto", where=lambda params: opened.bot.calls("sendPhoto")[1:] != [])
    with structlog.testing.capture_logs() as logs:
        assert isinstance(await opened.shows(maria, Shown("Here", photos=(good, bad, gone))), Sent)
    assert texts(maria)[-1] == "Here\n\n2 files could not be shown here."
    assert [log["file"] for log in logs if log["event"] == "file_not_shown"] == [bad]


async def test_a_photo_that_is_still_on_its_way_to_us_is_left_out_without_a_word(opened: Kit) -> None:
    maria, ivan = await opened.writer(), await opened.writer()
    late, gone = opened.sent(maria, None), "no-such-file"
    assert isinstance(await opened.shows(ivan, Shown("Look", photos=(late,))), Sent)
    assert isinstance(await opened.shows(ivan, Shown("Look", photos=(late, gone))), Sent)
    assert texts(ivan) == ["Look", "Look\n\n1 file could not be shown here."]


async def test_what_somebody_has_sent_here_is_not_sent_back_to_them_and_the_screen_can_be_edited(opened: Kit) -> None:
    maria, ivan = await opened.writer(), await opened.writer()
    shown = Shown("Check", buttons=(button("Send"),), photos=(opened.sent(maria, picture()),))
    assert isinstance(await opened.shows(maria, shown), Sent) and opened.live(maria).plain
    assert isinstance(await opened.shows(maria, pressed(HELP, maria.last.id), edit=True), Sent)
    assert [(bubble.photos, bubble.text) for bubble in maria.bubbles if not bubble.mine] == [(0, "Help")]
    await opened.shows(ivan, shown), await opened.shows(maria, shown, push=True)
    for someone in (ivan, maria):
        assert [bubble.photos for bubble in someone.bubbles if not bubble.mine][-2:] == [1, 0]


async def test_what_somebody_has_sent_elsewhere_is_shown_to_them(opened: Kit) -> None:
    maria = await opened.writer()
    photos = (opened.sent(maria, picture(), "vk"), opened.file(maria, picture(size=(61, 41))))
    await opened.shows(maria, Shown("Check", photos=photos))
    assert [bubble.photos for bubble in maria.bubbles if not bubble.mine] == [2, 0]


async def test_a_long_text_comes_in_pieces_and_the_buttons_with_the_last(k: Kit) -> None:
    maria = await k.writer()
    sent = await k.shows(maria, Shown("word " * 1500, buttons=(button("Menu"),)))
    assert isinstance(sent, Sent) and len(sent.ids) == 2
    assert labels(maria) == [[], ["Menu"]] and not k.live(maria).plain


async def test_what_could_only_be_sent_in_part_is_gone_on_with(k: Kit) -> None:
    maria = await k.writer()
    long = k.parcel(maria, Shown("word " * 1500))
    k.bot.faults.add(TooMany(7), "sendMessage", where=lambda params: len(k.bot.calls("sendMessage")) == 2)
    assert await k.send(long) == Later(7, "too many requests", whole=True, counted=False)
    assert isinstance(await k.send(long), Later) and len(k.bot.calls("sendMessage")) == 2, "nothing goes meanwhile"
    k.rested()
    sent = await k.send(long)
    assert isinstance(sent, Sent) and len(sent.ids) == len(texts(maria)) == 2


def _bad(description: str, code: int = 400, **parameters: int) -> Refuse:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return Refuse(code, body | ({"parameters": parameters} if parameters else {}))


UPGRADED = "Bad Request: group chat was upgraded to a supergroup chat"
NOT_NOW = Later(1, "", whole=True, counted=False)
OUTCOMES: tuple[tuple[Kind, Outcome], ...] = (
    (TooMany(3), Later(3, "too many requests", whole=True, counted=False)),
    (ServerError(502), NOT_NOW),
    (ServerError(500), NOT_NOW),
    (_bad("Internal Server Error", 500), NOT_NOW),
    (NotJson(403), NOT_NOW),
    (NotJson(200), Uncertain("an answer that is none")),
    (DropBefore(), Uncertain("ServerDisconnectedError")),
    (DropAfter(), Uncertain("ServerDisconnectedError")),
    (_bad("Forbidden: bot was blocked by the user", 403), Gone("Forbidden: bot was blocked by the user")),
    (_bad("Bad Request: chat not found"), Gone("Bad Request: chat not found")),
    (_bad(UPGRADED, migrate_to_chat_id=-1007), Moved("-1007", UPGRADED)),
    (_bad("Unauthorized", 401), Later(60, "the token is refused", whole=True, counted=False)),
    (_bad("Not Found", 404), Later(60, "the token is refused", whole=True, counted=False)),
    (_bad("Bad Request: BUTTON_DATA_INVALID"), Rejected("Bad Request: BUTTON_DATA_INVALID")),
)


def alike(one: Outcome, other: Outcome) -> bool:
    if isinstance(one, Later) and isinstance(other, Later) and not other.reason:
        return 0 < one.seconds <= 1 and one.whole and not one.counted
    return one == other


@pytest.mark.parametrize("case", OUTCOMES, ids=lambda case: str(case[0])[:40])
async def test_each_way_to_fail_has_its_outcome(k: Kit, case: tuple[Kind, Outcome]) -> None:
    kind, outcome = case
    maria = await k.writer()
    k.bot.faults.add(kind, "sendMessage")
    assert alike(await k.shows(maria, MENU), outcome)
    assert len(k.bot.calls("sendMessage")) == 1


@pytest.mark.parametrize("case", OUTCOMES[:5] + OUTCOMES[8:13], ids=lambda case: str(case[0])[:40])
async def test_an_upload_fails_in_the_same_ways(opened: Kit, case: tuple[Kind, Outcome]) -> None:
    kind, outcome = case
    maria = await opened.writer()
    ref = opened.file(maria, picture())
    opened.bot.faults.add(kind, "sendPhoto")
    ended = await opened.shows(maria, Shown("Here", photos=(ref,)))
    assert type(ended) is type(outcome) and len(opened.bot.ledger) == 2  # getMe and this
    if isinstance(ended, Later) and isinstance(outcome, Later):
        assert (ended.whole, ended.counted) == (outcome.whole, outcome.counted)


async def test_the_words_are_shown_also_where_nobody_knows_what_became_of_a_picture(opened: Kit) -> None:
    maria = await opened.writer()
    opened.bot.faults.add(DropAfter(), "sendPhoto")
    assert isinstance(await opened.shows(maria, Shown("Here", photos=(opened.file(maria, picture()),))), Sent)
    assert texts(maria)[-1] == "Here\n\n1 file could not be shown here."


async def test_nobody_there_means_that_nothing_was_sent_and_the_pause_grows_once_for_each(k: Kit) -> None:
    maria = await k.writer()
    k.adapter.wire._api._base = "http://127.0.0.1:1"
    first, second = await k.shows(maria, MENU), await k.shows(maria, MENU)
    assert isinstance(first, Later) and isinstance(second, Later) and second.seconds <= first.seconds <= 1
    k.rested()
    third = await k.shows(maria, MENU)
    assert isinstance(third, Later) and 1 < third.seconds <= 2 and third.reason == "ClientConnectorError"


async def test_no_word_of_an_outcome_or_a_log_holds_the_token(opened: Kit, caplog: pytest.LogCaptureFixture) -> None:
    maria = await opened.writer()
    ended = list[Outcome]()
    with structlog.testing.capture_logs() as logs:
        for kind in (DropBefore(), NotJson(200), ServerError(502), _bad("Unauthorized", 401)):
            for method, shown in (
                ("sendMessage", MENU),
                ("sendPhoto", Shown("", photos=(opened.file(maria, picture()),))),
            ):
                opened.bot.faults.add(kind, method)
                ended.append(await opened.shows(maria, shown))
                opened.rested()
    assert "AAtest" not in f"{ended}{logs}{caplog.text}" and not opened.bot.faults.waiting


async def test_an_answer_that_does_not_come_in_time_leaves_it_open_and_an_edit_is_repeated(k: Kit) -> None:
    maria = await k.writer()
    await k.shows(maria, MENU)
    k.bot.faults.add(DropAfter(), "editMessageText")
    parcel = k.parcel(maria, HELP, edit=True)
    assert isinstance(await k.send(parcel), Later)
    assert isinstance(await k.send(parcel), Sent) and texts(maria) == ["Help"]


async def test_wrong_markup_is_left_out_once(k: Kit) -> None:
    maria = await k.writer()
    k.bot.faults.add(_bad("Bad Request: can't parse entities: odd"), "sendMessage")
    assert isinstance(await k.shows(maria, Shown("Where?", note="Thanks.")), Sent)
    assert "entities" not in maria.last.extra and maria.last.text == "Thanks.\n\nWhere?"


async def test_never_more_requests_are_on_their_way_than_their_servers_bear(k: Kit) -> None:
    slow = Slow()
    people = [await k.writer() for _ in range(60)]
    k.bot.faults.add(slow, "sendMessage", times=60)
    sending = [asyncio.create_task(k.shows(someone, MENU)) for someone in people]
    await k.bot.until(lambda bot: len(bot.calls("sendMessage")) == 50)
    slow.release()
    assert all(isinstance(one, Sent) for one in await asyncio.gather(*sending))


async def test_what_nobody_waits_for_keeps_the_pace_and_what_somebody_waits_for_does_not(k: Kit) -> None:
    k.adapter.wire._pace = Pace(replace(LIMITS, rate=0.001, most=0.001, patience=0))
    maria, ivan = await k.writer(), await k.writer()
    assert isinstance(await k.shows(maria, MENU), Sent)
    mailing = asyncio.create_task(k.shows(ivan, MENU, lane=Lane.BULK))
    assert isinstance(await k.shows(maria, HELP), Sent)
    assert not mailing.done() and not texts(ivan)
    mailing.cancel()


def test_one_chat_is_not_written_to_faster_than_telegram_bears() -> None:
    """Forty messages at once: each goes when its turn has come."""
    now, chats = 1000.0, Chats(LIMITS.each, LIMITS.burst)
    rates = Rates(clock=lambda: now)
    for _ in range(40):
        now += chats.take("5000000001", now)
        rates.take(5_000_000_001)


def test_nor_is_a_group() -> None:
    now, chats = 1000.0, Chats(LIMITS.group, LIMITS.group_burst)
    rates = Rates(clock=lambda: now)
    for _ in range(60):
        now += chats.take("-100500", now)
        rates.take(-100_500)


async def test_what_is_live_after_a_screen_that_is_only_in_part_ours_is_its_last_message(opened: Kit) -> None:
    maria = await opened.writer()
    ref = opened.file(maria, picture())
    sent = await opened.shows(maria, Shown("Look", photos=(ref,), buttons=(button("Menu"),)))
    assert isinstance(sent, Sent)
    assert opened.live(maria) == Live(sent.ids, opened.now, plain=False, buttons=True)
    await opened.shows(maria, pressed(HELP, sent.ids[-1]), edit=True)
    await maria.until(lambda phone: labels(phone) == [[], [], ["Menu"]])
