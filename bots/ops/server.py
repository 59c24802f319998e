"""The operators' server of a process: health, figures, and a page. Whoever reaches it may send messages again, so that
it listens on a loopback address or asks for the token, and does nothing that another page wants."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from bots.addresses import is_loopback
from bots.config import Settings, SettingsError
from bots.ops.context import Ops
from bots.ops.page import Page
from bots.ops.scrape import Scrape
from bots.web.health import Health
from bots.web.server import HEADERS, policy

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
OPEN = "/health/"
"""What anybody may ask: it says nothing but yes or no."""
BODY_MOST = 4096
OPS = web.AppKey("ops", Ops)


def build(ops: Ops) -> web.Application:
    app = web.Application(middlewares=[_guarded(ops.settings), _own_origin], client_max_size=BODY_MOST)
    app.on_response_prepare.append(_headers)
    app.on_cleanup.append(_close)
    app[OPS] = ops
    app.add_routes(Health(ops, ops.alive).routes())
    app.add_routes(Scrape(ops).routes())
    app.add_routes(Page(ops).routes())
    return app


async def listen(ops: Ops) -> web.AppRunner:
    """Raises SettingsError where nothing can listen."""
    runner = web.AppRunner(build(ops), access_log=None, shutdown_timeout=1.0, auto_decompress=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, ops.settings.ops_host, ops.settings.ops_port).start()
    except OSError as error:
        await runner.cleanup()
        raise SettingsError(f"OPS_HOST or OPS_PORT is wrong: nothing can listen there ({error.strerror}).") from None
    return runner


async def _close(app: web.Application) -> None:
    await asyncio.to_thread(app[OPS].aside.close)


async def _headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.pop("Server", None)
    response.headers["Content-Security-Policy"] = policy(())
    response.headers["X-Frame-Options"] = "DENY"


def _guarded(settings: Settings) -> Middleware:
    """By the token, if there is one. Without it only this machine is served, and by no other name: a page from outside
    may give its own name our address."""
    token = settings.ops_token.get_secret_value().encode()

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(OPEN):
            return await handler(request)
        if token and not hmac.compare_digest(_password(request.headers.get("Authorization", "")), token):
            asks = {"WWW-Authenticate": 'Basic realm="Otklik", charset="UTF-8"'}
            return web.Response(status=401, text="OPS_TOKEN is the password; any name will do.", headers=asks)
        if not token and not is_loopback(f"http://{request.host}"):
            return web.Response(status=403, text="Please open it by a loopback address.")
        return await handler(request)

    return middleware


def _password(header: str) -> bytes:
    """Of HTTP Basic (RFC 7617); empty where there is none."""
    scheme, _, given = header.partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(given.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""


@web.middleware
async def _own_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A browser names the origin of whatever it posts, and sends the password along with what another page posts."""
    origin = request.headers.get("Origin", "")
    if request.method not in ("GET", "HEAD") and origin.partition("://")[2] != request.host:
        return web.Response(status=403, text="Please press the button on the operators' page itself.")
    return await handler(request)
