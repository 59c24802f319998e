"""One person's appeals in many states, and everybody who might want to see or change them. What each may do stands in
the tables beside it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa

from bots.moves import actor_of
from core import app
from core.actors import Actor, Nobody, Role, System
from core.appeals.tables import appeals
from core.appeals.types import (
    AddNote,
    AddToAppeal,
    AnswerAppeal,
    AskCitizen,
    FileAppeal,
    OpenByCode,
    Receipt,
    TakeAppeal,
)
from core.authorities.entries import issue_entry, revoke_official
from core.authorities.queries import official_by_code
from core.authorities.tables import officials
from core.citizens.service import new_citizen
from core.citizens.types import FILING, GiveConsent, IssueJoin, ShowConsent
from core.conversations import service as conversations
from core.conversations.tables import forms
from core.conversations.types import Address
from core.conversations.types import Person as Who
from core.db import Database, metadata
from core.files.store import add_file
from core.files.types import Kind
from core.ratings.types import RateAnswer
from core.talk import Place
from tests.web.site import NOON, REPLY, WORDS

AUTHORS = {"owner", "holder by code"}
CITIZENS = AUTHORS | {"other citizen"}
LEADERS = {"coordinator", "curator"}
HERE = {"whose it is", "executor"} | LEADERS
SEES = HERE | {"official above"}
OFFICIALS = SEES | {"official elsewhere"}
NOBODIES = {"revoked", "nobody"}
PEOPLE = CITIZENS | OFFICIALS | NOBODIES
EVERYBODY = PEOPLE | {"system"}
COLUMNS: Mapping[str, str] = {
    "owner": "the author",
    "holder by code": "opened it by its code",
    "other citizen": "another citizen",
    "whose it is": "official who has taken it",
    "executor": "executor, same organization",
    "coordinator": "coordinator, same organization",
    "curator": "curator, same organization",
    "official above": "curator of the organization above",
    "official elsewhere": "coordinator of another organization",
    "revoked": "former official (a curator here)",
    "nobody": "nobody",
    "system": "timers and jobs",
}
"""Everybody, in the order in which the matrix shows them. The roles are as high as they may be, so that what is refused
is refused for the object's sake."""

QUESTION, NOTE, REMARK = "Which entrance is it, please?", "The plumber drinks again.", "It is deeper now."
SECRETS = (WORDS[:12], REPLY, QUESTION, REMARK, NOTE, "Sadovaya")
"""What is not to be seen by whom it does not concern."""
LATE = timedelta(days=60)
T = TypeVar("T")


@dataclass(eq=False)
class Scene:
    """The appeals of the owner, by their numbers; one official of the city has taken those that are taken."""

    db: Database
    people: dict[str, Who]
    actors: dict[str, Actor]
    code: str
    filed: str
    taken: str
    asked: str
    answered: str
    low: str
    """Rated low, so that it may be looked at again."""
    late: str
    photo: str
    document: str
    loose: str
    """A photo that stands on no appeal."""
    export: str
    draft: str
    chat: int
    """The owner's conversation; they have another one."""
    join: str
    """A code that the owner has asked for."""
    entry: str
    """The token of a link by which an official may enter."""
    door: int
    """The conversation of nobody, at the door of the officials' chat."""
    state: dict[str, list[Any]]

    def knows(self, name: str) -> set[str]:
        """Of the secrets and the code."""
        ours = {*SECRETS, self.code}
        return ours - {NOTE} if name in AUTHORS else ours - {self.code} if name in SEES else set()

    def secrets_in(self, words: str) -> set[str]:
        return {secret for secret in (*SECRETS, self.code) if secret in words}

    def betrayed(self, name: str, words: str) -> set[str]:
        """What stands in these words and is not theirs to know."""
        return self.secrets_in(words) - self.knows(name)

    def tried(self, do: Callable[[sa.Connection], T]) -> tuple[T, bool]:
        """What it comes to, and whether anything has changed by it."""

        def attempt(tx: sa.Connection) -> tuple[T, bool]:
            written = writes(tx)
            answer = do(tx)
            return answer, writes(tx) != written and state(tx) != self.state

        return self.undone(attempt)

    def undone(self, do: Callable[[sa.Connection], T]) -> T:
        """Every try begins with the same scene."""
        got: list[T] = []

        def attempt(tx: sa.Connection) -> None:
            got.append(do(tx))
            raise Undo

        with pytest.raises(Undo):
            self.db.write(attempt).result()
        return got[0]


def writes(tx: sa.Connection) -> object:
    """Differs after anything was written, and sometimes after nothing was."""
    if tx.dialect.name == "sqlite":
        raw: Any = tx.connection.driver_connection
        return raw.total_changes
    return tx.scalar(sa.text("SELECT pg_current_xact_id_if_assigned() IS NULL"))


COUNTED = {"code_tries", "join_tries"}
"""Tries at a code are counted, whoever tries."""


def state(tx: sa.Connection) -> dict[str, list[Any]]:
    """Every row of every table, but for the counters of guesses."""
    tables = (table for table in metadata.sorted_tables if table.name not in COUNTED)
    return {table.name: sorted(map(repr, tx.execute(sa.select(table)).all())) for table in tables}


def they(scene: Scene) -> int:
    """The author's number."""
    return scene.people["owner"].id


class Undo(Exception):
    """Nothing of a try stays."""


def made(db: Database, tx: sa.Connection) -> Scene:
    people = everybody(tx)
    actors = {name: actor_of(tx, who) for name, who in people.items()}

    def run(name: str, command: object) -> Any:
        return app.run(tx, actors[name], secrets.token_hex(8), command, NOON)

    version = app.ask(tx, actors["owner"], ShowConsent(FILING), NOON).wanted
    for name in sorted(CITIZENS):
        run(name, GiveConsent(FILING, version))
    owner = people["owner"].id
    photo, loose = (add_file(tx, owner, "0" * 64, "image/png", 5, NOON, place=Place("", 55.0, 37.0)) for _ in "12")
    document, export = (add_file(tx, owner, "1" * 64, "x/y", 5, NOON, kind=k) for k in (Kind.DOCUMENT, Kind.EXPORT))
    appeal = FileAppeal(WORDS, "roads", "99701000", Place("Sadovaya, 14"), (photo,), (document,))
    receipts: list[Receipt] = [run("owner", appeal) for _ in range(6)]
    for receipt in receipts:
        run("holder by code", OpenByCode(receipt.number, receipt.code))
    filed, taken, asked, answered, low, late = (receipt.number for receipt in receipts)
    for number in (taken, asked, answered, low):
        run("whose it is", TakeAppeal(number))
    run("owner", AddToAppeal(taken, REMARK))
    run("whose it is", AddNote(taken, NOTE))
    run("whose it is", AskCitizen(asked, QUESTION))
    for number in (answered, low):
        run("whose it is", AnswerAppeal(number, REPLY))
    run("owner", RateAnswer(low, 1))
    tx.execute(sa.update(appeals).where(appeals.c.number == late).values(due_at=NOON - LATE))
    draft, chat = drafted(tx, people["owner"])
    join = run("owner", IssueJoin()).code
    entry = issue_entry(tx, people["executor"].id, NOON)
    door = conversations.meet(tx, Address("telegram", "2", "900"), Who("official", 0), "en", NOON)
    actors |= {"nobody": Nobody(door), "system": System()}
    numbers, links = (filed, taken, asked, answered, low, late), (chat, join, entry, door)
    files = (photo, document, loose, export)
    return Scene(db, people, actors, receipts[0].code, *numbers, *files, draft, *links, state=state(tx))


def everybody(tx: sa.Connection) -> dict[str, Who]:
    city, krai, roads = (official_by_code(tx, code) for code in ("petrov", "sokolova", "orlova"))
    assert city
    assert krai
    assert roads
    # Whoever has left has been a curator here, and would see and do everything.
    here = {
        "whose it is": Role.EXECUTOR,
        "executor": Role.EXECUTOR,
        "coordinator": Role.COORDINATOR,
        "curator": Role.CURATOR,
        "revoked": Role.CURATOR,
    }
    at_work = {name: Who("official", an_official(tx, city.authority_id, role)) for name, role in here.items()}
    revoke_official(tx, at_work["revoked"].id, NOON)
    elsewhere = {"official above": Who("official", krai.id), "official elsewhere": Who("official", roads.id)}
    citizens = {name: Who("citizen", new_citizen(tx, NOON)) for name in sorted(CITIZENS)}
    return {**citizens, **at_work, **elsewhere, "nobody": Who("official", 999_999)}


def an_official(tx: sa.Connection, authority_id: int, role: Role) -> int:
    row = {"code": secrets.token_hex(4), "name": "Ivanov", "authority_id": authority_id, "role": role}
    made: int = tx.execute(officials.insert().values(row).returning(officials.c.id)).scalar_one()
    return made


def drafted(tx: sa.Connection, owner: Who) -> tuple[str, int]:
    """The run of a form that the owner has begun, and where."""
    there = conversations.meet(tx, Address("web", "chat", "owner"), owner, "en", NOON)
    conversations.meet(tx, Address("telegram", "1", "owner"), owner, "en", NOON)
    row = {"run": "drafted", "person_kind": owner.kind, "person_id": owner.id, "conversation_id": there}
    more = {"name": "appeal", "session": {"answers": {"text": WORDS}}, "created_at": NOON, "updated_at": NOON}
    tx.execute(forms.insert().values({**row, **more}))
    return "drafted", there
