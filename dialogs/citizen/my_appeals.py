"""«My messages»: a list at seven a page, and the card of one."""

from __future__ import annotations

from collections.abc import Sequence

from core.appeals.types import AppealCard, AppealRow, MyAppeals, ShowAppeal, Status
from core.lines import BLANK, Line, Text, line, literal, named
from core.talk import Button, Screen
from core.text import shortened
from dialogs.views import PAGE, View, launch, page, start_of
from dialogs.wording import grouped, history_words, last_day, status_words, where_words

TEXT_SHOWN = 300
"""Characters of their own words that people need to see again."""
LABEL_WORDS = 24
HOME = Button("menu:", line("Menu"))
REPORT = launch("appeal", "", line("Report a problem"))


def show_list(args: str, rows: Sequence[AppealRow]) -> Screen:
    if not rows:
        nothing = line("There are no messages here yet. Write what happened, and we will pass it on.")
        return Screen((nothing,), (*page(LIST, args, rows, row_button), REPORT, HOME))
    return Screen((line("Your messages:"), *map(row_words, rows[:PAGE])), (*page(LIST, args, rows, row_button), HOME))


def row_words(row: AppealRow) -> Line:
    return line("No. {number}: {status}", number=grouped(row.number), status=status_words(row.status))


def row_button(row: AppealRow) -> Button:
    return CARD.button(row.number, literal(f"{grouped(row.number)} {shortened(row.title, LABEL_WORDS)}"))


def show_card(args: str, card: AppealCard | None) -> Screen:
    if card is None:
        missing = line("There is no such message among yours. Please choose one from the list.")
        return Screen((missing,), (LIST.button(0, line("My messages")), HOME))
    rate = (launch("rate", card.number, line("Rate the answer")),) if card.status is Status.ANSWERED else ()
    return Screen(card_words(card), (*rate, LIST.button(0, line("My messages")), HOME))


def card_words(card: AppealCard) -> Text:
    return (
        line("Message No. {number}: {status}.", number=grouped(card.number), status=status_words(card.status)),
        BLANK,
        literal(shortened(card.text, TEXT_SHOWN)),
        BLANK,
        line("Category: {category}", category=named(card.category)),
        line("Where: {where}", where=where_words(card)),
        *((line("Photos: {n}", n=len(card.photos)),) if card.photos else ()),
        line("Who answers: {authority}", authority=named(card.authority)),
        *history_words(card.history),
        BLANK,
        *outlook(card),
    )


def outlook(card: AppealCard) -> Text:
    """What has come of it, or when it will."""
    if card.answer:
        rated = () if card.rating is None else (line("Your rating: {score} of 5. Thank you!", score=card.rating),)
        return (line("The answer:"), literal(card.answer), *((BLANK, *rated) if rated else ()))
    return (line("The answer will be here by {day}. We will tell you.", day=last_day(card.due)),)


LIST = View("my", show_list, needs=lambda args: MyAppeals(start_of(args), PAGE + 1))
CARD = View("card", show_card, needs=ShowAppeal)
VIEWS = (LIST, CARD)
