"""A live stream: whatever changes in a conversation goes to the page that is open there, as server-sent events."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response
from sqlalchemy.engine import Connection

from bots.signals import rung
from bots.web import mailbox
from bots.web.context import Context
from bots.web.visitors import DESK
from core.authorities.queries import find_official
from core.conversations import service as conversations
from core.conversations.types import Address

LOOK_AGAIN = 2.0
"""Seconds after which it looks for changes without having been told."""
PING = 15.0
"""Seconds between signs of life, so that both sides and every proxy between them see that the stream is alive."""


async def follow(context: Context, request: web.Request, address: Address, after: int) -> web.StreamResponse:
    """Until the page closes it or the process stops. Items after change `after`, in the order of their changes."""
    if request.transport is None:  # the page has gone before we came to it
        return web.Response()
    async with sse_response(request) as response:
        try:
            there = await _conversation(context, response, address)
            if there is not None:
                with context.signals.listen(f"web:{there}") as changed:
                    await _follow(context, response, address, there, after, changed)
        except ConnectionError:  # the page has gone
            pass
    return response


async def _conversation(context: Context, response: EventSourceResponse, address: Address) -> int | None:
    """Waits until something is said there for the first time."""
    with context.signals.listen(f"new:{address.peer}") as met:
        while _goes_on(context, response):
            met.clear()
            there = await context.read(lambda conn: conversations.find(conn, address))
            if there is not None:
                return there
            await response.send("", event="ping")
            await _wait(context, met, PING)
    return None


async def _follow(
    context: Context, response: EventSourceResponse, address: Address, there: int, after: int, changed: asyncio.Event
) -> None:
    silent = PING
    while _goes_on(context, response):
        changed.clear()
        items = await context.read(lambda conn, after=after: _newer(conn, address, there, after))  # type: ignore[misc]
        if items is None:
            return
        if items:
            after, silent = int(items[-1]["n"]), 0.0
            await response.send(json.dumps({"items": items, "n": after}, ensure_ascii=False), event="items")
            continue
        if silent >= PING:
            await response.send("", event="ping")
            silent = 0.0
        await _wait(context, changed, LOOK_AGAIN)
        silent += LOOK_AGAIN


def _goes_on(context: Context, response: EventSourceResponse) -> bool:
    return response.is_connected() and not context.stopping.is_set()


def _newer(conn: Connection, address: Address, there: int, after: int) -> list[dict[str, Any]] | None:
    """None for an official who has been revoked meanwhile."""
    if address.account == DESK and find_official(conn, int(address.peer)) is None:
        return None
    return mailbox.newer(conn, there, after)


async def _wait(context: Context, changed: asyncio.Event, seconds: float) -> None:
    """Until it has changed, the process stops, or so many seconds have passed."""
    waits = [asyncio.create_task(rung(changed, seconds)), asyncio.create_task(context.stopping.wait())]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waits:
            task.cancel()
