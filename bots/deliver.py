"""Takes rows from the outbox to their transports. Nothing leaves before it is durably `sending`, and every row ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, assert_never

import sqlalchemy.exc
import structlog
from sqlalchemy.engine import Connection

from bots.house import Houses
from bots.moves import actor_of
from bots.signals import Signals
from bots.transport import Gone, Later, Outcome, Parcel, Rejected, Sent, Transport, Uncertain
from core import app
from core.clock import Clock
from core.conversations import service as conversations
from core.conversations.types import Conversation
from core.db import Database
from core.errors import Refusal
from core.notify.types import NoticeKind
from core.outbox import delivery
from core.outbox.types import Kind, Lane, Row, State
from core.shown import Shown, from_json
from dialogs.notices import NoticeDialog
from dialogs.reads import distinct

AT_ONCE = 200
TRIES = 8
"""Of a row that its transport puts off; then it is refused."""

_End = tuple[int, State, str]

log = structlog.get_logger(__name__)


class Deliver:
    """`reached(hop)` is called between the hops of a row: tests kill the process there."""

    def __init__(
        self,
        db: Database,
        houses: Houses,
        notices: Mapping[NoticeKind, NoticeDialog],
        transports: Mapping[str, Transport],
        signals: Signals,
        clock: Clock,
        owner: str,
        lanes: Sequence[Lane],
        reached: Callable[[str], None] = lambda hop: None,
    ) -> None:
        self._db, self._houses, self._notices, self._transports = db, houses, notices, transports
        self._signals, self._clock, self._owner, self._lanes = signals, clock, owner, lanes
        self._reached = reached

    async def turn(self) -> int:
        """How many rows have been dealt with; 0 when nothing waits."""
        now = self._clock()
        rows = await asyncio.wrap_future(
            self._db.write(lambda tx: delivery.claim(tx, self._owner, self._lanes, AT_ONCE, now))
        )
        if not rows:
            return 0
        self._reached("claimed")
        parcels, ends = await asyncio.wrap_future(self._db.read(lambda conn: self._parcels(conn, rows, now)))
        begun = await asyncio.wrap_future(self._db.write(lambda tx: self._begin(tx, parcels, ends, now)))
        self._reached("sending")
        tries = {row.id: row.attempts + 1 for row in rows}
        sends = (self._send(parcel, tries[parcel.outbox_id]) for parcel in parcels if parcel.outbox_id in begun)
        await asyncio.gather(*sends)
        return len(rows)

    def _parcels(self, conn: Connection, rows: Sequence[Row], now: datetime) -> tuple[list[Parcel], list[_End]]:
        """What is to be sent, and the ends of those rows that are not."""
        known = conversations.read(conn, [row.conversation_id for row in rows])
        parcels, ends = list[Parcel](), list[_End]()
        for row in rows:
            there = known[row.conversation_id]
            try:
                shown = from_json(row.body) if row.kind is Kind.SCREEN else self._notice(conn, row.body, there, now)
            except sqlalchemy.exc.OperationalError:
                raise
            except Exception as error:
                log.exception("not_shown", outbox=row.id)
                conn.rollback()
                ends.append((row.id, State.REFUSED, f"a fault of ours: {type(error).__name__}"))
                continue
            if shown is None:
                ends.append((row.id, State.SUPERSEDED, "nothing to say any more"))
            else:
                push = row.lane is not Lane.REPLY
                parcels.append(Parcel(row.id, there.id, there.address, shown, row.edit, push))
        return parcels, ends

    def _notice(self, conn: Connection, body: Mapping[str, Any], there: Conversation, now: datetime) -> Shown | None:
        """In the words of this minute, of what this person may see this minute; None if there is nothing to say."""
        notice, facts = self._notices[NoticeKind(body["kind"])], body["facts"]
        try:
            answer = app.ask(conn, actor_of(conn, there.person), notice.needs(facts), now)
        except Refusal:
            return None
        screen = notice.show(facts, answer)
        if screen is None:
            return None
        shown = self._houses.speeches[there.lang].show(screen)
        return replace(shown, buttons=distinct(shown.buttons), keep=True)

    def _begin(self, tx: Connection, parcels: Sequence[Parcel], ends: Sequence[_End], now: datetime) -> set[int]:
        for id, state, reason in ends:
            delivery.settle(tx, id, state, now, reason)
        return delivery.begin_sending(tx, sorted(parcel.outbox_id for parcel in parcels), self._owner, now)

    async def _send(self, parcel: Parcel, tries: int) -> None:
        outcome = await self._outcome(parcel)
        self._reached("sent")
        await asyncio.wrap_future(self._db.write(lambda tx: self._settle(tx, parcel.outbox_id, outcome, tries)))
        self._reached("settled")

    async def _outcome(self, parcel: Parcel) -> Outcome:
        transport = self._transports.get(parcel.address.messenger)
        if transport is None:
            return Rejected("there is no such messenger here")
        try:
            return await transport.send(parcel)
        except Exception as error:
            log.exception("transport_failed", outbox=parcel.outbox_id)
            return Uncertain(f"a fault of ours: {type(error).__name__}")

    def _settle(self, tx: Connection, id: int, outcome: Outcome, tries: int) -> None:
        now = self._clock()
        match outcome:
            case Sent(ids, confirmed):
                delivery.settle(tx, id, State.DELIVERED if confirmed else State.HANDED, now, "", ids)
            case Later(seconds, reason) if tries < TRIES:
                delivery.again(tx, id, now + timedelta(seconds=seconds), reason)
            case Later(_, reason) | Gone(reason) | Rejected(reason):
                delivery.settle(tx, id, State.REFUSED, now, reason)
            case Uncertain(reason):
                delivery.settle(tx, id, State.UNCERTAIN, now, reason)
            case _:
                assert_never(outcome)
        if not isinstance(outcome, Sent):
            log.warning("not_sent", outbox=id, outcome=type(outcome).__name__, reason=outcome.reason)
