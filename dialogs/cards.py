"""What many dialogs about one message share: they begin only where their end is possible. It decides nothing: core has
said in the card what the one who asks may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from core.appeals.types import Act, AppealCard
from core.lines import Line, line, literal
from core.talk import Button, Screen
from core.text import shortened
from dialogs.keys import CHANGE
from dialogs.session import Draft, Here, Step
from dialogs.wording import grouped

T = TypeVar("T")
BACK = line("Back to the message")
BUTTONS = 10
"""Of a screen."""
BRIEF = 24
"""Characters of the first words, on a button that goes on with them."""


def opened(number: str) -> Button:
    return Button(f"card:{number}", line("Open the message"))


def there(number: str) -> tuple[Button, ...]:
    """The way to its card, where that is a number at all: anybody can open a form with anything."""
    return (opened(number),) if grouped(number) != number else ()


def way_back(step: Step[T]) -> Step[T]:
    """`step` with a way to the message that its form was opened with, for whoever has changed their mind at once: where
    there is room for it, beside the way home and one to leave an answer as it is."""

    def show(here: Here[T]) -> Screen:
        screen = step.show(here)
        room = len(screen.buttons) + (1 if here.own is None else 2) < BUTTONS
        ways = there(here.draft.args) if room and not screen.over else ()
        return replace(screen, buttons=(*screen.buttons, *(replace(way, label=BACK) for way in ways)))

    return replace(step, show=show)


def about(label: Callable[[str], Line]) -> Callable[[Draft], Line | None]:
    """The brief of a form by the number of its message."""

    def brief(draft: Draft) -> Line | None:
        return label(grouped(draft.args)) if there(draft.args) else None

    return brief


def only_where(step: Step[T], act: Act, sorry: Callable[[str], Line], *ways: Button) -> Step[T]:
    """`step` needs the card of the message that its form was opened with. Where `act` is not possible (any more) it
    says so and leads on; the form ends there, unless something was typed that would be lost."""

    def show(here: Here[T]) -> Screen:
        card: AppealCard | None = here.facts
        if card is not None and act in card.may:
            return step.show(here)
        number = here.draft.args
        return Screen((sorry(grouped(number)),), (*there(number), *ways), over=here.own is None)

    return replace(step, show=show)


def unless_empty(step: Step[T], *beside: Step[tuple[str, ...]]) -> Step[T]:
    """A check without ways to change what nobody has sent: nobody is asked for it either."""

    def show(here: Here[T]) -> Screen:
        screen = step.show(here)
        empty = {f"{CHANGE}{each.id}" for each in beside if not here.draft.get(each)}
        return replace(screen, buttons=tuple(b for b in screen.buttons if b.key not in empty))

    return replace(step, show=show)


def or_else(step: Step[T], way: Callable[[Draft], Button]) -> Step[T]:
    """`step` with one more button at its end, for those who change their mind."""

    def show(here: Here[T]) -> Screen:
        screen = step.show(here)
        return replace(screen, buttons=(*screen.buttons, way(here.draft)))

    return replace(step, show=show)


def first_words(step: Step[str]) -> Callable[[Draft], Line | None]:
    """The brief of a form whose words are in `step`."""

    def brief(draft: Draft) -> Line | None:
        text = draft.get(step)
        return literal(shortened(text, BRIEF)) if text else None

    return brief
