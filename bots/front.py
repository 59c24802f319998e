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
from bots.moves import Move, actor_in, give_up
from bots.signals import Signals
from core.actors import speaking
from core.clock import Clock
from core.conversations import elsewhere
from core.conversations import service as conversations
from core.conversations.service import Lost
from core.conversations.types import Conversation
from core.db import Database, is_away
from core.inbox import service as inbox
from core.inbox.service import Heard

AT_ONCE = 200
"""Conversations that share a turn."""
COMMIT = 25
"""Conversations that share a commit."""

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

    async def turn(self) -> int:
        """How many updates have been heard; 0 when nothing waits."""
        now = self._clock()
        heard = await asyncio.wrap_future(self._db.write(lambda tx: self._take(tx, now)))
        if not heard:
            return 0
        self._reached("taken")
        try:
            await self._serve(self._turn(heard, now))
        except Exception:
            await asyncio.wrap_future(self._db.write(lambda tx: _give_back(tx, self._owner, heard)))
            raise
        return len(heard)

    async def _serve(self, turn: _Turn) -> None:
        await asyncio.wrap_future(self._db.read(turn.begin))
        self._reached("moved")
        for some in turn.slices():
            await asyncio.wrap_future(self._db.write(lambda tx, some=some: turn.finish(tx, some)))  # type: ignore[misc]
            self._reached("saved")
            self._signals.ring("outbox")

    def _turn(self, heard: Sequence[Heard], now: datetime) -> _Turn:
        return _Turn(self._houses, self._owner, heard, now)

    def _take(self, tx: Connection, now: datetime) -> list[Heard]:
        mine = conversations.claim(tx, self._owner, AT_ONCE, now)
        heard = inbox.take(tx, mine, now) if mine else []
        for idle in set(mine) - {one.conversation_id for one in heard}:
            conversations.release(tx, idle, self._owner)
            inbox.wake(tx, [idle])
        return heard


def _give_back(tx: Connection, owner: str, heard: Sequence[Heard]) -> None:
    """It is not their fault that they have not been heard: nobody has to wait until the lease runs out."""
    there = sorted({one.conversation_id for one in heard})
    mine = {id for id in there if conversations.release(tx, id, owner)}
    inbox.untry(tx, [one.id for one in heard if one.conversation_id in mine])
    inbox.wake(tx, there)


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
        self._lost: set[int] = set()

    def begin(self, conn: Connection) -> None:
        self._known = elsewhere.read(conn, list(self._waiting))
        for id, waiting in self._waiting.items():
            before = self._known[id]
            with self._minding(id):
                actor = speaking(actor_in(conn, before), id)
                move = self._moves[id] = Move(self._houses, self._owner, before, actor, list(waiting), self._now)
                move.go(conn, writing=False)
            if id in self._problems:
                conn.rollback()

    def slices(self) -> Iterator[list[int]]:
        """A commit for some at a time: the first need not wait for the last, and locks are held for a moment."""
        ids = sorted(self._waiting)  # the order in which everybody locks them
        yield from (ids[start : start + COMMIT] for start in range(0, len(ids), COMMIT))

    def finish(self, tx: Connection, ids: Sequence[int]) -> None:
        for id in ids:
            if id not in self._problems:
                with self._minding(id), tx.begin_nested():
                    self._moves[id].finish(tx)
            if id in self._lost:
                _give_back(tx, self._owner, self._waiting[id])
            if id in self._problems:
                before, problem = self._known[id], self._problems[id]
                speech = self._houses.speeches[before.lang]
                give_up(tx, speech, before, self._owner, self._waiting[id], problem, self._now)

    @contextmanager
    def _minding(self, conversation_id: int) -> Iterator[None]:
        try:
            yield
        except Lost:
            self._lost.add(conversation_id)
            log.info("move_lost", conversation=conversation_id)
        except Exception as error:
            if isinstance(error, sqlalchemy.exc.DBAPIError) and is_away(error):
                raise
            log.exception("move_given_up", conversation=conversation_id)
            self._problems[conversation_id] = type(error).__name__
