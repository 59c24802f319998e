"""The journal of who did what to which object: only ever added to. Decides nothing and keeps no text of people."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Actor, Citizen, Nobody, Official, System
from core.db import KEEP, PLAIN, Id, Moment, metadata, owned

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("at", Moment, nullable=False, info=PLAIN),
    sa.Column("actor_kind", sa.Text, nullable=False, info=PLAIN),
    sa.Column("actor_id", Id, info=KEEP),
    sa.Column("action", sa.Text, nullable=False, info=PLAIN),
    sa.Column("object_kind", sa.Text, nullable=False, info=PLAIN),
    sa.Column("object_id", sa.Text, nullable=False, info=KEEP),
    sa.Column("detail", sa.JSON, nullable=False, info=KEEP),
    sa.Index(None, "object_kind", "object_id"),
    info=owned("actor_kind", "actor_id"),
)


def record(
    tx: Connection,
    actor: Actor,
    action: str,
    object_kind: str,
    object_id: int | str,
    now: datetime,
    **detail: str | int,
) -> None:
    kind, number = who(actor)
    tx.execute(
        audit.insert().values(
            at=now,
            actor_kind=kind,
            actor_id=number,
            action=action,
            object_kind=object_kind,
            object_id=str(object_id),
            detail=detail,
        )
    )


def who(actor: Actor) -> tuple[str, int | None]:
    """An actor as the columns that name one."""
    match actor:
        case Citizen(id=number):
            return "citizen", number
        case Official(id=number):
            return "official", number
        case System():
            return "system", None
        case Nobody():
            return "nobody", None
