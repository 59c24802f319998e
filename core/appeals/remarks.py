"""What is said about an appeal without changing its status: its author adds to it while it is open, officials note what
citizens never see."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Citizen, Official
from core.appeals import declined
from core.appeals.attachments import attach, check_files
from core.appeals.changes import found, held, made, spoke
from core.appeals.clarifying import take_reply
from core.appeals.events import NoteAdded
from core.appeals.tables import appeal_remarks, appeals
from core.appeals.types import OPEN, AddNote, AddToAppeal, RemarkKind, Spoken, Status
from core.appeals.whose import numbered, of_author, of_authority
from core.appeals.wording import wrong_addition, wrong_words
from core.audit import record, who
from core.errors import Refusal
from core.outcome import Outcome
from core.sql import insert_once


def add_to_appeal(tx: Connection, actor: Citizen, key: str, command: AddToAppeal, now: datetime) -> Outcome:
    if why := wrong_addition(command.text, command.photos, command.documents):
        raise Refusal(why)
    row = held(tx, command.number, of_author(actor))
    if _said(tx, actor, key, row.number) or made(tx, actor, key, row.number, Status.IN_WORK):
        return Outcome(row.number)
    if row.status == Status.CLARIFY:
        return take_reply(tx, actor, key, row, command, now)
    if row.status not in OPEN:
        raise Refusal(declined.to_adder(Status(row.status)))
    check_files(tx, actor, command.photos, command.documents)
    attach(tx, row.id, command.photos, command.documents)
    _say(tx, actor, key, row.id, RemarkKind.REMARK, command.text, now)
    return Outcome(row.number, (spoke(row, Spoken.REMARK, key),))


def add_note(tx: Connection, actor: Official, key: str, command: AddNote, now: datetime) -> Outcome:
    if why := wrong_words(command.text):
        raise Refusal(why)
    if _said(tx, actor, key, command.number):
        return Outcome(command.number)
    row = found(tx, command.number, of_authority(actor))
    if not _say(tx, actor, key, row.id, RemarkKind.NOTE, command.text, now):
        return Outcome(row.number)  # the same command, given at the same time elsewhere
    record(tx, actor, "note", "appeal", row.number, now)
    return Outcome(row.number, (NoteAdded(row.number),))


def _said(tx: Connection, actor: Citizen | Official, key: str, number: str) -> bool:
    r = appeal_remarks.c
    kind, actor_id = who(actor)
    same = (r.key == key, r.actor_kind == kind, r.actor_id == actor_id)
    said = sa.select(r.id).join_from(appeal_remarks, appeals).where(numbered(number), *same)
    return tx.execute(said).first() is not None


def _say(
    tx: Connection, actor: Citizen | Official, key: str, appeal_id: int, kind: RemarkKind, text: str, now: datetime
) -> bool:
    actor_kind, actor_id = who(actor)
    said = {"appeal_id": appeal_id, "at": now, "kind": kind, "text": text, "key": key}
    row = {**said, "actor_kind": actor_kind, "actor_id": actor_id}
    return insert_once(tx, appeal_remarks, row, ("key",))
