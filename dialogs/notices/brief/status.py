"""Tells a citizen how their message goes on, without a word of theirs or an official's. An answer can be rated here."""

from __future__ import annotations

from collections.abc import Mapping

from core.appeals.types import Act, AppealCard, ShowAppeal, Status
from core.lines import Text, line, named
from core.notify.types import NoticeKind
from core.ratings.types import SCORES
from core.talk import Button, Screen
from dialogs.notices import NoticeDialog
from dialogs.page import REPORT, on_page
from dialogs.views import launch
from dialogs.wording import grouped, last_day, score_words


def show(facts: Mapping[str, str], card: AppealCard | None) -> Screen | None:
    """Nothing where it has gone on since; an answer is told also where the time to rate it is over."""
    if card is None:
        return None
    status = facts["status"]
    if status == Status.ANSWERED and card.answer and card.rating is None:
        return answered(card)
    if status != card.status:
        return None
    match card.status:
        case Status.IN_WORK | Status.REDIRECTED:
            return going_on(card)
        case Status.CLARIFY:
            return question(card)
        case Status.REJECTED if card.reason is not None:
            return rejected(card)
        case Status.CLOSED if card.rating is None:  # who has rated it has read it
            return closed(card)
        case _:
            return None


def going_on(card: AppealCard) -> Screen:
    number, authority, day = grouped(card.number), named(card.authority), last_day(card.due)
    first = (
        line("Your message No. {number} is in work.", number=number)
        if card.status is Status.IN_WORK
        else line("Your message No. {number} was passed on.", number=number)
    )
    then = line("{authority} will answer by {day}. We will write to you here.", authority=authority, day=day)
    return Screen((first, then), (opened(card),))


def question(card: AppealCard) -> Screen:
    first = line(
        "There is a question about your message No. {number}. Please read it on the site and reply there.",
        number=grouped(card.number),
    )
    return Screen((first, *until(card)), (on_page(line("Read and reply")), opened(card)), keep=True)


def until(card: AppealCard) -> Text:
    if card.reply_by is None:
        return ()
    return (line("Please reply by {day}: without a reply the message will be closed.", day=last_day(card.reply_by)),)


def rejected(card: AppealCard) -> Screen:
    number = grouped(card.number)
    text = (
        line("Your message No. {number} was not taken.", number=number),
        line("Why, and what you can do, stands on the site."),
    )
    return Screen(text, (on_page(), opened(card)), keep=True)


def answered(card: AppealCard) -> Screen:
    first = line("There is an answer to your message No. {number}. Read it on the site.", number=grouped(card.number))
    if Act.RATE not in card.may:
        return Screen((first,), (on_page(line("Read the answer")), opened(card)), keep=True)
    scores = (launch("rate", f"{card.number}.{score}", score_words(score)) for score in SCORES)
    how = line("Did it help? Please rate it here or there: the region sees every rating.")
    return Screen((first, how), (on_page(line("Read the answer")), *scores, opened(card)), keep=True)


def closed(card: AppealCard) -> Screen:
    return Screen(
        (
            line("Message No. {number} is closed: the time to rate the answer is over.", number=grouped(card.number)),
            line("If the trouble is still there, report it again."),
        ),
        (REPORT, opened(card)),
    )


def opened(card: AppealCard) -> Button:
    return Button(f"card:{card.number}", line("Its status"))


NOTICE = NoticeDialog(NoticeKind.STATUS, lambda facts: ShowAppeal(facts["number"]), show)
