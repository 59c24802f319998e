"""The chat's interface for browsers: what is said comes in, items go out. One instance for citizens, one for desks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.engine import Connection

from bots.moves import actor_of
from bots.photos import MOST, photo_type
from bots.receive import Update, accept, meet
from bots.web import mailbox, tickets
from bots.web.context import Context
from bots.web.errors import NO_PHOTO, TOO_LARGE, TOO_LONG, NotOurs, Stranger
from bots.web.stream import follow
from bots.web.visitors import Recognize, Visitor, language
from bots.web.wire import Body, TextBody, event_of, read_ack, read_body, read_number
from core import app
from core.actors import Actor, Nobody
from core.appeals.types import OpenPhoto
from core.conversations import service as conversations
from core.conversations.types import Address
from core.errors import NotAllowed, Refusal
from core.files.store import add_file, owns_all
from core.lines import line
from core.talk import Message

LOST_PHOTO = line("One of the photos did not arrive. Please attach it again.")
BODY_MOST = 512 * 1024
"""Bytes of anything but a photo."""
CACHED = "private, max-age=86400, immutable"


@dataclass(frozen=True, slots=True)
class Chat:
    context: Context
    recognize: Recognize

    def routes(self, base: str) -> list[web.RouteDef]:
        return [
            web.post(f"{base}/messages", self.say),
            web.post(f"{base}/photos", self.upload),
            web.get(f"{base}/photos/{{ref}}", self.photo),
            web.get(f"{base}/items", self.items),
            web.post(f"{base}/ack", self.acknowledge),
            web.post(f"{base}/ticket", self.ticket),
            web.get(f"{base}/stream", self.stream),
        ]

    async def say(self, request: web.Request) -> web.Response:
        """202 means that it is stored durably; a repetition of the same id is accepted and changes nothing."""
        raw = await self._raw(request)
        body, now = read_body(raw), self.context.clock()
        self.context.reached("received")
        address, there, n = await self.context.write(lambda tx: self._store(tx, request, body, raw, now))
        self.context.reached("stored")
        for name in ("inbox", f"web:{there}", f"new:{address.peer}"):
            self.context.signals.ring(name)
        return web.json_response({"n": n}, status=202)

    def _store(
        self, tx: Connection, request: web.Request, body: Body, raw: bytes, now: datetime
    ) -> tuple[Address, int, int | None]:
        visitor, event = self._visitor(request, tx, now), event_of(body)
        known = conversations.find(tx, visitor.address)
        if known is not None and mailbox.knows(tx, known, body.id):
            return visitor.address, known, None
        update = Update(visitor.address, body.id, event, raw, language(request))
        accepted = accept(tx, update, now, visitor.newcomer)
        visitor.seen(tx)
        there = accepted.conversation_id
        if isinstance(event, Message) and event.photos:
            person = conversations.read(tx, [there])[there].person
            if person.kind != "citizen" or not owns_all(tx, person.id, event.photos):
                raise Refusal(LOST_PHOTO)
        if not accepted.new or not isinstance(body, TextBody) or not (body.text or body.photos):
            return visitor.address, there, None
        mine: dict[str, Any] = {"text": body.text, "photos": list(body.photos)}
        return visitor.address, there, mailbox.put_mine(tx, there, body.id, mine, now)

    async def upload(self, request: web.Request) -> web.Response:
        """The bytes are on the disk before the answer; whose they are is decided by the token."""
        if (request.content_length or 0) > MOST:
            raise NotOurs(413, TOO_LARGE)
        content, now = await request.read(), self.context.clock()
        if len(content) > MOST:
            raise NotOurs(413, TOO_LARGE)
        mime = photo_type(content)
        if mime is None:
            raise NotOurs(415, NO_PHOTO)
        visitor = await self.context.read(lambda conn: self._visitor(request, conn, now))
        if visitor.official is not None:
            raise NotAllowed
        name = await asyncio.to_thread(self.context.photos.save, content)

        def keep(tx: Connection) -> str:
            there = meet(tx, visitor.address, language(request), now, visitor.newcomer)
            person = conversations.read(tx, [there])[there].person
            return add_file(tx, person.id, name, mime, len(content), now)

        return web.json_response({"ref": await self.context.write(keep)}, status=201)

    async def photo(self, request: web.Request) -> web.StreamResponse:
        query, now = OpenPhoto(request.match_info["ref"]), self.context.clock()

        def find(tx: Connection) -> Any:
            actor = self._actor(tx, self._visitor(request, tx, now))
            found = app.ask(tx, actor, query, now)
            app.audit_read(tx, actor, query, now)
            return found

        found = await self.context.write(find)
        headers = {"Content-Type": found.mime, "Cache-Control": CACHED, "Content-Disposition": "inline"}
        return web.FileResponse(self.context.photos.path(found.sha256), headers=headers)

    async def items(self, request: web.Request) -> web.Response:
        """Newer than a change, older than a place, or the last ones."""
        after, before, now = _number(request, "after"), _number(request, "before"), self.context.clock()

        def find(conn: Connection) -> dict[str, Any]:
            there = self._there(request, conn, now)
            if there is None:
                return {"items": [], "n": 0, "more": False}
            if after is None:
                found = mailbox.page(conn, there, before)
                more = len(found) == mailbox.PAGE and found[0]["pos"] > 1
                return {"items": found, "n": mailbox.latest(conn, there), "more": more}
            found = mailbox.newer(conn, there, after)
            return {"items": found, "n": found[-1]["n"] if found else after, "more": len(found) == mailbox.PAGE}

        return web.json_response(await self.context.read(find))

    async def acknowledge(self, request: web.Request) -> web.Response:
        raw, now = await self._raw(request), self.context.clock()
        n = read_ack(raw)

        def seen(tx: Connection) -> None:
            there = self._there(request, tx, now)
            if there is not None:
                mailbox.acknowledge(tx, there, n, now)

        await self.context.write(seen)
        return web.Response(status=204)

    async def ticket(self, request: web.Request) -> web.Response:
        """Opens one live stream: an EventSource cannot send the token in a header."""
        now = self.context.clock()
        issue = await self.context.write(lambda tx: tickets.issue(tx, self._visitor(request, tx, now).address, now))
        return web.json_response({"ticket": issue})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        ticket, now = request.query.get("ticket", ""), self.context.clock()
        address = await self.context.write(lambda tx: tickets.spend(tx, ticket, now))
        if address is None:
            raise Stranger
        return await follow(self.context, request, address, _number(request, "after") or 0)

    def _there(self, request: web.Request, conn: Connection, now: datetime) -> int | None:
        """The conversation, if anything has been said in it yet."""
        return conversations.find(conn, self._visitor(request, conn, now).address)

    @staticmethod
    def _actor(conn: Connection, visitor: Visitor) -> Actor:
        there = conversations.find(conn, visitor.address)
        if visitor.official is not None or there is None:
            return visitor.official or Nobody()
        return actor_of(conn, conversations.read(conn, [there])[there].person)

    def _visitor(self, request: web.Request, conn: Connection, now: datetime) -> Visitor:
        visitor = self.recognize(request, conn, now)
        if visitor is None:
            raise Stranger
        return visitor

    @staticmethod
    async def _raw(request: web.Request) -> bytes:
        if (request.content_length or 0) > BODY_MOST:
            raise NotOurs(413, TOO_LONG)
        raw = await request.read()
        if len(raw) > BODY_MOST:
            raise NotOurs(413, TOO_LONG)
        return raw


def _number(request: web.Request, name: str) -> int | None:
    return read_number(request.query[name]) if name in request.query else None
