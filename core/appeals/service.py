"""What officials do with an appeal of their own authority, and how one comes to its end. Each change is one guarded
UPDATE; asking, passing on and coming back have modules of their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Citizen, Official, System
from core.appeals import declined
from core.appeals.changes import change, changed, found, held, made, spoke
from core.appeals.clocks import due_after_reply, wait_for_rating, wait_no_more
from core.appeals.events import HandsChanged
from core.appeals.tables import appeals
from core.appeals.types import (
    REASONS,
    AnswerAppeal,
    CloseUnrated,
    RejectAppeal,
    Spoken,
    Status,
    TakeAppeal,
    WithdrawAppeal,
)
from core.appeals.whose import left_behind, of_author, of_authority
from core.appeals.wording import wrong_comment, wrong_text
from core.audit import record
from core.errors import Refusal
from core.lines import line
from core.outcome import Outcome


def take_appeal(tx: Connection, actor: Official, key: str, command: TakeAppeal, now: datetime) -> Outcome:
    """Taking what one has already is no mistake. What a colleague had in work goes on without a word to its author, who
    knows that it is; from a question that nobody will come back to they are released."""
    if made(tx, actor, key, command.number, Status.IN_WORK):
        return Outcome(command.number)
    row = held(tx, command.number, of_authority(actor))
    before, mine = Status(row.status), row.official_id == actor.id
    if mine and before is Status.IN_WORK:
        return Outcome(row.number)
    asked = before is Status.CLARIFY
    free = sa.or_(appeals.c.status != Status.IN_WORK, left_behind(), sa.literal(command.over))
    goes_on: dict[str, Any] = {"asked_at": None, "due_at": due_after_reply(tx, row, now)} if asked else {}
    taken = change(tx, actor, key, row.number, Status.IN_WORK, now, free, official_id=actor.id, **goes_on)
    if taken is None:
        raise Refusal(declined.to_taker(before, mine=mine))
    if asked:
        wait_no_more(tx, row.number)
    record(tx, actor, "take", "appeal", row.number, now)
    return Outcome(row.number, (HandsChanged(row.number) if before is Status.IN_WORK else changed(taken),))


def answer_appeal(tx: Connection, actor: Official, key: str, command: AnswerAppeal, now: datetime) -> Outcome:
    if why := wrong_text(command.text):
        raise Refusal(why)
    row = change(tx, actor, key, command.number, Status.ANSWERED, now, text=command.text)
    if row is None:
        return _done_before(tx, actor, key, command.number, Status.ANSWERED)
    record(tx, actor, "answer", "appeal", row.number, now)
    wait_for_rating(tx, row, now)
    return Outcome(row.number, (changed(row),))


def reject_appeal(tx: Connection, actor: Official, key: str, command: RejectAppeal, now: datetime) -> Outcome:
    if command.reason not in REASONS:
        raise Refusal(line("There is no such reason. Please choose one from the list."))
    if why := wrong_comment(command.text):
        raise Refusal(why)
    row = change(tx, actor, key, command.number, Status.REJECTED, now, text=command.text, reason=command.reason)
    if row is None:
        return _done_before(tx, actor, key, command.number, Status.REJECTED)
    record(tx, actor, "reject", "appeal", row.number, now, reason=command.reason)
    return Outcome(row.number, (changed(row),))


def withdraw_appeal(tx: Connection, actor: Citizen, key: str, command: WithdrawAppeal, now: datetime) -> Outcome:
    row = change(tx, actor, key, command.number, Status.WITHDRAWN, now, asked_at=None)
    if row is not None:
        wait_no_more(tx, row.number)
        return Outcome(row.number, (changed(row, own=True), spoke(row, Spoken.WITHDRAWN, key)))
    if not made(tx, actor, key, command.number, Status.WITHDRAWN):
        raise Refusal(declined.to_withdrawer(Status(found(tx, command.number, of_author(actor)).status)))
    return Outcome(command.number)


def close_unrated(tx: Connection, actor: System, key: str, command: CloseUnrated, now: datetime) -> Outcome:
    """The version says whether it is still the answer for which the timer was set."""
    that = appeals.c.version == command.version
    row = change(tx, actor, key, command.number, Status.CLOSED, now, that)
    closed = row is not None or made(tx, actor, key, command.number, Status.CLOSED) is not None
    return Outcome(closed, () if row is None else (changed(row),))


def _done_before(tx: Connection, actor: Official, key: str, number: str, after: Status) -> Outcome:
    """The number, if it was this very command that did it; else Refusal with what to do."""
    if not made(tx, actor, key, number, after):
        row = found(tx, number, of_authority(actor))
        raise Refusal(declined.to_official(Status(row.status), mine=row.official_id == actor.id))
    return Outcome(number)
