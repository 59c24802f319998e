"""What was said is not kept for longer than it may be asked about; that it was said stays on record."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.outbox.tables import outbox

BLANK = 0
"""The format of a body of which nothing is left."""


def blank(tx: Connection, before: datetime) -> None:
    """Bodies of rows that came to their end earlier."""
    o = outbox.c
    old = sa.update(outbox).where(
        o.settled_at < before, o.format != BLANK, o.state.not_in(("ready", "leased", "sending"))
    )
    tx.execute(old.values(body={}, format=BLANK))
