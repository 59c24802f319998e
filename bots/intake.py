"""The first hop of what messengers bring: a batch is stored in one transaction, and only then may it be confirmed. What
cannot be stored as it is holds up nobody: its writer is told that it was not read, and its bytes are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy.exc
import structlog
from sqlalchemy.engine import Connection

from bots.messenger import World
from bots.receive import Newcomer, Update, accept, back, gone
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


async def take_in(
    world: World, told: Sequence[Told], newcomer: Callable[[datetime], Newcomer], also: Also | None = None
) -> None:
    """In order. `also` is written in one transaction with all of it. Raises Unstored."""
    world.reached("received")
    if not await _tried(world, told, newcomer, also):
        for one in told:
            if len(told) == 1 or not await _tried(world, [one], newcomer):
                await _set_aside(world, one, newcomer)
        await _tried(world, (), newcomer, also)
    world.reached("stored")
    world.signals.ring("inbox")


async def _set_aside(world: World, one: Told, newcomer: Callable[[datetime], Newcomer]) -> None:
    if not isinstance(one, Update):
        log.error("presence_lost")
        return
    log.error("update_set_aside", update=one.key)
    instead = Message(key=getattr(one.event, "key", ""), unread="kind")
    if not await _tried(world, [replace(one, event=instead, files=(), part="")], newcomer):
        log.error("update_lost", update=one.key)


async def _tried(
    world: World, told: Sequence[Told], newcomer: Callable[[datetime], Newcomer], also: Also | None = None
) -> bool:
    """False where it is their own fault."""
    if not told and also is None:
        return True
    now = world.clock()
    try:
        await world.write(lambda tx: _store(tx, told, newcomer(now), also, now))
    except (OSError, sqlalchemy.exc.TimeoutError) as error:
        raise Unstored(type(error).__name__) from None
    except Exception as error:
        if isinstance(error, sqlalchemy.exc.DBAPIError) and is_away(error):
            raise Unstored(type(error).__name__) from None
        log.exception("updates_not_stored", updates=len(told))
        return False
    return True


def _store(tx: Connection, told: Sequence[Told], newcomer: Newcomer, also: Also | None, now: datetime) -> None:
    conversations.lock(tx, [one.address for one in told])
    for one in told:
        match one:
            case Update():
                accept(tx, one, now, newcomer)
            case Left(address):
                gone(tx, address, now)
            case Back(address):
                back(tx, address)
    if also is not None:
        also(tx)
