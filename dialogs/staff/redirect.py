"""Pass a message on to the organization that it is for: which one, why, a look at what the author will read."""

from __future__ import annotations

from typing import Any

from core.appeals.types import NOTE_LEAST, NOTE_MOST, Act, RedirectAppeal, Redirected, ShowAppeal
from core.lines import BLANK, Line, Text, line, literal, named
from core.talk import Button
from dialogs.cards import about, only_where
from dialogs.engine import Form
from dialogs.session import Draft, Here, Step
from dialogs.steps import act, consent, end, sub, words
from dialogs.wording import grouped

NEW = Button("queue:new", line("New messages"))


def ask(here: Here[str]) -> Line:
    return line(
        "Why is it for {authority}? The author and your colleagues there will read it.", authority=here.draft[TO].label
    )


def preview(here: Here[bool]) -> Text:
    return (
        line("No. {number} goes to: {authority}.", number=grouped(here.draft.args), authority=here.draft[TO].label),
        line("The author and your colleagues there will read:"),
        BLANK,
        literal(here.draft[WHY]),
    )


def sent(here: Here[None]) -> Text:
    moved: Redirected = here.draft[SENT]
    number, authority = grouped(moved.number), named(moved.authority)
    return (
        line("No. {number} is passed on to: {authority}.", number=number, authority=authority),
        line("We are telling its author and your colleagues there."),
    )


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (NEW, Button("desk:", line("My desk")))


def command(draft: Draft) -> RedirectAppeal:
    return RedirectAppeal(draft.args, draft[TO].key, draft[WHY])


TO: Step[Button] = sub("to", Button, "pick", args=lambda draft: draft.args)
WHY = only_where(
    words("why", ask, least=NOTE_LEAST, most=NOTE_MOST, needs=lambda draft: ShowAppeal(draft.args)),
    Act.REDIRECT,
    lambda number: line("You cannot pass No. {number} on now.", number=number),
    NEW,
)
CHECK = consent(
    "check", preview, line("Pass it on"), changes=((line("the organization"), TO), (line("the reason"), WHY))
)
SENT: Step[Any] = act("sent", Redirected, command)
END = end(sent, ways_on)

BRIEF = about(lambda number: line("Pass on No. {number}", number=number))
FORMS = (Form("redirect", 1, line("Pass a message on"), (TO, WHY, CHECK, SENT, END), brief=BRIEF),)
