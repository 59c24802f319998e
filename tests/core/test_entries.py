"""How an official enters, and how nobody else does."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core import app
from core.actors import Nobody, Official
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
from core.authorities.tables import officials
from core.authorities.types import EnterDesk, EntryCard, LeaveDesk, OfficialCard, ShowEntry, WhoAmI
from core.conversations import service as conversations
from core.conversations.tables import forms
from core.conversations.types import Address, Person
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


def a_chat(world: World, peer: str = "7", messenger: str = "telegram") -> Nobody:
    """Somebody who has come to a chat of officials."""
    address = Address(messenger, "2", peer)
    return Nobody(world.write(lambda tx: conversations.meet(tx, address, Person("official", 0), "en", world.now)))


def works_in(world: World, chat: Nobody) -> int:
    return world.read(lambda conn: conversations.read(conn, [chat.conversation])[chat.conversation].person.id)


def test_a_link_opens_a_chat_of_a_messenger_and_is_spent_by_that(world: World, petrov: Official) -> None:
    token, chat, later = issue(world, petrov), a_chat(world), a_chat(world, "8")
    card = world.ask(chat, ShowEntry(token))
    assert card.name == "Петров Сергей Андреевич" and works_in(world, chat) == 0
    assert world.run(chat, EnterDesk(token)) == card and works_in(world, chat) == petrov.id
    assert world.run(chat, EnterDesk(token)) == card, "a move that is redone is told the same"
    assert world.ask(later, ShowEntry(token)) is None
    with pytest.raises(Refusal) as caught:
        world.run(later, EnterDesk(token))
    assert "used already" in caught.value.why.msgid and works_in(world, later) == 0
    entered = sa.select(audit.c.actor_id, audit.c.detail).where(audit.c.action == "enter")
    assert world.read(lambda conn: conn.execute(entered).all()) == [(petrov.id, {"conversation": chat.conversation})]


def test_of_two_chats_that_enter_at_once_one_does(world: World, petrov: Official) -> None:
    token, chats = issue(world, petrov), [a_chat(world, str(n)) for n in range(4)]
    futures = [world.db.write(lambda tx, c=chat: app.run(tx, c, "k", EnterDesk(token), world.now)) for chat in chats]  # type: ignore[misc]
    assert sum(future.exception() is None for future in futures) == 1
    assert sorted(works_in(world, chat) for chat in chats) == [0, 0, 0, petrov.id]


def test_a_page_and_a_chat_where_somebody_works_are_not_entered_so(world: World, petrov: Official) -> None:
    chat, orlova = a_chat(world), world.an_official("orlova")
    world.run(chat, EnterDesk(issue(world, petrov)))
    token = issue(world, orlova)
    for where in (chat, a_chat(world, "9", "web"), Nobody()):
        with pytest.raises(NotAllowed):
            world.run(where, EnterDesk(token))
    assert world.ask(chat, ShowEntry(token)) is not None, "and the link is not spent by that"


def begin(world: World, chat: Nobody) -> None:
    row = {"run": "r1", "person_kind": "official", "person_id": 1, "conversation_id": chat.conversation, "name": "note"}
    times = {"created_at": world.now, "updated_at": world.now}
    world.write(lambda tx: tx.execute(forms.insert().values({**row, **times, "session": {}})))


def test_who_leaves_or_is_revoked_leaves_nothing_behind_in_the_chat(world: World, petrov: Official) -> None:
    chat = a_chat(world)
    for goes in ("leaves", "is revoked"):
        world.run(chat, EnterDesk(issue(world, petrov)))
        begin(world, chat)
        if goes == "leaves":
            assert world.run(petrov, LeaveDesk()) == 1 and world.run(petrov, LeaveDesk()) == 0
        else:
            world.write(lambda tx: revoke_official(tx, petrov.id, world.now))
        assert works_in(world, chat) == 0
        assert world.read(lambda conn: conn.execute(sa.select(forms.c.run)).all()) == []


def test_who_comes_back_has_to_enter_again(world: World, petrov: Official) -> None:
    chat = a_chat(world)
    world.run(chat, EnterDesk(issue(world, petrov)))
    world.write(lambda tx: revoke_official(tx, petrov.id, world.now))
    world.write(lambda tx: tx.execute(officials.update().values(revoked_at=None)))
    assert works_in(world, chat) == 0
    world.run(chat, EnterDesk(issue(world, petrov)))
    assert works_in(world, chat) == petrov.id
