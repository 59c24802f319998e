"""Add words, photos or files to a message that is still open."""

from __future__ import annotations

from typing import Any

from core.appeals.types import NOTE_MOST, Act, AddToAppeal, ShowAppeal
from core.lines import Text, line
from core.talk import Button
from dialogs.additions import DOCUMENTS, PHOTOS, checked
from dialogs.cards import first_words, only_where, opened
from dialogs.engine import Form
from dialogs.session import Draft, Here, Step
from dialogs.steps import act, end, words
from dialogs.views import launch
from dialogs.wording import grouped

MINE = Button("my:0", line("My messages"))


def ask(here: Here[str]) -> Text:
    return (
        line("What is to be added to No. {number}?", number=grouped(here.draft.args)),
        line("Write it here. You can send photos and files too."),
    )


def command(draft: Draft) -> AddToAppeal:
    return AddToAppeal(draft.args, draft[TEXT], draft[PHOTOS], draft[DOCUMENTS])


def thanks(here: Here[None]) -> Text:
    number = grouped(here.draft.args)
    return (line("Thank you! It is added to No. {number}: whoever works on it sees it.", number=number),)


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (opened(here.draft[ADDED]), MINE)


TEXT = only_where(
    words("text", ask, most=NOTE_MOST, skip=line("Only photos or files"), needs=lambda draft: ShowAppeal(draft.args)),
    Act.ADD,
    lambda number: line("Nothing can be added to No. {number} any more. You can write a new message.", number=number),
    launch("appeal", "", line("New message")),
)
CHECK = checked(TEXT, lambda number: line("This will be added to No. {number}:", number=number), line("Add it"))
ADDED: Step[Any] = act("added", str, command)
END = end(thanks, ways_on)
STEPS = (TEXT, PHOTOS, DOCUMENTS, CHECK, ADDED, END)
FORMS = (Form("add", 1, line("An addition"), STEPS, catch=(PHOTOS, DOCUMENTS), brief=first_words(TEXT), adds=TEXT),)
