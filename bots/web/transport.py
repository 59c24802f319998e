"""Sends to web chats: into the mailbox, where open pages find it. Being one transaction, it cannot be in doubt."""

from __future__ import annotations

import asyncio

import sqlalchemy.exc

from bots.signals import Signals
from bots.transport import Later, Outcome, Parcel, Sent, Transport
from bots.web import mailbox
from core.clock import Clock
from core.db import Database


class WebTransport:
    def __init__(self, db: Database, signals: Signals, clock: Clock) -> None:
        self._db, self._signals, self._clock = db, signals, clock

    async def send(self, parcel: Parcel) -> Outcome:
        there, now = parcel.conversation_id, self._clock()
        try:
            pos = await asyncio.wrap_future(
                self._db.write(
                    lambda tx: mailbox.put_theirs(
                        tx, there, parcel.outbox_id, parcel.shown, edit=parcel.edit, push=parcel.push, now=now
                    )
                )
            )
        except sqlalchemy.exc.DBAPIError as error:
            return Later(5, type(error).__name__)
        self._signals.ring(f"web:{there}")
        return Sent((str(pos),), confirmed=False)


def _conforms(transport: WebTransport) -> Transport:
    return transport
