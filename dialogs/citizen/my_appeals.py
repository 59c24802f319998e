"""«My messages»: a list at seven a page, and the card of one with all that its author can do."""

from __future__ import annotations

from collections.abc import Sequence

from core.appeals.types import Act, AppealCard, AppealRow, MyAppeals, ShowAppeal, Status
from core.lines import BLANK, Line, Text, line, literal, named
from core.talk import Button, Screen
from core.text import shortened
from dialogs.views import PAGE, View, launch, page, start_of
from dialogs.wording import (
    grouped,
    history_words,
    last_day,
    own_status_words,
    reason_words,
    remark_words,
    what_next,
    where_words,
)

TEXT_SHOWN = 300
"""Characters of their own words that people need to see again."""
LABEL_WORDS = 24
HOME = Button("menu:", line("Menu"))
REPORT = launch("appeal", "", line("Report a problem"))
FIND = launch("find", "", line("Find by number and code"))
ACTS = (
    (Act.REPLY, "reply", line("Reply to the question")),
    (Act.RATE, "rate", line("Rate the answer")),
    (Act.REOPEN, "again", line("Ask to look again")),
    (Act.ADD, "add", line("Add words or photos")),
    (Act.WITHDRAW, "withdraw", line("Withdraw it")),
)


def show_list(args: str, rows: Sequence[AppealRow]) -> Screen:
    if not rows:
        nothing = line("There are no messages here yet. Write what happened, and we will pass it on.")
        return Screen((nothing,), (*page(LIST, args, rows, row_button), REPORT, FIND, HOME))
    buttons = (*page(LIST, args, rows, row_button), FIND, HOME)
    return Screen((line("Your messages:"), *map(row_words, rows[:PAGE])), buttons)


def row_words(row: AppealRow) -> Line:
    if row.status is Status.CLARIFY:
        return line("No. {number}: we have a question for you", number=grouped(row.number))
    return line("No. {number}: {status}", number=grouped(row.number), status=own_status_words(row.status))


def row_button(row: AppealRow) -> Button:
    return CARD.button(row.number, literal(f"{grouped(row.number)} {shortened(row.title, LABEL_WORDS)}"))


def show_card(args: str, card: AppealCard | None) -> Screen:
    if card is None:
        missing = line("There is no such message among yours. With its number and code you can open it from anywhere.")
        return Screen((missing,), (FIND, LIST.button(0, line("My messages")), HOME))
    acts = tuple(launch(form, card.number, label) for act, form, label in ACTS if act in card.may)
    anew = () if acts else (launch("appeal", "", line("New message")),)
    buttons = (*acts, *anew, LIST.button(0, line("My messages")), HOME)
    return Screen(card_words(card), buttons, documents=card.documents)


def card_words(card: AppealCard) -> Text:
    return (
        line("Message No. {number}: {status}.", number=grouped(card.number), status=own_status_words(card.status)),
        BLANK,
        literal(shortened(card.text, TEXT_SHOWN)),
        *(words for remark in card.remarks for words in remark_words(remark)),
        BLANK,
        line("Category: {category}", category=named(card.category)),
        line("Where: {where}", where=where_words(card)),
        *((line("Photos: {n}", n=len(card.photos)),) if card.photos else ()),
        line("Who answers: {authority}", authority=named(card.authority)),
        *history_words(card.history, own_status_words),
        BLANK,
        *outlook(card),
    )


def outlook(card: AppealCard) -> Text:
    """What has come of it, or when it will."""
    rated = () if card.rating is None else (line("Your rating: {score} of 5. Thank you!", score=card.rating),)
    match card.status:
        case Status.CLARIFY:
            return (line("We have a question for you:"), literal(card.question), *until(card))
        case Status.REJECTED if card.reason is not None:
            return (line("Not taken: {reason}.", reason=reason_words(card.reason)), *said(card), what_next(card.reason))
        case Status.WITHDRAWN:
            return (line("You have withdrawn it: nobody works on it any more."),)
        case Status.ANSWERED | Status.CLOSED:
            return (line("The answer:"), literal(card.answer), *((BLANK, *rated) if rated else ()))
        case _ if card.overdue:
            return (
                line(
                    "The answer is late: it was to be here by {day}. Those who watch deadlines see it.",
                    day=last_day(card.due),
                ),
            )
        case _:
            return (line("The answer will be here by {day}. We will tell you.", day=last_day(card.due)),)


def until(card: AppealCard) -> Text:
    if card.reply_by is None:
        return ()
    return (line("Please reply by {day}: without a reply the message will be closed.", day=last_day(card.reply_by)),)


def said(card: AppealCard) -> Text:
    """What the official has added to the reason."""
    words = next((entry.text for entry in reversed(card.history) if entry.status is Status.REJECTED), "")
    return (literal(words),) if words else ()


def watch(args: str) -> str:
    """Its card is kept true while it is in the chat."""
    return f"appeal:{args}"


LIST = View("my", show_list, needs=lambda args: MyAppeals(start_of(args), PAGE + 1))
CARD = View("card", show_card, needs=ShowAppeal, watch=watch)
VIEWS = (LIST, CARD)
