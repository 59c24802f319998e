"""Tells a citizen how their message goes on; an answer comes in full, with the buttons to rate it."""

from __future__ import annotations

from collections.abc import Mapping

from core.appeals.types import AppealCard, ShowAppeal, Status
from core.lines import BLANK, line, literal, named
from core.notify.types import NoticeKind
from core.ratings.types import SCORES
from core.talk import Button, Screen
from dialogs.notices import NoticeDialog
from dialogs.views import launch
from dialogs.wording import grouped, last_day, score_words


def show(facts: Mapping[str, str], card: AppealCard | None) -> Screen | None:
    if card is None or card.rating is not None:  # who has rated it has read it
        return None
    match facts["status"]:
        case Status.IN_WORK if card.status is Status.IN_WORK:
            return in_work(card)
        case Status.ANSWERED if card.answer:  # an answer is told also where the time to rate it is over
            return answered(card)
        case Status.CLOSED if card.status is Status.CLOSED:
            return closed(card)
        case _:
            return None


def in_work(card: AppealCard) -> Screen:
    authority, day = named(card.authority), last_day(card.due)
    return Screen(
        (
            line("Your message No. {number} is in work.", number=grouped(card.number)),
            line("{authority} will answer by {day}. We will write to you here.", authority=authority, day=day),
        ),
        (opened(card),),
    )


def answered(card: AppealCard) -> Screen:
    here = line("Here is the answer to your message No. {number}.", number=grouped(card.number))
    if card.status is not Status.ANSWERED:
        return Screen((here, BLANK, literal(card.answer)), (opened(card),), keep=True)
    scores = (launch("rate", f"{card.number}.{score}", score_words(score)) for score in SCORES)
    how = line("Did it help? Please rate it: the region sees every rating.")
    return Screen((here, BLANK, literal(card.answer), BLANK, how), (*scores, opened(card)), keep=True)


def closed(card: AppealCard) -> Screen:
    return Screen(
        (
            line("Message No. {number} is closed: the time to rate the answer is over.", number=grouped(card.number)),
            line("If the trouble is still there, write to us again."),
        ),
        (launch("appeal", "", line("New message")), opened(card)),
    )


def opened(card: AppealCard) -> Button:
    return Button(f"card:{card.number}", line("Open the message"))


NOTICE = NoticeDialog(NoticeKind.STATUS, lambda facts: ShowAppeal(facts["number"]), show)
