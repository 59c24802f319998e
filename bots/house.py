"""The dialogs of each audience and the languages that they are spoken in, loaded once at the start; and which of them
a conversation hears."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.actors import Actor, Nobody
from core.conversations.types import Conversation
from core.speech import Speeches
from dialogs import house
from dialogs.house import House, citizens, officials


@dataclass(frozen=True, slots=True)
class Houses:
    citizens: House
    staff: House
    speeches: Speeches
    door: House = field(default_factory=house.door)

    def of(self, there: Conversation, actor: Actor) -> House:
        """`actor` is who speaks there this minute."""
        if there.person.kind == "citizen":
            return self.citizens
        return self.door if isinstance(actor, Nobody) else self.staff


def load_houses(speeches: Speeches) -> Houses:
    return Houses(citizens(), officials(), speeches)
