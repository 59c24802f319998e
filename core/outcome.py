"""What a command comes to: the value for the one who gave it, and what has happened, for whoever reacts to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """A repeated command has the same value and no events: they have been acted upon already."""

    value: Any
    events: tuple[object, ...] = ()
