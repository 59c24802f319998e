"""Takes a message from the queue at one press, and leads on to the answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.appeals.types import TakeAppeal
from core.lines import Text, line
from core.talk import Button, Screen
from dialogs.engine import Form
from dialogs.session import Here
from dialogs.steps import act, end
from dialogs.views import launch
from dialogs.wording import grouped

NEW = Button("queue:new", line("New messages"))


def not_taken(here: Here[Any]) -> Screen:
    return Screen((line("The message was not taken. Please choose another one from the queue."),), (NEW,), over=True)


def taken(here: Here[None]) -> Text:
    return (
        line("No. {number} is in work with you now.", number=grouped(here.draft[TAKEN])),
        line("We are telling its author. You can answer now or come back later: it is kept on your desk."),
    )


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    number = here.draft[TAKEN]
    return (launch("answer", number, line("Answer it")), Button(f"card:{number}", line("Open the message")), NEW)


TAKEN = replace(act("taken", str, lambda draft: TakeAppeal(draft.args)), show=not_taken)
END = end(taken, ways_on, keep=True)

FORMS = (Form("take", 1, line("Take a message"), (TAKEN, END)),)
