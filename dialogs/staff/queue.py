"""An official's piles at seven a page, and the card of one message with all that is known of it."""

from __future__ import annotations

from core.appeals.types import Act, AppealCard, AppealRow, Pile, QueuePage, ShowAppeal, ShowQueue, Status
from core.lines import BLANK, Line, Text, line, literal, named
from core.talk import Button, Screen
from core.text import shortened
from dialogs.views import PAGE, View, launch, page, start_of
from dialogs.wording import (
    grouped,
    history_words,
    last_day,
    quoted,
    reason_words,
    remark_words,
    status_words,
    where_words,
)

LABEL_WORDS = 24
HOME = Button("desk:", line("My desk"))
ENDED = frozenset({Status.ANSWERED, Status.CLOSED, Status.REJECTED, Status.WITHDRAWN})
ACTS = (
    (Act.ANSWER, "answer", line("Answer it")),
    (Act.TAKE, "take", line("Take it")),
    (Act.TAKE_OVER, "over", line("Take it over")),
    (Act.ASK, "ask", line("Ask the author")),
    (Act.REDIRECT, "redirect", line("Pass it on")),
    (Act.REJECT, "reject", line("Do not take it")),
    (Act.NOTE, "note", line("Add a note")),
)


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
        case Pile.ASKED:
            return line("Waiting for the author's reply: {n}. Their deadline stands still.", n=n)
        case Pile.OVERDUE:
            return line("Late here and in the organizations below: {n}. The latest comes first.", n=n)
        case Pile.DONE:
            return line("Finished: {n}. The newest comes first.", n=n)


def empty(pile: Pile) -> Line:
    match pile:
        case Pile.NEW:
            return line("There are no new messages here. We will write to you when one comes.")
        case Pile.MINE:
            return line("There is nothing in work with you here. Take a new message from the desk.")
        case Pile.ASKED:
            return line("Nobody has been asked here. Questions that wait for a reply will stand here.")
        case Pile.OVERDUE:
            return line("Nothing is late here. Good!")
        case Pile.DONE:
            return line("Nothing is finished here yet. What you answer will stand here.")


def row_words(row: AppealRow) -> Line:
    number = grouped(row.number)
    if row.status in ENDED:
        return line("No. {number}: {status}", number=number, status=status_words(row.status))
    if row.overdue and row.authority:
        where = named(row.authority)
        return line("No. {number}: late since {day}. {where}", number=number, day=last_day(row.due), where=where)
    if row.overdue:
        return line("No. {number}: late since {day}", number=number, day=last_day(row.due))
    if row.status is Status.CLARIFY:
        return line("No. {number}: {status}", number=number, status=status_words(row.status))
    return line("No. {number}: answer by {day}", number=number, day=last_day(row.due))


def row_button(row: AppealRow) -> Button:
    return CARD.button(row.number, literal(f"{grouped(row.number)} {shortened(row.title, LABEL_WORDS)}"))


def show_card(args: str, card: AppealCard | None) -> Screen:
    new = QUEUE.button(Pile.NEW, line("New messages"))
    if card is None:
        return Screen((line("There is no such message in your queue. Please choose one from it."),), (new, HOME))
    acts = tuple(launch(form, card.number, label) for act, form, label in ACTS if act in card.may)
    mine = (QUEUE.button(Pile.MINE, line("In work with me")),) if card.mine else ()
    return Screen(card_words(card), (*acts, *mine, new, HOME), photos=card.photos, documents=card.documents)


def card_words(card: AppealCard) -> Text:
    number, status = grouped(card.number), status_words(card.status)
    return (
        line("Message No. {number}: {status}.", number=number, status=status),
        *deadline(card),
        *((line("It was reopened: the first answer did not help."),) if card.reopened else ()),
        BLANK,
        quoted(card.text),
        BLANK,
        line("Category: {category}", category=named(card.category)),
        line("Where: {where}", where=where_words(card)),
        line("Who answers: {authority}", authority=named(card.authority)),
        *((line("Taken by: {name}", name=literal(card.official)),) if card.official else ()),
        BLANK,
        *past(card),
        *((line("Rating: {score} of 5", score=card.rating),) if card.rating is not None else ()),
    )


def deadline(card: AppealCard) -> Text:
    if card.status in ENDED:
        return ()
    if card.status is Status.CLARIFY and card.reply_by is not None:
        return (line("The author may reply until {day}; the deadline stands still.", day=last_day(card.reply_by)),)
    if card.overdue:
        return (line("The answer is late since {day}.", day=last_day(card.due)),)
    return (line("Answer by {day}.", day=last_day(card.due)),)


def past(card: AppealCard) -> Text:
    """What has happened, in its order, with the words of each step."""
    steps = [
        (entry.at, (*history_words((entry,)), *((quoted(entry.text),) if entry.text else ()))) for entry in card.history
    ]
    added = [(remark.at, remark_words(remark, quoted)) for remark in card.remarks]
    whole = sorted((*steps, *added), key=lambda one: one[0])
    why = (line("Why: {reason}", reason=reason_words(card.reason)),) if card.reason else ()
    return (*(words for _, some in whole for words in some), *why)


def watch(args: str) -> str:
    """Its card is kept true while it is in the chat."""
    return f"appeal:{args}"


QUEUE = View("queue", show_queue, needs=needs)
CARD = View("card", show_card, needs=ShowAppeal, watch=watch)
VIEWS = (QUEUE, CARD)
