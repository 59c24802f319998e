"""Where Telegram brings its updates to, in webhook mode: nothing is taken without the secret, everything that is no
fault of ours is said to be taken, and nothing is said to be taken before it is stored."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator

import structlog
from aiohttp import web

from bots.intake import Unstored
from bots.messenger import World
from bots.telegram.api import Api
from bots.telegram.courtesies import AT_ONCE, Courtesies
from bots.telegram.intake import Intake

PATH, STAFF_PATH = "/hooks/telegram", "/hooks/telegram-staff"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
BODY_MOST = 2**20
RETRY_AFTER = "5"

log = structlog.get_logger(__name__)


def routes(world: World) -> list[web.RouteDef]:
    """For each bot that has a token; none while updates are asked for instead."""
    return list(_routes(world)) if world.settings.telegram_mode == "webhook" else []


def _routes(world: World) -> Iterator[web.RouteDef]:
    settings = world.settings
    bots = ((settings.telegram_token, PATH, False), (settings.telegram_staff_token, STAFF_PATH, True))
    for token, path, staff in bots:
        if token.get_secret_value():
            yield web.post(path, Hook(world, token.get_secret_value(), staff=staff).handle)


class Hook:
    def __init__(self, world: World, token: str, *, staff: bool) -> None:
        def api() -> Api:
            return Api(world.settings.telegram_api_url, token, AT_ONCE)

        self._secret = world.settings.telegram_secret.get_secret_value().encode()
        courtesies = Courtesies(api, world.houses.speeches, world.clock)
        self._intake = Intake(world, token.partition(":")[0], courtesies, staff=staff)

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
            await self._intake.take([(update, raw)])
        except Unstored as error:
            log.warning("updates_wait", updates=1, problem=str(error))
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
