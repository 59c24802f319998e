"""/delete: what is deleted and what has to stay is said before; then it is done."""

from __future__ import annotations

from core.lines import BLANK, Text, line, lines
from core.personal.types import Erasure, RequestErasure, ShowErasure
from core.talk import Button
from dialogs.cards import or_else
from dialogs.engine import Form
from dialogs.session import Here
from dialogs.steps import act, consent, end


def ask(here: Here[bool]) -> Text:
    what: Erasure = here.facts
    n = what.open
    taken = lines(
        "{n} message that is still open will be withdrawn.", "{n} messages that are still open will be withdrawn.", n
    )
    return (
        line("Delete everything that we know about you? This cannot be undone."),
        BLANK,
        line("Gone from us: this chat, drafts, photos, files, your address."),
        line(
            "Stays: the words of registered messages without your data, and the log of consents; the law asks for both."
        ),
        *((taken,) if n else ()),
    )


def deleted(here: Here[None]) -> Text:
    return (
        line("It is being deleted, in about a minute. What stands in your messenger only you can clear."),
        line("If you need us again, simply write: we will meet as strangers."),
    )


CHECK = or_else(
    consent("check", ask, line("Delete everything"), needs=lambda draft: ShowErasure()),
    lambda draft: Button("settings:", line("No, delete nothing")),
)
DONE = act("done", int, lambda draft: RequestErasure())
END = end(deleted, lambda here: (Button("menu:", line("Menu")),), keep=True)
FORMS = (Form("delete", 1, line("Delete my data"), (CHECK, DONE, END), last=True),)
