"""An official's piles at seven a page, and the card of one message with all that is known of it."""

from __future__ import annotations

from core.appeals.types import AppealCard, AppealRow, Pile, QueuePage, ShowAppeal, ShowQueue, Status
from core.lines import BLANK, Line, Text, line, literal, named
from core.talk import Button, Screen
from core.text import shortened
from dialogs.views import PAGE, View, launch, page, start_of
from dialogs.wording import grouped, history_words, last_day, status_words, where_words

LABEL_WORDS = 24
HOME = Button("desk:", line("My desk"))


def parsed(args: str) -> tuple[Pile, str]:
    """«pile» or «pile.start»; what is no pile is the new ones."""
    pile, _, start = args.partition(".")
    return (Pile(pile) if pile in list(Pile) else Pile.NEW), start


def needs(args: str) -> ShowQueue:
    pile, start = parsed(args)
    return ShowQueue(pile, start_of(start), PAGE + 1)


def show_queue(args: str, queue: QueuePage) -> Screen:
    pile, start = parsed(args)
    rows = queue.rows[:PAGE]
    text = (title(pile, queue.counts.get(pile, 0)), *map(row_words, rows)) if rows else (empty(pile),)
    return Screen(text, (*page(QUEUE, start, queue.rows, row_button, f"{pile}."), HOME))


def title(pile: Pile, n: int) -> Line:
    match pile:
        case Pile.NEW:
            return line("New: {n}. The nearest deadline comes first.", n=n)
        case Pile.MINE:
            return line("In work with you: {n}. The nearest deadline comes first.", n=n)
        case Pile.DONE:
            return line("Answered: {n}. The newest comes first.", n=n)


def empty(pile: Pile) -> Line:
    match pile:
        case Pile.NEW:
            return line("There are no new messages here. We will write to you when one comes.")
        case Pile.MINE:
            return line("There is nothing in work with you here. Take a new message from the desk.")
        case Pile.DONE:
            return line("There are no answers here yet. What you answer will stand here.")


def row_words(row: AppealRow) -> Line:
    number = grouped(row.number)
    if row.status in (Status.ANSWERED, Status.CLOSED):
        return line("No. {number}: {status}", number=number, status=status_words(row.status))
    return line("No. {number}: answer by {day}", number=number, day=last_day(row.due))


def row_button(row: AppealRow) -> Button:
    return CARD.button(row.number, literal(f"{grouped(row.number)} {shortened(row.title, LABEL_WORDS)}"))


def show_card(args: str, card: AppealCard | None) -> Screen:
    new = QUEUE.button(Pile.NEW, line("New messages"))
    if card is None:
        return Screen((line("There is no such message in your queue. Please choose one from it."),), (new, HOME))
    take = (launch("take", card.number, line("Take it")),) if card.status is Status.REGISTERED else ()
    answer = (launch("answer", card.number, line("Answer it")),) if card.mine and card.status is Status.IN_WORK else ()
    mine = (QUEUE.button(Pile.MINE, line("In work with me")),) if card.mine else ()
    return Screen(card_words(card), (*take, *answer, *mine, new, HOME), photos=card.photos)


def card_words(card: AppealCard) -> Text:
    number, status = grouped(card.number), status_words(card.status)
    waits = card.status in (Status.REGISTERED, Status.IN_WORK)
    return (
        line("Message No. {number}: {status}.", number=number, status=status),
        *((line("Answer by {day}.", day=last_day(card.due)),) if waits else ()),
        BLANK,
        literal(card.text),
        BLANK,
        line("Category: {category}", category=named(card.category)),
        line("Where: {where}", where=where_words(card)),
        *((line("Taken by: {name}", name=literal(card.official)),) if card.official else ()),
        *history_words(card.history),
        *((BLANK, line("The answer:"), literal(card.answer), BLANK) if card.answer else ()),
        *((line("Rating: {score} of 5", score=card.rating),) if card.rating is not None else ()),
    )


QUEUE = View("queue", show_queue, needs=needs)
CARD = View("card", show_card, needs=ShowAppeal)
VIEWS = (QUEUE, CARD)
