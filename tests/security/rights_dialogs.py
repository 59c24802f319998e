"""What each form, view and notice of each house shows of the author's appeal, to whom, and who changes something of it
by walking on. What is new has no right to be shown before it stands here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.notify.types import NoticeKind
from tests.security.scene import AUTHORS, HERE, LEADERS, PEOPLE, SEES, Scene

Picks = Callable[[Scene], str]
Facts = Callable[[Scene], dict[str, str]]
NOBODY: set[str] = set()


@dataclass(frozen=True)
class Dialog:
    """It is opened with `args`. `shows`: to whom something of the appeal is shown; `acts`: who changes something that
    is the author's on the first way that leads on."""

    args: Picks
    shows: frozenset[str]
    acts: frozenset[str]


def opened_with(pick: str, shows: set[str] = NOBODY, acts: set[str] = NOBODY, more: str = "") -> Dialog:
    """With one of the numbers, references or codes of the scene."""
    return Dialog(lambda scene: f"{getattr(scene, pick)}{more}", frozenset(shows), frozenset(acts))


OWN = {"owner"}
ALL = AUTHORS | SEES

DIALOGS: dict[str, dict[str, Dialog]] = {
    "citizen": {
        "add": opened_with("taken", acts=AUTHORS),
        "again": opened_with("low", acts=AUTHORS),
        "appeal": opened_with("draft"),
        "card": opened_with("taken", shows=ALL),
        "channel": opened_with("chat", acts=OWN),
        "chats": opened_with("chat"),
        "consent": opened_with("chat"),
        "consents": opened_with("chat"),
        "delete": opened_with("chat", acts=OWN),
        "drop": opened_with("chat", acts=OWN),
        "find": opened_with("filed"),
        "help": opened_with("filed"),
        "join": opened_with("filed"),
        "link": opened_with("chat", acts=OWN),
        "menu": opened_with("chat"),
        "more": opened_with("taken", acts=AUTHORS),
        "my": opened_with("filed", shows=AUTHORS),
        "mydata": opened_with("export"),
        "open": opened_with("filed", more=".33333333"),
        "personal": opened_with("chat"),
        "pushes": opened_with("chat"),
        "quiet": opened_with("chat", acts=OWN),
        "rate": opened_with("answered", shows=SEES, acts=AUTHORS, more=".5"),  # who may not, sees where it stands
        "reply": opened_with("asked", shows=AUTHORS, acts=AUTHORS),
        "settings": opened_with("chat"),
        "stop": opened_with("chat", acts=OWN),
        "unconsent": opened_with("chat", acts=OWN),
        "withdraw": opened_with("filed", shows=AUTHORS, acts=AUTHORS),
    },
    "staff": {
        "answer": opened_with("filed", shows=HERE, acts=HERE),
        "ask": opened_with("filed", shows=HERE, acts=HERE),
        "card": opened_with("taken", shows=ALL),
        "desk": opened_with("taken"),
        "find": opened_with("taken"),
        "leave": opened_with("taken"),
        "note": opened_with("taken", acts=HERE),
        "over": opened_with("taken", acts=LEADERS),
        "pick": opened_with("taken"),
        "queue": opened_with("taken", shows=SEES),
        "redirect": opened_with("taken"),
        "reject": opened_with("taken", acts=LEADERS),
        "take": opened_with("filed", acts=HERE),
    },
    "door": {"desk": opened_with("taken"), "enter": opened_with("entry")},
    "brief": {
        "card": opened_with("taken"),
        "channel": opened_with("chat", acts=OWN),
        "data": opened_with("chat", acts=OWN),
        "drop": opened_with("chat", acts=OWN),
        "help": opened_with("chat"),
        "join": opened_with("filed"),
        "menu": opened_with("chat"),
        "my": opened_with("filed"),
        "open": opened_with("filed", more=".33333333"),
        "pushes": opened_with("chat"),
        "quiet": opened_with("chat", acts=OWN),
        "rate": opened_with("answered", acts=AUTHORS, more=".5"),
        "report": opened_with("draft", acts=OWN),
        "settings": opened_with("chat"),
        "stop": opened_with("chat", acts=OWN),
        "web": opened_with("chat", acts=OWN),
    },
}
"""By house and dialog. Who comes to a house that is not theirs, which only a mistake of ours could bring about, is
shown no more there than at home."""


@dataclass(frozen=True)
class Notice:
    """`told`: to whom anything is said at all, were it addressed to everybody."""

    facts: Facts
    told: set[str]


NOTICES: dict[NoticeKind, Notice] = {
    NoticeKind.STATUS: Notice(lambda s: {"number": s.answered, "status": "answered"}, ALL),
    NoticeKind.QUEUED: Notice(lambda s: {"number": s.filed}, ALL),
    NoticeKind.SPOKE: Notice(lambda s: {"number": s.taken, "what": "remark"}, ALL),
    NoticeKind.DRAFT: Notice(lambda s: {"run": s.draft}, OWN),
    NoticeKind.EXPORT: Notice(lambda s: {"ref": s.export}, OWN),
    NoticeKind.LOST: Notice(lambda s: {"ref": s.loose, "name": "photo"}, PEOPLE),  # it says only what it was given
    NoticeKind.JOINED: Notice(lambda s: {"chats": str(s.chat)}, OWN),
    NoticeKind.DROPPED: Notice(lambda s: {}, PEOPLE),  # it says nothing of anybody
}
IN_BRIEF = {NoticeKind.EXPORT: PEOPLE}
"""Where no personal data are shown, this notice only says where to look; the others are told to the same people."""
