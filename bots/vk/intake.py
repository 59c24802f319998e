"""The first hop of VK's events, whichever way they come: stored together in one write, and only then anything else. One
that cannot be stored does not hold up the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy.exc
import structlog
from sqlalchemy.engine import Connection

from bots.messenger import World, citizen
from bots.receive import accept, back, gone
from bots.vk.courtesies import Courtesies
from bots.vk.receive import NAME, Back, Crowd, Left, Received, Said, parse
from core.conversations import service as conversations
from core.db import is_away
from core.outbox import tokens
from core.talk import Message

log = structlog.get_logger(__name__)


class Unstored(Exception):
    """The database is away: nothing of it may be acknowledged."""


class Intake:
    def __init__(self, world: World, group_id: int, courtesies: Courtesies) -> None:
        self._world, self.group_id, self._courtesies = world, group_id, courtesies

    async def take(self, events: Sequence[object], place: str = "") -> None:
        """When it returns, all of it is ours, and `place` is kept as the one up to which it is. Raises Unstored."""
        await self.store([one for event in events if (one := parse(event, self.group_id)) is not None], place)

    async def store(self, received: Sequence[Received], place: str = "") -> None:
        """In order and in one transaction. Raises Unstored."""
        self._world.reached("received")
        if not await self._tried(received, place):
            for one in received:
                if len(received) == 1 or not await self._tried([one]):
                    await self._set_aside(one)
            await self._tried((), place)
        self._world.reached("stored")
        self._world.signals.ring("inbox")
        for one in received:
            self._be_polite(one)

    async def _set_aside(self, one: Received) -> None:
        """It holds up nobody: its writer is told that it was not read, and its bytes are kept."""
        if not isinstance(one, Said):
            return
        update = one.update
        log.error("update_set_aside", update=update.key)
        instead = Message(key=getattr(update.event, "key", ""), unread="kind")
        if not await self._tried([replace(one, update=replace(update, event=instead, files=(), part=""))]):
            log.error("update_lost", update=update.key)

    async def _tried(self, received: Sequence[Received], place: str = "") -> bool:
        """False where it is their own fault."""
        if not place and all(isinstance(one, Crowd) for one in received):
            return True
        now = self._world.clock()
        try:
            await self._world.write(lambda tx: self._store(tx, received, place, now))
        except (OSError, sqlalchemy.exc.TimeoutError) as error:
            raise Unstored(type(error).__name__) from None
        except sqlalchemy.exc.DBAPIError as error:
            if is_away(error):
                raise Unstored(type(error).__name__) from None
            log.exception("updates_not_stored", updates=len(received))
            return False
        except Exception:
            log.exception("updates_not_stored", updates=len(received))
            return False
        return True

    def _store(self, tx: Connection, received: Sequence[Received], place: str, now: datetime) -> None:
        """The place in one transaction with what came before it."""
        conversations.lock(tx, [one.update.address for one in received if isinstance(one, Said)])
        for one in received:
            match one:
                case Said(update):
                    accept(tx, update, now, citizen(now))
                case Left(address):
                    gone(tx, address, now)
                case Back(address):
                    back(tx, address)
                case Crowd():
                    pass  # nobody in particular
        if place:
            tokens.put_place(tx, NAME, str(self.group_id), place)

    def _be_polite(self, one: Received) -> None:
        if isinstance(one, Said) and one.ack is not None:
            self._courtesies.acknowledge(one.ack)
        elif isinstance(one, Crowd):
            self._courtesies.decline(one, self.group_id)
