"""A question to the author: it is asked, replied to, or left without a reply. Meanwhile the time for the answer stands
still."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection, Row

from core.actors import Citizen, Official, System
from core.appeals import declined
from core.appeals.attachments import attach, check_files
from core.appeals.changes import change, changed, found, held, made, spoke
from core.appeals.clocks import due_after_reply, wait_for_reply, wait_no_more
from core.appeals.tables import appeals
from core.appeals.types import AddToAppeal, AskCitizen, Reason, RejectUnreplied, ReplyToQuestion, Spoken, Status
from core.appeals.whose import of_author, of_authority
from core.appeals.wording import wrong_addition, wrong_words
from core.audit import record
from core.errors import Refusal
from core.outcome import Outcome


def ask_citizen(tx: Connection, actor: Official, key: str, command: AskCitizen, now: datetime) -> Outcome:
    """Who asks about what nobody has taken has taken it."""
    if why := wrong_words(command.text):
        raise Refusal(why)
    taken = {"official_id": actor.id, "asked_at": now}
    row = change(tx, actor, key, command.number, Status.CLARIFY, now, text=command.text, **taken)
    if row is not None:
        record(tx, actor, "ask", "appeal", row.number, now)
        wait_for_reply(tx, row, now)
        return Outcome(row.number, (changed(row),))
    if not made(tx, actor, key, command.number, Status.CLARIFY):
        row = found(tx, command.number, of_authority(actor))
        raise Refusal(declined.to_official(Status(row.status), mine=row.official_id == actor.id))
    return Outcome(command.number)


def reply_to_question(tx: Connection, actor: Citizen, key: str, command: ReplyToQuestion, now: datetime) -> Outcome:
    if why := wrong_addition(command.text, command.photos, command.documents):
        raise Refusal(why)
    row = held(tx, command.number, of_author(actor))
    if made(tx, actor, key, command.number, Status.IN_WORK):
        return Outcome(command.number)
    if row.status != Status.CLARIFY:
        raise Refusal(declined.to_replier(Status(row.status)))
    return take_reply(tx, actor, key, row, command, now)


def take_reply(
    tx: Connection, actor: Citizen, key: str, asked: Row[Any], said: ReplyToQuestion | AddToAppeal, now: datetime
) -> Outcome:
    """`asked` is held and waits for a reply: the same official goes on."""
    check_files(tx, actor, said.photos, said.documents)
    due = due_after_reply(tx, asked, now)
    row = change(tx, actor, key, asked.number, Status.IN_WORK, now, text=said.text, due_at=due, asked_at=None)
    if row is None:
        raise LookupError("An appeal that is held has changed.")
    attach(tx, row.id, said.photos, said.documents)
    wait_no_more(tx, row.number)
    return Outcome(row.number, (changed(row, own=True), spoke(row, Spoken.REPLY, key)))


def reject_unreplied(tx: Connection, actor: System, key: str, command: RejectUnreplied, now: datetime) -> Outcome:
    """The version says whether it is still the question for which the timer was set."""
    that = appeals.c.version == command.version
    row = change(tx, actor, key, command.number, Status.REJECTED, now, that, reason=Reason.NO_REPLY, asked_at=None)
    rejected = row is not None or made(tx, actor, key, command.number, Status.REJECTED) is not None
    return Outcome(rejected, () if row is None else (changed(row),))
