"""The home of officials: how much waits in each pile."""

from __future__ import annotations

from core.appeals.types import Pile, QueuePage, ShowQueue
from core.lines import line
from core.talk import Button, Screen
from dialogs.views import View


def show(args: str, queue: QueuePage) -> Screen:
    new, mine, done = (queue.counts.get(pile, 0) for pile in (Pile.NEW, Pile.MINE, Pile.DONE))
    if mine:
        todo = line("You have messages in work: please answer those with the nearest deadline first.")
    elif new:
        todo = line("There are new messages: please take the one with the nearest deadline.")
    else:
        todo = line("Nothing waits for you now. We will write to you here when a new message comes.")
    ways = (
        Button(f"queue:{Pile.NEW}", line("New: {n}", n=new)),
        Button(f"queue:{Pile.MINE}", line("In work with me: {n}", n=mine)),
        Button(f"queue:{Pile.DONE}", line("Answered: {n}", n=done)),
    )
    return Screen((line("Hello! This is your desk."), todo), ways)


VIEWS = (View("desk", show, needs=lambda args: ShowQueue(Pile.NEW, 0, 1)),)
