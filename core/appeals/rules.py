"""The life of an appeal as a table: from where to where, and by whom. Everything else about its statuses follows from
here. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.actors import Role
from core.appeals.types import OPEN, REOPEN_MOST, WAITING, Act, Status

TITLE_MOST = 60
"""Characters of the first words by which a list names an appeal."""

HOPS_MOST = 3
"""Who would pass an appeal on once more passes it to the curator, who decides."""

COORDINATORS = (Role.COORDINATOR, Role.CURATOR)

Who = Literal[
    "any official of the authority",
    "the official who has taken it",
    "any official of the authority, if who has taken it is there no more",
    "a coordinator of the authority",
    "a coordinator of the authority, if a colleague has taken it",
    "its author",
    "the system",
]


@dataclass(frozen=True, slots=True)
class Transition:
    before: Status
    after: Status
    by: Who


def _rows(befores: Collection[Status], after: Status, *by: Who) -> tuple[Transition, ...]:
    return tuple(Transition(before, after, who) for before in Status if before in befores for who in by)


_IN_WORK = (Status.IN_WORK,)
_LEFT: Who = "any official of the authority, if who has taken it is there no more"
_OVER: Who = "a coordinator of the authority, if a colleague has taken it"

TRANSITIONS = (
    *_rows(WAITING, Status.IN_WORK, "any official of the authority"),
    # From one hand into another; who has left waits for no reply either.
    *_rows((*_IN_WORK, Status.CLARIFY), Status.IN_WORK, _LEFT),
    *_rows(_IN_WORK, Status.IN_WORK, _OVER),
    *_rows(_IN_WORK, Status.ANSWERED, "the official who has taken it"),
    # A question takes what nobody has taken; the reply gives it back to who has asked.
    *_rows(WAITING, Status.CLARIFY, "any official of the authority"),
    *_rows(_IN_WORK, Status.CLARIFY, "the official who has taken it"),
    *_rows((Status.CLARIFY,), Status.IN_WORK, "its author"),
    *_rows((Status.CLARIFY,), Status.REJECTED, "the system"),
    *_rows((*WAITING, *_IN_WORK), Status.REJECTED, "a coordinator of the authority"),
    *_rows((*WAITING, *_IN_WORK), Status.REDIRECTED, "a coordinator of the authority"),
    *_rows(OPEN, Status.WITHDRAWN, "its author"),
    *_rows((Status.ANSWERED,), Status.CLOSED, "its author", "the system"),
    *_rows((Status.CLOSED,), Status.REOPENED, "its author"),
)


def before(after: Status, by: Who) -> frozenset[Status]:
    """The statuses from which they may bring an appeal to `after`."""
    return frozenset(row.before for row in TRANSITIONS if (row.after, row.by) == (after, by))


_OF_AUTHOR: Mapping[Act, Status] = {
    Act.REPLY: Status.IN_WORK,
    Act.WITHDRAW: Status.WITHDRAWN,
    Act.RATE: Status.CLOSED,
    Act.REOPEN: Status.REOPENED,
}
_OF_OFFICIAL: Mapping[Act, Status] = {
    Act.ANSWER: Status.ANSWERED,
    Act.ASK: Status.CLARIFY,
    Act.REDIRECT: Status.REDIRECTED,
    Act.REJECT: Status.REJECTED,
}


def acts_of_author(status: Status, *, reopens: bool) -> frozenset[Act]:
    """`reopens`: what `may_reopen` says. While a question waits, what is added would be the reply."""
    acts = {act for act, after in _OF_AUTHOR.items() if status in before(after, "its author")}
    if status in OPEN and Act.REPLY not in acts:
        acts.add(Act.ADD)
    return frozenset(acts if reopens else acts - {Act.REOPEN})


def acts_of_official(status: Status, *, role: Role, mine: bool, left: bool) -> frozenset[Act]:
    """Of an official of the appeal's own authority; those above it only look. `left`: who has taken it works there no
    more. Who may take it may also answer at once: that begins with taking it."""
    who: set[Who] = {"any official of the authority"}
    if mine:
        who.add("the official who has taken it")
    if left:
        who.add(_LEFT)
    acts = {Act.NOTE}
    if Status.IN_WORK in _afters(status, who):
        acts |= {Act.TAKE, Act.ANSWER}
    elif role in COORDINATORS and not mine and status in before(Status.IN_WORK, _OVER):
        acts.add(Act.TAKE_OVER)
    if role in COORDINATORS:
        who.add("a coordinator of the authority")
    afters = _afters(status, who)
    return frozenset(acts | {act for act, after in _OF_OFFICIAL.items() if after in afters})


def _afters(status: Status, who: Collection[Who]) -> set[Status]:
    return {row.after for row in TRANSITIONS if row.before is status and row.by in who}


def is_low(score: int | None, low: int) -> bool:
    """`low` is the region's: a rating up to it offers another look."""
    return score is not None and score <= low


def may_reopen(score: int | None, reopened: int, *, low: int, until: datetime, now: datetime) -> bool:
    """Of a closed appeal. `score` is the one in force, none where the last answer was not rated; `until` is the end of
    the time for it."""
    return is_low(score, low) and reopened < REOPEN_MOST and now <= until


def to_curator(reopened: int) -> bool:
    """Whether the next reopening is the curator's."""
    return reopened + 1 >= REOPEN_MOST
