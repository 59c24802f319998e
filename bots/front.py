"""Hears what waits in the inbox: one owner for each conversation, many conversations at a time."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.engine import Connection

from bots.house import Houses
from bots.moves import Move, actor_of
from bots.signals import Signals, rung
from core.clock import Clock
from core.conversations import service as conversations
from core.conversations.service import Lost
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
        moves = await asyncio.wrap_future(self._db.read(lambda conn: self._begin(conn, heard, now)))
        self._reached("moved")
        await asyncio.wrap_future(self._db.write(lambda tx: self._finish(tx, moves)))
        self._reached("saved")
        self._signals.ring("outbox")
        return len(heard)

    def _take(self, tx: Connection, now: datetime) -> list[Heard]:
        mine = conversations.claim(tx, self._owner, AT_ONCE, now)
        heard = inbox.take(tx, mine, now) if mine else []
        for idle in set(mine) - {one.conversation_id for one in heard}:
            conversations.release(tx, idle, self._owner)
            inbox.wake(tx, [idle])
        return heard

    def _begin(self, conn: Connection, heard: list[Heard], now: datetime) -> list[Move]:
        waiting = defaultdict[int, list[Heard]](list)
        for one in heard:
            waiting[one.conversation_id].append(one)
        known = conversations.read(conn, list(waiting))
        moves = [
            Move(self._houses, self._owner, known[id], actor_of(conn, known[id].person), updates, now)
            for id, updates in waiting.items()
        ]
        for move in moves:
            move.go(conn, writing=False)
        return moves

    def _finish(self, tx: Connection, moves: list[Move]) -> None:
        for move in moves:
            try:
                with tx.begin_nested():
                    move.finish(tx)
            except Lost:
                log.info("move_lost", conversation=move.before.id)
