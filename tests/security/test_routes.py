"""Every route of the pages and of the messengers, asked by every kind of person; who is refused changes nothing and
reads nothing of an appeal."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from aiohttp import web

from core.appeals.tables import appeals
from core.authorities.entries import revoke_official
from core.authorities.queries import official_by_code
from core.authorities.tables import officials
from core.db import metadata
from tests.security.conftest import OPS_TOKEN, SECRET
from tests.security.rights_routes import (
    CITIZENS,
    COLUMNS,
    EVERYBODY,
    MESSENGERS,
    NOBODIES,
    OFFICIALS,
    OPERATORS,
    OPS_COLUMNS,
    OPS_ROUTES,
    ROUTES,
    Route,
)
from tests.web.site import REPLY, WORDS, Answer, Person, Site

REFUSED = {401, 403, 404, 410, 422}
BUSY = {"accounts", "tokens", "token_pauses", "leases", "processes"}
"""Tables in which processes write of themselves."""


@dataclass
class People:
    """One citizen's answered appeal, and everybody who might want to see it."""

    site: Site
    apps: list[web.Application]
    number: str
    photo: str
    by_name: dict[str, Person]


@pytest.fixture
async def people(hooked: Site, app_of: list[web.Application]) -> People:
    return await everybody(hooked, app_of)


async def everybody(site: Site, apps: list[web.Application]) -> People:
    owner = site.citizen()
    photo = await owner.photo()
    number = await owner.file(WORDS, photo)
    by_name = {
        "owner": owner,
        "holder by code": await holder(site, number),
        "other citizen": site.citizen(),
        "whose it is": await site.answered(number),
        "colleague": await site.official("kim"),
        "official above": await site.official("sokolova"),
        "official elsewhere": await site.official("orlova"),
        "revoked": await revoked(site, "belov", "kim"),
        "nobody": Person(site, "/api/chat", {"X-Lang": "en"}),
        "telegram": Person(site, "", {"X-Lang": "en", "X-Telegram-Bot-Api-Secret-Token": SECRET}),
        "vk": Person(site, "", {"X-Lang": "en"}),  # it says its secret in the body
    }
    for name in EVERYBODY - NOBODIES - MESSENGERS:
        await by_name[name].command("start")
    return People(site, apps, number, photo, by_name)


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


def routes(app: web.Application) -> set[tuple[str, str]]:
    found = ((route.method, route.resource.canonical) for route in app.router.routes() if route.resource)
    return {(method, path) for method, path in found if method != "HEAD"}  # HEAD comes with every GET


def is_ours(app: web.Application) -> bool:
    """Not the one for operators."""
    return any(path == "/desk" for _, path in routes(app))


def state(site: Site) -> dict[str, list[str]]:
    """Every row, but for what processes note of themselves."""
    tables = [table for table in metadata.sorted_tables if table.name not in BUSY]
    return {table.name: sorted(map(repr, site.rows(sa.select(table)))) for table in tables}


async def test_every_route_answers_only_those_who_may_come_there(people: People) -> None:
    there = routes(next(app for app in people.apps if is_ours(app)))
    assert not there - set(ROUTES), "these have no row there"
    assert not set(ROUTES) - there, "these are no routes"
    assert set(COLUMNS) == EVERYBODY
    cells = [(at, name) for at in ROUTES for name in sorted(EVERYBODY)]
    await people.site.quiet()
    before, wrong = state(people.site), []
    for at, name in cells:
        if name not in ROUTES[at].ok:
            answer = await asked(people, name, *at)
            told = [word for word in (WORDS, REPLY, people.number) if word.encode() in answer.body]
            if answer.status not in REFUSED or told:
                wrong.append((at, name, answer.status, told))
    after = state(people.site)
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}, "a refusal has changed something"
    for at, name in cells:
        if name in ROUTES[at].ok:
            answer = await asked(people, name, *at)
            if answer.status != ROUTES[at].status:
                wrong.append((at, name, answer.status, []))
    assert not wrong, wrong


async def asked(people: People, name: str, method: str, path: str) -> Answer:
    """With all that they have in their hands."""
    person, token = people.by_name[name], secrets.token_urlsafe(32)
    filled = path.replace("{ref}", people.photo).replace("{token}", token)
    filled = filled.replace("{version}", "x").replace("{name}", "chat.css")
    headers = {**person.headers, "Origin": people.site.url}
    return await people.site.call(method, filled, headers=headers, data=body(ROUTES[method, path], name))


def body(route: Route, name: str) -> bytes | None:
    if route.body is None:
        return None
    known = SECRET if name == "vk" else "a-guess-of-at-least-16-signs"
    return route.body.replace(b'"ID"', b'"%s"' % secrets.token_hex(8).encode()).replace(b"SECRET", known.encode())


async def test_only_operators_get_past_the_door_of_their_server(hooked: Site, app_of: list[web.Application]) -> None:
    """Nor does a page that a browser of theirs has opened, whatever password the browser remembers."""
    (app,) = (app for app in app_of if not is_ours(app))
    assert routes(app) == set(OPS_ROUTES)
    assert set(OPS_COLUMNS) == EVERYBODY | OPERATORS
    address = f"http://127.0.0.1:{hooked.process.settings.ops_port}"
    citizen, official = hooked.citizen().headers, (await hooked.official("petrov")).headers
    messenger = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    known = {
        **{name: {} for name in EVERYBODY},
        **dict.fromkeys(OFFICIALS, official),
        **dict.fromkeys(CITIZENS, citizen),
    }
    known |= {"revoked": official, "telegram": messenger}
    wrong = []
    for (method, path), may in OPS_ROUTES.items():
        filled = path.replace("{act}", "retry").replace("{kind}", "inbox").replace("{id}", "1").replace("{name}", "x")
        for name in OPS_COLUMNS:
            auth = {"Authorization": _basic(OPS_TOKEN)} if name == "operator" else known[name]
            async with hooked.session.request(method, address + filled, headers={**auth, "Origin": address}) as answer:
                past = answer.status not in (401, 403)
                if past != (name in may) or (not past and WORDS in await answer.text()):
                    wrong.append((method, path, name, answer.status))
        if method == "POST":
            foreign = {"Authorization": _basic(OPS_TOKEN), "Origin": "https://elsewhere.example"}
            async with hooked.session.request(method, address + filled, headers=foreign) as answer:
                assert answer.status == 403
    for guess in ("", OPS_TOKEN[:-1], OPS_TOKEN + "x", "\u043f"):
        async with hooked.session.get(f"{address}/metrics", headers={"Authorization": _basic(guess)}) as answer:
            assert answer.status == 401
    assert not wrong, wrong


def _basic(token: str) -> str:
    return "Basic " + base64.b64encode(f"operator:{token}".encode()).decode()
