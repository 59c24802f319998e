"""What may be stuck, and what an operator may do about it. Names rows by number; holds nothing that a person wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """Which table the row is in; also the word that an operator types."""

    UPDATE = "update"
    CHAT = "chat"
    MESSAGE = "message"
    TIMER = "timer"
    JOB = "job"
    FILE = "file"
    TOKEN = "token"  # noqa: S105 - a kind of row


class Trouble(StrEnum):
    QUARANTINED = "quarantined"
    """Three tries have failed."""
    WAITING = "waiting"
    """Its turn came long ago, and nobody has taken it."""
    LEFT = "left"
    """Whoever had it has died, and nobody has taken it over."""
    PUT_OFF = "put_off"
    """Every try has failed so far."""
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    """Nobody knows whether it has come."""
    NEWER = "newer"
    """Only a newer release can read it."""
    FAILED = "failed"
    """Every try has failed."""
    NOBODYS = "nobodys"
    """No process holds the token."""
    PAUSED = "paused"
    """The messenger wants nothing from us for a while."""


class Act(StrEnum):
    RELEASE = "release"
    """An update in quarantine is served again."""
    RETRY = "retry"
    DISMISS = "dismiss"
    """Nothing more is to be done about it."""


ACTS: dict[Trouble, tuple[Act, ...]] = {
    Trouble.QUARANTINED: (Act.RELEASE, Act.DISMISS),
    Trouble.PUT_OFF: (Act.RETRY,),
    Trouble.REFUSED: (Act.RETRY, Act.DISMISS),
    Trouble.UNCERTAIN: (Act.RETRY, Act.DISMISS),
    Trouble.FAILED: (Act.RETRY, Act.DISMISS),
}
"""What may help; against the other troubles helps a process that runs."""


@dataclass(frozen=True, slots=True)
class Account:
    """One that the settings name. `name` is for operators."""

    messenger: str
    account: str
    name: str


@dataclass(frozen=True, slots=True)
class Stuck:
    """`since` is None where nobody knows; of a pause it is the end. `about`: a messenger, a lane or a kind of work.
    `problem`: what failed, in words of programs."""

    kind: Kind
    id: str
    trouble: Trouble
    since: datetime | None
    about: str = ""
    problem: str = ""

    @property
    def acts(self) -> tuple[Act, ...]:
        return ACTS.get(self.trouble, ())
