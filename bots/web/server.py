"""The web application: routes, and the headers that every answer carries."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware

from bots.files.kinds import MOST
from bots.web import visitors
from bots.web.chat import Chat
from bots.web.context import Context
from bots.web.errors import FOREIGN, Handler, NotOurs, sentences
from bots.web.files import Files, fetch
from bots.web.floods import Floods, guard
from bots.web.health import Health
from bots.web.pages import Pages

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with less, a browser would not name the origin of our own forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
}


def build(context: Context, hooks: Iterable[web.RouteDef] = ()) -> web.Application:
    """`hooks` are where messengers bring their updates."""
    pages = Pages(context)
    app = web.Application(
        middlewares=[
            _named,
            sentences(context.speeches, pages.notice),
            guard(Floods(), context.metrics),
            _own_origin(context.settings.address),
        ],
        client_max_size=MOST + 1024,
    )
    app.on_response_prepare.append(_headers(context.settings.web_origins))
    app.add_routes(pages.routes())
    for base, recognize in (("/api/chat", visitors.citizen), ("/desk/api", visitors.official)):
        app.add_routes(Chat(context, recognize).routes(base))
        app.add_routes(Files(context, recognize).routes(base))
    app.add_routes(fetch(context))
    app.add_routes(Health(context).routes())
    app.add_routes(hooks)
    return app


def policy(origins: tuple[str, ...]) -> str:
    """Nothing but our own files; whoever may frame the chat is named in the settings."""
    parts = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' blob: data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": " ".join(origins) or "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def _headers(origins: tuple[str, ...]) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    chat, elsewhere = policy(origins), policy(())
    sealed = f"{elsewhere}; sandbox"

    def attached(response: web.StreamResponse) -> bool:
        """Somebody's file: should a browser open it after all, then as nobody's page."""
        return response.headers.get("Content-Disposition", "").startswith("attachment")

    async def add(request: web.Request, response: web.StreamResponse) -> None:
        framed = origins and request.path == "/"
        response.headers.update(HEADERS)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.pop("Server", None)  # which release of what we run is nobody's business
        response.headers["Content-Security-Policy"] = sealed if attached(response) else chat if framed else elsewhere
        if not framed:
            response.headers["X-Frame-Options"] = "DENY"

    return add


@web.middleware
async def _named(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever is logged meanwhile names the request; the answer says how, so that a proxy's log may name it too."""
    name = secrets.token_hex(6)
    with structlog.contextvars.bound_contextvars(request=name):
        response = await handler(request)
    if not response.prepared:
        response.headers["X-Request-Id"] = name
    return response


def _own_origin(address: str) -> Middleware:
    """Nobody else's page changes anything here, not even in a browser that holds the cookie of a desk: a browser names
    the origin of whatever it posts."""
    ours = urlsplit(address).netloc

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        changes = request.method not in ("GET", "HEAD")
        if changes and origin is not None and origin.partition("://")[2] not in (ours, request.host):
            raise NotOurs(403, FOREIGN)
        return await handler(request)

    return middleware
