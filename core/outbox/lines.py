"""Of a mailing each row says whose account sends it, so that a hundred thousand rows of one are not looked through for
those of another. Of everything else there is little enough to look at the conversations."""

from __future__ import annotations

import sqlalchemy as sa

from core.conversations.tables import conversations
from core.outbox.tables import READY_BULK, outbox
from core.outbox.types import Lane

_C = conversations.c
Rows = sa.Select[tuple[int]]


def line_of(conversation_id: int) -> sa.ScalarSelect[str]:
    return sa.select(_C.messenger + "/" + _C.account).where(_C.id == conversation_id).scalar_subquery()


def of(rows: Rows, lane: Lane, messenger: str, account: str) -> tuple[Rows, ...]:
    """Those rows of a lane that go by one messenger (or by any), by one account of it (or by any): to be looked for
    one after the other."""
    if not messenger:
        return (rows,)
    whose = (_C.messenger == messenger, *([_C.account == account] if account else []))
    theirs = rows.where(sa.exists().where(_C.id == outbox.c.conversation_id, *whose))
    if lane is not Lane.BULK:
        return (theirs,)
    line = outbox.c.line
    named = line == f"{messenger}/{account}" if account else line.startswith(f"{messenger}/")
    return rows.where(READY_BULK, named), theirs.where(READY_BULK, line.is_(None))
