"""Commands, queries, events and facts of appeals: all that a dialog may know about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.authorities.types import Template
from core.talk import Document, Place

TEXT_LEAST, TEXT_MOST = 10, 4000
"""Characters of an appeal or an answer."""
NOTE_LEAST, NOTE_MOST = 3, 2000
"""Characters of a question, a reason, a remark or a note."""
PHOTOS_MOST, DOCUMENTS_MOST = 10, 5
REOPEN_MOST = 2
"""The first time it goes back to the same authority, the second time to the curator."""


class Status(StrEnum):
    REGISTERED = "registered"
    REDIRECTED = "redirected"
    """Another authority has it now, and nobody there has taken it yet."""
    REOPENED = "reopened"
    """To be looked at again, and nobody has taken it yet."""
    IN_WORK = "in_work"
    CLARIFY = "clarify"
    """Its author has been asked; the time for the answer stands still."""
    ANSWERED = "answered"
    CLOSED = "closed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


WAITING = frozenset({Status.REGISTERED, Status.REDIRECTED, Status.REOPENED})
"""Any official of the authority may take it."""
OPEN = WAITING | {Status.IN_WORK, Status.CLARIFY}


class Reason(StrEnum):
    """Why an appeal was not taken."""

    OFFENSIVE = "offensive"
    SPAM = "spam"
    UNREADABLE = "unreadable"
    NO_FACTS = "no_facts"
    DUPLICATE = "duplicate"
    ELSEWHERE = "elsewhere"
    """Outside the territory, or nothing that these authorities may decide."""
    THIRD_PARTY = "third_party"
    """It holds data of other people."""
    EMERGENCY = "emergency"
    """112 has to be called."""
    NO_REPLY = "no_reply"
    """Its author was asked and did not reply; only time gives this reason."""


REASONS = tuple(reason for reason in Reason if reason is not Reason.NO_REPLY)
"""Those that an official may give."""


class Act(StrEnum):
    """What the one who asks may do with an appeal now."""

    TAKE = "take"
    TAKE_OVER = "take_over"
    ANSWER = "answer"
    ASK = "ask"
    REDIRECT = "redirect"
    REJECT = "reject"
    NOTE = "note"
    REPLY = "reply"
    """To the question of an official."""
    ADD = "add"
    WITHDRAW = "withdraw"
    RATE = "rate"
    REOPEN = "reopen"


class Regime(StrEnum):
    """A message of the platform is not a formal appeal under 59-FZ; both may be on file one day."""

    MESSAGE = "message"
    APPEAL59 = "appeal59"


# Commands


@dataclass(frozen=True, slots=True)
class FileAppeal:
    """Command of a citizen with consent; answered with Receipt. `territory` is an ОКТМО, `category` a code; photos are
    references that this citizen has uploaded."""

    text: str
    category: str
    territory: str
    place: Place
    photos: tuple[str, ...]
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """`link` opens the appeal in any browser; it holds number and code behind #, which browsers send to nobody."""

    number: str
    code: str
    """Eight characters that open the appeal from anywhere, together with its number."""
    authority: Mapping[str, str]
    due: datetime
    link: str = ""


@dataclass(frozen=True, slots=True)
class TakeAppeal:
    """Command of an official of the appeal's authority; answered with the number. Declined if a colleague there has it,
    unless a coordinator or curator takes it over."""

    number: str
    over: bool = False


@dataclass(frozen=True, slots=True)
class AnswerAppeal:
    """Command of the official who has taken the appeal; answered with the number."""

    number: str
    text: str


@dataclass(frozen=True, slots=True)
class AskCitizen:
    """Command of the official who has taken the appeal: a question to its author; answered with the number."""

    number: str
    text: str


@dataclass(frozen=True, slots=True)
class RejectAppeal:
    """Command of a coordinator or curator: it is not taken, for good; answered with the number. `text` tells the
    author more, and may be empty."""

    number: str
    reason: Reason
    text: str


@dataclass(frozen=True, slots=True)
class RedirectAppeal:
    """Command of a coordinator or curator; answered with Redirected. The author reads the reason."""

    number: str
    authority: str
    """The code of one."""
    reason: str


@dataclass(frozen=True, slots=True)
class Redirected:
    number: str
    authority: Mapping[str, str]
    """Where it is now: after three times that is the curator's."""


@dataclass(frozen=True, slots=True)
class AddNote:
    """Command of an official of the authority: a note that citizens never see; answered with the number."""

    number: str
    text: str


@dataclass(frozen=True, slots=True)
class ReplyToQuestion:
    """Command of the appeal's author: the reply that an official waits for; answered with the number."""

    number: str
    text: str
    photos: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AddToAppeal:
    """Command of the appeal's author while it is open; answered with the number. Where a question waits, this is the
    reply. There is something in at least one of the parts."""

    number: str
    text: str
    photos: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WithdrawAppeal:
    """Command of the appeal's author while it is open; answered with the number."""

    number: str


@dataclass(frozen=True, slots=True)
class ReopenAppeal:
    """Command of the appeal's author who has rated the answer low; answered with Reopened. `why` may be empty."""

    number: str
    why: str


@dataclass(frozen=True, slots=True)
class Reopened:
    number: str
    authority: Mapping[str, str]
    due: datetime


@dataclass(frozen=True, slots=True)
class OpenByCode:
    """Command of any citizen who knows number and code, as people type them; answered with the number. From then on
    the appeal is theirs too. Wrong ones are counted, and too many declined."""

    number: str
    code: str


@dataclass(frozen=True, slots=True)
class RejectUnreplied:
    """Command of the system, when the time for a reply is over; answered with True if it rejected the appeal."""

    number: str
    version: int


@dataclass(frozen=True, slots=True)
class CloseUnrated:
    """Command of the system, when the time for a rating is over; answered with True if it closed the appeal."""

    number: str
    version: int


class Spoken(StrEnum):
    """What an author has done with an open appeal that its official should know."""

    REPLY = "reply"
    REMARK = "remark"
    WITHDRAWN = "withdrawn"


# Queries


@dataclass(frozen=True, slots=True)
class MyAppeals:
    """Query of a citizen; answered with a tuple of AppealRow, newest first."""

    start: int
    count: int


@dataclass(frozen=True, slots=True)
class ShowAppeal:
    """Query of the appeal's author, or of an official of its authority or of one above it (audited); answered with
    AppealCard, or None if there is none or it is not theirs. The number as people type it."""

    number: str


@dataclass(frozen=True, slots=True)
class ShowSheet:
    """Query of an official (audited): what they have before them while they write; answered with AnswerSheet."""

    number: str


@dataclass(frozen=True, slots=True)
class OpenMatters:
    """Query of a citizen: what their next words may belong to; answered with a tuple of AppealRow, three at most:
    appeals with a question first, then open ones that were filed less than a day ago."""


class Pile(StrEnum):
    """Of an official's queue: what waits for anybody, what they have taken, what waits for a reply of its author, what
    is late here and in the authorities below, what has come to an end."""

    NEW = "new"
    MINE = "mine"
    ASKED = "asked"
    OVERDUE = "overdue"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ShowQueue:
    """Query of an official; answered with QueuePage, the earliest deadline first; what is done, the newest first. What
    is late counts below the own authority too."""

    pile: Pile
    start: int
    count: int


@dataclass(frozen=True, slots=True)
class OpenFile:
    """Query of who has uploaded it, of an author of the appeal that shows it, or of an official who may see that appeal
    (audited); answered with FileRow, or NotAllowed. Photos and documents alike."""

    ref: str


# Facts


@dataclass(frozen=True, slots=True)
class AppealRow:
    number: str
    title: str
    """The first words."""
    status: Status
    due: datetime
    overdue: bool = False
    authority: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueuePage:
    rows: tuple[AppealRow, ...]
    counts: Mapping[str, int]
    """By Pile; `authority` is the name of the official's own."""
    authority: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    at: datetime
    status: Status
    text: str
    """The answer, the question, the reply to it, the reason: where the entry is one."""
    authority: Mapping[str, str] = field(default_factory=dict)
    """The one that has got it, where it was passed on."""


class RemarkKind(StrEnum):
    REMARK = "remark"
    """Of its author."""
    NOTE = "note"
    """Of an official: citizens never see it."""


@dataclass(frozen=True, slots=True)
class Remark:
    """`author` is the name of an official, empty for the citizen."""

    at: datetime
    kind: RemarkKind
    text: str
    author: str


@dataclass(frozen=True, slots=True)
class AppealCard:
    number: str
    text: str
    category: Mapping[str, str]
    territory: Mapping[str, str]
    place: Place
    photos: tuple[str, ...]
    authority: Mapping[str, str]
    status: Status
    filed: datetime
    due: datetime
    official: str
    """The name of who has taken it; empty for citizens and while nobody has."""
    mine: bool
    """The asking official has taken it."""
    answer: str
    rating: int | None
    history: tuple[HistoryEntry, ...]
    documents: tuple[Document, ...] = ()
    question: str = ""
    """What the author is asked now."""
    reason: Reason | None = None
    remarks: tuple[Remark, ...] = ()
    overdue: bool = False
    reopened: int = 0
    reply_by: datetime | None = None
    """Until when the author may reply."""
    may: frozenset[Act] = frozenset()
    """What the one who asks may do now."""


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """No card: there is no such appeal, or they may not see it."""

    card: AppealCard | None
    templates: tuple[Template, ...]
