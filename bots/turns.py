"""The rhythm of everything that works by itself: turn after turn while there is something to do, then a rest until a
signal or for a second. It ends between two turns, so that what has begun is finished."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bots.signals import Signals, rung
from core.db import is_outage

REST = 1.0
"""Seconds after which everybody looks again without having been told."""
PAUSE, PAUSE_MOST = 0.5, 15.0
"""Seconds before a turn that has failed is tried again; they double with each failure in a row."""
AWAY_MOST = 2.0
"""Where the database was away: people wait for the moment at which it is back."""

log = structlog.get_logger(__name__)


async def take_turns(turn: Callable[[], Awaitable[int]], signals: Signals, name: str, stopping: asyncio.Event) -> None:
    """`turn` says how much it has done. A turn that fails says so once a try, unless the database is away, which an
    operator knows by then (bots.outage); what it worked on is still in its table. Whoever sets `stopping` rings `name`
    as well."""
    pause = PAUSE
    with signals.listen(name) as waiting:
        while not stopping.is_set():
            waiting.clear()
            try:
                done = await turn()
            except Exception as error:
                away = is_outage(error)
                if not away:
                    log.exception("turn_failed", turn=name, problem=type(error).__name__)
                await rung(stopping, pause)
                pause = min(pause * 2, AWAY_MOST if away else PAUSE_MOST)
                continue
            pause = PAUSE
            if not done:
                await rung(waiting, REST)
