"""Hands over what /mydata has gathered."""

from __future__ import annotations

from collections.abc import Mapping

from core.appeals.types import OpenFile
from core.files.types import FileRow
from core.lines import line
from core.notify.types import NoticeKind
from core.talk import Button, Document, Screen
from dialogs.notices import NoticeDialog


def show(facts: Mapping[str, str], file: FileRow) -> Screen | None:
    text = (
        line("Here is everything that we know about you, in one file."),
        line("We keep it for a day. Please do not give it to anybody."),
    )
    document = Document(facts["ref"], file.name, file.size)
    return Screen(text, (Button("settings:", line("Settings")),), documents=(document,), keep=True)


NOTICE = NoticeDialog(NoticeKind.EXPORT, lambda facts: OpenFile(facts["ref"]), show)
