"""What stands in messages that have been sent, in the words that were sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.outbox.tables import outbox
from core.outbox.types import Kind, State

LOOKED_THROUGH = 20


def standing(conn: Connection, conversation_id: int, ids: tuple[str, ...]) -> Mapping[str, Any] | None:
    """The screen that stands in these messages now; None where that is not known any more, or was renewed meanwhile."""
    o = outbox.c
    here = sa.select(o.kind, o.body, o.sent_ids).where(o.conversation_id == conversation_id)
    sent = here.where(o.state.in_((State.HANDED, State.DELIVERED)), o.sent_ids.is_not(None))
    for row in conn.execute(sent.order_by(o.settled_at.desc(), o.id.desc()).limit(LOOKED_THROUGH)):
        if tuple(row.sent_ids) == ids:
            return row.body if row.kind == Kind.SCREEN and row.body else None
    return None
