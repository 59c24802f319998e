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

from bots.gather import Gathering
from bots.house import Houses
from bots.metrics import Metrics
from bots.moves import actor_of
from bots.renew import Renewal, renew
from bots.served import Served
from bots.signals import Signals
from bots.trace import trace
from bots.transport import Gone, Later, Moved, Outcome, Parcel, Rejected, Sent, Uncertain
from core import app, pins
from core.clock import Clock
from core.conversations import service as conversations
from core.conversations.types import Conversation
from core.db import Database, is_outage
from core.errors import Refusal
from core.notify.failover import failover
from core.notify.types import NoticeKind
from core.operations.rules import bare
from core.outbox import delivery, tokens
from core.outbox.types import Kind, Lane, Row, State
from core.shown import Shown, from_json
from dialogs.reads import distinct

TRIES = 8
"""Of a row that its transport puts off, each time for twice as long; then it is refused."""
EDIT_AGAIN, BEHIND = timedelta(seconds=5), timedelta(seconds=1)
KEEP = delivery.LEASE / 3
LOOKS, LET_GO = 1.0, 0.5
AWAY, AWAY_MOST = 0.2, 1.0
"""Seconds before what has come of a row is written down once more; they double."""
MANY, MOMENT = 5, 0.02
"""Where so many are on their way, what has come of them within so many seconds is written down together."""
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
        metrics: Metrics | None = None,
    ) -> None:
        self._db, self._houses, self._served, self._metrics = db, houses, served, metrics or Metrics()
        self._signals, self._clock, self._owner, self._reached = signals, clock, owner, reached
        self._away: dict[int, asyncio.Task[None]] = {}
        self._kept = clock()
        self._settling = Gathering[tuple[_Ready, Outcome], State | None](
            self._settle_together, lambda: MOMENT if len(self._away) >= MANY else 0.0
        )

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
        now, rooms = self._clock(), self._served.rooms(len(self._away))
        due = await self._read(lambda conn: self._due(conn, tuple(rooms), now)) if rooms else ()
        rows = await self._write(lambda tx: self._claim(tx, {lane: rooms[lane] for lane in due}, now)) if due else []
        if not rows:
            return 0
        self._reached("claimed")
        ready, ends = await self._read(lambda conn: self._words(conn, rows, now))
        begun = await self._write(lambda tx: self._begin(tx, ready, ends, now))
        self._count_unsent(rows, ends)
        self._reached("sending")
        for one in ready:
            if one.row.id in begun:
                self._away[one.row.id] = asyncio.create_task(self._send(one))
        await asyncio.sleep(0)  # they stand in the row before anybody asks how long it is
        return len(rows)

    async def landed(self) -> None:
        """Everything that is on its way has come to its end."""
        while on_its_way := [sending for sending in self._away.values() if not sending.done()]:
            try:
                await self._keep()
            except Exception as error:
                if not is_outage(error):  # they may come to their end before their lease does
                    raise
            await asyncio.wait(on_its_way, timeout=LOOKS)
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

    def _due(self, conn: Connection, lanes: Sequence[Lane], now: datetime) -> tuple[Lane, ...]:
        """Asks a reader first: a turn with nothing to do costs no write."""
        served = self._served
        until = tokens.paused_until(conn, served.messenger, served.account)
        if until is not None and until > now:
            return ()
        return tuple(delivery.waits(conn, lanes, now, served.way))

    def _claim(self, tx: Connection, rooms: Mapping[Lane, int], now: datetime) -> list[Row]:
        """The most urgent first."""
        rows, served = list[Row](), self._served
        for lane, most in rooms.items():
            room = max(most - len(rows), min(most, served.share(lane)))
            if room > 0:
                rows += delivery.claim(tx, self._owner, (lane,), room, now, served.way)
        return rows

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
            lane=row.lane,
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
        handed, row = self._clock(), ready.row
        trace("sent", outbox=row.id, key=row.key, conversation=row.conversation_id, outcome=type(outcome).__name__)
        self._reached("sent")
        end = await self._settling.add((ready, outcome))
        self._reached("settled")
        self._count(row, outcome, end, handed)
        self._signals.ring("outbox")  # what stood behind it may go

    def _count_unsent(self, rows: Sequence[Row], ends: Sequence[_End]) -> None:
        lanes = {row.id: row.lane for row in rows}
        for id, state, _ in ends:
            self._metrics.ended(lanes[id], self._served.messenger, state.value)
            if state is State.REFUSED:
                self._metrics.refused(self._served.messenger, "fault")

    async def _outcome(self, parcel: Parcel) -> Outcome:
        try:
            outcome = await self._served.transport.send(parcel)
        except Exception as error:
            log.exception("transport_failed", outbox=parcel.outbox_id)
            return Uncertain(f"a fault of ours: {type(error).__name__}")
        if isinstance(outcome, Later) and outcome.whole and self._served.pace is not None:
            self._served.pace.pause(outcome.seconds)
        return outcome

    async def _settle_together(self, some: Sequence[tuple[_Ready, Outcome]]) -> list[State | None]:
        """Those that have come while others were written down share a commit, in one order."""
        order = sorted(range(len(some)), key=lambda n: some[n][0].row.conversation_id)
        ends = await self._surely(lambda tx: self._settle_all(tx, [some[n] for n in order]))
        return [ends[one.row.id] for one, _ in some]

    def _settle_all(self, tx: Connection, some: Sequence[tuple[_Ready, Outcome]]) -> dict[int, State | None]:
        """Nearly all of them are words that have come, and these are settled with one statement."""
        now, sent, ends = self._clock(), list[tuple[_Ready, Sent]](), dict[int, State | None]()
        for ready, outcome in some:
            if isinstance(outcome, Sent) and not ready.renewal and not ready.parcel.shown.pin:
                sent.append((ready, outcome))
            else:
                ends[ready.row.id] = self._settle(tx, ready, outcome)
        ended = {ready.row.id: State.DELIVERED if outcome.confirmed else State.HANDED for ready, outcome in sent}
        delivery.settle_sent(tx, [(ready.row.id, ended[ready.row.id], outcome.ids) for ready, outcome in sent], now)
        edits = [(r.row.conversation_id, outcome.ids[-1]) for r, outcome in sent if r.parcel.edit and outcome.ids]
        pins.take_out(tx, edits)
        for _, outcome in sent:
            if outcome.record is not None:
                outcome.record(tx)
        return {**ends, **ended}

    def _settle(self, tx: Connection, ready: _Ready, outcome: Outcome) -> State | None:
        """Its end, or None where it is to be tried again."""
        end: State | None = None
        now, id, renewal, tries = self._clock(), ready.row.id, ready.renewal, ready.row.attempts + 1
        match outcome:
            case Sent(ids, confirmed, record, divided):
                end = State.DELIVERED if confirmed else State.HANDED
                delivery.settle(tx, id, end, now, "", ids)
                self._shown(tx, ready, () if divided else ids, now)
                if record is not None:
                    record(tx)
            case Later(seconds, reason, whole, counted, behind) if tries < TRIES or not counted:
                until = now + timedelta(seconds=seconds * 2**ready.row.attempts if counted else seconds)
                due = until + BEHIND if behind else now if whole else until
                delivery.again(tx, id, due, reason, counted=counted)
                if whole:  # the row waits for nothing of its own
                    tokens.pause(tx, self._served.messenger, self._served.account, until)
            case Moved(peer, reason) if tries < TRIES and conversations.move(tx, ready.row.conversation_id, peer):
                delivery.again(tx, id, now, reason)
            case Uncertain(reason) if renewal and tries < TRIES:  # an edit can be repeated
                delivery.again(tx, id, now + EDIT_AGAIN, reason)
            case Later(reason=reason) | Gone(reason) | Moved(_, reason) | Rejected(reason):
                end = State.REFUSED
                delivery.settle(tx, id, end, now, reason)
                if isinstance(outcome, Gone):
                    self._gone(tx, ready.row, now)
                if renewal and not isinstance(outcome, Later):
                    pins.forget(tx, renewal.pin)
            case Uncertain(reason) if ready.row.lane in ONCE_MORE and not ready.row.resent:
                delivery.again(tx, id, now + EDIT_AGAIN, reason, resent=True)
            case Uncertain(reason):
                end = State.UNCERTAIN
                delivery.settle(tx, id, end, now, reason)
            case _:
                assert_never(outcome)
        if not isinstance(outcome, Sent):
            tell = log.info if isinstance(outcome, Later) else log.warning  # of what goes out later nobody has to know
            tell("not_sent", outbox=id, outcome=type(outcome).__name__, reason=bare(outcome.reason))
        return end

    def _count(self, row: Row, outcome: Outcome, end: State | None, handed: datetime) -> None:
        metrics, messenger = self._metrics, self._served.messenger
        if isinstance(outcome, Sent):
            metrics.handed(row.lane, messenger, row.awaited_at, handed)
        elif isinstance(outcome, Later):
            metrics.put_off(messenger, whole=outcome.whole)
        if end is not None:
            metrics.ended(row.lane, messenger, end.value)
        if end is State.REFUSED:
            metrics.refused(messenger, type(outcome).__name__.lower())

    @staticmethod
    def _gone(tx: Connection, row: Row, now: datetime) -> None:
        """Nobody is there any more; what they should know goes where they can be reached."""
        conversations.gone(tx, row.conversation_id, now)
        if row.kind is Kind.NOTICE:
            failover(tx, row.conversation_id, row.body["kind"], row.body["facts"], row.key, now)

    async def _read(self, fn: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self._db.read(fn))

    async def _surely(self, fn: Callable[[Connection], T]) -> T:
        """What has come of a row is known only here: while the database is away, it is not forgotten."""
        pause = AWAY
        while True:
            try:
                return await self._write(fn)
            except Exception as error:
                if not is_outage(error):
                    raise
            await asyncio.sleep(pause)
            pause = min(pause * 2, AWAY_MOST)

    async def _write(self, fn: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self._db.write(fn))

    def _shown(self, tx: Connection, ready: _Ready, ids: Sequence[str], now: datetime) -> None:
        """What the message says now, so that it can be kept true."""
        parcel = ready.parcel
        if ready.renewal is not None:
            ready.renewal.done(tx)
        elif ids and (parcel.shown.pin is not None or parcel.edit):
            pins.put(tx, parcel.conversation_id, ids[-1], parcel.shown, ready.row.created_at, now)
