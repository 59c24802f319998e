"""Brings a region's data into the database: its lists of places, people, topics, routes and ready answers. The file is
checked whole before anything is written; importing it again changes what differs and deletes nothing but old routes. An
official who is not in the file any more stays as they are: who has left is revoked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator
from sqlalchemy.engine import Connection

from core.actors import Role
from core.appeals.types import TEXT_LEAST, TEXT_MOST
from core.authorities.queries import TEMPLATES_MOST, official_by_code
from core.authorities.tables import authorities, officials, templates
from core.clock import utc_now
from core.conversations import of_person
from core.pins import touch_of
from core.region.file import Names, Strict, Words, in_russian, read_checked
from core.routing.rules import Rule, is_complete
from core.routing.tables import routes
from core.rubricator.tables import categories
from core.sql import upsert
from core.territories.tables import territories

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.]{0,31}$")]
Oktmo = Annotated[str, StringConstraints(pattern=r"^([0-9]{8}|[0-9]{11})$")]
Answer = Annotated[str, StringConstraints(strip_whitespace=True, min_length=TEXT_LEAST, max_length=TEXT_MOST)]


class _Territory(BaseModel):
    model_config = Strict
    code: Oktmo
    name: Names


class _Authority(BaseModel):
    model_config = Strict
    code: Code
    name: Names
    parent: Code | None = None


class _Official(BaseModel):
    model_config = Strict
    code: Code
    name: Words
    authority: Code
    role: Role = Role.EXECUTOR


class _Template(BaseModel):
    model_config = Strict
    code: Code
    name: Names
    text: Annotated[dict[str, Answer], AfterValidator(in_russian)]


class _Category(BaseModel):
    model_config = Strict
    code: Code
    name: Names
    parent: Code | None = None
    synonyms: tuple[Words, ...] = ()
    sla_days: Annotated[int, Field(ge=1, le=365)]
    sla_basis: Literal["calendar", "working"]
    active: bool = True


class _Route(BaseModel):
    model_config = Strict
    category: Code | None = None
    territory: Oktmo | None = None
    authority: Code


class Data(BaseModel):
    """data.yaml. Lists are in the order in which people see them; a parent stands before its children."""

    model_config = Strict
    territories: Annotated[tuple[_Territory, ...], Field(min_length=1)]
    authorities: Annotated[tuple[_Authority, ...], Field(min_length=1)]
    officials: tuple[_Official, ...] = ()
    templates: Annotated[tuple[_Template, ...], Field(max_length=TEMPLATES_MOST)] = ()
    categories: Annotated[tuple[_Category, ...], Field(min_length=1)]
    routes: Annotated[tuple[_Route, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self) -> Data:
        places = _codes("territories", self.territories)
        bodies = _codes("authorities", self.authorities)
        topics = _codes("categories", self.categories)
        _codes("officials", self.officials)
        _codes("templates", self.templates)
        for n, authority in enumerate(self.authorities):
            _refers(f"authorities.{n}.parent", authority.parent, bodies[:n])
        for n, category in enumerate(self.categories):
            _refers(f"categories.{n}.parent", category.parent, topics[:n])
        for n, official in enumerate(self.officials):
            _refers(f"officials.{n}.authority", official.authority, bodies)
        for n, route in enumerate(self.routes):
            _refers(f"routes.{n}.category", route.category, topics)
            _refers(f"routes.{n}.territory", route.territory, places)
            _refers(f"routes.{n}.authority", route.authority, bodies)
        if not is_complete([Rule(route.category, route.territory, 0) for route in self.routes]):
            raise ValueError("routes: the last one must have neither category nor territory, so that every appeal fits")
        return self


def load_data(path: Path) -> Data:
    return read_checked(path, Data)


def is_empty(conn: Connection) -> bool:
    """Nothing has been imported yet."""
    return conn.execute(sa.select(authorities.c.id).limit(1)).first() is None


def import_data(tx: Connection, data: Data) -> None:
    for position, territory in enumerate(data.territories):
        upsert(tx, territories, {**territory.model_dump(), "position": position}, ("code",))
    for authority in data.authorities:
        parent = _authority_id(tx, authority.parent) if authority.parent else None
        upsert(tx, authorities, {**authority.model_dump(exclude={"parent"}), "parent_id": parent}, ("code",))
    for official in data.officials:
        place = _authority_id(tx, official.authority)
        upsert(tx, officials, {**official.model_dump(exclude={"authority"}), "authority_id": place}, ("code",))
        _renew_cards(tx, official.code)
    tx.execute(sa.update(templates).values(active=False))
    for position, template in enumerate(data.templates):
        upsert(tx, templates, {**template.model_dump(), "position": position, "active": True}, ("code",))
    for position, category in enumerate(data.categories):
        upsert(tx, categories, {**category.model_dump(), "position": position}, ("code",))
    tx.execute(sa.delete(routes))
    for position, route in enumerate(data.routes):
        place = _authority_id(tx, route.authority)
        row = {**route.model_dump(exclude={"authority"}), "authority_id": place, "position": position}
        tx.execute(routes.insert().values(row))


def _renew_cards(tx: Connection, code: str) -> None:
    """Whoever has moved, or has another role now, may see and do other things."""
    official = official_by_code(tx, code)
    for conversation in of_person(tx, "official", official.id) if official else ():
        touch_of(tx, conversation, utc_now())


def _authority_id(tx: Connection, code: str) -> int:
    found: int = tx.execute(sa.select(authorities.c.id).where(authorities.c.code == code)).scalar_one()
    return found


def _codes(name: str, rows: tuple[Any, ...]) -> list[str]:
    codes = [row.code for row in rows]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise ValueError(f"{name}: the code «{twice[0]}» stands there twice")
    return codes


def _refers(field: str, code: str | None, known: list[str]) -> None:
    if code is not None and code not in known:
        raise ValueError(f"{field}: «{code}» is not in the file, or comes after")
