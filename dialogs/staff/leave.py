"""Leave the chats that an official has entered in messengers: they are nobody's desk then. A page has its own way."""

from __future__ import annotations

from core.authorities.types import LeaveDesk
from core.lines import Text, line
from core.talk import Button
from dialogs.engine import Form
from dialogs.session import Here
from dialogs.steps import act, consent, end

ASK = (
    line("Do you want to leave your desk in messengers?"),
    line("Nothing more about messages will come to your chats there; a new link opens a desk again."),
)


def gone(here: Here[None]) -> Text:
    if not here.draft[LEFT]:
        return (line("You have entered in no messenger. A desk in a browser closes by itself when it is not used."),)
    return (line("You have left. To enter again, please ask your administrator for a link."),)


CHECK = consent("check", ASK, line("Leave"))
LEFT = act("left", int, lambda draft: LeaveDesk())
END = end(gone, lambda here: (Button("desk:", line("My desk")),))
FORMS = (Form("leave", 1, line("Leave"), (CHECK, LEFT, END), last=True),)
