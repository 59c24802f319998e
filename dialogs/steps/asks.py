"""What all ready-made steps share: how a question is put, and how a check of theirs goes with one of the dialog."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from core.lines import Line, Text
from dialogs.session import Here

T = TypeVar("T")
Check = Callable[[T, Here[T]], Line | None]
Ask = Line | Text | Callable[[Here[Any]], Line | Text]


def asked(ask: Ask, here: Here[Any]) -> Text:
    text = ask(here) if callable(ask) else ask
    return (text,) if isinstance(text, Line) else text


def both(ours: Check[T], theirs: Check[T]) -> Check[T]:
    return lambda value, here: ours(value, here) or theirs(value, here)


def anything(value: object, here: Here[Any]) -> Line | None:
    return None
