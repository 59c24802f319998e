"""Ask to look again, later than with the rating itself: why, and it goes back to work."""

from __future__ import annotations

from typing import Any

from core.appeals.types import NOTE_MOST, Act, ReopenAppeal, Reopened, ShowAppeal
from core.lines import Line, Text, line, named
from core.talk import Button
from dialogs.cards import only_where, opened
from dialogs.engine import Form
from dialogs.session import Draft, Here, Step
from dialogs.steps import act, end, words
from dialogs.views import launch
from dialogs.wording import grouped, last_day

MINE = Button("my:0", line("My messages"))


def ask(here: Here[str]) -> Line:
    number = grouped(here.draft.args)
    return line("What is still wrong with No. {number}? Those who look again will read it.", number=number)


def sent(here: Here[None]) -> Text:
    again: Reopened = here.draft[DONE]
    number, authority, day = grouped(again.number), named(again.authority), last_day(again.due)
    return (
        line("No. {number} will be looked at again.", number=number),
        line("{authority} will answer by {day}. We will write to you here.", authority=authority, day=day),
    )


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (opened(here.draft[DONE].number), MINE)


def command(draft: Draft) -> ReopenAppeal:
    return ReopenAppeal(draft.args, draft[WHY])


WHY = only_where(
    words("why", ask, most=NOTE_MOST, skip=line("Without words"), needs=lambda draft: ShowAppeal(draft.args)),
    Act.REOPEN,
    lambda number: line("No. {number} cannot be looked at again. You can write a new message.", number=number),
    launch("appeal", "", line("New message")),
)
DONE: Step[Any] = act("done", Reopened, command)
END = end(sent, ways_on)
FORMS = (Form("again", 1, line("Look again"), (WHY, DONE, END)),)
