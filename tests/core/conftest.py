"""A database with the demo region in it, on both engines, and the few people that the tests of core are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import app
from core.actors import Actor, Citizen, Official
from core.appeals.types import AnswerAppeal, AppealCard, FileAppeal, ShowAppeal, TakeAppeal
from core.authorities.queries import official_by_code
from core.citizens.service import new_citizen
from core.citizens.types import FILING, GiveConsent
from core.conversations.service import meet
from core.conversations.types import Address, Person
from core.db import Database
from core.errors import Refusal
from core.importer import Data, import_data, load_data
from core.region.file import load_region
from core.region.store import save_region
from core.region.types import Region
from core.talk import Place

DEMO = Path(__file__).parents[2] / "deploy" / "demo"
NOON = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)
"""A Monday, noon in the demo region."""
T = TypeVar("T")


@pytest.fixture(scope="session")
def region() -> Region:
    return load_region(DEMO / "region.yaml")


@pytest.fixture(scope="session")
def data() -> Data:
    return load_data(DEMO / "data.yaml")


@pytest.fixture
def core_db(engine_url: str) -> Iterator[Database]:
    db = Database(engine_url)
    yield db
    db.close()


@dataclass
class World:
    """Core as its callers use it: every call is a transaction of its own, at the time that the clock shows."""

    db: Database
    consent_version: str
    now: datetime = NOON
    count: int = 0

    def write(self, fn: Callable[[Connection], T]) -> T:
        return self.db.write(fn).result()

    def read(self, fn: Callable[[Connection], T]) -> T:
        return self.db.read(fn).result()

    def run(self, actor: Actor, command: object, key: str = "") -> Any:
        return self.write(lambda tx: app.run(tx, actor, key or self.key(), command, self.now))

    def ask(self, actor: Actor, query: object) -> Any:
        return self.read(lambda conn: app.ask(conn, actor, query, self.now))

    def key(self) -> str:
        self.count += 1
        return f"key:{self.count}"

    def a_citizen(self, *, consent: bool = True) -> Citizen:
        citizen = Citizen(self.write(lambda tx: new_citizen(tx, self.now)))
        if consent:
            self.run(citizen, GiveConsent(FILING, self.consent_version))
        return citizen

    def an_official(self, code: str) -> Official:
        found = self.read(lambda conn: official_by_code(conn, code))
        assert found is not None
        return found

    def a_conversation(self, kind: str, person_id: int) -> int:
        address = Address("web", "citizens" if kind == "citizen" else "staff", self.key())
        person = Person("citizen" if kind == "citizen" else "official", person_id)
        return self.write(lambda tx: meet(tx, address, person, "ru", self.now))

    def a_filed(self, citizen: Citizen, **changes: Any) -> str:
        number: str = self.run(citizen, an_appeal(**changes)).number
        return number

    def a_taken(self, citizen: Citizen, official: Official) -> str:
        number = self.a_filed(citizen)
        self.run(official, TakeAppeal(number))
        return number

    def an_answered(self, citizen: Citizen, official: Official) -> str:
        number = self.a_taken(citizen, official)
        self.run(official, AnswerAppeal(number, "The pothole has been filled this morning."))
        return number


def an_appeal(**changes: Any) -> FileAppeal:
    """Of the city of the demo: its administration answers."""
    text = "There is a deep pothole at the corner of Sadovaya."
    return replace(FileAppeal(text, "roads", "99701000", Place("Sadovaya, 14"), ()), **changes)


@pytest.fixture
def world(core_db: Database, region: Region, data: Data) -> World:
    def fill(tx: Connection) -> None:
        save_region(tx, region)
        import_data(tx, data)

    core_db.write(fill).result()
    return World(core_db, region.consent_version)


def rows_of(world: World, table: sa.Table) -> int:
    return world.read(lambda conn: conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def refusal(do: Callable[[], Any]) -> str:
    with pytest.raises(Refusal) as caught:
        do()
    return caught.value.why.msgid


def card(world: World, actor: Citizen | Official, number: str) -> AppealCard:
    shown = world.ask(actor, ShowAppeal(number))
    assert isinstance(shown, AppealCard)
    return shown
