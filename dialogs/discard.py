"""The way not to send what has been written: one more button on the check of a form, and a question after it, so that
no slip loses anybody's words."""

from __future__ import annotations

from dataclasses import replace

from core.lines import line
from core.talk import Button, Press, Refused, Said, Screen, Took
from dialogs.session import Here, Step

DISCARD, KEEP = "discard", "keep"
CHOOSE = line("Please choose one of the buttons.")


def or_discard(check: Step[bool]) -> Step[bool]:
    """`check` answers False where it is not to be sent."""

    def show(here: Here[bool]) -> Screen:
        screen = check.show(here)
        return replace(screen, buttons=(*screen.buttons, Button(DISCARD, line("Do not send it"))))

    def read(said: Said, here: Here[bool]) -> Took | Refused:
        if isinstance(said, Press) and said.key == DISCARD:
            return Took({check.id: False})
        return check.read(said, here) if check.read else Refused(CHOOSE)

    return replace(check, show=show, read=read)


def sure(check: Step[bool]) -> Step[bool]:
    """Stands after `check`. Whoever keeps the draft is led back there: it has to be agreed to anew."""

    def show(here: Here[bool]) -> Screen:
        text = (line("Delete the draft?"), line("What you have written will not be sent, nor kept."))
        return Screen(text, (Button(DISCARD, line("Delete it")), Button(KEEP, line("Keep it"), main=True)))

    def read(said: Said, here: Here[bool]) -> Took | Refused:
        if not isinstance(said, Press):
            return Refused(CHOOSE)
        return Took({DISCARD: True} if said.key == DISCARD else {check.id: False})

    return Step(DISCARD, bool, show, read, when=lambda draft: not draft[check])
