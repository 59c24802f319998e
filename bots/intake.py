"""The first hop of what messengers bring: a batch is stored in one transaction, and only then may it be confirmed. What
cannot be stored as it is holds up nobody: its writer is told that it was not read, and its bytes are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

import sqlalchemy.exc
import structlog
from sqlalchemy.engine import Connection

from bots.gather import Gathering
from bots.messenger import World
from bots.receive import Newcomer, Update, accept_all, back, gone
from bots.trace import trace
from core.conversations import service as conversations
from core.conversations.types import Address
from core.db import is_away
from core.talk import Message

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Left:
    """The person there has forbidden us to write."""

    address: Address


@dataclass(frozen=True, slots=True)
class Back:
    """They let us write again."""

    address: Address


Told = Update | Left | Back
Also = Callable[[Connection], None]


class Unstored(Exception):
    """The database is away: nothing of it may be confirmed."""


@dataclass(frozen=True, slots=True)
class _Batch:
    told: Sequence[Told]
    also: Also | None


class Accepting:
    """What one account brings. Batches that come while one is being stored are stored together."""

    def __init__(self, world: World, newcomer: Callable[[datetime], Newcomer]) -> None:
        self._world, self._newcomer = world, newcomer
        self._gathering = Gathering[_Batch, None](self._store)

    async def take(self, told: Sequence[Told], also: Also | None = None) -> None:
        """In order. `also` is written in one transaction with all of it. Raises Unstored."""
        self._world.reached("received")
        if not await self._tried(told, also):
            for one in told:
                if len(told) == 1 or not await self._tried([one]):
                    await self._set_aside(one)
            await self._tried((), also)
        self._world.reached("stored")
        trace("stored", updates=[one.key for one in told if isinstance(one, Update)])
        self._world.signals.ring("inbox")

    async def _set_aside(self, one: Told) -> None:
        if not isinstance(one, Update):
            log.error("presence_lost")
            return
        log.error("update_set_aside", update=one.key)
        instead = Message(key=getattr(one.event, "key", ""), unread="kind")
        if not await self._tried([replace(one, event=instead, files=(), part="")]):
            log.error("update_lost", update=one.key)

    async def _tried(self, told: Sequence[Told], also: Also | None = None) -> bool:
        """False where it is their own fault."""
        if not told and also is None:
            return True
        try:
            await self._gathering.add(_Batch(told, also))
        except (OSError, sqlalchemy.exc.TimeoutError) as error:
            raise Unstored(type(error).__name__) from None
        except Exception as error:
            if isinstance(error, sqlalchemy.exc.DBAPIError) and is_away(error):
                raise Unstored(type(error).__name__) from None
            log.exception("updates_not_stored", updates=len(told))
            return False
        return True

    async def _store(self, batches: Sequence[_Batch]) -> list[None]:
        now = self._world.clock()
        await self._world.write(lambda tx: _store(tx, batches, self._newcomer(now), now))
        return [None] * len(batches)


def _store(tx: Connection, batches: Sequence[_Batch], newcomer: Newcomer, now: datetime) -> None:
    told = [one for batch in batches for one in batch.told]
    if not all(isinstance(one, Update) for one in told):
        conversations.find_all(tx, {one.address for one in told})  # locked in one order, whatever they bring
    for are_updates, some in groupby(told, lambda one: isinstance(one, Update)):
        if are_updates:
            accept_all(tx, [one for one in some if isinstance(one, Update)], now, newcomer)
        else:
            for one in some:
                _seen(tx, one, now)
    for batch in batches:
        if batch.also is not None:
            batch.also(tx)


def _seen(tx: Connection, one: Told, now: datetime) -> None:
    if isinstance(one, Left):
        gone(tx, one.address, now)
    else:
        back(tx, one.address)
