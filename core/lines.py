"""What we say, before it has a language: a msgid with arguments. How it becomes words is in `core.speech`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

LANGUAGES = ("ru", "en")
"""The first one is spoken where we do not know better."""


@dataclass(frozen=True, slots=True)
class Line:
    """`msgid` is an English sentence with {names}; with `plural` and `n` it is counted. An empty msgid holds ready
    words by language in `args` ("*": the same in every language): names from data, and what people typed."""

    msgid: str
    args: Mapping[str, str | int | datetime | date | Line] = field(default_factory=dict)
    n: int | None = None
    plural: str = ""


Text = tuple[Line, ...]
"""Paragraphs, each on a line of its own."""


def line(msgid: str, /, **args: str | int | datetime | date | Line) -> Line:
    return Line(msgid, args)


def lines(singular: str, plural: str, n: int, /, **args: str | int | datetime | date | Line) -> Line:
    """Counted: {n} stands for the number."""
    return Line(singular, {"n": n, **args}, n, plural)


def literal(words: str) -> Line:
    """Words that are shown as they are: nothing in them is a placeholder, a link or markup."""
    return Line("", {"*": words})


def named(names: Mapping[str, str]) -> Line:
    """A name that comes from data in several languages; Russian where the wanted one is missing."""
    return Line("", names)


BLANK = literal("")
