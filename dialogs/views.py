"""A view shows what is true now. It has no session: its buttons, `name:args`, hold all it knows and never go stale."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from core.lines import Line, line
from core.talk import BUTTON_BYTES, Button, Load, Loaded, Over, Press, Screen

R = TypeVar("R")
PAGE = 7


@dataclass(frozen=True)
class View:
    """`needs` is run for the person who presses: core answers only what they may see. Anybody can send any args, so
    that all functions take every string. `watch` names the object, such as «appeal:NUMBER», whose changes its message
    is to follow; empty: none."""

    name: str
    show: Callable[[str, Any], Screen]
    needs: Callable[[str], object | None] = lambda args: None
    watch: Callable[[str], str] = lambda args: ""

    def button(self, args: str | int, label: Line) -> Button:
        return Button(f"{self.name}:{args}", label)


def launch(form: str, args: str | int, label: Line, *, main: bool = False) -> Button:
    """Opens the form of this name; views and forms share one namespace."""
    return Button(f"{form}:{args}", label, main=main)


def look(views: Mapping[str, View], event: Press | Loaded) -> Screen | Load | Over:
    """Over: no view has this button, so it is for somebody else."""
    press = event.then if isinstance(event, Loaded) else event
    name, _, args = press.key.partition(":") if isinstance(press, Press) else ("", "", "")
    if name not in views or len(f"{name}:{args}".encode()) > BUTTON_BYTES:
        return Over()
    view, query = views[name], views[name].needs(args)
    if query is None:
        return view.show(args, None)
    if not isinstance(event, Loaded) or event.query != query:
        return Load(query, press)
    return view.show(args, event.facts)


def start_of(args: str) -> int:
    """The row that a page begins with; anybody can send any args."""
    return int(args) if args.isascii() and args.isdecimal() and len(args) < 7 else 0


def page(
    view: View,
    args: str,
    rows: Sequence[R],
    row: Callable[[R], Button],
    within: str = "",
) -> tuple[Button, ...]:
    """Seven rows and the ways to the neighbours; `rows` holds one more if there is a next page. `args` is the start;
    `within` goes before it in the keys (a pile, a filter)."""
    start = start_of(args)
    before = [view.button(f"{within}{max(0, start - PAGE)}", line("Earlier in the list"))] if start else []
    after = [view.button(f"{within}{start + PAGE}", line("Further in the list"))] if len(rows) > PAGE else []
    return (*map(row, rows[:PAGE]), *before, *after)
