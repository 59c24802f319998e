"""How an official enters, and how nobody else does."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.actors import Official
from core.audit import audit
from core.authorities.entries import (
    desk_official,
    issue_entry,
    leave_desk,
    look_at_entry,
    revoke_official,
    spend_entry,
    touch_desk,
)
from core.authorities.queries import find_official, officials_of
from core.authorities.types import EntryCard, OfficialCard, WhoAmI
from core.errors import NotAllowed, Refusal
from tests.core.conftest import World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def petrov(world: World) -> Official:
    return world.an_official("petrov")


def issue(world: World, official: Official) -> str:
    return world.write(lambda tx: issue_entry(tx, official.id, world.now))


def look(world: World, token: str) -> EntryCard | None:
    return world.read(lambda conn: look_at_entry(conn, token, world.now))


def spend(world: World, token: str) -> str:
    return world.write(lambda tx: spend_entry(tx, token, world.now))


def at_desk(world: World, token: str) -> Official | None:
    found = world.read(lambda conn: desk_official(conn, token, world.now))
    return found[1] if found else None


def desk_number(world: World, token: str) -> int:
    found = world.read(lambda conn: desk_official(conn, token, world.now))
    assert found is not None
    return found[0]


def why_not(world: World, token: str) -> str:
    with pytest.raises(Refusal) as caught:
        spend(world, token)
    return caught.value.why.msgid


def test_a_link_is_looked_at_often_and_spent_once(world: World, petrov: Official) -> None:
    token = issue(world, petrov)
    for _ in range(3):
        card = look(world, token)
        assert card is not None
        assert (card.name, card.authority["en"]) == ("Петров Сергей Андреевич", "Zarechny City Administration")
    desk = spend(world, token)
    assert at_desk(world, desk) == petrov
    assert look(world, token) is None
    assert "used already" in why_not(world, token)
    assert at_desk(world, token) is None


def test_of_two_who_come_at_once_one_enters(world: World, petrov: Official) -> None:
    token = issue(world, petrov)
    futures = [world.db.write(lambda tx: spend_entry(tx, token, world.now)) for _ in range(8)]
    assert sum(future.exception() is None for future in futures) == 1


def test_a_link_is_good_for_a_day(world: World, petrov: Official) -> None:
    early, late = issue(world, petrov), issue(world, petrov)
    world.now += DAY - timedelta(seconds=1)
    spend(world, early)
    world.now += timedelta(seconds=1)
    assert look(world, late) is None
    assert "older than a day" in why_not(world, late)


def test_a_made_up_link_and_a_made_up_cookie_open_nothing(world: World) -> None:
    for token in ("", "x", "\x00", "\ud800", "я" * 50_000):
        assert look(world, token) is None
        assert at_desk(world, token) is None
        assert "does not open anything" in why_not(world, token)


def test_a_desk_closes_when_it_stands_idle_or_is_a_month_old(world: World, petrov: Official) -> None:
    desk = spend(world, issue(world, petrov))
    number = desk_number(world, desk)
    for _ in range(59):
        world.now += 12 * HOUR - timedelta(seconds=1)
        assert at_desk(world, desk) == petrov
        world.write(lambda tx: touch_desk(tx, number, world.now))
    world.now += 12 * HOUR - timedelta(seconds=1)
    assert at_desk(world, desk) == petrov
    world.now += HOUR
    assert at_desk(world, desk) is None

    idle = spend(world, issue(world, petrov))
    world.now += 12 * HOUR
    assert at_desk(world, idle) is None


def test_leaving_a_desk_closes_that_desk_alone(world: World, petrov: Official) -> None:
    left, kept = (spend(world, issue(world, petrov)) for _ in range(2))
    number = desk_number(world, left)
    for _ in range(2):
        world.write(lambda tx: leave_desk(tx, number, world.now))
    assert at_desk(world, left) is None
    assert at_desk(world, kept) == petrov


def test_a_revoked_official_is_out_at_once(world: World, petrov: Official) -> None:
    desk, unspent = spend(world, issue(world, petrov)), issue(world, petrov)
    world.write(lambda tx: revoke_official(tx, petrov.id, world.now))
    assert at_desk(world, desk) is None
    assert look(world, unspent) is None
    with pytest.raises(NotAllowed):
        spend(world, unspent)
    with pytest.raises(NotAllowed):
        issue(world, petrov)
    assert world.read(lambda conn: find_official(conn, petrov.id)) is None
    assert petrov.id not in world.read(lambda conn: officials_of(conn, petrov.authority_id))


def test_entering_is_on_the_journal_and_no_token_is_in_the_database(world: World, petrov: Official) -> None:
    token = issue(world, petrov)
    desk = spend(world, token)
    everything = world.read(
        lambda conn: [str(conn.execute(sa.select(table)).all()) for table in audit.metadata.sorted_tables]
    )
    assert not [rows for rows in everything if token in rows or desk in rows]
    actions = world.read(lambda conn: conn.execute(sa.select(audit.c.action).order_by(audit.c.id)).scalars().all())
    assert actions == ["issue_entry", "enter"]


def test_an_official_knows_who_they_are(world: World, petrov: Official) -> None:
    card: OfficialCard = world.ask(petrov, WhoAmI())
    assert (card.name, card.authority["ru"]) == ("Петров Сергей Андреевич", "Администрация города Заречного")
