"""What a check has found, and how a terminal says it. Whatever comes from outside is tidied before it is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

LONGEST = 200
_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


class Mark(Enum):
    GOOD = "✓"
    LOOK = "!"
    """It works, or cannot be asked: a person should have a look."""
    BAD = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """`press`: what to do about it and where."""

    mark: Mark
    said: str
    press: str = ""

    def __str__(self) -> str:
        return f"{self.mark.value} {self.said}" + (f"\n    → {self.press}" if self.press else "")


def good(said: str) -> Finding:
    return Finding(Mark.GOOD, said)


def look(said: str, press: str = "") -> Finding:
    return Finding(Mark.LOOK, said, press)


def bad(said: str, press: str = "") -> Finding:
    return Finding(Mark.BAD, said, press)


def tidy(words: object) -> str:
    """A name or a reason of somebody else, on one line and with nothing that a terminal would obey."""
    return _ODD.sub(" ", str(words)).strip()[:LONGEST]
