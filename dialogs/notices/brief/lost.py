"""Tells a citizen that a file of theirs could not be fetched; which one, they see on the page."""

from __future__ import annotations

from collections.abc import Mapping

from core.lines import line
from core.notify.types import NoticeKind
from core.region.types import AboutRegion, Region
from core.talk import Screen
from dialogs.notices import NoticeDialog
from dialogs.page import MENU, on_page


def show(facts: Mapping[str, str], region: Region) -> Screen:
    text = (line("We could not get one of your files. Please send it once more on the site."),)
    return Screen(text, (on_page(), MENU))


NOTICE = NoticeDialog(NoticeKind.LOST, lambda facts: AboutRegion(), show)
