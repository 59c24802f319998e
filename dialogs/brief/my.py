"""«My messages» where no personal data are shown: numbers, statuses and deadlines. The words are on the page."""

from __future__ import annotations

from collections.abc import Sequence

from core.appeals.types import OPEN, Act, AppealCard, AppealRow, MyAppeals, ShowAppeal, Status
from core.lines import Line, Text, line, literal, named
from core.talk import Button, Screen
from dialogs.page import MENU, REPORT, on_page
from dialogs.views import PAGE, View, launch, page, start_of
from dialogs.wording import grouped, last_day, status_words


def show_list(args: str, rows: Sequence[AppealRow]) -> Screen:
    if not rows:
        nothing = line("There are no messages here yet. Choose what it is about, and go on from there.")
        return Screen((nothing,), (*page(LIST, args, rows, row_button), REPORT, on_page(), MENU))
    buttons = (*page(LIST, args, rows, row_button), MENU)
    return Screen((line("Your messages:"), *map(row_words, rows[:PAGE])), buttons)


def row_words(row: AppealRow) -> Line:
    number, status = grouped(row.number), status_words(row.status)
    if row.status is Status.CLARIFY:
        return line("No. {number}: we have a question for you", number=number)
    if row.status in OPEN:
        return line("No. {number}: {status}, answer by {day}", number=number, status=status, day=last_day(row.due))
    return line("No. {number}: {status}", number=number, status=status)


def row_button(row: AppealRow) -> Button:
    return CARD.button(row.number, literal(grouped(row.number)))


def show_card(args: str, card: AppealCard | None) -> Screen:
    if card is None:
        missing = line("There is no such message among yours. Please choose one from the list.")
        return Screen((missing,), (LIST.button(0, line("My messages")), REPORT, MENU))
    rate = (launch("rate", card.number, line("Rate the answer")),) if Act.RATE in card.may else ()
    buttons = (on_page(), *rate, LIST.button(0, line("My messages")), MENU)
    return Screen(card_words(card), buttons)


def card_words(card: AppealCard) -> Text:
    return (
        line("Message No. {number}: {status}.", number=grouped(card.number), status=status_words(card.status)),
        line("Who answers: {authority}", authority=named(card.authority)),
        outlook(card),
    )


def outlook(card: AppealCard) -> Line:
    """What can be done now, or until when."""
    day = last_day(card.due)
    match card.status:
        case Status.CLARIFY if card.reply_by is not None:
            by = last_day(card.reply_by)
            return line("We have a question for you. Please reply on the site by {day}.", day=by)
        case Status.CLARIFY:
            return line("We have a question for you. Please reply on the site.")
        case Status.ANSWERED:
            return line("The answer can be read on the site.")
        case Status.CLOSED if card.rating is not None:
            return line("Your rating: {score} of 5. Thank you!", score=card.rating)
        case Status.CLOSED:
            return line("The answer can be read on the site.")
        case Status.REJECTED:
            return line("Why, and what you can do, stands on the site.")
        case Status.WITHDRAWN:
            return line("You have withdrawn it: nobody works on it any more.")
        case _ if card.overdue:
            return line("The answer is late: it was to come by {day}. Those who watch deadlines see it.", day=day)
        case _:
            return line("The answer will come by {day}. We will tell you here when it is there.", day=day)


def watch(args: str) -> str:
    """Its card is kept true while it is in the chat."""
    return f"appeal:{args}"


LIST = View("my", show_list, needs=lambda args: MyAppeals(start_of(args), PAGE + 1))
CARD = View("card", show_card, needs=ShowAppeal, watch=watch)
VIEWS = (LIST, CARD)
