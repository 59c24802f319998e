"""A category and a territory that were chosen before a form is opened with them, as its arguments: «roads.45701000».
Whether they are there is for the lists to say; anything else is ignored."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from core.lines import literal
from core.talk import Button
from dialogs.session import Here, Step

_UNNAMED = literal("")
_BOTH = re.compile(r"([a-z0-9][a-z0-9_.]{0,31})\.([0-9]{8}|[0-9]{11})")


def chosen(category: str, territory: str) -> str:
    return f"{category}.{territory}"


def category_of(args: str) -> Button | None:
    return _part(args, 1)


def territory_of(args: str) -> Button | None:
    return _part(args, 2)


def chosen_before(step: Step[Button], part: Callable[[str], Button | None]) -> Step[Button]:
    """The choice with an answer from the arguments of its form, if it offers that."""

    def known(value: Button, here: Here[Button]) -> Button | None:
        there = step.known(value, here)
        return None if there is None or there.label == _UNNAMED else there

    return replace(step, given=part, known=known)


def _part(args: str, nth: int) -> Button | None:
    both = _BOTH.fullmatch(args)
    return Button(both[nth], _UNNAMED) if both else None
