"""People, conversations and appeals for the tests of the pipe, made by the real functions of core."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TypeVar

from sqlalchemy.engine import Connection

from bots.config import ROOT
from core import app
from core.actors import Citizen, Official
from core.appeals.types import FileAppeal
from core.authorities.entries import issue_entry
from core.authorities.queries import official_by_code
from core.citizens.service import new_citizen
from core.citizens.types import FILING, GiveConsent
from core.conversations import service as conversations
from core.conversations.types import Address, Person
from core.importer import Data, import_data, load_data
from core.region.file import load_region
from core.region.store import save_region
from core.region.types import Region
from core.talk import Place

DEMO = ROOT / "deploy" / "demo"
NOON = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)
"""A Monday, noon in the demo region: nothing waits for the end of the quiet hours."""
CITY = "99701000"
T = TypeVar("T")
Write = Callable[[Callable[[Connection], T]], T]


@cache
def demo_region() -> Region:
    return load_region(DEMO / "region.yaml")


@cache
def demo_data() -> Data:
    return load_data(DEMO / "data.yaml")


def fill(tx: Connection) -> None:
    """The demo region and its lists, without any people."""
    save_region(tx, demo_region())
    import_data(tx, demo_data())


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation with its person; `token` is the browser's, or opens the desk."""

    id: int
    person: Person
    token: str


def a_citizen(tx: Connection, now: datetime = NOON, *, consent: bool = False, lang: str = "en") -> Chat:
    """A citizen who has been in the web chat before."""
    citizen, token = Citizen(new_citizen(tx, now)), secrets.token_urlsafe(32)
    if consent:
        app.run(tx, citizen, f"consent:{citizen.id}", GiveConsent(FILING, demo_region().consent_version), now)
    address = Address("web", "chat", hashlib.sha256(token.encode()).hexdigest())
    person = Person("citizen", citizen.id)
    return Chat(conversations.meet(tx, address, person, lang, now), person, token)


def an_official(tx: Connection, code: str = "petrov", now: datetime = NOON, *, lang: str = "en") -> Chat:
    """An official who has been at the desk before, with a fresh link to it."""
    official = the_official(tx, code)
    person, address = Person("official", official.id), Address("web", "desk", str(official.id))
    return Chat(conversations.meet(tx, address, person, lang, now), person, issue_entry(tx, official.id, now))


def the_official(tx: Connection, code: str) -> Official:
    official = official_by_code(tx, code)
    assert official is not None
    return official


def a_filed(tx: Connection, chat: Chat, now: datetime = NOON, text: str = "A deep pothole on Sadovaya.") -> str:
    """The number of an appeal for the administration of the city, where petrov and kim work."""
    command = FileAppeal(text, "roads", CITY, Place("Sadovaya, 14"), ())
    number: str = app.run(tx, Citizen(chat.person.id), f"filed:{secrets.token_hex(4)}", command, now).number
    return number
