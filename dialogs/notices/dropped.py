"""Says in a chat that it was disconnected: whoever has it is a newcomer here. It knows nothing of who they were, and so
is the same where no personal data are shown."""

from __future__ import annotations

from collections.abc import Mapping

from core.lines import line
from core.notify.types import NoticeKind
from core.region.types import AboutRegion, Region
from core.talk import Button, Screen
from dialogs.notices import NoticeDialog


def show(facts: Mapping[str, str], region: Region) -> Screen:
    text = (
        line("This chat was disconnected. The messages that were seen here before are not here any more."),
        line("You can write to us here as before: that will be seen in this chat alone."),
    )
    return Screen(text, (Button("menu:", line("Menu")),), keep=True)


NOTICE = NoticeDialog(NoticeKind.DROPPED, lambda facts: AboutRegion(), show)
