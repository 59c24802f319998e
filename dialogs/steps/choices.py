"""Steps that are answered by pressing: one option, or several. An option is kept as its key and its Line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from core.lines import Line, line, lines
from core.talk import Button, Held, Message, Press, Refused, Said, Screen, Sought, Took
from dialogs import reads
from dialogs.keys import PAGE
from dialogs.session import WORDS, Here, Step
from dialogs.steps.asks import Ask, asked

Options = Callable[[Here[Any]], Sequence[Button]]
DONE = "done"
ROWS = 7


def choice(
    id: str,
    ask: Ask,
    options: Options,
    page: int = ROWS,
    more: Options | None = None,
    *,
    search: bool = False,
    **rest: Any,
) -> Step[Button]:
    """One of the options, `page` of them on a screen. With `more`, the options are the likely ones, and «All subjects…»
    opens the whole list; with `search`, typed words narrow them down. A given one gets its label from them. The label
    is kept as JSON, which would turn a date among its arguments into plain digits."""
    choose = line("Please choose one of the buttons.")

    def offered(here: Here[Button]) -> list[Button]:
        return [*options(here), *(more(here) if more else ())]

    def show(here: Here[Button]) -> Screen:
        if here.sought:
            return Screen(asked(ask, here), _paged([], reads.fitting(here.sought, offered(here)), page, here.page))
        likely = [list(options(here))] if more else []
        return Screen(asked(ask, here), _paged(likely, list((more or options)(here)), page, here.page))

    def read(said: Said, here: Here[Button]) -> Took | Refused:
        picked = next((b for b in offered(here) if isinstance(said, Press) and b.key == said.key), None)
        if picked:
            return Took({id: picked})
        return sought(said.text, here) if search and isinstance(said, Message) else Refused(choose)

    def sought(words: str, here: Here[Button]) -> Took | Refused:
        fits = reads.fitting(words, offered(here))
        if len(fits) == 1:
            return Took({id: fits[0]})
        if fits:
            return Sought(line("These fit your words. Please choose one, or write more of its name."), words)
        return Refused(line("Nothing here is called so. Please press a button, or write a part of its name."))

    def check(value: Button, here: Here[Button]) -> Line | None:
        known = value.key in [b.key for b in offered(here)]
        return None if known else line("«{option}» is not offered here. Please choose again.", option=value.label)

    def known(value: Button, here: Here[Button]) -> Button:
        return next((b for b in offered(here) if b.key == value.key), value)

    seeks = {"seeks": True, "takes": WORDS} if search else {}
    more_of_it = {"known": known, **seeks, **rest}
    return Step(id, Button, show, read, check=check, say=lambda value: value.label, **more_of_it)


def _paged(likely: list[list[Button]], every: list[Button], size: int, at: int) -> tuple[Button, ...]:
    """The page and the ways to its neighbours. The likely ones, if there are any, are a first page of their own."""
    first = [page for page in likely if page]
    pages = [*first, *(every[i : i + size] for i in range(0, len(every), size))] or [[]]
    at = at if at < len(pages) else 0
    onward = line("All subjects…") if first and at == 0 else line("More options")
    back = [Button(f"{PAGE}{at - 1}", line("Previous options"))] if at else []
    on = [Button(f"{PAGE}{at + 1}", onward)] if at + 1 < len(pages) else []
    return (*pages[at], *back, *on)


def ticks(
    id: str,
    ask: Ask,
    options: Options,
    least: int = 0,
    most: int = 99,
    **more: Any,
) -> Step[tuple[Button, ...]]:
    """Some of the options, ticked one by one, then «Done»."""

    def own(here: Here[tuple[Button, ...]]) -> list[str]:
        return [b.key for b in here.own or ()]

    def show(here: Here[tuple[Button, ...]]) -> Screen:
        ticked = own(here)
        rows = (Button(b.key, line("✓ {option}", option=b.label)) if b.key in ticked else b for b in options(here))
        return Screen(asked(ask, here), (*rows, Button(DONE, line("Done"))))

    def read(said: Said, here: Here[tuple[Button, ...]]) -> Took | Refused:
        if not isinstance(said, Press):
            return Refused(line("Please tick the buttons, then press «{button}».", button=line("Done")))
        ticked = set(own(here)) if said.key == DONE else set(own(here)) ^ {said.key}
        value = tuple(b for b in options(here) if b.key in ticked)
        if len(value) > most:
            return Refused(line("At most {most}: please untick one first.", most=most))
        return Took({id: value if said.key == DONE else Held(value)})

    def check(value: tuple[Button, ...], here: Here[tuple[Button, ...]]) -> Line | None:
        offered = [b.key for b in options(here)]
        if any(b.key not in offered for b in value):
            return line("Not everything that you ticked is still offered. Please look again.")
        if len(value) < least:
            return lines("Please tick at least {n}.", "Please tick at least {n}.", least)
        return None if len(value) <= most else line("At most {most}: please untick one first.", most=most)

    return Step(id, tuple[Button, ...], show, read, check=check, say=_listed, **more)


def _listed(value: tuple[Button, ...]) -> Line:
    labels = [b.label for b in value]
    return (
        reduce(lambda so_far, label: line("{some}, {next}", some=so_far, next=label), labels)
        if labels
        else line("nothing")
    )
