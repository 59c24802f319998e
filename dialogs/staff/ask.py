"""Ask the author of a message: it is taken, the question is written and looked at, and it is sent. Until the reply the
deadline stands still."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.appeals.types import NOTE_LEAST, NOTE_MOST, AskCitizen, ShowAppeal, TakeAppeal
from core.lines import BLANK, Text, line, literal
from core.talk import Button, Screen
from dialogs.cards import about, opened, there, way_back
from dialogs.engine import Form
from dialogs.session import Here
from dialogs.steps import act, consent, end, words
from dialogs.wording import grouped, quoted

NEW = Button("queue:new", line("New messages"))


def not_taken(here: Here[Any]) -> Screen:
    """Core says why in the note."""
    text = (line("Nobody can be asked about No. {number} now.", number=grouped(here.draft.args)),)
    return Screen(text, (*there(here.draft.args), NEW), over=True)


def ask(here: Here[str]) -> Text:
    return (
        line(
            "What do you need to know about No. {number}? The author will read it as it is.",
            number=grouped(here.draft.args),
        ),
        *((BLANK, quoted(here.facts.text)) if here.facts else ()),
    )


def preview(here: Here[bool]) -> Text:
    return (
        line("This is what the author of No. {number} will be asked:", number=grouped(here.draft.args)),
        BLANK,
        literal(here.draft[TEXT]),
    )


def sent(here: Here[None]) -> Text:
    return (
        line("The question about No. {number} is sent.", number=grouped(here.draft.args)),
        line("Until the reply the deadline stands still. We will write to you here when it comes."),
    )


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (NEW, opened(here.draft[SENT]), Button("desk:", line("My desk")))


TAKEN = replace(act("taken", str, lambda draft: TakeAppeal(draft.args)), show=not_taken)
TEXT = way_back(words("text", ask, least=NOTE_LEAST, most=NOTE_MOST, needs=lambda draft: ShowAppeal(draft.args)))
CHECK = consent("check", preview, line("Send"), changes=((line("the question"), TEXT),))
SENT = act("sent", str, lambda draft: AskCitizen(draft.args, draft[TEXT]))
END = end(sent, ways_on)

FORMS = (
    Form(
        "ask",
        1,
        line("A question"),
        (TAKEN, TEXT, CHECK, SENT, END),
        brief=about(lambda number: line("Ask about No. {number}", number=number)),
    ),
)
