"""Add words, photos or files to a message that is still open."""

from __future__ import annotations

from typing import Any

from core.appeals.types import DOCUMENTS_MOST, NOTE_MOST, PHOTOS_MOST, Act, AddToAppeal, ShowAppeal
from core.lines import BLANK, Text, line, literal
from core.talk import Button
from dialogs.cards import first_words, going_on, only_where, opened, unless_empty
from dialogs.engine import Form
from dialogs.session import Draft, Here, Step
from dialogs.steps import act, consent, documents, end, gathered, words
from dialogs.views import launch
from dialogs.wording import files_words, grouped

MINE = Button("my:0", line("My messages"))


def ask(here: Here[str]) -> Text:
    return (
        line("What is to be added to No. {number}?", number=grouped(here.draft.args)),
        line("Write it here. You can send photos and files too."),
    )


def preview(here: Here[bool]) -> Text:
    draft = here.draft
    return (
        line("This will be added to No. {number}:", number=grouped(draft.args)),
        BLANK,
        *((literal(draft[TEXT]),) if draft[TEXT] else ()),
        *files_words(draft[PHOTOS], draft[DOCUMENTS]),
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
PHOTOS: Step[tuple[str, ...]] = gathered("photos", PHOTOS_MOST)
DOCUMENTS: Step[tuple[str, ...]] = documents("documents", DOCUMENTS_MOST)
CHECK = going_on(
    unless_empty(
        consent(
            "check",
            preview,
            line("Add it"),
            changes=((line("the words"), TEXT), (line("the photos"), PHOTOS), (line("the files"), DOCUMENTS)),
            photos=lambda draft: draft[PHOTOS],
        ),
        PHOTOS,
        DOCUMENTS,
    ),
    TEXT,
)
ADDED: Step[Any] = act("added", str, command)
END = end(thanks, ways_on)
STEPS = (TEXT, PHOTOS, DOCUMENTS, CHECK, ADDED, END)
FORMS = (Form("add", 1, line("An addition"), STEPS, catch=(PHOTOS, DOCUMENTS), brief=first_words(TEXT)),)
