"""Takes rows from the outbox to their transports. Nothing leaves before it is durably `sending`, and every row ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, assert_never

import sqlalchemy.exc
import structlog
from sqlalchemy.engine import Connection

from bots.house import Houses
from bots.moves import actor_of
from bots.renew import Renewal, renew
from bots.signals import Signals
from bots.transport import Gone, Later, Outcome, Parcel, Rejected, Sent, Transport, Uncertain
from core import app, pins
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
EDIT_AGAIN = timedelta(seconds=5)

_End = tuple[int, State, str]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A row in words. `renewal`: it is a pinned message that is to be shown anew."""

    row: Row
    parcel: Parcel
    renewal: Renewal | None = None


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
        ready, ends = await asyncio.wrap_future(self._db.read(lambda conn: self._words(conn, rows, now)))
        begun = await asyncio.wrap_future(self._db.write(lambda tx: self._begin(tx, ready, ends, now)))
        self._reached("sending")
        await asyncio.gather(*(self._send(one) for one in ready if one.row.id in begun))
        return len(rows)

    def _words(self, conn: Connection, rows: Sequence[Row], now: datetime) -> tuple[list[_Ready], list[_End]]:
        """What is to be sent, and the ends of those rows that are not."""
        known = conversations.read(conn, [row.conversation_id for row in rows])
        ready, ends = list[_Ready](), list[_End]()
        for row in rows:
            try:
                one = self._ready(conn, row, known[row.conversation_id], now)
            except sqlalchemy.exc.OperationalError:
                raise
            except Exception as error:
                log.exception("not_shown", outbox=row.id)
                conn.rollback()
                ends.append((row.id, State.REFUSED, f"a fault of ours: {type(error).__name__}"))
                continue
            if one is None:
                ends.append((row.id, State.SUPERSEDED, "nothing to say any more"))
            else:
                ready.append(one)
        return ready, ends

    def _ready(self, conn: Connection, row: Row, there: Conversation, now: datetime) -> _Ready | None:
        """None if there is nothing to say any more."""
        if row.kind is Kind.PIN:
            message = row.body["message"]
            renewal = renew(conn, self._houses, there, message, now)
            if renewal is None:
                return None
            parcel = Parcel(row.id, there.id, there.address, renewal.shown, row.edit, push=False, message=message)
            return _Ready(row, parcel, renewal)
        shown = from_json(row.body) if row.kind is Kind.SCREEN else self._notice(conn, row.body, there, now)
        if shown is None:
            return None
        push = row.lane is not Lane.REPLY
        return _Ready(row, Parcel(row.id, there.id, there.address, shown, row.edit, push))

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

    def _begin(self, tx: Connection, ready: Sequence[_Ready], ends: Sequence[_End], now: datetime) -> set[int]:
        for id, state, reason in ends:
            delivery.settle(tx, id, state, now, reason)
        return delivery.begin_sending(tx, sorted(one.row.id for one in ready), self._owner, now)

    async def _send(self, ready: _Ready) -> None:
        outcome = await self._outcome(ready.parcel)
        self._reached("sent")
        await asyncio.wrap_future(self._db.write(lambda tx: self._settle(tx, ready, outcome)))
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

    def _settle(self, tx: Connection, ready: _Ready, outcome: Outcome) -> None:
        now, id, renewal, tries = self._clock(), ready.row.id, ready.renewal, ready.row.attempts + 1
        match outcome:
            case Sent(ids, confirmed):
                delivery.settle(tx, id, State.DELIVERED if confirmed else State.HANDED, now, "", ids)
                self._shown(tx, ready, ids, now)
            case Later(seconds, reason) if tries < TRIES:
                delivery.again(tx, id, now + timedelta(seconds=seconds), reason)
            case Uncertain(reason) if renewal and tries < TRIES:  # an edit can be repeated
                delivery.again(tx, id, now + EDIT_AGAIN, reason)
            case Later(_, reason) | Gone(reason) | Rejected(reason):
                delivery.settle(tx, id, State.REFUSED, now, reason)
                if renewal and not isinstance(outcome, Later):
                    pins.forget(tx, renewal.pin)
            case Uncertain(reason):
                delivery.settle(tx, id, State.UNCERTAIN, now, reason)
            case _:
                assert_never(outcome)
        if not isinstance(outcome, Sent):
            log.warning("not_sent", outbox=id, outcome=type(outcome).__name__, reason=outcome.reason)

    def _shown(self, tx: Connection, ready: _Ready, ids: Sequence[str], now: datetime) -> None:
        """What the message says now, so that it can be kept true."""
        parcel = ready.parcel
        if ready.renewal is not None:
            ready.renewal.done(tx)
        elif ids and (parcel.shown.pin is not None or parcel.edit):
            pins.put(tx, parcel.conversation_id, ids[-1], parcel.shown, ready.row.created_at, now)
