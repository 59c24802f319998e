"""Tells officials that a message waits in their queue, as long as nobody has taken it."""

from __future__ import annotations

from collections.abc import Mapping

from core.appeals.types import WAITING, AppealCard, ShowAppeal, Status
from core.lines import Line, line, named
from core.notify.types import NoticeKind
from core.talk import Button, Screen
from core.text import shortened
from dialogs.notices import NoticeDialog
from dialogs.wording import grouped, last_day, quoted, where_words

FIRST_WORDS = 200


def show(facts: Mapping[str, str], card: AppealCard | None) -> Screen | None:
    if card is None or card.status not in WAITING:
        return None
    text = (
        first(card),
        line("{category}. {where}", category=named(card.category), where=where_words(card)),
        quoted(shortened(card.text, FIRST_WORDS)),
    )
    ways = (Button(f"card:{card.number}", line("Open the message")), Button("queue:new", line("New messages")))
    return Screen(text, ways)


def first(card: AppealCard) -> Line:
    number, day = grouped(card.number), last_day(card.due)
    if card.status is Status.REOPENED:
        return line(
            "A message has come back, the answer did not help: No. {number}. Answer by {day}.", number=number, day=day
        )
    if card.status is Status.REDIRECTED:
        return line("A message was passed on to you: No. {number}. Answer by {day}.", number=number, day=day)
    return line("A new message is in the queue: No. {number}. Answer by {day}.", number=number, day=day)


NOTICE = NoticeDialog(NoticeKind.QUEUED, lambda facts: ShowAppeal(facts["number"]), show)
