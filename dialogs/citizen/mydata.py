"""/mydata: all that we know about the person, in one file."""

from __future__ import annotations

from core.lines import Text, line
from core.personal.types import RequestExport
from core.talk import Button
from dialogs.engine import Form
from dialogs.session import Here
from dialogs.steps import act, end


def working(here: Here[None]) -> Text:
    return (
        line("We are gathering everything that we know about you: your messages, files, consents and this chat."),
        line("In about a minute the file will come here. We keep it for a day."),
    )


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (Button("settings:", line("Settings")), Button("menu:", line("Menu")))


ASKED = act("asked", bool, lambda draft: RequestExport())
END = end(working, ways_on)
FORMS = (Form("mydata", 1, line("My data"), (ASKED, END)),)
