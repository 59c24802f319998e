"""Steps that are answered in words: a text, a number, a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from core.lines import Line, line, lines, literal
from core.talk import Button, Message, Press, Refused, Said, Screen, Took
from dialogs import reads
from dialogs.session import WORDS, Here, Step
from dialogs.steps.asks import Ask, Check, anything, asked, both

T = TypeVar("T")
SKIP = "skip"
TEXT_MOST = 4000


def answer(id: str, kind: type[T], ask: Ask, parse: Callable[[str], T | Refused], **more: Any) -> Step[T]:
    """Words, turned into a value."""

    def read(said: Said, here: Here[T]) -> Took | Refused:
        value = parse(said.text if isinstance(said, Message) else "")
        return value if isinstance(value, Refused) else Took({id: value})

    return Step(id, kind, lambda here: Screen(asked(ask, here)), read, takes=WORDS, **more)


def words(
    id: str,
    ask: Ask,
    least: int = 1,
    most: int = TEXT_MOST,
    skip: Line | None = None,
    check: Check[str] = anything,
    **more: Any,
) -> Step[str]:
    """A text of `least` to `most` characters; with `skip`, a button that leaves it empty."""
    ways = () if skip is None else (Button(SKIP, skip),)

    def read(said: Said, here: Here[str]) -> Took | Refused:
        if isinstance(said, Press):
            return Took({id: ""}) if skip is not None else Refused(line("Please answer in words."))
        value = reads.words(said.text)
        return value if isinstance(value, Refused) else Took({id: value})

    def length(value: str, here: Here[str]) -> Line | None:
        skipped = skip is not None and value == ""
        return None if skipped else _length(len(value), least, most)

    return Step(
        id,
        str,
        lambda here: Screen(asked(ask, here), ways),
        read,
        check=both(length, check),
        say=_text,
        takes=WORDS,
        **more,
    )


def _length(n: int, least: int, most: int) -> Line | None:
    if n < least:
        return lines(
            "Only {n} character: please write at least {least}.",
            "Only {n} characters: please write at least {least}.",
            n,
            least=least,
        )
    if n > most:
        return lines(
            "{n} character, but {most} at most: please send it shorter.",
            "{n} characters, but {most} at most: please send it shorter.",
            n,
            most=most,
        )
    return None


def _text(value: str) -> Line:
    return literal(value) if value else line("nothing")


def number(
    id: str,
    ask: Ask,
    least: int,
    most: int,
    check: Check[int] = anything,
    **more: Any,
) -> Step[int]:
    def size(value: int, here: Here[int]) -> Line | None:
        return (
            None
            if least <= value <= most
            else line("Please write a number from {least} to {most}.", least=least, most=most)
        )

    return answer(id, int, ask, reads.whole_number, check=both(size, check), **more)


def day(id: str, ask: Ask, **more: Any) -> Step[date]:
    return answer(id, date, ask, reads.day, say=lambda value: Line("", {"*": value}), **more)
