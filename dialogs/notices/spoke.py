"""Tells an official what the author of a message has done with it: replied, added something, taken it back."""

from __future__ import annotations

from collections.abc import Mapping

from core.appeals.types import AppealCard, RemarkKind, ShowAppeal, Spoken, Status
from core.lines import Line, Text, line
from core.notify.types import NoticeKind
from core.talk import Button, Screen
from core.text import shortened
from dialogs.notices import NoticeDialog
from dialogs.wording import grouped, quoted

FIRST_WORDS = 300


def show(facts: Mapping[str, str], card: AppealCard | None) -> Screen | None:
    if card is None:
        return None
    what = Spoken(facts["what"])
    if what is not Spoken.WITHDRAWN and card.status is Status.WITHDRAWN:
        return None
    return Screen((first(what, card), *words(what, card)), (Button(f"card:{card.number}", line("Open the message")),))


def first(what: Spoken, card: AppealCard) -> Line:
    number = grouped(card.number)
    match what:
        case Spoken.REPLY:
            return line("The author of No. {number} has replied. It is in work with you again.", number=number)
        case Spoken.REMARK:
            return line("The author of No. {number} has added something.", number=number)
        case Spoken.WITHDRAWN:
            return line("The author of No. {number} has taken it back. Nothing is to be done any more.", number=number)


def words(what: Spoken, card: AppealCard) -> Text:
    if what is Spoken.REPLY:
        said = [entry.text for entry in card.history if entry.status is Status.IN_WORK and entry.text]
    elif what is Spoken.REMARK:
        said = [remark.text for remark in card.remarks if remark.kind is RemarkKind.REMARK]
    else:
        said = []
    return (quoted(shortened(said[-1], FIRST_WORDS)),) if said and said[-1] else ()


NOTICE = NoticeDialog(NoticeKind.SPOKE, lambda facts: ShowAppeal(facts["number"]), show)
