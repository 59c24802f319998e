"""Says that /mydata has gathered everything, which is not handed over here."""

from __future__ import annotations

from collections.abc import Mapping

from core.lines import line
from core.notify.types import NoticeKind
from core.region.types import AboutRegion, Region
from core.talk import Screen
from dialogs.notices import NoticeDialog
from dialogs.page import MENU, on_page


def show(facts: Mapping[str, str], region: Region) -> Screen:
    text = (line("We do not send your data here. Open the site and ask for them there, in the settings."),)
    return Screen(text, (on_page(), MENU))


NOTICE = NoticeDialog(NoticeKind.EXPORT, lambda facts: AboutRegion(), show)
