"""Words that came while a message of theirs is open: do they belong to it, or are they a new one? What was said is kept
until that is known; a new message begins with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.appeals.types import DOCUMENTS_MOST, PHOTOS_MOST, TEXT_MOST, AddToAppeal, AppealRow, OpenMatters, Status
from core.lines import BLANK, Line, Text, line, literal
from core.talk import Button, Message, Press, Refused, Said, Screen, Took
from core.text import shortened
from dialogs.engine import Form
from dialogs.session import Draft, Here, Step
from dialogs.steps import act, choice, end
from dialogs.views import launch
from dialogs.wording import files_words, grouped, place_words

BRIEF = 24
FULL = line("That is more than one message holds. Please choose where this belongs, then send the rest.")
SHOWN = 200
"""Characters of what was said, so that people see what they decide about."""


def read(said: Said, here: Here[Message]) -> Took | Refused:
    """All of it that can be sent. More that comes while we ask is put to it."""
    if isinstance(said, Press):
        return Refused(line("Please write what happened."))
    whole = together(here.own or Message(key=said.key), said)
    return Took({SAID.id: whole}) if whole != Message(key=whole.key) else Refused(line("Please write what happened."))


def together(old: Message, new: Message) -> Message:
    """Without voice and contact, which cannot be passed on: the notes of the engine say so."""
    return Message(
        "\n".join(words for words in (old.text, new.text) if words),
        (*old.photos, *new.photos),
        new.place or old.place,
        (*old.documents, *new.documents),
        key=old.key,
    )


def fits(said: Message) -> bool:
    """Into one message, new or added to."""
    return len(said.text) <= TEXT_MOST and len(said.photos) <= PHOTOS_MOST and len(said.documents) <= DOCUMENTS_MOST


def asked(here: Here[Button]) -> Text:
    said = here.draft[SAID]
    return (
        line("Where does this belong?"),
        BLANK,
        *((literal(shortened(said.text, SHOWN)),) if said.text else ()),
        *((place_words(said.place),) if said.place else ()),
        *files_words(said.photos, said.documents),
    )


def options(here: Here[Any]) -> list[Button]:
    rows: Sequence[AppealRow] = here.facts
    return [Button(row.number, label(row)) for row in rows]


def label(row: AppealRow) -> Line:
    if row.status is Status.CLARIFY:
        return line("Reply on No. {number}", number=grouped(row.number))
    return line("Add to No. {number}", number=grouped(row.number))


def show_where(here: Here[Button]) -> Screen:
    screen = WHICH.show(here)
    return Screen(screen.text, (*screen.buttons, launch("appeal", "", line("New message"))))


def read_where(said: Said, here: Here[Button]) -> Took | Refused:
    """Words are no answer here: they go on with what was said."""
    if isinstance(said, Message) and (said.text or said.photos or said.documents or said.place):
        whole = together(here.draft[SAID], said)
        return Took({SAID.id: whole}, line("This is added to what you wrote.")) if fits(whole) else Refused(FULL)
    return WHICH.read(said, here) if WHICH.read else Refused(line("Please choose one of the buttons."))


def command(draft: Draft) -> AddToAppeal:
    said = draft[SAID]
    return AddToAppeal(draft[WHERE].key, words_of(said), said.photos, said.documents)


def words_of(said: Message) -> str:
    """An appeal has one place; a later one is told in words."""
    if said.place is None or said.place.lat is None or said.place.lon is None:
        return said.text
    return "\n".join(part for part in (said.text, f"{said.place.lat:z.5f}, {said.place.lon:z.5f}") if part)


def brief(draft: Draft) -> Line | None:
    said = draft.get(SAID)
    return literal(shortened(said.text, BRIEF)) if said and said.text else None


def thanks(here: Here[None]) -> Text:
    number = grouped(here.draft[ADDED])
    return (line("Thank you! It is added to No. {number}: whoever works on it sees it.", number=number),)


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (Button(f"card:{here.draft[ADDED]}", line("Open the message")), Button("my:0", line("My messages")))


SAID: Step[Message] = Step(
    "said",
    Message,
    lambda here: Screen((line("Please write what happened."),)),
    read,
    takes=frozenset({"text", "photos", "place", "documents"}),
)
WHICH = choice("where", asked, options, needs=lambda draft: OpenMatters())
WHERE: Step[Button] = Step(
    "where",
    Button,
    show_where,
    read_where,
    check=WHICH.check,
    needs=WHICH.needs,
    say=WHICH.say,
    takes=frozenset({"photos", "place", "documents"}),
)
ADDED: Step[str] = act("added", str, command)
END = end(thanks, ways_on)
FORMS = (Form("more", 1, line("An addition"), (SAID, WHERE, ADDED, END), brief=brief),)
