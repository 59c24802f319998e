"""Where Telegram brings its updates to, in webhook mode: nothing is taken without the secret, everything that is no
fault of ours is said to be taken, and nothing is said to be taken before it is stored."""

from __future__ import annotations

import asyncio
import hmac
import json

import structlog
from aiohttp import web

from bots.intake import Unstored
from bots.messenger import World
from bots.outage import WITHIN
from bots.telegram.intake import Intake

PATH, STAFF_PATH = "/hooks/telegram", "/hooks/telegram-staff"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
BODY_MOST = 2**20
RETRY_AFTER = "5"

log = structlog.get_logger(__name__)


class Hook:
    def __init__(self, world: World, intake: Intake) -> None:
        self._db, self._intake = world.db, intake
        self._secret = world.settings.telegram_secret.get_secret_value().encode()

    async def handle(self, request: web.Request) -> web.Response:
        if not self._is_theirs(request):
            return web.Response(status=401, text="unauthorized")
        raw = await _body(request)
        try:
            update = json.loads(raw)  # it lets lone surrogates through, which people do send
        except (ValueError, RecursionError):
            update = None
        if not isinstance(update, dict):
            log.warning("hook_not_read", bytes=len(raw))
            return web.Response()
        try:
            async with asyncio.timeout(WITHIN):
                await self._intake.take([(update, raw)])
        except TimeoutError as error:
            self._db.watch(error)
            return web.Response(status=503, headers={"Retry-After": RETRY_AFTER})
        except Unstored:
            return web.Response(status=503, headers={"Retry-After": RETRY_AFTER})
        return web.Response()

    def _is_theirs(self, request: web.Request) -> bool:
        """Compared as bytes: words that are not ASCII cannot be compared otherwise."""
        given = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        return bool(self._secret) and hmac.compare_digest(given, self._secret)


async def _body(request: web.Request) -> bytes:
    """Empty where it is larger than any update."""
    body = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > BODY_MOST:
            return b""
    return bytes(body)
