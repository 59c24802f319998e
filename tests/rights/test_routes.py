"""Which route answers whom: every route of the pages, asked by every kind of person. What is new has no right to be
here before it stands in this table."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from bots.files.store import FolderStore
from bots.signals import Signals
from bots.web.context import Context
from bots.web.server import build
from core.appeals.tables import appeals
from core.authorities.entries import revoke_official
from core.authorities.queries import official_by_code
from core.authorities.tables import officials
from tests.web.site import PNG, WORDS, Answer, Person, Site

AUTHORS = {"owner", "holder by code"}
CITIZENS = AUTHORS | {"other citizen"}
SEES = {"whose it is", "colleague", "official above"}
OFFICIALS = SEES | {"official elsewhere"}
NOBODIES = {"revoked", "nobody"}
EVERYBODY = CITIZENS | OFFICIALS | NOBODIES


@dataclass
class People:
    """One citizen's answered appeal, and everybody who might want to see it."""

    site: Site
    number: str
    photo: str
    by_name: dict[str, Person]


@pytest.fixture
async def people(site: Site) -> People:
    owner = site.citizen()
    photo = await owner.photo()
    number = await owner.file(WORDS, photo)
    everybody = {
        "owner": owner,
        "holder by code": await holder(site, number),
        "other citizen": site.citizen(),
        "whose it is": await site.answered(number),
        "colleague": await site.official("kim"),
        "official above": await site.official("sokolova"),
        "official elsewhere": await site.official("orlova"),
        "revoked": await revoked(site, "belov", "kim"),
        "nobody": Person(site, "/api/chat", {"X-Lang": "en"}),
    }
    for name in EVERYBODY - NOBODIES:
        await everybody[name].command("start")
    return People(site, number, photo, everybody)


async def holder(site: Site, number: str) -> Person:
    """Somebody who has come by the personal link."""
    code = site.rows(sa.select(appeals.c.code).where(appeals.c.number == number))[0].code
    person = site.citizen()
    await person.command("open", f"{number}.{code}")
    await person.choose("yes")
    return person


async def revoked(site: Site, code: str, colleague: str) -> Person:
    """One who worked beside this colleague until now: the desk is still open in the browser."""

    def move(tx: sa.Connection) -> None:
        there, here = official_by_code(tx, colleague), sa.update(officials).where(officials.c.code == code)
        assert there is not None
        tx.execute(here.values(authority_id=there.authority_id))

    def revoke(tx: sa.Connection) -> None:
        gone = official_by_code(tx, code)
        assert gone is not None
        revoke_official(tx, gone.id, site.clock())

    site.db.write(move).result()
    person = await site.official(code)
    await person.command("start")
    site.db.write(revoke).result()
    return person


@dataclass(frozen=True)
class Route:
    """`ok` are those for whom it answers with `status`, for others with a 4xx."""

    ok: set[str]
    status: int
    body: bytes | None = None


def of_chat(base: str, who: set[str], photo: set[str]) -> dict[tuple[str, str], Route]:
    return {
        ("POST", f"{base}/messages"): Route(who, 202, b'{"kind":"command","id":"%s","name":"menu"}'),
        ("POST", f"{base}/photos"): Route(who & CITIZENS, 201, PNG),
        ("POST", f"{base}/documents"): Route(who & CITIZENS, 201, b"%PDF-1.7\n"),
        ("POST", f"{base}/files/{{ref}}/link"): Route(photo, 200),
        ("GET", f"{base}/photos/{{ref}}"): Route(photo, 200),
        ("GET", f"{base}/items"): Route(who, 200),
        ("POST", f"{base}/ack"): Route(who, 204, b'{"n":1}'),
        ("POST", f"{base}/ticket"): Route(who, 200),
        ("GET", f"{base}/stream"): Route(set(), 200),  # a ticket opens it, and nothing else does
    }


ROUTES = {
    ("GET", "/"): Route(EVERYBODY, 200),
    ("GET", "/desk"): Route(OFFICIALS, 200),
    ("GET", "/enter/{token}"): Route(set(), 200),  # the link alone opens it: see test_doors
    ("POST", "/enter/{token}"): Route(set(), 303),
    ("GET", "/static/{version}/{name}"): Route(EVERYBODY, 200),
    ("GET", "/file/{ref}"): Route(set(), 200),  # a signature opens it, and nothing else does: see test_files
    ("GET", "/health/live"): Route(EVERYBODY, 200),
    ("GET", "/health/ready"): Route(EVERYBODY, 200),
    **of_chat("/api/chat", CITIZENS, AUTHORS),
    **of_chat("/desk/api", OFFICIALS, SEES),
}


def routes(site: Site) -> set[tuple[str, str]]:
    process, files = site.process, FolderStore(site.process.settings.var_dir)
    speeches, stop = process.houses.speeches, asyncio.Event()
    made = Context(process.settings, site.db, Signals(), site.clock, speeches, process.region, files, stop)
    found = ((route.method, route.resource.canonical) for route in build(made).router.routes() if route.resource)
    return {(method, path) for method, path in found if method != "HEAD"}  # HEAD comes with every GET


async def test_every_route_answers_only_those_who_may_come_there(people: People) -> None:
    there = routes(people.site)
    assert not there - set(ROUTES), "these have no row here"
    assert not set(ROUTES) - there, "these are no routes"
    wrong = []
    for (method, path), route in ROUTES.items():
        for name in sorted(EVERYBODY):
            answer = await asked(people, people.by_name[name], method, path, route)
            fine = answer.status == route.status if name in route.ok else answer.status in (401, 403, 404, 410, 422)
            if not fine:
                wrong.append((method, path, name, answer.status))
    assert not wrong, wrong


async def asked(people: People, person: Person, method: str, path: str, route: Route) -> Answer:
    body = route.body
    if body and b"%s" in body:
        body = body % secrets.token_hex(8).encode()
    token = secrets.token_urlsafe(32)
    filled = path.replace("{ref}", people.photo).replace("{token}", token)
    filled = filled.replace("{version}", "x").replace("{name}", "chat.css")
    headers = {**person.headers, "Origin": people.site.url}
    return await people.site.call(method, filled, headers=headers, data=body)
