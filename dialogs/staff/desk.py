"""The home of officials: how much waits in each pile."""

from __future__ import annotations

from core.appeals.types import Pile, QueuePage, ShowQueue
from core.lines import Line, line
from core.talk import Button, Screen
from dialogs.views import View


def show(args: str, queue: QueuePage) -> Screen:
    def count(pile: Pile) -> int:
        return queue.counts.get(pile, 0)

    ways = (
        Button(f"queue:{Pile.NEW}", line("New: {n}", n=count(Pile.NEW))),
        Button(f"queue:{Pile.MINE}", line("In work with me: {n}", n=count(Pile.MINE))),
        Button(f"queue:{Pile.ASKED}", line("Waiting for a reply: {n}", n=count(Pile.ASKED))),
        Button(f"queue:{Pile.OVERDUE}", line("Late: {n}", n=count(Pile.OVERDUE))),
        Button(f"queue:{Pile.DONE}", line("Finished: {n}", n=count(Pile.DONE))),
        Button("find:", line("Find by number")),
    )
    return Screen((line("Hello! This is your desk."), todo(queue)), ways)


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
