"""People's photos and documents over HTTP: sent, shown, and fetched by a link that runs out. Whose they are and who may
see them is decided by core; what is taken at all, by the decoder."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from aiohttp import web
from sqlalchemy.engine import Connection

from bots.files.answers import Refused
from bots.files.kinds import MIMES, MOST
from bots.receive import meet
from bots.web.context import Context
from bots.web.errors import (
    LATE_LINK,
    MACROS,
    NO_DOCUMENT,
    NO_PAGE,
    NO_PHOTO,
    TOO_LARGE,
    TOO_MANY_PIXELS,
    UNREADABLE,
    NotOurs,
    Stranger,
)
from bots.web.visitors import Recognize, Visitor, actor, language
from core import app
from core.appeals.types import OpenFile
from core.conversations import service as conversations
from core.errors import NotAllowed
from core.files import links
from core.files.store import add_file, find_file
from core.files.types import FileRow, Kind
from core.talk import Place

CACHED = "private, max-age=86400, immutable"
HEADER_MOST = 2000
"""Characters of a percent-encoded name."""
_PLACE = re.compile(r"(-?\d{1,3}(?:\.\d{1,15})?), ?(-?\d{1,3}(?:\.\d{1,15})?)", re.ASCII)
REFUSALS = {
    "nothing": (415, NO_PHOTO),
    "size": (413, TOO_LARGE),
    "pixels": (413, TOO_MANY_PIXELS),
    "unreadable": (415, UNREADABLE),
    "document": (415, NO_DOCUMENT),
    "macros": (415, MACROS),
}


@dataclass(frozen=True, slots=True)
class Files:
    """One instance for citizens, one for desks."""

    context: Context
    recognize: Recognize

    def routes(self, base: str) -> list[web.RouteDef]:
        return [
            web.post(f"{base}/photos", self.take_photo),
            web.get(f"{base}/photos/{{ref}}", self.show_photo),
            web.post(f"{base}/documents", self.take_document),
            web.post(f"{base}/files/{{ref}}/link", self.link),
        ]

    async def take_photo(self, request: web.Request) -> web.Response:
        """What is stored has been decoded and written anew; the bytes that were sent are kept nowhere."""
        visitor, content = await self._sent(request)
        photo = await self.context.decoder.photo(content)
        if isinstance(photo, Refused):
            raise NotOurs(*REFUSALS[photo.reason])
        place = _place(request.headers.get("X-Photo-Place", ""))
        if photo.lat is not None:
            place = Place("", photo.lat, photo.lon)
        stored = await asyncio.to_thread(self.context.files.save, photo.content)
        row = FileRow(stored, MIMES[photo.extension], len(photo.content))
        return web.json_response({"ref": await self._kept(request, visitor, row, place)}, status=201)

    async def take_document(self, request: web.Request) -> web.Response:
        visitor, content = await self._sent(request)
        given = unquote(request.headers.get("X-File-Name", "")[:HEADER_MOST])
        document = await self.context.decoder.document(content, given)
        if isinstance(document, Refused):
            status, why = REFUSALS[document.reason]
            raise NotOurs(status, NO_DOCUMENT if why is NO_PHOTO else why)
        stored = await asyncio.to_thread(self.context.files.save, content)
        row = FileRow(stored, MIMES[document.extension], len(content), Kind.DOCUMENT, document.name)
        ref = await self._kept(request, visitor, row)
        return web.json_response({"ref": ref, "name": row.name, "size": row.size}, status=201)

    async def show_photo(self, request: web.Request) -> web.StreamResponse:
        found = await self._opened(request, lambda tx, ref, now, file: file)
        if found.kind is not Kind.PHOTO:
            raise NotAllowed
        headers = {"Content-Type": found.mime, "Cache-Control": CACHED, "Content-Disposition": "inline"}
        return web.Response(body=await _bytes(self.context, found), headers=headers)

    async def link(self, request: web.Request) -> web.Response:
        """For the browser's own downloader, which sends no token: whoever holds it may fetch the file once or often,
        for five minutes."""
        until, signature = await self._opened(request, lambda tx, ref, now, file: links.link(tx, ref, now))
        return web.json_response({"url": f"/file/{request.match_info['ref']}?until={until}&sig={signature}"})

    async def _sent(self, request: web.Request) -> tuple[Visitor, bytes]:
        """Who sends is asked before anything is looked at."""
        if (request.content_length or 0) > MOST:
            raise NotOurs(413, TOO_LARGE)
        now = self.context.clock()
        visitor = await self.context.read(lambda conn: self._visitor(request, conn, now))
        if visitor.official is not None:
            raise NotAllowed
        content = await request.read()
        if len(content) > MOST:
            raise NotOurs(413, TOO_LARGE)
        return visitor, content

    async def _kept(self, request: web.Request, visitor: Visitor, file: FileRow, place: Place | None = None) -> str:
        """The bytes are stored for good by now."""
        now = self.context.clock()

        def keep(tx: Connection) -> str:
            there = meet(tx, visitor.address, language(request), now, visitor.newcomer)
            person = conversations.read(tx, [there])[there].person
            more: Any = {"kind": file.kind, "name": file.name, "place": place}
            return add_file(tx, person.id, file.sha256, file.mime, file.size, now, **more)

        return await self.context.write(keep)

    async def _opened(self, request: web.Request, use: Callable[[Connection, str, datetime, FileRow], Any]) -> Any:
        """A look of an official is on the journal, in the same transaction."""
        ref, now = request.match_info["ref"], self.context.clock()

        def find(tx: Connection) -> Any:
            who, query = actor(tx, self._visitor(request, tx, now)), OpenFile(ref)
            found = app.ask(tx, who, query, now)
            app.audit_read(tx, who, query, now)
            return use(tx, ref, now, found)

        return await self.context.write(find)

    def _visitor(self, request: web.Request, conn: Connection, now: datetime) -> Visitor:
        visitor = self.recognize(request, conn, now)
        if visitor is None:
            raise Stranger
        return visitor


def fetch(context: Context) -> list[web.RouteDef]:
    """The one route of signed links, for citizens and desks alike."""

    async def file(request: web.Request) -> web.Response:
        ref, query, now = request.match_info["ref"], request.query, context.clock()

        def find(conn: Connection) -> FileRow | None:
            ours = links.holds(conn, ref, query.get("until", ""), query.get("sig", ""), now)
            return find_file(conn, ref) if ours else None

        try:
            found = await context.read(find)
        except links.Late:
            raise NotOurs(410, LATE_LINK) from None
        if found is None:
            raise NotOurs(404, NO_PAGE)
        content = await _bytes(context, found)
        headers = {"Content-Type": found.mime, "Content-Disposition": attachment(found), "Cache-Control": "no-store"}
        return web.Response(body=content, headers=headers)

    return [web.get("/file/{ref}", file)]


def attachment(file: FileRow) -> str:
    """With the name in both ways of RFC 6266: what cannot be said in ASCII stands in the second."""
    name = file.name or "photo.jpg"
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def _bytes(context: Context, file: FileRow) -> bytes:
    try:
        return await asyncio.to_thread(context.files.read, file.sha256)
    except (FileNotFoundError, ValueError):  # the disk has lost it
        raise NotAllowed from None


def _place(words: str) -> Place | None:
    """What the page has read before it made the photo small; what is no place is none."""
    match = _PLACE.fullmatch(words.strip())
    if match is None:
        return None
    lat, lon = float(match[1]), float(match[2])
    there = math.fabs(lat) <= 90 and math.fabs(lon) <= 180 and (lat, lon) != (0, 0)
    return Place("", lat, lon) if there else None
