"""Reminds a citizen, once, of a message that they have begun and not sent."""

from __future__ import annotations

from collections.abc import Mapping

from core.lines import line, literal
from core.notify.types import NoticeKind
from core.personal.types import DraftCard, ShowDraft
from core.talk import Button, Screen
from core.text import shortened
from dialogs.notices import NoticeDialog

FIRST_WORDS = 120


def show(facts: Mapping[str, str], card: DraftCard | None) -> Screen | None:
    if card is None:
        return None
    text = (
        line("You have begun a message and not sent it yet:"),
        *((literal(shortened(card.words, FIRST_WORDS)),) if card.words else ()),
        line("It is kept for five more days. Would you like to go on?"),
    )
    return Screen(text, (Button(f"resume:{card.run}", line("Go on")), Button("menu:", line("Menu"))))


NOTICE = NoticeDialog(NoticeKind.DRAFT, lambda facts: ShowDraft(facts["run"]), show)
