"""/stop: we do not write by ourselves any more. Nothing else changes."""

from __future__ import annotations

from core.citizens.types import Pushes, SetPushes
from core.lines import Text, line
from core.talk import Button
from dialogs.engine import Form
from dialogs.session import Here
from dialogs.steps import act, end


def stopped(here: Here[None]) -> Text:
    return (
        line("All right: we do not write to you by ourselves any more."),
        line("Your messages are worked on as before; the answers stand under «My messages»."),
        line("You can switch it on again in the settings."),
    )


def ways_on(here: Here[None]) -> tuple[Button, ...]:
    return (Button("my:0", line("My messages")), Button("settings:", line("Settings")))


SET = act("set", str, lambda draft: SetPushes(Pushes.NONE))
END = end(stopped, ways_on)
FORMS = (Form("stop", 1, line("No notifications"), (SET, END)),)
