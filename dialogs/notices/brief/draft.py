"""Reminds a citizen, once, of a message that they have begun and not sent; its words are on the page."""

from __future__ import annotations

from collections.abc import Mapping

from core.lines import line
from core.notify.types import NoticeKind
from core.personal.types import DraftCard, ShowDraft
from core.talk import Screen
from dialogs.notices import NoticeDialog
from dialogs.page import MENU, on_page


def show(facts: Mapping[str, str], card: DraftCard | None) -> Screen | None:
    if card is None:
        return None
    text = (
        line("You have begun a message and not sent it yet. It is kept for five more days."),
        line("Would you like to go on? Open the site."),
    )
    return Screen(text, (on_page(), MENU))


NOTICE = NoticeDialog(NoticeKind.DRAFT, lambda facts: ShowDraft(facts["run"]), show)
