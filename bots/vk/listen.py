"""Bots Long Poll: asks for what came after the stored place, stores it and the new place in one write, and asks again.
Nothing is skipped, also not what came while we were down: dev.vk.com/ru/api/bots-long-poll/getting-started."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bots.intake import Unstored
from bots.messenger import World
from bots.vk.api import Api, Away, Broken, VKError
from bots.vk.errors import meaning
from bots.vk.intake import Intake
from bots.vk.receive import NAME
from core.db import is_outage
from core.outbox import tokens

WAIT = 25
"""Seconds for which VK holds a poll open: its own advice."""
PAUSE, PAUSE_MOST = 0.5, 60.0
"""Seconds before the next try; they double with each failure in a row."""
AGAIN = 0.1
"""Before a new key is used, lest VK refuse one after the other."""
PLACE_MOST = 64

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Server:
    address: str
    key: str
    ts: str


class Poller:
    def __init__(self, world: World, api: Api, intake: Intake) -> None:
        self._world, self._api, self._intake = world, api, intake

    async def run(self) -> None:
        """Until it is cancelled. Whatever fails, the place is kept."""
        server: _Server | None = None
        pause = PAUSE
        while True:
            try:
                server = await self._turn(server or await self._server())
                pause = PAUSE
            except (Unstored, SQLAlchemyError) as error:
                if not isinstance(error, Unstored) and not is_outage(error):
                    log.exception("poll_failed", problem=type(error).__name__)
                server = None  # the place is in the database, and an operator is told by bots.outage
                await asyncio.sleep(PAUSE)
            except (Away, VKError) as error:
                alarm = meaning(error).alarm if isinstance(error, VKError) else None
                log.warning("poll_failed", problem=str(error), what_to_do=alarm)
                server = None  # the place is in the database
                await asyncio.sleep(pause)
                pause = min(pause * 2, PAUSE_MOST)

    async def _turn(self, server: _Server) -> _Server:
        query = {"act": "a_check", "key": server.key, "ts": server.ts, "wait": str(WAIT)}
        answer = await self._api.poll(server.address, query, WAIT + 10)
        if "failed" in answer:
            return await self._failed(server, answer)
        ts, updates = _ts(answer), answer.get("updates")
        if ts != server.ts or updates:
            await self._intake.take(updates if isinstance(updates, list) else (), ts)
        return replace(server, ts=ts)

    async def _failed(self, server: _Server, answer: Mapping[str, Any]) -> _Server:
        match answer["failed"]:
            case 1:
                log.error("history_lost", why="VK does not have all events since the last one any more")
                await self._intake.take((), _ts(answer))
                return replace(server, ts=_ts(answer))
            case 2:
                fresh = await self._server()
            case 3:
                log.error("history_lost", why="VK has begun to count its events anew")
                fresh = await self._server(anew=True)
            case how:
                raise Broken(f"failed {how}")
        await asyncio.sleep(AGAIN)
        return fresh

    async def _server(self, *, anew: bool = False) -> _Server:
        group_id = self._intake.group_id
        found = await self._api.call("groups.getLongPollServer", group_id=group_id)
        if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in ("server", "key")):
            raise Broken("no Long Poll server")
        stored = await self._world.read(lambda conn: tokens.place(conn, NAME, str(group_id)))
        if anew or not stored:  # from now on nothing is lost
            stored = _ts(found)
            await self._intake.take((), stored)
        return _Server(found["server"], found["key"], stored)


def _ts(answer: Mapping[str, Any]) -> str:
    ts = answer.get("ts")
    if isinstance(ts, bool) or not isinstance(ts, int | str) or not 0 < len(str(ts)) <= PLACE_MOST:
        raise Broken("no ts")
    return str(ts)
