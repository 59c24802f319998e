"""The Telegram Bot API on a free port of this machine, for bots under test: strict, and broken when a test asks for it.

It is no Telegram: it knows what our bots use of the API and answers 404 to the rest; see the rules for what it refuses.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping
from typing import Self

import aiohttp
from aiohttp import web

from tests.fakes.faults import through
from tests.fakes.telegram_bot import Call, FakeBot, FakeGroup
from tests.fakes.telegram_methods import METHODS
from tests.fakes.telegram_params import Refused, Upload, check, models, read, wrong
from tests.fakes.telegram_phone import TelegramPhone
from tests.fakes.telegram_rates import Rates, too_many
from tests.fakes.telegram_rules import DOCUMENT
from tests.fakes.telegram_setup import SETUP
from tests.fakes.telegram_updates import Updates

__all__ = ["Call", "FakeBot", "FakeGroup", "FakeTelegram", "TelegramPhone"]

_KNOWN = {**METHODS, **SETUP}
_NOBODY = Refused("Unauthorized", 401)


class FakeTelegram:
    """`scale` shortens the pauses between two tries of a webhook; `limits` are those on how fast a bot may write."""

    def __init__(self, *, limits: bool = True, scale: float = 0.01) -> None:
        self.limits, self.scale = limits, scale
        self.url = ""
        self.bots: dict[str, FakeBot] = {}

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(models)  # seconds, the first time
        self._session = aiohttp.ClientSession()
        await self._listen(0)
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def _listen(self, port: int) -> None:
        app = web.Application(client_max_size=DOCUMENT + 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()

    async def vanish(self) -> None:
        """Connections are refused from now on, and those that are open break; what has happened stays."""
        await self._runner.cleanup()

    async def appear(self) -> None:
        """Again, at the same address."""
        await self._listen(int(self.url.rpartition(":")[2]))

    async def __aexit__(self, *why: object) -> None:
        for bot in self.bots.values():
            bot.updates.close()
            bot.faults.clear()
        await self._runner.cleanup()
        await self._session.close()

    def bot(self, token: str = "", username: str = "otklik_test_bot", name: str = "Отклик") -> FakeBot:
        """One more bot; everything that one bot sees is its own."""
        token = token or f"{7_000_001 + len(self.bots)}:test"
        updates, rates = Updates(self._session, self.scale), Rates(on=self.limits)
        self.bots[token] = bot = FakeBot(token, username, name, updates, rates)
        return bot

    def _known(self, request: web.Request) -> FakeBot:
        bot = self.bots.get(request.match_info["token"])
        if bot is None or bot.revoked:
            raise _NOBODY
        return bot

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        try:
            bot = self._known(request)
        except Refused as refused:
            return _no(refused)
        call = bot.begun(request.match_info["method"])
        response = await _serve(bot, call, request)
        gone = request.transport is None or request.transport.is_closing()
        bot.ended(call, 0 if gone else response.status)
        return response

    async def _download(self, request: web.Request) -> web.Response:
        try:
            bot = self._known(request)
        except Refused as refused:
            return _no(refused)
        if (file := bot.files.by_path.get(request.match_info["path"])) is None:
            return _no(Refused("Not Found", 404))
        return web.Response(body=file.content, content_type="application/octet-stream")


async def _serve(bot: FakeBot, call: Call, request: web.Request) -> web.StreamResponse:
    try:
        files = await _read(call, request)
    except Refused as refused:
        return _refusal(bot, call, refused)

    async def done() -> web.StreamResponse:
        try:
            result = _KNOWN[call.method.lower()](bot, call.params, files)
            result = await result if inspect.isawaitable(result) else result
        except Refused as refused:
            return _refusal(bot, call, refused)
        return web.json_response({"ok": True, "result": result})

    kind = bot.faults.strike(call.method, call.params)
    return await through(kind, request, done, lambda seconds: _no(too_many(seconds)))


async def _read(call: Call, request: web.Request) -> Mapping[str, Upload]:
    """What was sent along; the rest of what the call says stands in the call from now on."""
    if call.method.lower() not in _KNOWN:
        raise Refused("Not Found", 404, strict=True)
    try:
        ask = await read(request)
    except web.HTTPRequestEntityTooLarge:
        raise Refused("Request Entity Too Large", 413, strict=True) from None
    except UnicodeDecodeError:
        raise wrong("strings must be encoded in UTF-8") from None
    call.params, call.files = ask.params, tuple(ask.files)
    call.params = check(call.method, ask)
    return ask.files


def _refusal(bot: FakeBot, call: Call, refused: Refused) -> web.Response:
    call.why = refused.description
    if refused.strict:
        bot.refused.append(call)
    return _no(refused)


def _no(refused: Refused) -> web.Response:
    said = {"ok": False, "error_code": refused.status, "description": refused.description}
    more = {"parameters": refused.parameters} if refused.parameters else {}
    return web.json_response(said | more, status=refused.status)
