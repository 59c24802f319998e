"""Takes updates in: stores what is to be accepted, and only then lets them be confirmed. One that cannot be stored as
it is holds up nobody: its writer is answered that it was not understood, and its bytes are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy.exc
import structlog
from sqlalchemy.engine import Connection

from bots import receive
from bots.messenger import World, citizen, stranger
from bots.telegram.courtesies import Courtesies
from bots.telegram.receive import Acknowledge, Allowed, Blocked, Bot, Decline, Heard, Parsed, parse
from core.conversations import service as conversations
from core.db import is_away
from core.talk import Message

Came = tuple[Mapping[str, Any], bytes]
"""An update, and its bytes."""

log = structlog.get_logger(__name__)


class Unstored(Exception):
    """The database is away: nothing of it may be confirmed."""


class Intake:
    def __init__(self, world: World, account: str, courtesies: Courtesies, *, staff: bool) -> None:
        self._world, self._account, self._courtesies, self._staff = world, account, courtesies, staff

    async def take(self, came: Sequence[Came]) -> None:
        """In order and in one transaction. Raises Unstored."""
        parsed = [one for update, raw in came if (one := self._parsed(update, raw)) is not None]
        if not parsed:
            return
        await self._stored(parsed)
        self._world.reached("stored")
        self._world.signals.ring("inbox")
        for one in parsed:
            self._be_polite(one)

    def _parsed(self, update: Mapping[str, Any], raw: bytes) -> Parsed:
        off = self._world.settings.telegram_pii == "off" and not self._staff
        try:
            return parse(update, raw, Bot(self._account, self._courtesies.username, reserved=off))
        except Exception:  # it must not come for ever
            log.exception("update_not_read")
            return None

    async def _stored(self, parsed: Sequence[Parsed]) -> None:
        if all(isinstance(one, Acknowledge | Decline) for one in parsed):
            return
        if await self._tried(parsed):
            return
        for one in parsed:
            if len(parsed) == 1 or not await self._tried([one]):
                await self._set_aside(one)

    async def _set_aside(self, one: Parsed) -> None:
        if not isinstance(one, Heard):
            return
        update = one.update
        log.error("update_set_aside", update=update.key)
        instead = Message(key=getattr(update.event, "key", ""), unread="kind")
        if not await self._tried([replace(one, update=replace(update, event=instead, files=(), part=""))]):
            log.error("update_lost", update=update.key)

    async def _tried(self, parsed: Sequence[Parsed]) -> bool:
        """False where it is their own fault. Raises Unstored."""
        now = self._world.clock()
        try:
            await self._world.write(lambda tx: self._store(tx, parsed, now))
        except (OSError, sqlalchemy.exc.TimeoutError) as error:
            raise Unstored(type(error).__name__) from None
        except sqlalchemy.exc.DBAPIError as error:
            if is_away(error):
                raise Unstored(type(error).__name__) from None
            log.exception("updates_not_stored", updates=len(parsed))
            return False
        except Exception:
            log.exception("updates_not_stored", updates=len(parsed))
            return False
        return True

    def _store(self, tx: Connection, parsed: Sequence[Parsed], now: datetime) -> None:
        conversations.lock(tx, [one.update.address for one in parsed if isinstance(one, Heard)])
        for one in parsed:
            match one:
                case Heard(update):
                    receive.accept(tx, update, now, self._newcomer(now))
                case Blocked(address):
                    receive.gone(tx, address, now)
                case Allowed(address):
                    receive.back(tx, address)
                case _:
                    pass  # nothing to keep

    def _newcomer(self, now: datetime) -> receive.Newcomer:
        return stranger() if self._staff else citizen(now)

    def _be_polite(self, one: Parsed) -> None:
        match one:
            case Heard(query=query) if query:
                self._courtesies.acknowledge(query)
            case Acknowledge(query):
                self._courtesies.acknowledge(query)
            case Decline(group, lang):
                self._courtesies.decline(group, lang)
            case _:
                pass
