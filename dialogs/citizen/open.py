"""Open a message by its personal link («open:NUMBER.CODE»): only after a press, for anybody may have sent the link."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.appeals.types import OpenByCode, ShowAppeal
from core.lines import Text, line
from core.talk import Button, Screen
from dialogs.engine import Form
from dialogs.session import Draft, Here, Step
from dialogs.steps import act, consent, end
from dialogs.views import launch
from dialogs.wording import grouped


def number_of(args: str) -> str:
    return args.partition(".")[0]


def ask(here: Here[bool]) -> Text:
    number = grouped(number_of(here.draft.args))
    return (
        line("Open the message No. {number} here?", number=number),
        line("It will stand among your messages, and what happens with it will be told in this chat too."),
    )


def unless_theirs(step: Step[bool]) -> Step[bool]:
    def show(here: Here[bool]) -> Screen:
        if here.facts is None:
            return step.show(here)
        number = number_of(here.draft.args)
        there = line("No. {number} stands among your messages.", number=grouped(number))
        return Screen((there,), (Button(f"card:{number}", line("Open the message")),), over=True)

    return replace(step, show=show)


def opened(here: Here[None]) -> Text:
    if here.draft[OPENED] is None:
        return (line("This link does not open a message. Please check that all of it was copied."),)
    return (line("No. {number} stands among your messages now.", number=grouped(here.draft[OPENED])),)


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    if here.draft[OPENED] is None:
        return (launch("find", "", line("Find by number and code")), Button("menu:", line("Menu")))
    return (Button(f"card:{here.draft[OPENED]}", line("Open the message")), Button("my:0", line("My messages")))


def command(draft: Draft) -> OpenByCode:
    number, _, code = draft.args.partition(".")
    return OpenByCode(number, code)


CHECK = unless_theirs(
    consent("check", ask, line("Open it"), needs=lambda draft: ShowAppeal(number_of(draft.args))),
)
OPENED: Any = act("opened", str | None, command)  # type: ignore[arg-type]
END = end(opened, ways_on)
FORMS = (Form("open", 1, line("Open a message"), (CHECK, OPENED, END)),)
