"""Reads updates, has them stored, and is polite only then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from bots.intake import Accepting, Back, Left, Told
from bots.messenger import World, citizen, stranger
from bots.telegram.courtesies import Courtesies
from bots.telegram.receive import Acknowledge, Bot, Decline, Heard, Parsed, parse

Came = tuple[Mapping[str, Any], bytes]
"""An update, and its bytes."""

log = structlog.get_logger(__name__)


class Intake:
    def __init__(self, world: World, account: str, courtesies: Courtesies, *, staff: bool) -> None:
        self._world, self._account, self._courtesies, self._staff = world, account, courtesies, staff
        self._accepting = Accepting(world, lambda now: stranger() if staff else citizen(now))

    async def take(self, came: Sequence[Came]) -> None:
        """In order and in one transaction. Raises Unstored."""
        parsed = [one for update, raw in came if (one := self._parsed(update, raw)) is not None]
        if told := [it for one in parsed if (it := _told(one)) is not None]:
            await self._accepting.take(told)
        for one in parsed:
            self._be_polite(one)

    def _parsed(self, update: Mapping[str, Any], raw: bytes) -> Parsed:
        off = self._world.settings.telegram_pii == "off" and not self._staff
        try:
            return parse(update, raw, Bot(self._account, self._courtesies.username, reserved=off))
        except Exception:  # it must not come for ever
            log.exception("update_not_read")
            return None

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


def _told(one: Parsed) -> Told | None:
    match one:
        case Heard(update):
            return update
        case Left() | Back():
            return one
        case _:
            return None  # nothing to keep
