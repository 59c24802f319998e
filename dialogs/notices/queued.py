"""Tells officials that a new message waits in their queue, as long as nobody has taken it."""

from __future__ import annotations

from collections.abc import Mapping

from core.appeals.types import AppealCard, ShowAppeal, Status
from core.lines import line, literal, named
from core.notify.types import NoticeKind
from core.talk import Button, Screen
from core.text import shortened
from dialogs.notices import NoticeDialog
from dialogs.wording import grouped, last_day, where_words

FIRST_WORDS = 200


def show(facts: Mapping[str, str], card: AppealCard | None) -> Screen | None:
    if card is None or card.status is not Status.REGISTERED:
        return None
    number, day = grouped(card.number), last_day(card.due)
    text = (
        line("A new message is in the queue: No. {number}. Answer by {day}.", number=number, day=day),
        line("{category}. {where}", category=named(card.category), where=where_words(card)),
        literal(shortened(card.text, FIRST_WORDS)),
    )
    ways = (Button(f"card:{card.number}", line("Open the message")), Button("queue:new", line("New messages")))
    return Screen(text, ways)


NOTICE = NoticeDialog(NoticeKind.QUEUED, lambda facts: ShowAppeal(facts["number"]), show)
