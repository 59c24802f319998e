"""What was said is not kept for longer than it may be asked about, nor where the chat has become somebody else's; that
it was said stays on record."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.outbox.tables import outbox
from core.outbox.types import State

BLANK = 0
"""The format of a body of which nothing is left."""
_WAITING = (State.READY, State.LEASED, State.HANDED)


def blank(tx: Connection, before: datetime) -> None:
    """Bodies of rows that came to their end earlier."""
    o = outbox.c
    old = sa.update(outbox).where(
        o.settled_at < before, o.format != BLANK, o.state.not_in(("ready", "leased", "sending"))
    )
    tx.execute(old.values(body={}, format=BLANK))


def drop(tx: Connection, conversation_id: int, now: datetime) -> None:
    """Nothing of what was to be said there is said any more, and of nothing that was said the words are left. What is
    on its way this moment cannot be called back."""
    o, why = outbox.c, "the chat is somebody else's now"
    here = sa.update(outbox).where(o.conversation_id == conversation_id)
    for states, end in (((State.SENDING,), State.UNCERTAIN), (_WAITING, State.SUPERSEDED)):
        ended = {"state": end, "reason": why, "settled_at": now, "lease_owner": None, "lease_until": None}
        tx.execute(here.where(o.state.in_(states)).values(ended))
    tx.execute(here.values(body={}, format=BLANK))
