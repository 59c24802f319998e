"""What a chat of officials says to somebody who has not entered: where the link comes from. Whoever has entered
meanwhile is led to their desk by its only button."""

from __future__ import annotations

from core.lines import line
from core.talk import Button, Screen
from dialogs.views import View

AGAIN = Button("desk:", line("Check again"))


def show(args: str, facts: None) -> Screen:
    text = (
        line("This is a chat for officials at work."),
        line("Please ask your administrator for a link to enter: it opens your desk here."),
    )
    return Screen(text, (AGAIN,))


VIEWS = (View("desk", show),)
