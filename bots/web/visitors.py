"""Who is behind a request: a citizen by the token of their browser, an official by the cookie of their desk."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy.engine import Connection

from bots.moves import actor_of
from core.actors import Actor, Nobody, Official
from core.authorities import entries
from core.citizens.service import new_citizen
from core.conversations import service as conversations
from core.conversations.types import Address, Person
from core.lines import LANGUAGES

MESSENGER = "web"
CHAT, DESK = "chat", "desk"
COOKIE = "otklik_desk"
_TOKEN = re.compile(r"Bearer ([A-Za-z0-9_-]{43})", re.ASCII)
"""256 bits in base64url, made by the browser."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """`newcomer` makes the person at their first message; `seen` notes that they are here; `official` is who works at
    this `desk`."""

    address: Address
    newcomer: Callable[[Connection], Person]
    seen: Callable[[Connection], None] = lambda tx: None
    official: Official | None = None
    desk: int | None = None


Recognize = Callable[[web.Request, Connection, datetime], Visitor | None]
"""None: this request has no right to be here."""


def citizen(request: web.Request, conn: Connection, now: datetime) -> Visitor | None:
    """Only the hash of the token is kept, so that nobody can speak for a citizen who has read the database."""
    token = _TOKEN.fullmatch(request.headers.get("Authorization", ""))
    if token is None:
        return None
    peer = hashlib.sha256(token[1].encode()).hexdigest()
    return Visitor(Address(MESSENGER, CHAT, peer), lambda tx: Person("citizen", new_citizen(tx, now)))


def official(request: web.Request, conn: Connection, now: datetime) -> Visitor | None:
    """All desks of an official are one conversation; a desk that was revoked or has run out opens nothing."""
    found = entries.desk_official(conn, request.cookies.get(COOKIE, ""), now)
    if found is None:
        return None
    desk, person = found[0], Person("official", found[1].id)
    address = Address(MESSENGER, DESK, str(person.id))
    return Visitor(address, lambda tx: person, lambda tx: entries.touch_desk(tx, desk, now), found[1], desk)


def actor(conn: Connection, visitor: Visitor) -> Actor:
    """On whose behalf core is asked; a citizen who has said nothing yet is nobody."""
    there = conversations.find(conn, visitor.address)
    if visitor.official is not None or there is None:
        return visitor.official or Nobody()
    return actor_of(conn, conversations.read(conn, [there])[there].person)


def language(request: web.Request) -> str:
    """What the page says, or else the browser."""
    asked = [request.query.get("lang", ""), request.headers.get("X-Lang", "")]
    asked += [part.split(";")[0].strip()[:2].lower() for part in request.headers.get("Accept-Language", "").split(",")]
    return next((lang for lang in asked if lang in LANGUAGES), LANGUAGES[0])
