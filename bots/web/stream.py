"""A live stream: whatever changes in a conversation goes to the page that is open there, as server-sent events."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from functools import partial
from typing import Any

from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response
from sqlalchemy.engine import Connection

from bots.signals import rung
from bots.web import mailbox
from bots.web.context import Context
from bots.web.tickets import Pass
from core.authorities.entries import desk_is_open
from core.conversations import service as conversations
from core.db import is_outage

LOOK_AGAIN, LOOK_SELDOM = 2.0, 15.0
"""Seconds after which it looks for changes without having been told; seldom where every signal is heard. A desk may be
closed from the command line, and then its stream is to end soon."""
PING = 15.0
"""Seconds between signs of life, so that both sides and every proxy between them see that the stream is alive."""


async def follow(context: Context, request: web.Request, opened: Pass, after: int) -> web.StreamResponse:
    """Until the page closes it, its desk is closed, or the process stops. Items after change `after`, in the order of
    their changes; a page that has seen more than there is hears that it has to begin anew."""
    if request.transport is None:  # the page has gone before we came to it
        return web.Response()
    async with sse_response(request) as response:
        try:
            there, latest = await _conversation(context, response, opened, after)
            if latest < after:
                await response.send("", event="anew")
            elif there is not None:
                with context.signals.listen(f"web:{there}") as changed:
                    await _follow(context, response, opened, there, after, changed)
        except ConnectionError:  # the page has gone
            pass
        except Exception as error:
            if not isinstance(error, TimeoutError) and not is_outage(error):
                raise  # the page comes again by itself
    return response


async def _conversation(
    context: Context, response: EventSourceResponse, opened: Pass, after: int
) -> tuple[int | None, int]:
    """With its last change; waits until something is said there for the first time."""
    with context.signals.listen(f"new:{opened.address.peer}") as met:
        while _goes_on(context, response):
            met.clear()
            found = await context.read(partial(_found, opened=opened, now=context.clock()))
            if found is None:
                break
            there, latest = found
            if there is not None or latest < after:
                return there, latest
            await response.send("", event="ping")
            await _wait(context, met, PING)
    return None, after


def _found(conn: Connection, opened: Pass, now: datetime) -> tuple[int | None, int] | None:
    """None where the desk has been closed meanwhile."""
    if _closed(conn, opened, now):
        return None
    there = conversations.find(conn, opened.address)
    return there, 0 if there is None else mailbox.latest(conn, there)


async def _follow(
    context: Context, response: EventSourceResponse, opened: Pass, there: int, after: int, changed: asyncio.Event
) -> None:
    silent = PING
    while _goes_on(context, response):
        changed.clear()
        items = await context.read(partial(_newer, opened=opened, there=there, after=after, now=context.clock()))
        if items is None:
            return
        if items:
            after, silent = int(items[-1]["n"]), 0.0
            await response.send(json.dumps({"items": items, "n": after}, ensure_ascii=False), event="items")
            continue
        if silent >= PING:
            await response.send("", event="ping")
            silent = 0.0
        seconds = LOOK_SELDOM if context.signals.sure and opened.desk is None else LOOK_AGAIN
        await _wait(context, changed, seconds)
        silent += seconds


def _goes_on(context: Context, response: EventSourceResponse) -> bool:
    return response.is_connected() and not context.stopping.is_set()


def _newer(conn: Connection, opened: Pass, there: int, after: int, now: datetime) -> list[dict[str, Any]] | None:
    """None where the desk has been closed meanwhile, or the conversation erased or emptied."""
    if _closed(conn, opened, now) or conversations.find(conn, opened.address) != there:
        return None
    newer = mailbox.newer(conn, there, after)
    return None if not newer and mailbox.latest(conn, there) < after else newer


def _closed(conn: Connection, opened: Pass, now: datetime) -> bool:
    return opened.desk is not None and not desk_is_open(conn, opened.desk, now)


async def _wait(context: Context, changed: asyncio.Event, seconds: float) -> None:
    """Until it has changed, the process stops, or so many seconds have passed."""
    waits = [asyncio.create_task(rung(changed, seconds)), asyncio.create_task(context.stopping.wait())]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waits:
            task.cancel()
