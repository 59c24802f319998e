"""Sends to web chats: into the mailbox, where open pages find it. Being one transaction, it cannot be in doubt."""

from __future__ import annotations

import asyncio
from datetime import datetime

import sqlalchemy.exc
from sqlalchemy.engine import Connection

from bots.signals import Signals
from bots.transport import Later, Outcome, Parcel, Rejected, Sent, Transport
from bots.web import mailbox
from core.clock import Clock
from core.db import Database


class WebTransport:
    def __init__(self, db: Database, signals: Signals, clock: Clock) -> None:
        self._db, self._signals, self._clock = db, signals, clock

    async def send(self, parcel: Parcel) -> Outcome:
        now = self._clock()
        try:
            pos = await asyncio.wrap_future(self._db.write(lambda tx: _put(tx, parcel, now)))
        except sqlalchemy.exc.DBAPIError as error:
            return Later(5, type(error).__name__)
        self._signals.ring(f"web:{parcel.conversation_id}")
        return Rejected("it shows something else by now") if pos is None else Sent((str(pos),), confirmed=False)


def _put(tx: Connection, parcel: Parcel, now: datetime) -> int | None:
    there, row, shown = parcel.conversation_id, parcel.outbox_id, parcel.shown
    if parcel.message:
        return mailbox.edit(tx, there, int(parcel.message), row, shown, now)
    return mailbox.put_theirs(tx, there, row, shown, edit=parcel.edit, push=parcel.push, now=now)


def _conforms(transport: WebTransport) -> Transport:
    return transport
