"""From one official to another: nothing is stuck with somebody who has left, and a coordinator may step in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.appeals.types import (
    Act,
    AnswerAppeal,
    Pile,
    RejectUnreplied,
    ShowQueue,
    Status,
    TakeAppeal,
)
from core.authorities.entries import revoke_official
from core.authorities.tables import authorities, officials
from core.conversations import service as conversations
from core.conversations.types import Address, Person
from core.outbox.tables import outbox
from tests.core.cast import ANSWER, Cast, a_cast, an_appeal_that_is, appeal_row, path
from tests.core.conftest import World, card, refusal, rows_of

Leaves = Callable[[World, int], None]


def is_revoked(world: World, official_id: int) -> None:
    world.write(lambda tx: revoke_official(tx, official_id, world.now))


def moves_away(world: World, official_id: int) -> None:
    roads = sa.select(authorities.c.id).where(authorities.c.code == "roads").scalar_subquery()
    moved = officials.update().where(officials.c.id == official_id).values(authority_id=roads)
    world.write(lambda tx: tx.execute(moved))


leaving = pytest.mark.parametrize("leaves", [is_revoked, moves_away])


def listening(world: World, cast: Cast) -> None:
    there = Address("web", "citizens", "a browser")
    world.write(lambda tx: conversations.meet(tx, there, Person("citizen", cast.author.id), "ru", world.now))


@leaving
def test_what_somebody_has_left_in_work_waits_for_anybody_here(world: World, leaves: Leaves) -> None:
    cast = a_cast(world)
    listening(world, cast)
    number = an_appeal_that_is(world, cast, Status.IN_WORK)
    assert Act.TAKE not in card(world, cast.executor, number).may
    leaves(world, cast.mine.id)
    queue = world.ask(cast.executor, ShowQueue(Pile.NEW, 0, 7))
    assert ([row.number for row in queue.rows], queue.counts[Pile.NEW]) == ([number], 1)
    assert {Act.TAKE, Act.ANSWER} <= card(world, cast.executor, number).may
    told = rows_of(world, outbox)
    world.run(cast.executor, TakeAppeal(number))
    assert card(world, cast.executor, number).mine
    assert world.ask(cast.executor, ShowQueue(Pile.NEW, 0, 7)).counts[Pile.NEW] == 0
    assert rows_of(world, outbox) == told  # its author knows that it is in work
    assert [entry.status for entry in card(world, cast.author, number).history] == ["registered", "in_work"]
    world.run(cast.executor, AnswerAppeal(number, ANSWER))


@leaving
def test_a_question_that_nobody_will_come_back_to_holds_nothing_up(world: World, leaves: Leaves) -> None:
    """Who takes it decides; the time for the answer goes on as after a reply, and the question ends nothing later."""
    cast = a_cast(world)
    listening(world, cast)
    number = an_appeal_that_is(world, cast, Status.CLARIFY)
    asked = appeal_row(world, number)
    assert refusal(lambda: world.run(cast.coordinator, TakeAppeal(number))).startswith("Its author has been asked.")
    leaves(world, cast.mine.id)
    world.now += timedelta(days=2)
    told = rows_of(world, outbox)
    world.run(cast.executor, TakeAppeal(number))
    row = appeal_row(world, number)
    assert (row.status, row.official_id, row.asked_at) == (Status.IN_WORK, cast.executor.id, None)
    assert row.due_at == asked.due_at + timedelta(days=2)
    assert rows_of(world, outbox) == told + 1  # its author need not reply any more
    assert world.run(cast.system, RejectUnreplied(number, asked.version)) is False
    assert card(world, cast.author, number).reply_by is None


def test_a_coordinator_takes_over_what_a_colleague_has(world: World) -> None:
    cast = a_cast(world)
    listening(world, cast)
    number = an_appeal_that_is(world, cast, Status.IN_WORK)
    may, told = card(world, cast.coordinator, number).may, rows_of(world, outbox)
    assert Act.TAKE_OVER not in card(world, cast.executor, number).may
    refusal(lambda: world.run(cast.executor, TakeAppeal(number, over=True)))
    assert Act.TAKE_OVER in may
    assert not {Act.TAKE, Act.ANSWER} & may  # it is taken from them on purpose
    assert refusal(lambda: world.run(cast.coordinator, TakeAppeal(number))).startswith("A colleague has taken")
    world.run(cast.coordinator, TakeAppeal(number, over=True))
    assert rows_of(world, outbox) == told
    assert path(world, number)[-1] == ("in_work", "in_work")
    assert refusal(lambda: world.run(cast.mine, AnswerAppeal(number, ANSWER))).startswith("A colleague is working")
    world.run(cast.coordinator, AnswerAppeal(number, ANSWER))


def test_nobody_takes_over_from_another_authority(world: World) -> None:
    cast = a_cast(world)
    number = an_appeal_that_is(world, cast, Status.IN_WORK)
    is_revoked(world, cast.mine.id)
    for stranger in (cast.above, cast.elsewhere):
        for command in (TakeAppeal(number), TakeAppeal(number, over=True)):
            refusal(lambda who=stranger, what=command: world.run(who, what))  # type: ignore[misc]
    assert appeal_row(world, number).official_id == cast.mine.id
