"""Tells a citizen that a file of theirs was lost on its way from the messenger: it is asked for once more only where
that can help."""

from __future__ import annotations

from collections.abc import Mapping

from core.lines import Line, line, literal
from core.notify.types import NoticeKind
from core.region.types import AboutRegion, Region
from core.talk import Button, Screen
from dialogs.notices import NoticeDialog

TOO_LARGE, UNREADABLE = frozenset({"size", "pixels"}), frozenset({"nothing", "unreadable", "document", "macros"})
"""What may be wrong with the file itself. Else the messenger had it no more, or could not be reached."""


def show(facts: Mapping[str, str], region: Region) -> Screen:
    what = first(facts.get("name", ""), facts.get("problem", ""))
    return Screen((what, line("Everything else has arrived.")), (Button("my:0", line("My messages")),))


def first(name: str, problem: str) -> Line:
    if problem in TOO_LARGE and name:
        return line("The file «{name}» is too large, 20 MB at most. Please send a smaller one.", name=literal(name))
    if problem in TOO_LARGE:
        return line("One of your photos is too large, 20 MB at most. Please send a smaller one.")
    if problem in UNREADABLE and name:
        return line(
            "We do not take files like «{name}»: please send a photo, PDF, Word, Excel or text.", name=literal(name)
        )
    if problem in UNREADABLE:
        return line("We cannot open one of your photos. Please send another one, as JPEG or PNG.")
    if name:
        return line("We could not get the file «{name}». Please send it once more.", name=literal(name))
    return line("We could not get one of your photos. Please send it once more.")


NOTICE = NoticeDialog(NoticeKind.LOST, lambda facts: AboutRegion(), show)
