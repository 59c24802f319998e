"""A note on a message: for colleagues only, citizens never see it."""

from __future__ import annotations

from core.appeals.types import NOTE_LEAST, NOTE_MOST, AddNote
from core.lines import Line, Text, line
from core.talk import Button
from dialogs.cards import about, opened, way_back
from dialogs.engine import Form
from dialogs.session import Here
from dialogs.steps import act, end, words
from dialogs.wording import grouped


def ask(here: Here[str]) -> Line:
    number = grouped(here.draft.args)
    return line("Write a note on No. {number}. Your colleagues will see it, its author never.", number=number)


def noted(here: Here[None]) -> Text:
    return (line("The note on No. {number} is kept.", number=grouped(here.draft.args)),)


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (opened(here.draft[NOTED]), Button("desk:", line("My desk")))


TEXT = way_back(words("text", ask, least=NOTE_LEAST, most=NOTE_MOST))
NOTED = act("noted", str, lambda draft: AddNote(draft.args, draft[TEXT]))
END = end(noted, ways_on)

FORMS = (
    Form(
        "note",
        1,
        line("A note"),
        (TEXT, NOTED, END),
        brief=about(lambda number: line("Note on No. {number}", number=number)),
    ),
)
