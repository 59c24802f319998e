"""Tickets for live streams: each opens one stream within a minute, so that an address in a log is worth nothing."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bots.web.tables import web_tickets
from bots.web.visitors import MESSENGER
from core.conversations.types import Address

LIFE = timedelta(seconds=60)
_T = web_tickets.c


@dataclass(frozen=True, slots=True)
class Pass:
    """Whose stream it is; that of an official lasts no longer than their desk."""

    address: Address
    desk: int | None


def issue(tx: Connection, address: Address, desk: int | None, now: datetime) -> str:
    tx.execute(sa.delete(web_tickets).where(_T.expires_at < now))
    ticket = secrets.token_urlsafe(24)
    row = {"ticket_hash": _hash(ticket), "account": address.account, "peer": address.peer, "desk_id": desk}
    tx.execute(sa.insert(web_tickets).values({**row, "expires_at": now + LIFE}))
    return ticket


def spend(tx: Connection, ticket: str, now: datetime) -> Pass | None:
    mine = sa.delete(web_tickets).where(_T.ticket_hash == _hash(ticket), _T.expires_at >= now)
    row = tx.execute(mine.returning(_T.account, _T.peer, _T.desk_id)).first()
    return None if row is None else Pass(Address(MESSENGER, row.account, row.peer), row.desk_id)


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode("utf-8", "replace")).hexdigest()
