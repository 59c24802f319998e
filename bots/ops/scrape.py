"""`/metrics`: what this process has counted, and how much is open in the database. Never waits for long, and asks the
database nothing while it still thinks about the question before."""

from __future__ import annotations

import asyncio

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder

from bots.ops.context import Ops
from bots.ops.gauges import Gauges, Paces, Together
from core.operations.figures import Figures, figures

WITHIN = 2.0
"""Seconds that the database has to answer; Prometheus gives up after ten."""

log = structlog.get_logger(__name__)


class Scrape:
    def __init__(self, ops: Ops) -> None:
        self._ops, self._machine = ops, CollectorRegistry()
        self._asked: asyncio.Task[Figures] | None = None
        ProcessCollector(registry=self._machine)
        PlatformCollector(registry=self._machine)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/metrics", self.metrics)]

    async def metrics(self, request: web.Request) -> web.Response:
        gauges = Gauges(await self._figures(), ready=not self._ops.draining.is_set())
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        paces = Paces(self._ops.accounts)
        body = encode(Together(self._machine, self._ops.metrics.registry, paces, gauges))
        return web.Response(body=body, headers={"Content-Type": content_type})

    async def _figures(self) -> Figures | None:
        """One question at a time, whoever asks."""
        if self._asked is None or self._asked.done():
            self._asked = asyncio.create_task(self._ops.look(lambda conn: figures(conn, self._ops.clock())))
            self._asked.add_done_callback(lambda task: task.cancelled() or task.exception())
        done, _ = await asyncio.wait([self._asked], timeout=WITHIN)
        if not done or self._asked.exception() is not None:
            problem = self._asked.exception() if done else TimeoutError()
            log.warning("no_figures", problem=type(problem).__name__)
            return None
        return self._asked.result()
