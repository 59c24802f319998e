"""Everybody who may want something of an appeal, and appeals in every status."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Row

from core.actors import Actor, Citizen, Official, Role, System
from core.appeals.tables import appeal_history, appeal_holders, appeals
from core.appeals.types import (
    AskCitizen,
    Reason,
    RedirectAppeal,
    RejectAppeal,
    ReopenAppeal,
    Status,
    WithdrawAppeal,
)
from core.authorities.tables import officials
from core.ratings.types import RateAnswer
from tests.core.conftest import World, an_appeal

ANSWER = "The pothole has been filled this morning."
QUESTION = "Which house is it?"
WHY = "It is the ministry that looks after this road."

on_sqlite = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
"""For what the database has no part in."""


@dataclass
class Cast:
    """`mine` takes what is taken. A colleague of theirs is here in each of the roles."""

    author: Citizen
    holder: Citizen
    stranger: Citizen
    mine: Official
    executor: Official
    coordinator: Official
    curator: Official
    above: Official
    elsewhere: Official
    system: System

    def everybody(self) -> dict[str, Actor]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def a_cast(world: World) -> Cast:
    """The only curator at work is the one above."""
    set_role(world, "sokolova", Role.CURATOR)
    for code in ("petrov", "kim", "orlova", "belov"):
        set_role(world, code, Role.EXECUTOR)
    petrov, kim, orlova, sokolova = (world.an_official(code) for code in ("petrov", "kim", "orlova", "sokolova"))
    return Cast(
        author=world.a_citizen(),
        holder=world.a_citizen(),
        stranger=world.a_citizen(),
        mine=replace(petrov, role=Role.EXECUTOR),
        executor=replace(kim, role=Role.EXECUTOR),
        coordinator=replace(kim, role=Role.COORDINATOR),
        curator=replace(kim, role=Role.CURATOR),
        above=replace(sokolova, role=Role.CURATOR),
        elsewhere=replace(orlova, role=Role.CURATOR),
        system=System(),
    )


def set_role(world: World, code: str, role: Role) -> None:
    this = officials.update().where(officials.c.code == code)
    world.write(lambda tx: tx.execute(this.values(role=role)))


def let_hold(world: World, number: str, citizen: Citizen) -> None:
    this = sa.select(appeals.c.id).where(appeals.c.number == number).scalar_subquery()
    row = {"appeal_id": this, "citizen_id": citizen.id, "at": world.now}
    world.write(lambda tx: tx.execute(appeal_holders.insert().values(row)))


def an_appeal_that_is(world: World, cast: Cast, status: Status) -> str:
    """Of the city, and held by the holder too; closed by a low rating."""
    number = _brought(world, cast, status)
    let_hold(world, number, cast.holder)
    return number


def _brought(world: World, cast: Cast, status: Status) -> str:
    match status:
        case Status.REGISTERED:
            return world.a_filed(cast.author)
        case Status.REDIRECTED:
            number: str = world.run(cast.author, an_appeal(territory="99604000")).number
            world.run(cast.elsewhere, RedirectAppeal(number, "city", WHY))
            return number
        case Status.IN_WORK:
            return world.a_taken(cast.author, cast.mine)
        case Status.ANSWERED:
            return world.an_answered(cast.author, cast.mine)
        case Status.REOPENED:
            return _after(world, _brought(world, cast, Status.CLOSED), (cast.author, ReopenAppeal, "Still there."))
        case Status.CLARIFY:
            return _after(world, world.a_taken(cast.author, cast.mine), (cast.mine, AskCitizen, QUESTION))
        case Status.CLOSED:
            return _after(world, world.an_answered(cast.author, cast.mine), (cast.author, RateAnswer, 1))
        case Status.REJECTED:
            return _after(world, world.a_filed(cast.author), (cast.coordinator, RejectAppeal, Reason.SPAM, ""))
        case Status.WITHDRAWN:
            return _after(world, world.a_filed(cast.author), (cast.author, WithdrawAppeal))


def _after(world: World, number: str, said: tuple[Any, ...]) -> str:
    actor, command, *rest = said
    world.run(actor, command(number, *rest))
    return number


def appeal_row(world: World, number: str) -> Row[Any]:
    this = sa.select(appeals).where(appeals.c.number == number)
    return world.read(lambda conn: conn.execute(this).one())


def path(world: World, number: str) -> list[tuple[str | None, str]]:
    """The statuses that the history of an appeal leads through."""
    h = appeal_history.c
    rows = sa.select(h.from_status, h.to_status).join_from(appeal_history, appeals).where(appeals.c.number == number)
    return [tuple(row) for row in world.read(lambda conn: conn.execute(rows.order_by(h.id)).all())]
