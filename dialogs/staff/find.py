"""How to open a message by its number: it is typed right here."""

from __future__ import annotations

from core.lines import line
from core.talk import Button, Screen
from dialogs.views import View


def show(args: str, facts: object) -> Screen:
    text = (
        line("Write the number of the message here: nine digits, with or without dashes."),
        line("You see messages of your organization and of those below it."),
    )
    return Screen(text, (Button("queue:new", line("New messages")), Button("desk:", line("My desk"))))


VIEWS = (View("find", show),)
