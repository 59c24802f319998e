"""Who may do what: every command, query, dialog and route, by every kind of person. What is new has no right to be here
before it stands in these tables."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from bots.moves import actor_of
from bots.photos import PhotoStore
from bots.signals import Signals
from bots.web.context import Context
from bots.web.server import build
from core import app
from core.actors import Actor, Citizen, Nobody
from core.appeals.tables import appeal_history, appeals
from core.appeals.types import (
    AnswerAppeal,
    CloseUnrated,
    FileAppeal,
    MyAppeals,
    OpenPhoto,
    Pile,
    Receipt,
    ShowAppeal,
    ShowQueue,
    TakeAppeal,
)
from core.audit import audit
from core.authorities.entries import revoke_official
from core.authorities.queries import official_by_code
from core.authorities.tables import officials
from core.authorities.types import WhoAmI
from core.citizens.service import new_citizen
from core.citizens.types import FILING, GiveConsent, ShowConsent
from core.conversations.types import Person as Who
from core.db import Database
from core.errors import NotAllowed, Refusal
from core.files.store import add_file
from core.ratings.tables import ratings
from core.ratings.types import RateAnswer
from core.region.types import AboutRegion
from core.rubricator.types import SuggestCategories
from core.talk import Place
from core.territories.types import ListTerritories
from dialogs import registry
from tests.web.conftest import demo_url, fill, log, site  # noqa: F401
from tests.web.site import NOON, REPLY, WORDS, Answer, Person, Site

CITIZENS = {"owner", "other citizen"}
COLLEAGUES = {"whose it is", "colleague"}
OFFICIALS = COLLEAGUES | {"official elsewhere"}
NOBODIES = {"revoked", "nobody"}
EVERYBODY = CITIZENS | OFFICIALS | NOBODIES


# What core answers


@dataclass
class Scene:
    """One appeal in each status, all of one citizen and with one photo; one official has taken them."""

    db: Database
    actors: dict[str, Actor]
    photo: str
    filed: str
    taken: str
    answered: str


@pytest.fixture
def scene(engine_url: str) -> Iterator[Scene]:
    fill(engine_url)
    db = Database(engine_url)
    yield db.write(lambda tx: made(db, tx)).result()
    db.close()


def made(db: Database, tx: sa.Connection) -> Scene:
    owner, other = (Who("citizen", new_citizen(tx, NOON)) for _ in range(2))
    at_work, colleague, elsewhere, gone = (official(tx, code) for code in ("petrov", "kim", "orlova", "sokolova"))
    # Whoever has left has left the same authority, where they would see everything.
    same = sa.select(officials.c.authority_id).where(officials.c.id == at_work.id).scalar_subquery()
    tx.execute(sa.update(officials).where(officials.c.id == gone.id).values(authority_id=same))
    revoke_official(tx, gone.id, NOON)
    people = {
        "owner": owner,
        "other citizen": other,
        "whose it is": at_work,
        "colleague": colleague,
        "official elsewhere": elsewhere,
        "revoked": gone,
        "nobody": Who("official", 999_999),
    }
    actors = {name: actor_of(tx, who) for name, who in people.items()}

    def run(name: str, command: object) -> Any:
        return app.run(tx, actors[name], secrets.token_hex(8), command, NOON)

    version = app.ask(tx, actors["owner"], ShowConsent(FILING), NOON).wanted
    for name in CITIZENS:
        run(name, GiveConsent(FILING, version))
    photo = add_file(tx, owner.id, "0" * 64, "image/png", 5, NOON)
    numbers = []
    for _ in range(3):
        filed: Receipt = run("owner", FileAppeal(WORDS, "roads", "99701000", Place("Sadovaya, 14"), (photo,)))
        numbers.append(filed.number)
    for number in numbers[1:]:
        run("whose it is", TakeAppeal(number))
    run("whose it is", AnswerAppeal(numbers[2], REPLY))
    return Scene(db, actors, photo, *numbers)


def official(tx: sa.Connection, code: str) -> Who:
    found = official_by_code(tx, code)
    assert found is not None
    return Who("official", found.id)


@dataclass(frozen=True)
class Row:
    """`ask` makes what is asked for, `who` may have it; `has` says whether an answer holds what they wanted."""

    ask: Callable[[Scene], object]
    who: set[str]
    has: Callable[[Any, Scene], bool] = lambda value, scene: value is not None


def numbers_in(rows: Any) -> set[str]:
    return {row.number for row in rows}


CORE: dict[type, Row] = {
    GiveConsent: Row(lambda s: GiveConsent(FILING, s.db.read(wanted).result()), CITIZENS),
    FileAppeal: Row(lambda s: FileAppeal(WORDS, "roads", "99701000", Place(), (s.photo,)), {"owner"}),
    TakeAppeal: Row(lambda s: TakeAppeal(s.filed), COLLEAGUES),
    AnswerAppeal: Row(lambda s: AnswerAppeal(s.taken, REPLY), {"whose it is"}),
    CloseUnrated: Row(lambda s: CloseUnrated(s.answered, 3), set()),
    RateAnswer: Row(lambda s: RateAnswer(s.answered, 5), {"owner"}),
    AboutRegion: Row(lambda s: AboutRegion(), EVERYBODY),
    ListTerritories: Row(lambda s: ListTerritories(), EVERYBODY),
    SuggestCategories: Row(lambda s: SuggestCategories(WORDS), EVERYBODY),
    ShowConsent: Row(lambda s: ShowConsent(FILING), CITIZENS),
    WhoAmI: Row(lambda s: WhoAmI(), OFFICIALS),
    MyAppeals: Row(lambda s: MyAppeals(0, 50), {"owner"}, lambda rows, s: s.filed in numbers_in(rows)),
    ShowAppeal: Row(lambda s: ShowAppeal(s.taken), {"owner"} | COLLEAGUES),
    ShowQueue: Row(lambda s: ShowQueue(Pile.NEW, 0, 50), COLLEAGUES, lambda page, s: s.filed in numbers_in(page.rows)),
    OpenPhoto: Row(lambda s: OpenPhoto(s.photo), {"owner"} | COLLEAGUES),
}


def wanted(conn: sa.Connection) -> str:
    version: str = app.ask(conn, Citizen(0), ShowConsent(FILING), NOON).wanted
    return version


class Undo(Exception):
    """Every try begins with the same scene."""


def tried(scene: Scene, actor: Actor, asked: object) -> tuple[Any, bool]:
    """The answer, or the Refusal; and whether anything that matters has changed."""
    got: list[Any] = []

    def attempt(tx: sa.Connection) -> None:
        before = state(tx)
        try:
            if type(asked) in app.COMMANDS:
                got.append(app.run(tx, actor, secrets.token_hex(8), asked, NOON))
            else:
                got.append(app.ask(tx, actor, asked, NOON))
        except Refusal as refusal:
            got.append(refusal)
        got.append(state(tx) != before)
        raise Undo

    with pytest.raises(Undo):
        scene.db.write(attempt).result()
    return got[0], got[1]


def state(tx: sa.Connection) -> list[Any]:
    return [tx.execute(sa.select(table)).all() for table in (appeals, appeal_history, ratings, audit)]


def test_core_does_and_tells_only_what_each_may_have(scene: Scene) -> None:
    assert set(CORE) == set(app.COMMANDS) | set(app.QUERIES), "an entry that this table does not know"
    wrong = []
    for asked, row in CORE.items():
        for name, actor in scene.actors.items():
            answer, changed = tried(scene, actor, row.ask(scene))
            had = not isinstance(answer, Refusal) and row.has(answer, scene)
            if had != (name in row.who) or (changed and not had):
                wrong.append((asked.__name__, name, answer, changed))
    assert not wrong


def test_what_is_not_theirs_looks_like_what_is_not_there(scene: Scene) -> None:
    for name in ("other citizen", "official elsewhere"):
        for theirs, none in (
            (ShowAppeal(scene.filed), ShowAppeal("000000000")),
            (OpenPhoto(scene.photo), OpenPhoto("x")),
        ):
            answers = [tried(scene, scene.actors[name], asked)[0] for asked in (theirs, none)]
            assert answers[0] is answers[1] is None or [type(answer) for answer in answers] == [NotAllowed, NotAllowed]


def test_who_has_left_is_nobody(scene: Scene) -> None:
    assert scene.actors["revoked"] == scene.actors["nobody"] == Nobody()


# What dialogs and pages show

SEES = {"owner", *COLLEAGUES}
DIALOGS: dict[str, dict[str, set[str]]] = {
    "citizen": {
        "appeal": set(),
        "consent": set(),
        "help": set(),
        "menu": set(),
        "my": {"owner"},
        "card": {"owner"},
        "rate": {"owner"},
    },
    "staff": {"desk": set(), "queue": COLLEAGUES, "card": COLLEAGUES, "take": set(), "answer": COLLEAGUES},
}
"""By audience and dialog: to whom something of the citizen's appeal may be shown when they open it with its number."""


ARGS = {"queue": ("new", "mine", "done"), "my": ("0",)}
"""Where a number opens nothing."""


@dataclass
class People:
    """One citizen's answered appeal, and everybody who might want to see it."""

    site: Site
    number: str
    photo: str
    by_name: dict[str, Person]


@pytest.fixture
async def people(site: Site) -> People:  # noqa: F811
    owner = site.citizen()
    photo = await owner.photo()
    number = await owner.file(WORDS, photo)
    at_work = await site.answered(number)
    here, elsewhere = codes(site, number)
    everybody = {
        "owner": owner,
        "other citizen": site.citizen(),
        "whose it is": at_work,
        "colleague": await site.official(here[1]),
        "official elsewhere": await site.official(elsewhere[-1]),
        "revoked": await revoked(site, elsewhere[0], here[0]),
        "nobody": Person(site, "/api/chat", {"X-Lang": "en"}),
    }
    for name in EVERYBODY - NOBODIES:
        await everybody[name].command("start")
    return People(site, number, photo, everybody)


def codes(site: Site, number: str) -> tuple[list[str], list[str]]:  # noqa: F811
    """Of the officials of the authority that answers, and of all others."""
    authority = sa.select(appeals.c.authority_id).where(appeals.c.number == number).scalar_subquery()
    rows = site.rows(sa.select(officials.c.code, officials.c.authority_id == authority).order_by(officials.c.id))
    return [code for code, here in rows if here], [code for code, here in rows if not here]


async def revoked(site: Site, code: str, colleague: str) -> Person:  # noqa: F811
    """One who worked beside this colleague until now: the desk is still open in the browser."""

    def move(tx: sa.Connection) -> None:
        o = officials.c
        there = sa.select(o.authority_id).where(o.code == colleague).scalar_subquery()
        tx.execute(sa.update(officials).where(o.code == code).values(authority_id=there))

    site.db.write(move).result()
    person = await site.official(code)
    await person.command("start")
    site.db.write(lambda tx: revoke_official(tx, official(tx, code).id, site.clock())).result()
    return person


def secrets_of(number: str) -> tuple[str, ...]:
    return (WORDS[:20], REPLY, number[3:6] + "-" + number[6:])


async def test_every_dialog_shows_an_appeal_only_to_those_whose_it_is(people: People) -> None:
    known = {(audience, name) for audience, names in DIALOGS.items() for name in names}
    loaded = {audience: registry.load(audience) for audience in ("citizen", "staff")}
    assert known == {(a, name) for a, d in loaded.items() for name in (*d.forms, *d.views)}, "a dialog without a row"
    wrong = []
    for _, name in sorted(known):
        for who in sorted(EVERYBODY):
            shown = await opened(people, who, name)
            audience = "citizen" if who in CITIZENS else "staff"
            may = DIALOGS[audience].get(name, set())
            if shown and who not in SEES:
                wrong.append((audience, name, who, "sees it"))
            elif who in may and not shown:
                wrong.append((audience, name, who, "does not see it"))
    assert not wrong


async def opened(people: People, who: str, name: str) -> bool:
    """Anything of the appeal is shown by opening the dialog with its number, as a button and as a command."""
    person = people.by_name[who]
    if who in NOBODIES:
        for body in ({"kind": "press", "data": f"{name}:{people.number}"}, {"kind": "command", "name": name}):
            assert (await person.post(body)).status == 401
        return False
    after = max((item["n"] for item in await person.items()), default=0)
    for args in ARGS.get(name, (people.number,)):
        await person.press(f"{name}:{args}")
    await person.command(name, people.number)
    said = [item for item in await person.items(after) if item["side"] == "them"]
    return any(secret in item["text"] + (item["note"] or "") for item in said for secret in secrets_of(people.number))


@dataclass(frozen=True)
class Route:
    """`call` asks for it as somebody; `ok` are those for whom it answers with `status`, for others with a 4xx."""

    ok: set[str]
    status: int
    body: bytes | None = None


CHAT, DESK = {"owner", "other citizen"}, {"whose it is", "colleague", "official elsewhere"}


def of_chat(base: str, who: set[str], photo: set[str]) -> dict[tuple[str, str], Route]:
    return {
        ("POST", f"{base}/messages"): Route(who, 202, b'{"kind":"command","id":"%s","name":"menu"}'),
        ("POST", f"{base}/photos"): Route(who & CITIZENS, 201, b"\x89PNG\r\n\x1a\n" + b"\x00" * 20),
        ("GET", f"{base}/photos/{{ref}}"): Route(photo, 200),
        ("GET", f"{base}/items"): Route(who, 200),
        ("POST", f"{base}/ack"): Route(who, 204, b'{"n":1}'),
        ("POST", f"{base}/ticket"): Route(who, 200),
        ("GET", f"{base}/stream"): Route(set(), 200),  # a ticket opens it, and nothing else does
    }


ROUTES = {
    ("GET", "/"): Route(EVERYBODY, 200),
    ("GET", "/desk"): Route(DESK, 200),
    ("GET", "/enter/{token}"): Route(set(), 200),  # the link alone opens it: see test_doors
    ("POST", "/enter/{token}"): Route(set(), 303),
    ("GET", "/static/{version}/{name}"): Route(EVERYBODY, 200),
    **of_chat("/api/chat", CHAT, {"owner"}),
    **of_chat("/desk/api", DESK, COLLEAGUES),
}


def routes(site: Site) -> set[tuple[str, str]]:  # noqa: F811
    process, photos = site.process, PhotoStore(site.process.settings.var_dir)
    speeches, stop = process.houses.speeches, asyncio.Event()
    made = Context(process.settings, site.db, Signals(), site.clock, speeches, process.region, photos, stop)
    found = ((route.method, route.resource.canonical) for route in build(made).router.routes() if route.resource)
    return {(method, path) for method, path in found if method != "HEAD"}  # HEAD comes with every GET


async def test_every_route_answers_only_those_who_may_come_there(people: People) -> None:
    assert set(ROUTES) == routes(people.site), "a route that this table does not know"
    wrong = []
    for (method, path), route in ROUTES.items():
        for name in sorted(EVERYBODY):
            answer = await asked(people, people.by_name[name], method, path, route)
            fine = answer.status == route.status if name in route.ok else answer.status in (401, 403, 404, 410, 422)
            if not fine:
                wrong.append((method, path, name, answer.status))
    assert not wrong


async def asked(people: People, person: Person, method: str, path: str, route: Route) -> Answer:
    body = route.body
    if body and b"%s" in body:
        body = body % secrets.token_hex(8).encode()
    token = secrets.token_urlsafe(32)
    filled = path.replace("{ref}", people.photo).replace("{token}", token)
    filled = filled.replace("{version}", "x").replace("{name}", "chat.css")
    headers = {**person.headers, "Origin": people.site.url}
    return await people.site.call(method, filled, headers=headers, data=body)
