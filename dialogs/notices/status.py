"""Tells a citizen how their message goes on; an answer comes in full, with the buttons to rate it."""

from __future__ import annotations

from collections.abc import Mapping

from core.appeals.types import Act, AppealCard, ShowAppeal, Status
from core.lines import BLANK, Text, line, literal, named
from core.notify.types import NoticeKind
from core.ratings.types import SCORES
from core.talk import Button, Screen
from dialogs.notices import NoticeDialog
from dialogs.views import launch
from dialogs.wording import grouped, last_day, reason_words, score_words, what_next


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
        case Status.IN_WORK:
            return in_work(card)
        case Status.REDIRECTED:
            return redirected(card)
        case Status.CLARIFY:
            return question(card)
        case Status.REJECTED if card.reason is not None:
            return rejected(card)
        case Status.CLOSED if card.rating is None:  # who has rated it has read it
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


def redirected(card: AppealCard) -> Screen:
    authority = named(card.authority)
    return Screen(
        (
            line(
                "Your message No. {number} is for {authority}: we have passed it on.",
                number=grouped(card.number),
                authority=authority,
            ),
            *last_words(card, Status.REDIRECTED),
            line("You need not do anything. The answer will be here by {day}.", day=last_day(card.due)),
        ),
        (opened(card),),
    )


def question(card: AppealCard) -> Screen:
    asked = line("There is a question about your message No. {number}:", number=grouped(card.number))
    text = (asked, literal(card.question), *until(card))
    return Screen(text, (launch("reply", card.number, line("Reply")), opened(card)), keep=True)


def until(card: AppealCard) -> Text:
    if card.reply_by is None:
        return ()
    by = line("Please reply by {day}: without a reply the message will be closed.", day=last_day(card.reply_by))
    return (BLANK, by)


def rejected(card: AppealCard) -> Screen:
    reason = card.reason
    return Screen(
        (
            line("Your message No. {number} was not taken.", number=grouped(card.number)),
            *((line("Why: {reason}", reason=reason_words(reason)),) if reason else ()),
            *last_words(card, Status.REJECTED),
            *((what_next(reason),) if reason else ()),
        ),
        (launch("appeal", "", line("New message")), opened(card)),
        keep=True,
    )


def answered(card: AppealCard) -> Screen:
    here = line("Here is the answer to your message No. {number}.", number=grouped(card.number))
    if Act.RATE not in card.may:
        return Screen((here, BLANK, literal(card.answer)), (opened(card),), keep=True)
    scores = (launch("rate", f"{card.number}.{score}", score_words(score)) for score in SCORES)
    how = line("Did it help? Please rate it: the region sees every rating.")
    named_way = line("Without buttons, write: rate {number}", number=grouped(card.number))
    return Screen((here, BLANK, literal(card.answer), BLANK, how, named_way), (*scores, opened(card)), keep=True)


def closed(card: AppealCard) -> Screen:
    return Screen(
        (
            line("Message No. {number} is closed: the time to rate the answer is over.", number=grouped(card.number)),
            line("If the trouble is still there, write to us again."),
        ),
        (launch("appeal", "", line("New message")), opened(card)),
    )


def last_words(card: AppealCard, status: Status) -> Text:
    """What the official has said with this step."""
    words = next((entry.text for entry in reversed(card.history) if entry.status is status), "")
    return (literal(words),) if words else ()


def opened(card: AppealCard) -> Button:
    return Button(f"card:{card.number}", line("Open the message"))


NOTICE = NoticeDialog(NoticeKind.STATUS, lambda facts: ShowAppeal(facts["number"]), show)
