"""Of a mailing each row says whose account sends it, so that a hundred thousand rows of one are not looked through for
those of another. Of everything else there is little enough to look at the conversations."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from core.conversations.tables import conversations
from core.outbox.tables import READY_BULK, outbox
from core.outbox.types import Lane

_C = conversations.c
_ACCOUNT, _LINE = sa.bindparam("by_account", type_=sa.Text), sa.bindparam("by_line", type_=sa.Text)
Rows = sa.Select[tuple[int]]


def line_of(conversation_id: int) -> sa.ScalarSelect[str]:
    return sa.select(_C.messenger + "/" + _C.account).where(_C.id == conversation_id).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Way:
    """By which messenger (or by any), by which account of it (or by any)."""

    messenger: str = ""
    account: str = ""

    @property
    def narrow(self) -> int:
        return bool(self.messenger) + bool(self.account)

    def values(self, lane: Lane) -> dict[str, str]:
        """Of the parameters of `of`."""
        named = {"by_messenger": self.messenger, "by_account": self.account} if self.narrow else {}
        return {**named, "by_line": f"{self.messenger}/{self.account or '%'}"} if lane is Lane.BULK else named


def of(rows: Rows, lane: Lane, narrow: int) -> tuple[Rows, ...]:
    """Those rows of a lane that go by a way so narrow: to be looked for one after the other."""
    if not narrow:
        return (rows,)
    account = narrow > 1
    whose = (_C.messenger == sa.bindparam("by_messenger"), *([_C.account == _ACCOUNT] if account else []))
    theirs = rows.where(sa.exists().where(_C.id == outbox.c.conversation_id, *whose))
    if lane is not Lane.BULK:
        return (theirs,)
    line = outbox.c.line
    named = line == _LINE if account else line.like(_LINE)
    return rows.where(READY_BULK, named), theirs.where(READY_BULK, line.is_(None))
