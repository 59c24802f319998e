"""Who asks. Every command, query and fetch names its actor; what they may see is decided in the same query."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum


class Role(StrEnum):
    """Of an official in their authority. Everybody there sees and answers; a coordinator also redirects and rejects;
    a curator (куратор) does all of that and gets what comes back a second time from the authorities below."""

    EXECUTOR = "executor"
    COORDINATOR = "coordinator"
    CURATOR = "curator"


@dataclass(frozen=True, slots=True)
class Citizen:
    """`conversation`: in which of their chats they say it, where that is known. It gives no right."""

    id: int
    conversation: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Official:
    """A person with a role in one authority; made anew from the database for every event, so that a revocation
    counts at once."""

    id: int
    authority_id: int
    role: Role = Role.EXECUTOR


@dataclass(frozen=True, slots=True)
class System:
    """Timers and jobs."""


@dataclass(frozen=True, slots=True)
class Nobody:
    """A desk whose official has left, an address that we have not met. `conversation`: the chat in which somebody may
    enter with a link; 0: nowhere."""

    conversation: int = 0


Actor = Citizen | Official | System | Nobody


def speaking(actor: Actor, conversation: int) -> Actor:
    """The same person; of a citizen it is known in which of their chats they are."""
    return replace(actor, conversation=conversation) if isinstance(actor, Citizen) else actor
