"""The dialogs of each audience and the languages that they are spoken in, loaded once at the start; and which of them
a conversation hears."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.actors import Actor, Nobody
from core.conversations.types import Conversation
from core.speech import Speeches
from dialogs import house
from dialogs.brief_house import brief
from dialogs.house import House, citizens, officials


@dataclass(frozen=True, slots=True)
class Houses:
    """`reserved` is the messenger in which citizens are asked for no personal data and shown none, if there is one."""

    citizens: House
    staff: House
    speeches: Speeches
    door: House = field(default_factory=house.door)
    brief: House = field(default_factory=brief)
    reserved: str = ""

    def of(self, there: Conversation, actor: Actor) -> House:
        """`actor` is who speaks there this minute."""
        if there.person.kind == "citizen":
            return self.brief if there.address.messenger == self.reserved else self.citizens
        return self.door if isinstance(actor, Nobody) else self.staff


def load_houses(speeches: Speeches, reserved: str = "") -> Houses:
    return Houses(citizens(), officials(), speeches, reserved=reserved)
