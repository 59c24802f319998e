"""What a watchdog asks: whether this process lives, and whether it can serve. Says nothing else about itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

import sqlalchemy as sa
import structlog
from aiohttp import web
from sqlalchemy.engine import Connection

T = TypeVar("T")
WITHIN = 2.0
"""Seconds that the database has to answer."""
ENDING = "this process is about to end"

log = structlog.get_logger(__name__)


class Watched(Protocol):
    """`draining`: the process has been told to stop."""

    @property
    def draining(self) -> asyncio.Event: ...

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """On a connection of those that serve people: while all of them wait, nobody is served."""


class Health:
    """`alive`: nothing that should run for as long as the process has ended."""

    def __init__(self, context: Watched, alive: Callable[[], bool] = lambda: True) -> None:
        self._context, self._alive = context, alive

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/health/live", self.live), web.get("/health/ready", self.ready)]

    async def live(self, request: web.Request) -> web.Response:
        if not self._alive():
            log.critical("not_alive")
            return web.Response(text="a part of this process has ended", status=503)
        return web.Response(text="ok")

    async def ready(self, request: web.Request) -> web.Response:
        """503 from the moment at which the process is told to stop, so that a balancer leads nobody here any more."""
        if self._context.draining.is_set():
            return web.Response(text=ENDING, status=503)
        try:
            await asyncio.wait_for(self._context.read(lambda conn: conn.execute(sa.select(1)).scalar_one()), WITHIN)
        except (sa.exc.SQLAlchemyError, OSError):  # an operator is told by bots.outage, once and not for every probe
            return web.Response(text="the database does not answer", status=503, headers={"Retry-After": "5"})
        return web.Response(text="ok")
