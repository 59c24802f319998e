"""Enter with a single-use link («enter:TOKEN»): it says who enters and where, and only the press spends it, for
anybody may have sent the link."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.authorities.types import EnterDesk, EntryCard, ShowEntry
from core.lines import Text, line, literal, named
from core.talk import Button, Screen
from dialogs.engine import Form
from dialogs.session import Draft, Here, Step
from dialogs.steps import act, choice, end

ENTER, NOT_ME = "enter", "no"


def ask(here: Here[Button]) -> Text:
    card: EntryCard = here.facts
    who = line("You enter as {name}, {authority}.", name=literal(card.name), authority=named(card.authority))
    return (who, line("Is that you? Whatever is done here will be done in this name."))


def options(here: Here[Any]) -> tuple[Button, ...]:
    return (Button(ENTER, line("Enter"), main=True), Button(NOT_ME, line("It is not me")))


def if_it_opens(step: Step[Button]) -> Step[Button]:
    def show(here: Here[Button]) -> Screen:
        if here.facts is not None:
            return step.show(here)
        return Screen(
            (
                line("This link opens nothing now: it has been used, or is older than a day."),
                line("Please ask your administrator for a new one."),
            ),
            over=True,
        )

    return replace(step, show=show)


def enters(draft: Draft) -> bool:
    return draft[WHO].key == ENTER


def welcome(here: Here[None]) -> Text:
    if not enters(here.draft):
        return (
            line("Nothing has been opened: the link is for somebody else."),
            line("Please tell your administrator that it has come to you."),
        )
    card: EntryCard = here.draft[ENTERED]
    return (
        line("Hello, {name}! This chat is your desk now.", name=literal(card.name)),
        line("New messages will be announced here. To leave, send /leave."),
    )


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (Button("desk:", line("My desk"), main=True),) if enters(here.draft) else ()


WHO = if_it_opens(choice("who", ask, options, needs=lambda draft: ShowEntry(draft.args), fresh=True))
ENTERED: Step[Any] = act("entered", EntryCard, lambda draft: EnterDesk(draft.args), when=enters)
FORMS = (Form("enter", 1, line("Enter"), (WHO, ENTERED, end(welcome, ways_on))),)
