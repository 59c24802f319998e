"""Who serves an account of a messenger, and whether everything of it waits. A token belongs to one process at a time:
two that polled would take each other's updates, and two that sent mailings would break the messenger's limits."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.outbox.tables import tokens
from core.sql import insert_once

LEASE = timedelta(seconds=15)
"""A token of a dead process is free after so long."""
_T = tokens.c


def hold(tx: Connection, messenger: str, account: str, owner: str, now: datetime) -> bool:
    """Takes the token or keeps it; False where another process has it."""
    _meet(tx, messenger, account)
    free = sa.or_(_T.owner.is_(None), _T.owner == owner, _T.lease_until < now)
    mine = sa.update(tokens).where(*_is(messenger, account), free).values(owner=owner, lease_until=now + LEASE)
    return tx.execute(mine).rowcount == 1


def drop(tx: Connection, messenger: str, account: str, owner: str) -> None:
    """At the end of a process, so that the next one need not wait."""
    mine = sa.update(tokens).where(*_is(messenger, account), _T.owner == owner)
    tx.execute(mine.values(owner=None, lease_until=None))


def drop_all(tx: Connection) -> None:
    """At the start of the only process of an embedded database: whoever held one is dead."""
    tx.execute(sa.update(tokens).values(owner=None, lease_until=None))


def pause(tx: Connection, messenger: str, account: str, until: datetime) -> None:
    """Nothing of this account is sent before; a later end stands."""
    _meet(tx, messenger, account)
    later = sa.or_(_T.paused_until.is_(None), _T.paused_until < until)
    tx.execute(sa.update(tokens).where(*_is(messenger, account), later).values(paused_until=until))


def paused_until(conn: Connection, messenger: str, account: str) -> datetime | None:
    until: datetime | None = conn.execute(sa.select(_T.paused_until).where(*_is(messenger, account))).scalar()
    return until


def place(conn: Connection, messenger: str, account: str) -> str:
    return conn.execute(sa.select(_T.place).where(*_is(messenger, account))).scalar() or ""


def put_place(tx: Connection, messenger: str, account: str, place: str) -> None:
    """In one transaction with the events before it."""
    _meet(tx, messenger, account)
    tx.execute(sa.update(tokens).where(*_is(messenger, account)).values(place=place))


def _is(messenger: str, account: str) -> tuple[sa.ColumnElement[bool], ...]:
    return _T.messenger == messenger, _T.account == account


def _meet(tx: Connection, messenger: str, account: str) -> None:
    insert_once(tx, tokens, {"messenger": messenger, "account": account}, ("messenger", "account"))
