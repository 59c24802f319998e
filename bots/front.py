"""Hears what waits in the inbox: one owner for each conversation, many conversations at a time."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial

import sqlalchemy.exc
import structlog
from sqlalchemy.engine import Connection

from bots.endless import Endless
from bots.house import Houses
from bots.metrics import Metrics
from bots.moves import Move, actor_in, give_up
from bots.saving import save_together
from bots.signals import Signals
from bots.trace import trace
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
COMPANY = {1: AT_ONCE, 2: 25}
"""How many of them, by the try. What was tried before may have killed its process: it is heard among few, and then
alone, so that it does not count against all the others until they are set aside with it."""
TOGETHER, COMMIT = 100, 25
"""Conversations that share a commit: where nothing but the moves is to be kept, and where commands are to be run."""
KEEP = conversations.LEASE.total_seconds() / 4

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
        metrics: Metrics | None = None,
        endless: Endless | None = None,
    ) -> None:
        self._db, self._houses, self._signals, self._clock, self._owner = db, houses, signals, clock, owner
        self._reached, self._metrics, self._endless = reached, metrics or Metrics(), endless or Endless()
        self._owed: Sequence[Heard] | None = None
        """Taken and not heard, as far as we know, while the database could not be told so."""
        self._room = AT_ONCE

    async def turn(self) -> int:
        """How many updates have been heard; 0 when nothing waits."""
        if self._owed is not None:
            await self._give_all_back()
        now, self._owed = self._clock(), ()
        heard = self._owed = await asyncio.wrap_future(self._db.write(lambda tx: self._take(tx, now)))
        if not heard:
            self._owed = None
            return 0
        self._reached("taken")
        keeping = asyncio.create_task(self._keep(sorted({one.conversation_id for one in heard})))
        try:
            await self._serve(self._turn(heard, now))
        except Exception:
            await self._give_all_back()
            raise
        finally:
            keeping.cancel()
        self._owed = None
        for one in heard:
            self._metrics.heard(one.attempts)
            trace("heard", update=one.key, inbox=one.id, conversation=one.conversation_id, attempt=one.attempts)
        return len(heard)

    async def _keep(self, ids: Sequence[int]) -> None:
        """A turn may take long where the database is slow: without their leases two fronts would undo each other's work
        for ever."""
        while True:
            await asyncio.sleep(KEEP)
            try:
                await asyncio.wrap_future(self._db.write(partial(_keep, ids, self._owner, self._clock())))
            except Exception as error:  # noqa: BLE001 - the turn meets it too, and says so
                log.warning("leases_not_kept", problem=type(error).__name__)

    async def _give_all_back(self) -> None:
        """Also what a commit took of which we have not heard: nobody has to wait until the lease runs out."""
        heard = self._owed or ()
        await asyncio.wrap_future(self._db.write(lambda tx: _give_all_back(tx, self._owner, heard)))
        self._owed = None

    async def _serve(self, turn: _Turn) -> None:
        await asyncio.wrap_future(self._db.read(turn.begin))
        self._reached("moved")
        for some in turn.slices():
            await asyncio.wrap_future(self._db.write(lambda tx, some=some: turn.finish(tx, some)))  # type: ignore[misc]
            self._reached("saved")
            self._signals.ring("outbox")

    def _turn(self, heard: Sequence[Heard], now: datetime) -> _Turn:
        return _Turn(self._houses, self._owner, self._endless, heard, now)

    def _take(self, tx: Connection, now: datetime) -> list[Heard]:
        mine = conversations.claim(tx, self._owner, self._room, now)
        heard = inbox.take(tx, mine, now) if mine else []
        for idle in set(mine) - {one.conversation_id for one in heard}:
            conversations.release(tx, idle, self._owner)
            inbox.wake(tx, [idle])
        return self._among_their_like(tx, heard, now)

    def _among_their_like(self, tx: Connection, heard: Sequence[Heard], now: datetime) -> list[Heard]:
        """Those that want less company than there is now are left for the next turn."""
        room, self._room = self._room, min((_company(one) for one in heard), default=AT_ONCE)
        apart = [one for one in heard if _company(one) < room]
        _give_back(tx, self._owner, apart)
        rest = [one for one in heard if _company(one) >= room]
        return self._take(tx, now) if apart and not rest else rest


def _keep(ids: Sequence[int], owner: str, now: datetime, tx: Connection) -> None:
    conversations.keep(tx, ids, owner, now)


def _company(heard: Heard) -> int:
    return COMPANY.get(heard.attempts, 1)


def _give_all_back(tx: Connection, owner: str, heard: Sequence[Heard]) -> None:
    mine = conversations.release_all(tx, owner)
    _excuse(tx, heard)
    inbox.wake(tx, sorted(mine))


def _give_back(tx: Connection, owner: str, heard: Sequence[Heard]) -> None:
    """It is not their fault that they have not been heard: nobody has to wait until the lease runs out."""
    there = sorted({one.conversation_id for one in heard})
    for id in there:
        conversations.release(tx, id, owner)
    _excuse(tx, heard)
    inbox.wake(tx, there)


def _excuse(tx: Connection, heard: Sequence[Heard]) -> None:
    """Also where another move has taken the conversation from us, as one that joins or drops chats does; but not where
    we were so slow that somebody else is serving it by now."""
    free = conversations.unleased(tx, {one.conversation_id for one in heard})
    inbox.untry(tx, [one.id for one in heard if one.conversation_id in free])


class _Turn:
    """The moves of many conversations. One that fails where nothing should is given up, and the others do not feel it;
    a database that is away fails them all."""

    def __init__(self, houses: Houses, owner: str, endless: Endless, heard: Sequence[Heard], now: datetime) -> None:
        self._houses, self._owner, self._endless, self._now = houses, owner, endless, now
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
        """A commit for some at a time: the first need not wait for the last, and locks are held for a moment. Moves
        that only have to be kept go first and together."""
        ids = sorted(self._waiting)  # the order in which everybody locks them
        kept = [id for id in ids if self._only_kept(id)]
        others = sorted({*ids} - {*kept})
        for mine, most in ((kept, TOGETHER), (others, COMMIT)):
            yield from (mine[start : start + most] for start in range(0, len(mine), most))

    def _only_kept(self, id: int) -> bool:
        return id not in self._problems and self._moves[id].only_kept

    def finish(self, tx: Connection, ids: Sequence[int]) -> None:
        if all(map(self._only_kept, ids)):
            self._keep(tx, ids)
        else:
            self._finish_each(tx, ids)

    def _keep(self, tx: Connection, ids: Sequence[int]) -> None:
        """What should not fail is found out one by one."""
        try:
            with tx.begin_nested():
                lost = save_together(tx, [self._moves[id] for id in ids], self._owner, self._now)
        except Exception as error:
            if isinstance(error, sqlalchemy.exc.DBAPIError) and is_away(error):
                raise
            log.exception("moves_not_saved_together", conversations=len(ids))
            self._finish_each(tx, ids)
            return
        for id in sorted(lost):
            log.info("move_lost", conversation=id)
            _give_back(tx, self._owner, self._waiting[id])

    def _finish_each(self, tx: Connection, ids: Sequence[int]) -> None:
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
            with self._endless.over(conversation_id):
                yield
        except Lost:
            self._lost.add(conversation_id)
            log.info("move_lost", conversation=conversation_id)
        except Exception as error:
            if isinstance(error, sqlalchemy.exc.DBAPIError) and is_away(error):
                raise
            log.exception("move_given_up", conversation=conversation_id)
            self._problems[conversation_id] = type(error).__name__
