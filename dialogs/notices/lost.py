"""Tells a citizen that a file of theirs could not be fetched from the messenger, and asks for it once more."""

from __future__ import annotations

from collections.abc import Mapping

from core.lines import Line, line, literal
from core.notify.types import NoticeKind
from core.region.types import AboutRegion, Region
from core.talk import Button, Screen
from dialogs.notices import NoticeDialog


def show(facts: Mapping[str, str], region: Region) -> Screen:
    return Screen(
        (first(facts.get("name", "")), line("Everything else has arrived.")), (Button("my:0", line("My messages")),)
    )


def first(name: str) -> Line:
    if name:
        return line("We could not get the file «{name}». Please send it once more.", name=literal(name))
    return line("We could not get one of your photos. Please send it once more.")


NOTICE = NoticeDialog(NoticeKind.LOST, lambda facts: AboutRegion(), show)
