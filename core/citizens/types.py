"""Commands and queries of citizens: what they have consented to, how and where they want to be told, and how one person
joins their chats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

FILING = "filing"
"""The purpose of the one consent that filing needs: 152-FZ wants one consent per purpose."""


@dataclass(frozen=True, slots=True)
class GiveConsent:
    """Command of a citizen; answered with the version. Given again for the same version, it changes nothing."""

    purpose: str
    version: str


@dataclass(frozen=True, slots=True)
class ShowConsent:
    """Query of a citizen; answered with ConsentState."""

    purpose: str


@dataclass(frozen=True, slots=True)
class ConsentState:
    """`given` is the version that the citizen agreed to, or empty; `wanted` is the one in force."""

    given: str
    wanted: str


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """Command of a citizen; answered with True if none is in force any more, False if there never was one. What is
    filed already is worked on."""

    purpose: str


@dataclass(frozen=True, slots=True)
class ListConsents:
    """Query of a citizen; answered with a tuple of ConsentRow, the newest first, ten at most."""


@dataclass(frozen=True, slots=True)
class ConsentRow:
    purpose: str
    version: str
    at: datetime
    withdrawn: datetime | None


class Pushes(StrEnum):
    """What is told without being asked: every status; only questions, answers and refusals; nothing."""

    ALL = "all"
    MAIN = "main"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SetPushes:
    """Command of a citizen; answered with the value."""

    pushes: Pushes


@dataclass(frozen=True, slots=True)
class SetQuiet:
    """Command of a citizen: the hours of the region's day, 0 to 23, in which nothing is told; equal ones: none.
    Answered with the settings."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ShowSettings:
    """Query of a citizen; answered with SettingsCard."""


@dataclass(frozen=True, slots=True)
class SettingsCard:
    """Hours are those in force, the region's own where the citizen has named none. `messengers` are those in which we
    know the person, the one last heard from first; `channel` is the one that they have named, or empty."""

    pushes: Pushes
    quiet_from: int
    quiet_to: int
    messengers: tuple[str, ...] = ()
    channel: str = ""


@dataclass(frozen=True, slots=True)
class SetChannel:
    """Command of a citizen: in which of their own conversations they want to be told; None: where they were last heard
    from. Answered with it."""

    conversation: int | None


@dataclass(frozen=True, slots=True)
class ListChannels:
    """Query of a citizen; answered with a tuple of Channel, the one last heard from first."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation of a person."""

    conversation: int
    messenger: str
    heard: datetime | None
    preferred: bool
    reachable: bool
    here: bool = False


@dataclass(frozen=True, slots=True)
class DropChannel:
    """Command of a citizen: nothing of theirs is seen in this conversation of theirs any more; to whoever writes there
    it is a first meeting. Their only one is refused. Answered with True, or with False where that is the chat in which
    they have just said so: there it is done a moment later."""

    conversation: int


@dataclass(frozen=True, slots=True)
class FinishDrop:
    """Command of the system: the moment has passed. Answered with False where nothing is to be done any more."""

    citizen: int
    conversation: int


@dataclass(frozen=True, slots=True)
class ChatDropped:
    """Event: the conversation is a stranger's now."""

    conversation: int
    stranger: int


@dataclass(frozen=True, slots=True)
class IssueJoin:
    """Command of a citizen: a code by which another chat of theirs becomes one with this one. Those before it open
    nothing any more. `facts`, few and short, are handed to the other chat. Answered with JoinCode; the code is kept
    nowhere, so that the same command again is answered with another one."""

    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JoinCode:
    """`messengers` are those in which we know the person already."""

    code: str
    expires: datetime
    messengers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindJoin:
    """Command of a citizen: whose code this is; answered with JoinCard, or None where it is none or not any more. It
    spends nothing, but who guesses is counted, and so it is no query."""

    code: str


@dataclass(frozen=True, slots=True)
class JoinCard:
    """The messengers in which we know who has asked for the code; `own`: it is the person who enters it."""

    messengers: tuple[str, ...]
    facts: Mapping[str, str]
    own: bool


@dataclass(frozen=True, slots=True)
class JoinByCode:
    """Command of a citizen: who has asked for the code is me; answered with Joined, or None where it does not fit."""

    code: str


@dataclass(frozen=True, slots=True)
class Joined:
    """The messengers of the one person that they are now, and what was handed over."""

    messengers: tuple[str, ...]
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ChatsJoined:
    """Event: the chats of who has asked for a code and of who has entered it are one person's now. `here`: in which of
    them it was entered, where that is known."""

    join: int
    asked: tuple[Channel, ...]
    entered: tuple[Channel, ...]
    here: int


@dataclass(frozen=True, slots=True)
class FinishJoin:
    """Command of the system: what was being stored for this citizen at the very moment of the joining follows them.
    Answered with who they are now, or None."""

    citizen: int
