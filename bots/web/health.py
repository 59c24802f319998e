"""What a watchdog asks: whether this process lives, and whether it can serve. Says nothing else about itself."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa
import structlog
from aiohttp import web

from bots.web.context import Context

WITHIN = 2.0
"""Seconds that the database has to answer."""

log = structlog.get_logger(__name__)


class Health:
    def __init__(self, context: Context) -> None:
        self._context = context

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/health/live", self.live), web.get("/health/ready", self.ready)]

    async def live(self, request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def ready(self, request: web.Request) -> web.Response:
        """On a connection of those that serve people: while all of them wait, nobody is served."""
        try:
            await asyncio.wait_for(self._context.read(lambda conn: conn.execute(sa.select(1)).scalar_one()), WITHIN)
        except (sa.exc.SQLAlchemyError, OSError) as error:  # a TimeoutError is one of the latter
            log.warning("not_ready", problem=type(error).__name__)
            return web.Response(text="the database does not answer", status=503, headers={"Retry-After": "5"})
        return web.Response(text="ok")
