"""The pages that people open: the chat, the desk, and the door to the desk; and the static files they need."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, select_autoescape
from sqlalchemy.engine import Connection

from bots.web import visitors
from bots.web.context import Context
from bots.web.errors import FOREIGN, NO_PAGE, NotOurs
from bots.web.texts import page_texts
from core import app
from core.authorities import entries
from core.authorities.types import OfficialCard, WhoAmI
from core.lines import LANGUAGES, Line, line, literal, named
from core.speech import Speech

HERE = Path(__file__).parent
STATIC = HERE / "static"
SPENT = line("This link has been used or is too old. Please ask your administrator for a new one.")
CLOSED = line("The desk is closed. To enter, open the link that your administrator has given you.")
SORRY = line("This does not open")
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True, slots=True)
class Assets:
    """Files and the names under which browsers may keep them for ever."""

    by_name: Mapping[str, Path]
    version: str

    def url(self, name: str) -> str:
        """One version for all files: modules import each other by plain names."""
        if name not in self.by_name:
            raise KeyError(name)
        return f"/static/{self.version}/{name}"


def load_assets() -> Assets:
    files = {path.name: path for path in sorted(STATIC.iterdir()) if path.suffix in TYPES}
    whole = hashlib.sha256(b"\0".join(path.read_bytes() for path in files.values()))
    return Assets(files, whole.hexdigest()[:12])


class Pages:
    def __init__(self, context: Context) -> None:
        self._context, self._assets = context, load_assets()
        self._templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape())
        self._templates.globals["asset"] = self._assets.url
        self._texts = {lang: self._words(context.speeches[lang], page_texts()) for lang in LANGUAGES}

    @staticmethod
    def _words(speech: Speech, texts: Mapping[str, Line]) -> dict[str, str]:
        return {key: speech.say(text) for key, text in texts.items()}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.chat),
            web.get("/desk", self.desk),
            web.get("/enter/{token}", self.door),
            web.post("/enter/{token}", self.enter),
            web.get("/static/{version}/{name}", self.static),
        ]

    async def chat(self, request: web.Request) -> web.Response:
        return self._chat(self._speech(request), "citizen", "/api/chat", named(self._context.region.name))

    async def desk(self, request: web.Request) -> web.Response:
        now = self._context.clock()
        card = await self._context.read(lambda conn: self._who(request, conn, now))
        if card is None:
            return self.notice(request, 401, CLOSED)
        return self._chat(self._speech(request), "staff", "/desk/api", line("Desk: {name}", name=literal(card.name)))

    def _who(self, request: web.Request, conn: Connection, now: datetime) -> OfficialCard | None:
        found = entries.desk_official(conn, request.cookies.get(visitors.COOKIE, ""), now)
        card: OfficialCard | None = None if found is None else app.ask(conn, found[1], WhoAmI(), now)
        return card

    def _chat(self, speech: Speech, role: str, api: str, title: Line) -> web.Response:
        """Names of the region too are there in every language: the person may change it on the page."""
        region = self._context.region
        names = {f"tel_{one.number}": named(one.what) for one in region.emergency}
        names |= {"title": title, "operator": named(region.operator)}
        texts = {lang: self._texts[lang] | self._words(self._context.speeches[lang], names) for lang in LANGUAGES}
        return self._page(
            "chat.html",
            speech,
            200,
            role=role,
            api=api,
            texts=texts[speech.lang],
            emergency=[one.number for one in region.emergency],
            policy_url=region.policy_url,
            formal_url=region.formal_url,
            texts_json=json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c"),
        )

    async def door(self, request: web.Request) -> web.Response:
        """Says who enters where, and spends nothing: messengers and scanners open every link that they see."""
        token, now, speech = request.match_info["token"], self._context.clock(), self._speech(request)
        card = await self._context.read(lambda conn: entries.look_at_entry(conn, token, now))
        if card is None:
            return self.notice(request, 410, SPENT)
        where = speech.say(named(card.authority))
        return self._page("enter.html", speech, 200, who=card.name, where=where, action=f"/enter/{token}")

    async def enter(self, request: web.Request) -> web.Response:
        if "Origin" not in request.headers:  # browsers name it; another one's is refused before it comes here
            raise NotOurs(403, FOREIGN)
        token, now = request.match_info["token"], self._context.clock()
        desk = await self._context.write(lambda tx: entries.spend_entry(tx, token, now))
        answer = web.Response(status=303, headers={"Location": "/desk", "Cache-Control": "no-store"})
        answer.set_cookie(
            visitors.COOKIE,
            desk,
            httponly=True,
            samesite="Strict",
            max_age=30 * 86400,
            path="/",
            secure=self._context.settings.address.startswith("https"),
        )
        return answer

    async def static(self, request: web.Request) -> web.StreamResponse:
        path = self._assets.by_name.get(request.match_info["name"])
        if path is None:
            raise NotOurs(404, NO_PAGE)
        fresh = request.match_info["version"] == self._assets.version
        keep = "public, max-age=31536000, immutable" if fresh else "no-cache"
        headers = {"Content-Type": f"{TYPES[path.suffix]}; charset=utf-8", "Cache-Control": keep}
        response = web.Response(body=path.read_bytes(), headers=headers)
        response.enable_compression()
        return response

    def notice(self, request: web.Request, status: int, why: Line) -> web.Response:
        """A page with one sentence."""
        speech = self._speech(request)
        return self._page("notice.html", speech, status, title=speech.say(SORRY), text=speech.say(why))

    def _speech(self, request: web.Request) -> Speech:
        return self._context.speeches[visitors.language(request)]

    def _page(self, name: str, speech: Speech, status: int, **values: object) -> web.Response:
        known = {"lang": speech.lang, "texts": self._texts[speech.lang]} | values
        html = self._templates.get_template(name).render(known)
        response = web.Response(
            text=html, content_type="text/html", status=status, headers={"Cache-Control": "no-store"}
        )
        response.enable_compression()
        return response
