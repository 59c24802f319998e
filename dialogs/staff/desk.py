"""The home of officials: how much waits in each pile."""

from __future__ import annotations

from core.appeals.types import Pile, QueuePage, ShowQueue
from core.lines import Line, line, named
from core.talk import Button, Screen
from dialogs.views import View

ALL = "all"


def show(args: str, queue: QueuePage) -> Screen:
    """Only piles on which something lies; `all` shows the others too."""
    filled = tuple(pile for pile in Pile if args == ALL or queue.counts.get(pile))
    piles = (Button(f"queue:{pile}", label(pile, queue.counts.get(pile, 0))) for pile in filled)
    more = (Button(f"desk:{ALL}", line("All piles")),) if len(filled) < len(Pile) else ()
    hello = line("Your desk. {authority}", authority=named(queue.authority))
    return Screen((hello, todo(queue)), (*piles, *more, Button("find:", line("Find by number"))))


def label(pile: Pile, n: int) -> Line:
    match pile:
        case Pile.NEW:
            return line("New: {n}", n=n)
        case Pile.MINE:
            return line("In work with me: {n}", n=n)
        case Pile.ASKED:
            return line("Waiting for a reply: {n}", n=n)
        case Pile.OVERDUE:
            return line("Late: {n}", n=n)
        case Pile.DONE:
            return line("Finished: {n}", n=n)


def todo(queue: QueuePage) -> Line:
    """What to begin with."""
    if queue.counts.get(Pile.OVERDUE):
        return line("Some answers are late: please begin with those.")
    if queue.counts.get(Pile.MINE):
        return line("You have messages in work: please answer those with the nearest deadline first.")
    if queue.counts.get(Pile.NEW):
        return line("There are new messages: please take the one with the nearest deadline.")
    return line("Nothing waits for you now. We will write to you here when a new message comes.")


VIEWS = (View("desk", show, needs=lambda args: ShowQueue(Pile.NEW, 0, 1)),)
