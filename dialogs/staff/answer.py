"""Answer a message: it is taken at once, then the words or a ready answer, a look at what the author will read, and it
is sent. A step that only sees why there is nothing to answer leads on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.appeals.types import TEXT_LEAST, TEXT_MOST, AnswerAppeal, AnswerSheet, ShowSheet, TakeAppeal
from core.lines import BLANK, LANGUAGES, Text, line, literal, named
from core.talk import Button, Press, Refused, Said, Screen, Took
from dialogs.cards import first_words, opened, there
from dialogs.engine import Form
from dialogs.session import Draft, Here, Step
from dialogs.steps import act, consent, end, words
from dialogs.wording import grouped, quoted

TEMPLATES_MOST = 5
READY = "ready."
"""And the code of a template."""
NEW = Button("queue:new", line("New messages"))


def not_taken(here: Here[Any]) -> Screen:
    """Core says why in the note."""
    text = (line("There is nothing to answer in No. {number} now.", number=grouped(here.draft.args)),)
    return Screen(text, (*there(here.draft.args), NEW), over=True)


def ask(here: Here[str]) -> Text:
    sheet: AnswerSheet = here.facts
    number = grouped(here.draft.args)
    return (
        line("Please write the answer to No. {number}. The author will read it as it is.", number=number),
        *((line("Or choose a ready answer; you can change it before it is sent."),) if sheet.templates else ()),
        *((BLANK, quoted(sheet.card.text)) if sheet.card else ()),
    )


def with_templates(step: Step[str]) -> Step[str]:
    """A ready answer is in the first language: it goes out as it is."""

    def show(here: Here[str]) -> Screen:
        sheet: AnswerSheet = here.facts
        ready = (Button(f"{READY}{one.code}", named(one.name)) for one in sheet.templates[:TEMPLATES_MOST])
        screen = step.show(here)
        return replace(screen, buttons=(*ready, *screen.buttons), photos=sheet.card.photos if sheet.card else ())

    def read(said: Said, here: Here[str]) -> Took | Refused:
        if not isinstance(said, Press):
            return step.read(said, here) if step.read else Refused(line("Please answer in words."))
        chosen = next((one for one in here.facts.templates if said.key == f"{READY}{one.code}"), None)
        if chosen is None:
            return Refused(line("This ready answer is not there any more. Please choose another or write in words."))
        return Took({step.id: chosen.text[LANGUAGES[0]]})

    return replace(step, show=show, read=read)


def preview(here: Here[bool]) -> Text:
    return (
        line("This is what the author of No. {number} will read:", number=grouped(here.draft.args)),
        BLANK,
        literal(here.draft[TEXT]),
    )


def command(draft: Draft) -> AnswerAppeal:
    return AnswerAppeal(draft.args, draft[TEXT])


def sent(here: Here[None]) -> Text:
    return (
        line("The answer to No. {number} is sent.", number=grouped(here.draft[SENT])),
        line("The author can rate it now: you will see the rating on the card."),
    )


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (Button("queue:new", line("Next in the queue")), opened(here.draft[SENT]), Button("desk:", line("My desk")))


TAKEN = replace(act("taken", str, lambda draft: TakeAppeal(draft.args)), show=not_taken)
TEXT = with_templates(
    words("text", ask, least=TEXT_LEAST, most=TEXT_MOST, needs=lambda draft: ShowSheet(draft.args)),
)
CHECK = consent("check", preview, line("Send"), changes=((line("the answer"), TEXT),))
SENT = act("sent", str, command)
END = end(sent, ways_on)

FORMS = (Form("answer", 2, line("An answer"), (TAKEN, TEXT, CHECK, SENT, END), brief=first_words(TEXT)),)
