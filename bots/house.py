"""The dialogs of each audience and the languages that they are spoken in, loaded once at the start."""

from __future__ import annotations

from dataclasses import dataclass

from core.conversations.types import Person
from core.speech import Speeches
from dialogs.house import House, citizens, officials


@dataclass(frozen=True, slots=True)
class Houses:
    citizens: House
    staff: House
    speeches: Speeches

    def of(self, person: Person) -> House:
        return self.citizens if person.kind == "citizen" else self.staff


def load_houses(speeches: Speeches) -> Houses:
    return Houses(citizens(), officials(), speeches)
