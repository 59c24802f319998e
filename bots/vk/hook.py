"""The Callback API: VK brings each event by a POST and wants to hear exactly `ok`. Whatever is acknowledged has been
stored before; what could not be stored is brought again."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web

from bots.intake import Unstored
from bots.outage import WITHIN
from bots.vk.intake import Intake
from bots.vk.receive import Received, Said, number, parse

PATH = "/hooks/vk"
WAIT = 0.3
"""Seconds for which a message waits for those that were written before it: VK's deliveries overtake each other."""
BODY_MOST = 4 * 1024 * 1024

log = structlog.get_logger(__name__)


class Hook:
    def __init__(self, intake: Intake, secret: str, confirmation: str) -> None:
        if not secret or not confirmation:
            raise ValueError("without a secret anybody could say anything in anybody's name")
        self._intake, self._secret, self._confirmation = intake, secret.encode(), confirmation
        self._gate = Gate(intake)

    async def post(self, request: web.Request) -> web.Response:
        event = await _event(request)
        ours = number(event.get("group_id")) == self._intake.group_id
        if ours and event.get("type") == "confirmation":
            return _plain(self._confirmation)
        if not self._is_vk(event.get("secret")) or not ours:
            return web.Response(status=403, body=b"no", content_type="text/plain")
        received = parse(event, self._intake.group_id)
        if received is None:
            return _plain("ok")
        try:
            await self._gate.take(received)
        except (Unstored, TimeoutError):  # an operator is told by bots.outage
            headers = {"Retry-After": "5"}
            return web.Response(status=503, body=b"later", content_type="text/plain", headers=headers)
        return _plain("ok")

    def _is_vk(self, given: Any) -> bool:
        words = given if isinstance(given, str) else ""
        return hmac.compare_digest(words.encode("utf-8", "surrogatepass"), self._secret)


@dataclass(eq=False)
class _Held:
    """`until` is a time of the loop."""

    event: Received
    until: float
    stored: asyncio.Future[None]


class Gate:
    """Events of one person in the order of their messages. Each message waits for those before it; what comes behind
    waits as well, and nothing overtakes them here."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._held: dict[str, list[_Held]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, received: Received) -> None:
        """Returns when it is stored; raises what the storing raises."""
        peer = received.update.address.peer if isinstance(received, Said) else ""
        if not peer or (peer not in self._held and not _place(received)):
            await self._store([received])
            return
        loop = asyncio.get_running_loop()
        one = _Held(received, loop.time() + WAIT, loop.create_future())
        if peer in self._held:
            self._held[peer].append(one)
        else:
            self._held[peer] = [one]
            task = asyncio.create_task(self._let_in(peer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        await asyncio.shield(one.stored)

    async def _store(self, received: Sequence[Received]) -> None:
        try:
            async with asyncio.timeout(WITHIN):
                await self._intake.store(received)
        except TimeoutError as error:
            self._intake.world.db.watch(error)
            raise

    async def _let_in(self, peer: str) -> None:
        held, loop = self._held[peer], asyncio.get_running_loop()
        try:
            while held:
                await asyncio.sleep(held[0].until - loop.time())
                going = _due(held, loop.time())
                try:
                    await self._store(in_order([one.event for one in going]))
                except Exception as error:  # noqa: BLE001 - raised where it is waited for
                    going = list(held)  # what was written later does not come before it
                    for one in going:
                        one.stored.set_exception(error)
                        one.stored.exception()  # whoever brought it may have gone
                else:
                    for one in going:
                        one.stored.set_result(None)
                held[:] = [one for one in held if one not in going]
        finally:
            del self._held[peer]
            for one in held:
                one.stored.cancel()


def _due(held: Sequence[_Held], now: float) -> list[_Held]:
    """Those that have waited for long enough, and whatever was written before them."""
    first = held[0].until
    due = [one for one in held if one.until <= max(first, now)]
    last = max(_place(one.event) for one in due)
    return [one for one in held if one in due or 0 < _place(one.event) < last]


def in_order(events: Sequence[Received]) -> list[Received]:
    """New messages by their place in the conversation; everything else stands where it came."""
    messages = iter(sorted((one for one in events if _place(one)), key=_place))
    return [next(messages) if _place(one) else one for one in events]


def _place(received: Received) -> int:
    return received.cmid if isinstance(received, Said) else 0


async def _event(request: web.Request) -> dict[str, Any]:
    """Empty for what is none."""
    if (request.content_length or 0) > BODY_MOST:
        return {}
    try:
        event = json.loads(await request.read())
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}


def _plain(words: str) -> web.Response:
    return web.Response(body=words.encode(), content_type="text/plain")
