"""Find an organization among all of them: a part of its name, then one of those that fit. Other forms ask it; one about
a message opens it with the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.authorities.types import AuthorityRow, FindAuthorities
from core.lines import Line, line, literal, named
from core.talk import Button, Message, Press, Refused, Said, Screen, Took
from dialogs.cards import way_back
from dialogs.engine import Form
from dialogs.session import Draft, Here, Step
from dialogs.steps import choice, end, words

EVERY = "every"
SHOW_ALL = line("Show all")
PAGE = 6
MOST = 40
"""More than anybody wants to page through: better to narrow the words."""


def ask(here: Here[Any]) -> Line:
    rows: Sequence[AuthorityRow] = here.facts
    if not rows:
        return line(
            "No organization has «{words}» in its name. Please write another part of it.",
            words=literal(here.draft[WORDS]),
        )
    if len(rows) > MOST:
        return line("There are more than {n}. If it is not among these, write more of the name.", n=MOST)
    return line("Which of these organizations? You can also write another name.")


def sought_again(step: Step[Button]) -> Step[Button]:
    """Words are no choice: they look for another name. Where nothing has it, all can be looked through."""

    def show(here: Here[Button]) -> Screen:
        screen = step.show(here)
        return screen if here.facts else replace(screen, buttons=(*screen.buttons, Button(EVERY, SHOW_ALL)))

    def read(said: Said, here: Here[Any]) -> Took | Refused:
        if isinstance(said, Press) and not here.facts:
            return Took({WORDS.id: ""})
        if isinstance(said, Message) and said.text.strip():
            return Took({WORDS.id: said.text.strip()})
        return step.read(said, here) if step.read else Refused(line("Please choose one of the buttons."))

    return replace(step, show=show, read=read)


def options(here: Here[Any]) -> list[Button]:
    return [Button(row.code, named(row.name)) for row in here.facts[:MOST]]


WORDS = way_back(
    words(
        "words",
        line("Which organization? Write a part of its name."),
        least=2,
        most=100,
        skip=SHOW_ALL,
    )
)
WHICH = sought_again(
    choice("which", ask, options, page=PAGE, needs=lambda draft: FindAuthorities(draft[WORDS], 0, MOST))
)
END = end(line("Thank you."))


def value(draft: Draft) -> Button:
    return draft[WHICH]


FORMS = (Form("pick", 1, line("Find an organization"), (WORDS, WHICH, END), value=value),)
