"""Answer a message: it is taken at once, then the words or a ready answer, a look at what the author will read, and it
is sent. A ready answer with words in brackets waits until they have been replaced."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from core.appeals.types import TEXT_LEAST, TEXT_MOST, AnswerAppeal, AnswerSheet, ShowSheet, TakeAppeal
from core.authorities.types import Template
from core.lines import BLANK, LANGUAGES, Line, Text, line, literal, named
from core.talk import Button, Held, Press, Refused, Said, Screen, Took
from dialogs.cards import about, opened, there, way_back
from dialogs.engine import Form
from dialogs.session import Draft, Here, Step
from dialogs.steps import act, consent, end, words
from dialogs.wording import grouped, quoted

TEMPLATES_MOST = 5
READY = "ready."
"""And the code of a template."""
HOLE = re.compile(r"\[[^\]\n]+\]")
"""What the official is to say in their own words: «[when]»."""
NEW = Button("queue:new", line("New messages"))


def ready_text(template: Template) -> str:
    """In the first language: it goes out as it is."""
    return template.text[LANGUAGES[0]]


def left_open(text: str, here: Here[str]) -> Line | None:
    """Only what a ready answer leaves open: brackets of their own are words like all others."""
    sheet: AnswerSheet = here.facts
    theirs = {hole for one in sheet.templates for hole in HOLE.findall(ready_text(one))}
    left = ", ".join(dict.fromkeys(hole for hole in HOLE.findall(text) if hole in theirs))
    return line("Please replace the words in brackets: {what}.", what=literal(left)) if left else None


def not_taken(here: Here[Any]) -> Screen:
    """Core says why in the note."""
    text = (line("There is nothing to answer in No. {number} now.", number=grouped(here.draft.args)),)
    return Screen(text, (*there(here.draft.args), NEW), over=True)


def ask(here: Here[str]) -> Text:
    sheet: AnswerSheet = here.facts
    number = grouped(here.draft.args)
    if here.own and left_open(here.own, here):
        return (
            line("Copy this, put your own words for those in brackets, and send it here:"),
            BLANK,
            literal(here.own),
        )
    return (
        line("Please write the answer to No. {number}. The author will read it as it is.", number=number),
        *((line("Or choose a ready answer; you can change it before it is sent."),) if sheet.templates else ()),
        *((BLANK, quoted(sheet.card.text)) if sheet.card else ()),
    )


def with_templates(step: Step[str]) -> Step[str]:
    """One that leaves something open is no answer yet. It is shown, so that it can be copied: what stands in a field
    to be changed is nothing that people can have in a messenger."""

    def show(here: Here[str]) -> Screen:
        sheet: AnswerSheet = here.facts
        ready = (Button(f"{READY}{one.code}", named(one.name)) for one in sheet.templates[:TEMPLATES_MOST])
        screen = step.show(here)
        return replace(screen, buttons=(*ready, *screen.buttons))

    def typed(said: Said, here: Here[str]) -> Took | Refused:
        return step.read(said, here) if step.read else Refused(line("Please answer in words."))

    def read(said: Said, here: Here[str]) -> Took | Refused:
        if not isinstance(said, Press):
            to_do = left_open(said.text, here)
            return Refused(to_do) if to_do else typed(said, here)
        chosen = next((one for one in here.facts.templates if said.key == f"{READY}{one.code}"), None)
        if chosen is None:
            return Refused(line("This ready answer is not there any more. Please choose another or write in words."))
        text = ready_text(chosen)
        to_do = left_open(text, here)
        return Took({step.id: Held(text) if to_do else text}, to_do)

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
TEXT = way_back(
    with_templates(
        words(
            "text", ask, least=TEXT_LEAST, most=TEXT_MOST, check=left_open, needs=lambda draft: ShowSheet(draft.args)
        ),
    )
)
CHECK = consent("check", preview, line("Send"), changes=((line("the answer"), TEXT),))
SENT = act("sent", str, command)
END = end(sent, ways_on)

FORMS = (
    Form(
        "answer",
        2,
        line("An answer"),
        (TAKEN, TEXT, CHECK, SENT, END),
        brief=about(lambda number: line("Answer No. {number}", number=number)),
    ),
)
