"""Makes two citizens one: all rows of the one become the other's, as each table says of itself. Whether they are one
person is not decided here. Of the one an empty row stays, which says who has become of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.appeals.tables import appeal_holders, appeals
from core.citizens.tables import citizens, consents
from core.citizens.types import Pushes
from core.conversations import service as conversations
from core.db import metadata
from core.personal.registry import CITIZEN, owned_tables

UNSET = {"pushes": Pushes.ALL, "quiet_from": None, "quiet_to": None, "channel_id": None}
"""Settings of who has set nothing."""


def merge(tx: Connection, gone: int, kept: int) -> None:
    """Both are locked by whoever calls it. First what commands lock, in their order, so that nobody waits for one who
    waits for them; a command that comes later finds that its conversation has moved on."""
    theirs = sa.select(appeals.c.id).where(appeals.c.citizen_id == gone).order_by(appeals.c.id)
    tx.execute(theirs.with_for_update()).all()
    conversations.hold(tx, CITIZEN, gone)
    hand_on(tx, gone, kept)
    _settle_settings(tx, gone, kept)
    _settle_consents(tx, kept)
    _settle_holders(tx, kept)


def hand_on(tx: Connection, gone: int, kept: int) -> None:
    """All rows; done again, those that have come in since."""
    for table in owned_tables(metadata):
        for columns, by in table.info["owners"]:
            if not by and [table.c[columns[-1]]] != list(table.primary_key):  # but not the row that is the citizen
                _hand_on(tx, table, columns, gone, kept)


def _hand_on(tx: Connection, table: sa.Table, columns: tuple[str, ...], gone: int, kept: int) -> None:
    """Where only one may be of a kind, and the other has it already, that one stays."""
    owner = table.c[columns[-1]]
    theirs = (owner == gone, *(table.c[kind] == CITIZEN for kind in columns[:-1]))
    for names in _unique(table):
        if owner.name in names:
            twin = table.alias()
            same = (twin.c[name] == table.c[name] for name in names if name != owner.name)
            tx.execute(sa.delete(table).where(*theirs, sa.exists().where(twin.c[owner.name] == kept, *same)))
    tx.execute(sa.update(table).where(*theirs).values({owner.name: kept}))


def _unique(table: sa.Table) -> Iterator[list[str]]:
    for rule in table.constraints:
        if isinstance(rule, sa.UniqueConstraint | sa.PrimaryKeyConstraint):
            yield [column.name for column in rule.columns]


def _settle_settings(tx: Connection, gone: int, kept: int) -> None:
    """Who has set nothing gets what the other has set."""
    c = citizens.c
    rows = tx.execute(sa.select(citizens).where(c.id.in_((gone, kept)))).mappings()
    of: dict[int, Any] = {row["id"]: row for row in rows}
    mine, other = of[kept], of[gone]
    taken = {name: other[name] for name, unset in UNSET.items() if mine[name] == unset}
    if taken:
        tx.execute(sa.update(citizens).where(c.id == kept).values(taken))
    tx.execute(sa.update(citizens).where(c.id == gone).values(merged_into=kept, **UNSET))


def _settle_consents(tx: Connection, kept: int) -> None:
    """A person's last word counts: what was given in one chat and withdrawn in the other afterwards is withdrawn."""
    c, other = consents.c, consents.alias().c
    last = sa.select(sa.func.max(other.withdrawn_at)).where(other.citizen_id == kept, other.purpose == c.purpose)
    word = last.scalar_subquery()
    given = sa.update(consents).where(c.citizen_id == kept, c.withdrawn_at.is_(None), c.at < word)
    tx.execute(given.values(withdrawn_at=word))


def _settle_holders(tx: Connection, kept: int) -> None:
    """An author needs no code to their own appeal."""
    h, own = appeal_holders.c, sa.select(appeals.c.id).where(appeals.c.citizen_id == kept)
    tx.execute(sa.delete(appeal_holders).where(h.citizen_id == kept, h.appeal_id.in_(own)))
