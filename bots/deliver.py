"""Takes rows from the outbox to their transports. Nothing leaves before it is durably `sending`, and every row ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar, assert_never

import sqlalchemy.exc
import structlog
from sqlalchemy.engine import Connection

from bots.house import Houses
from bots.moves import actor_of
from bots.renew import Renewal, renew
from bots.signals import Signals
from bots.transport import Gone, Later, Moved, Outcome, Parcel, Rejected, Sent, Transport, Uncertain
from core import app, pins
from core.clock import Clock
from core.conversations import service as conversations
from core.conversations.types import Conversation
from core.db import Database
from core.errors import Refusal
from core.notify.failover import failover
from core.notify.types import NoticeKind
from core.outbox import delivery, tokens
from core.outbox.types import Kind, Lane, Row, State
from core.shown import Shown, from_json
from dialogs.reads import distinct

AT_ONCE = 200
TRIES = 8
"""Of a row that its transport puts off; then it is refused."""
EDIT_AGAIN = timedelta(seconds=5)
KEEP = delivery.LEASE / 3
LET_GO = 0.5
ONCE_MORE = (Lane.REPLY, Lane.PUSH)
"""What somebody waits for is sent once more where nobody knows whether it has come: better twice than never."""

_End = tuple[int, State, str]
T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A row in words. `renewal`: it is a pinned message that is to be shown anew."""

    row: Row
    parcel: Parcel
    renewal: Renewal | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """What a Deliver serves: a messenger, one account of it or all of them (empty), and by which way. `lanes` is asked
    before each turn: what is not a reply is sent only by the process that holds the token."""

    messenger: str
    transport: Transport
    lanes: Callable[[], Sequence[Lane]]
    account: str = ""
    at_once: int = AT_ONCE
    """Rows on their way."""


class Deliver:
    """`reached(hop)` is called between the hops of a row: tests kill the process there."""

    def __init__(
        self,
        db: Database,
        houses: Houses,
        served: Served,
        signals: Signals,
        clock: Clock,
        owner: str,
        reached: Callable[[str], None] = lambda hop: None,
    ) -> None:
        self._db, self._houses, self._served = db, houses, served
        self._signals, self._clock, self._owner, self._reached = signals, clock, owner, reached
        self._away: dict[int, asyncio.Task[None]] = {}
        self._kept = clock()

    async def turn(self) -> int:
        """How many rows have been dealt with; 0 when nothing waits."""
        done = await self.start()
        await self.landed()
        return done

    async def start(self) -> int:
        """Sends without waiting for the answers, so that a slow one holds up nobody else. A row whose older neighbour
        is on its way is not claimed."""
        self._reap()
        await self._keep()
        room = self._served.at_once - len(self._away)
        if room <= 0:
            await asyncio.wait(self._away.values(), timeout=KEEP.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
            return 1
        now, served = self._clock(), self._served
        lanes = served.lanes()
        if not await self._read(lambda conn: self._is_due(conn, lanes, now)):
            return 0
        rows = await self._write(
            lambda tx: delivery.claim(tx, self._owner, lanes, room, now, served.messenger, served.account)
        )
        if not rows:
            return 0
        self._reached("claimed")
        ready, ends = await self._read(lambda conn: self._words(conn, rows, now))
        begun = await self._write(lambda tx: self._begin(tx, ready, ends, now))
        self._reached("sending")
        for one in ready:
            if one.row.id in begun:
                self._away[one.row.id] = asyncio.create_task(self._send(one))
        return len(rows)

    async def landed(self) -> None:
        """Everything that is on its way has come to its end."""
        if self._away:
            await asyncio.wait(self._away.values())
            self._reap()

    def _reap(self) -> None:
        """What has come to its end; where that could not be written down, we say so."""
        ended = [id for id, sending in self._away.items() if sending.done()]
        problems = [sending.exception() for sending in [self._away.pop(id) for id in ended]]
        for problem in problems:
            if problem is not None:
                raise problem

    async def let_go(self) -> None:
        """What has not landed in time stays `sending`, as if this process had died: somebody will pick it up."""
        while self._away:
            for sending in self._away.values():
                sending.cancel()
            await asyncio.wait(self._away.values(), timeout=LET_GO)
            self._away = {id: sending for id, sending in self._away.items() if not sending.done()}

    async def _keep(self) -> None:
        now = self._clock()
        if self._away and now - self._kept > KEEP:
            self._kept, ids = now, sorted(self._away)
            await self._write(lambda tx: delivery.keep(tx, ids, self._owner, now))

    def _is_due(self, conn: Connection, lanes: Sequence[Lane], now: datetime) -> bool:
        """Asks a reader first: a turn with nothing to do costs no write."""
        served = self._served
        until = tokens.paused_until(conn, served.messenger, served.account)
        paused = until is not None and until > now
        return not paused and delivery.waits(conn, lanes, now, served.messenger, served.account)

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
            return _Ready(row, replace(self._parcel(row, there, renewal.shown), push=False, message=message), renewal)
        shown = from_json(row.body) if row.kind is Kind.SCREEN else self._notice(conn, row.body, there, now)
        if shown is None:
            return None
        return _Ready(row, self._parcel(row, there, shown))

    @staticmethod
    def _parcel(row: Row, there: Conversation, shown: Shown) -> Parcel:
        return Parcel(
            outbox_id=row.id,
            conversation_id=there.id,
            address=there.address,
            shown=shown,
            edit=row.edit,
            push=row.lane is not Lane.REPLY,
            lang=there.lang,
            urgent=row.lane is Lane.REPLY,
            again=row.resent,
        )

    def _notice(self, conn: Connection, body: Mapping[str, Any], there: Conversation, now: datetime) -> Shown | None:
        """In the words of this minute, of what this person may see this minute; None if there is nothing to say."""
        actor, facts = actor_of(conn, there.person), body["facts"]
        notice = self._houses.of(there, actor).notices[NoticeKind(body["kind"])]
        try:
            answer = app.ask(conn, actor, notice.needs(facts), now)
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
        await self._write(lambda tx: self._settle(tx, ready, outcome))
        self._reached("settled")
        self._signals.ring("outbox")  # what stood behind it may go

    async def _outcome(self, parcel: Parcel) -> Outcome:
        try:
            return await self._served.transport.send(parcel)
        except Exception as error:
            log.exception("transport_failed", outbox=parcel.outbox_id)
            return Uncertain(f"a fault of ours: {type(error).__name__}")

    def _settle(self, tx: Connection, ready: _Ready, outcome: Outcome) -> None:
        now, id, renewal, tries = self._clock(), ready.row.id, ready.renewal, ready.row.attempts + 1
        match outcome:
            case Sent(ids, confirmed, record):
                delivery.settle(tx, id, State.DELIVERED if confirmed else State.HANDED, now, "", ids)
                self._shown(tx, ready, ids, now)
                if record is not None:
                    record(tx)
            case Later(seconds, reason, whole, counted) if tries < TRIES or not counted:
                until = now + timedelta(seconds=seconds)
                delivery.again(tx, id, until, reason, counted=counted)
                if whole:
                    tokens.pause(tx, self._served.messenger, self._served.account, until)
            case Moved(peer, reason) if tries < TRIES and conversations.move(tx, ready.row.conversation_id, peer):
                delivery.again(tx, id, now, reason)
            case Uncertain(reason) if renewal and tries < TRIES:  # an edit can be repeated
                delivery.again(tx, id, now + EDIT_AGAIN, reason)
            case Later(reason=reason) | Gone(reason) | Moved(_, reason) | Rejected(reason):
                delivery.settle(tx, id, State.REFUSED, now, reason)
                if isinstance(outcome, Gone):
                    self._gone(tx, ready.row, now)
                if renewal and not isinstance(outcome, Later):
                    pins.forget(tx, renewal.pin)
            case Uncertain(reason) if ready.row.lane in ONCE_MORE and not ready.row.resent:
                delivery.again(tx, id, now + EDIT_AGAIN, reason, resent=True)
            case Uncertain(reason):
                delivery.settle(tx, id, State.UNCERTAIN, now, reason)
            case _:
                assert_never(outcome)
        if not isinstance(outcome, Sent):
            log.warning("not_sent", outbox=id, outcome=type(outcome).__name__, reason=outcome.reason)

    @staticmethod
    def _gone(tx: Connection, row: Row, now: datetime) -> None:
        """Nobody is there any more; what they should know goes where they can be reached."""
        conversations.gone(tx, row.conversation_id, now)
        if row.kind is Kind.NOTICE:
            failover(tx, row.conversation_id, row.body["kind"], row.body["facts"], row.key, now)

    async def _read(self, fn: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self._db.read(fn))

    async def _write(self, fn: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self._db.write(fn))

    def _shown(self, tx: Connection, ready: _Ready, ids: Sequence[str], now: datetime) -> None:
        """What the message says now, so that it can be kept true."""
        parcel = ready.parcel
        if ready.renewal is not None:
            ready.renewal.done(tx)
        elif ids and (parcel.shown.pin is not None or parcel.edit):
            pins.put(tx, parcel.conversation_id, ids[-1], parcel.shown, ready.row.created_at, now)
