"""The chat's interface for browsers: what is said comes in, items go out. One instance for citizens, one for desks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.engine import Connection

from bots.receive import Update, accept
from bots.trace import trace
from bots.web import mailbox, tickets
from bots.web.context import Context
from bots.web.errors import LOST_DOCUMENT, LOST_PHOTO, TOO_LONG, NotOurs, Stranger
from bots.web.stream import follow
from bots.web.visitors import Recognize, Visitor, language
from bots.web.wire import Body, TextBody, event_of, read_ack, read_body, read_number
from core.conversations import service as conversations
from core.conversations.types import Address, Person
from core.errors import Refusal
from core.files.store import described, owns_all
from core.files.types import Kind
from core.talk import Message

BODY_MOST = 512 * 1024
"""Bytes of anything but a file."""


@dataclass(frozen=True, slots=True)
class Chat:
    context: Context
    recognize: Recognize

    def routes(self, base: str) -> list[web.RouteDef]:
        return [
            web.post(f"{base}/messages", self.say),
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
        trace("stored", updates=[body.id], conversation=there)
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
        if isinstance(event, Message) and (event.photos or event.documents):
            _check(tx, conversations.read(tx, [there])[there].person, event)
        if not accepted.new or not isinstance(body, TextBody) or not (body.text or body.photos or body.documents):
            return visitor.address, there, None
        documents = [asdict(document) for document in described(tx, body.documents)]
        mine: dict[str, Any] = {"text": body.text, "photos": list(body.photos), "documents": documents}
        return visitor.address, there, mailbox.put_mine(tx, there, body.id, mine, now)

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

        def issue(tx: Connection) -> str:
            visitor = self._visitor(request, tx, now)
            return tickets.issue(tx, visitor.address, visitor.desk, now)

        return web.json_response({"ticket": await self.context.write(issue)})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        ticket, now = request.query.get("ticket", ""), self.context.clock()
        opened = await self.context.write(lambda tx: tickets.spend(tx, ticket, now))
        if opened is None:
            raise Stranger
        return await follow(self.context, request, opened, _number(request, "after") or 0)

    def _there(self, request: web.Request, conn: Connection, now: datetime) -> int | None:
        """The conversation, if anything has been said in it yet."""
        return conversations.find(conn, self._visitor(request, conn, now).address)

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


def _check(conn: Connection, person: Person, message: Message) -> None:
    """Raises Refusal for files that are not here, not theirs, or not what they are sent as."""
    theirs = person.kind == "citizen"
    if not (theirs and owns_all(conn, person.id, message.photos, Kind.PHOTO)):
        raise Refusal(LOST_PHOTO)
    if not owns_all(conn, person.id, message.documents, Kind.DOCUMENT):
        raise Refusal(LOST_DOCUMENT)


def _number(request: web.Request, name: str) -> int | None:
    return read_number(request.query[name]) if name in request.query else None
