"""Hears what waits in the inbox: one owner for each conversation, many conversations at a time."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy.exc
import structlog
from sqlalchemy.engine import Connection

from bots.house import Houses
from bots.moves import Move, actor_of, give_up
from bots.signals import Signals, rung
from core.clock import Clock
from core.conversations import service as conversations
from core.conversations.service import Lost
from core.conversations.types import Conversation
from core.db import Database
from core.inbox import service as inbox
from core.inbox.service import Heard

AT_ONCE = 200
"""Conversations that share a commit."""
LOOK_AGAIN = 1.0
"""Seconds after which it looks into the inbox without having been told."""

log = structlog.get_logger(__name__)


class Front:
    """`reached(hop)` is called between the hops of a message: tests kill the process there."""

    def __init__(
        self,
        db: Database,
        houses: Houses,
        signals: Signals,
        clock: Clock,
        owner: str,
        reached: Callable[[str], None] = lambda hop: None,
    ) -> None:
        self._db, self._houses, self._signals, self._clock, self._owner = db, houses, signals, clock, owner
        self._reached = reached

    async def run(self) -> None:
        """Until cancelled."""
        with self._signals.listen("inbox") as waiting:
            while True:
                waiting.clear()
                if not await self.turn():
                    await rung(waiting, LOOK_AGAIN)

    async def turn(self) -> int:
        """How many updates have been heard; 0 when nothing waits."""
        now = self._clock()
        heard = await asyncio.wrap_future(self._db.write(lambda tx: self._take(tx, now)))
        if not heard:
            return 0
        self._reached("taken")
        turn = self._turn(heard, now)
        await asyncio.wrap_future(self._db.read(turn.begin))
        self._reached("moved")
        await asyncio.wrap_future(self._db.write(turn.finish))
        self._reached("saved")
        self._signals.ring("outbox")
        return len(heard)

    def _turn(self, heard: Sequence[Heard], now: datetime) -> _Turn:
        return _Turn(self._houses, self._owner, heard, now)

    def _take(self, tx: Connection, now: datetime) -> list[Heard]:
        mine = conversations.claim(tx, self._owner, AT_ONCE, now)
        heard = inbox.take(tx, mine, now) if mine else []
        for idle in set(mine) - {one.conversation_id for one in heard}:
            conversations.release(tx, idle, self._owner)
            inbox.wake(tx, [idle])
        return heard


class _Turn:
    """The moves of many conversations. One that fails where nothing should is given up, and the others do not feel it;
    a database that is away fails them all."""

    def __init__(self, houses: Houses, owner: str, heard: Sequence[Heard], now: datetime) -> None:
        self._houses, self._owner, self._now = houses, owner, now
        self._waiting = defaultdict[int, list[Heard]](list)
        for one in heard:
            self._waiting[one.conversation_id].append(one)
        self._moves: dict[int, Move] = {}
        self._known: Mapping[int, Conversation] = {}
        self._problems: dict[int, str] = {}

    def begin(self, conn: Connection) -> None:
        self._known = conversations.read(conn, list(self._waiting))
        for id, waiting in self._waiting.items():
            before = self._known[id]
            with self._minding(id):
                actor = actor_of(conn, before.person)
                move = self._moves[id] = Move(self._houses, self._owner, before, actor, list(waiting), self._now)
                move.go(conn, writing=False)
            if id in self._problems:
                conn.rollback()

    def finish(self, tx: Connection) -> None:
        for id, move in self._moves.items():
            if id not in self._problems:
                with self._minding(id), tx.begin_nested():
                    move.finish(tx)
        for id, problem in self._problems.items():
            before = self._known[id]
            speech = self._houses.speeches[before.lang]
            give_up(tx, speech, before, self._owner, self._waiting[id], problem, self._now)

    @contextmanager
    def _minding(self, conversation_id: int) -> Iterator[None]:
        try:
            yield
        except Lost:
            log.info("move_lost", conversation=conversation_id)
        except sqlalchemy.exc.OperationalError:
            raise
        except Exception as error:
            log.exception("move_given_up", conversation=conversation_id)
            self._problems[conversation_id] = type(error).__name__
