"""Where a person with many chats is told: where they want it, or where they wrote last; elsewhere when that fails."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from core.actors import Citizen
from core.appeals.types import AnswerAppeal, Status, TakeAppeal
from core.citizens.types import Channel, ListChannels, Pushes, SetChannel, SetPushes, ShowSettings
from core.conversations import service as conversations
from core.conversations.tables import conversations as places
from core.conversations.types import Address, Person
from core.errors import NotAllowed
from core.files.store import add_file
from core.files.types import FileLost
from core.notify.failover import failover
from core.notify.rules import where
from core.notify.service import tell_lost
from core.notify.types import NoticeKind
from core.notify.unread import pass_on_unread
from core.outbox import Lane, delivery, enqueue_notice
from core.outbox.tables import outbox
from core.outbox.types import State
from tests.core.cast import a_cast, let_hold, on_sqlite
from tests.core.conftest import NOON, World

NIGHT = datetime.fromisoformat("2026-09-14T20:30:00+00:00")
MORNING = datetime.fromisoformat("2026-09-15T05:00:00+00:00")
SOON = timedelta(minutes=10)


def chat(world: World, citizen: Citizen, messenger: str, heard: datetime | None = NOON, peer: str = "") -> int:
    address, person = Address(messenger, "bot", peer or world.key()), Person("citizen", citizen.id)
    there = world.write(lambda tx: conversations.meet(tx, address, person, "ru", world.now))
    world.write(lambda tx: tx.execute(places.update().where(places.c.id == there).values(heard_at=heard)))
    return there


def gone(world: World, *there: int) -> None:
    for each in there:
        world.write(lambda tx, each=each: conversations.gone(tx, each, world.now))  # type: ignore[misc]


def rows(world: World) -> list[Any]:
    return list(world.read(lambda conn: conn.execute(sa.select(outbox).order_by(outbox.c.id)).all()))


def told(world: World) -> list[int]:
    return [row.conversation_id for row in rows(world)]


@pytest.fixture
def citizen(world: World) -> Citizen:
    return world.a_citizen()


@pytest.fixture
def three(world: World, citizen: Citizen) -> tuple[int, int, int]:
    """In Telegram, in VK and on the web; last heard from on the web, long ago in Telegram."""
    hours = (NOON - timedelta(days=9), NOON - timedelta(days=2), NOON)
    web, vk, telegram = (
        chat(world, citizen, name, at) for name, at in zip(("web", "vk", "telegram"), hours[::-1], strict=True)
    )
    return telegram, vk, web


# Addresses


def test_who_has_blocked_us_is_gone_until_they_are_back(
    world: World, three: tuple[int, int, int], citizen: Citizen
) -> None:
    telegram, vk, web = three
    gone(world, web)
    first = world.read(lambda conn: conn.execute(sa.select(places.c.gone_at).where(places.c.id == web)).scalar())
    world.now += timedelta(hours=1)
    gone(world, web)
    assert first == NOON
    assert world.read(lambda conn: conversations.of_person(conn, "citizen", citizen.id)) == (vk, telegram, web)
    shown: tuple[Channel, ...] = world.ask(citizen, ListChannels())
    assert {each.conversation: each.reachable for each in shown} == {web: False, vk: True, telegram: True}
    world.write(lambda tx: conversations.back_again(tx, web))
    assert world.read(lambda conn: conversations.of_person(conn, "citizen", citizen.id)) == (web, vk, telegram)


def test_a_chat_that_is_called_otherwise_now_stays_the_same_conversation(world: World, citizen: Citizen) -> None:
    there, other = chat(world, citizen, "telegram", peer="1"), chat(world, citizen, "telegram", peer="2")
    chat(world, citizen, "vk", peer="-1001")
    moved = [world.write(lambda tx, p=peer: conversations.move(tx, there, p)) for peer in ("2", "-1001", "-1001")]  # type: ignore[misc]
    assert moved == [False, True, True]
    found = world.read(lambda conn: conversations.find(conn, Address("telegram", "bot", "-1001")))
    assert found == there
    assert world.read(lambda conn: conversations.find(conn, Address("telegram", "bot", "2"))) == other


# What the person wants


def test_a_channel_is_one_of_ones_own(world: World, three: tuple[int, int, int], citizen: Citizen) -> None:
    stranger = world.a_citizen()
    theirs, official = chat(world, stranger, "vk"), world.an_official("petrov")
    desk = world.a_conversation("official", official.id)
    assert world.run(citizen, SetChannel(three[1])) == three[1]
    for other in (theirs, desk, 999_999, -1):
        with pytest.raises(NotAllowed):
            world.run(citizen, SetChannel(other))
    assert [each.preferred for each in world.ask(citizen, ListChannels())] == [False, True, False]
    shown = world.ask(citizen, ShowSettings())
    assert (shown.messengers, shown.channel) == (("web", "vk", "telegram"), "vk")
    assert world.run(citizen, SetChannel(None)) is None
    assert world.ask(citizen, ShowSettings()).channel == ""
    assert not any(each.preferred for each in world.ask(stranger, ListChannels()))


def test_people_are_told_where_they_want_it(world: World, three: tuple[int, int, int], citizen: Citizen) -> None:
    telegram, _, web = three
    petrov, number = world.an_official("petrov"), world.a_filed(citizen)
    world.run(petrov, TakeAppeal(number))
    world.run(citizen, SetChannel(telegram))
    world.run(petrov, AnswerAppeal(number, "The pothole has been filled this morning."))
    assert told(world) == [web, telegram]


@on_sqlite
def test_who_is_awake_anywhere_is_told_at_night_where_they_want_it(
    world: World, three: tuple[int, int, int], citizen: Citizen
) -> None:
    number = world.a_filed(citizen)
    world.run(citizen, SetChannel(three[0]))
    world.now = NIGHT
    world.write(lambda tx: tx.execute(places.update().where(places.c.id == three[2]).values(heard_at=NIGHT)))
    world.run(world.an_official("petrov"), TakeAppeal(number))
    assert [(row.conversation_id, row.not_before) for row in rows(world)] == [(three[0], NIGHT)]


@pytest.mark.parametrize(
    ("out", "named", "at"),
    [((), 0, 0), ((0,), 0, 2), ((0, 2), 0, 1), ((0, 1, 2), 0, 0), ((2,), None, 1), ((0, 1, 2), None, 2)],
)
@on_sqlite
def test_what_does_not_reach_them_there_comes_where_they_wrote_last(
    world: World, three: tuple[int, int, int], citizen: Citizen, out: tuple[int, ...], named: int | None, at: int
) -> None:
    number = world.a_filed(citizen)
    world.run(citizen, SetChannel(None if named is None else three[named]))
    gone(world, *(three[each] for each in out))
    world.run(world.an_official("petrov"), TakeAppeal(number))
    ref = world.write(lambda tx: add_file(tx, citizen.id, "0" * 64, "image/png", 1, world.now))
    world.write(lambda tx: tell_lost(tx, FileLost(ref, citizen.id, "gone"), world.now))
    assert told(world) == [three[at]] * 2
    assert rows(world)[1].body["facts"]["problem"] == "gone", "what helps depends on it"


@on_sqlite
def test_of_author_and_holder_the_one_is_told_whom_anything_reaches(world: World) -> None:
    cast = a_cast(world)
    number = world.a_filed(cast.author)
    let_hold(world, number, cast.holder)
    author = chat(world, cast.author, "vk", NOON)
    holder = chat(world, cast.holder, "web", NOON - timedelta(days=1))
    gone(world, author)
    world.run(cast.mine, TakeAppeal(number))
    assert told(world) == [holder]


CHANNELS = st.lists(
    st.builds(Channel, st.integers(1, 9), st.just("web"), st.none(), st.booleans(), st.booleans()), min_size=1
)


@given(CHANNELS)
def test_nothing_goes_where_nothing_reaches_while_there_is_another_way(channels: list[Channel]) -> None:
    chosen, open_ones = where(channels), [each for each in channels if each.reachable]
    assert chosen in (open_ones or channels)
    assert chosen.preferred or not any(each.preferred for each in (open_ones or channels))


# What has not reached them


def a_status(world: World, there: int, number: str = "123456782") -> str:
    """Its key in the outbox."""
    key = f"{NoticeKind.STATUS}:{number}:2:{there}"
    facts = {"number": number, "status": str(Status.IN_WORK)}
    world.write(lambda tx: enqueue_notice(tx, there, NoticeKind.STATUS, facts, Lane.PUSH, key, world.now))
    return key


def passed(world: World, there: int, key: str, kind: str = NoticeKind.STATUS) -> bool:
    return world.write(lambda tx: failover(tx, there, kind, {"number": "123456782"}, key, world.now))


def test_what_was_refused_goes_once_to_each_channel_in_turn(world: World, three: tuple[int, int, int]) -> None:
    telegram, vk, web = three
    there, key = telegram, a_status(world, telegram)
    for following in (web, vk):
        gone(world, there)
        assert [passed(world, there, key) for _ in range(2)] == [True, False]
        there, key = following, f"status:123456782:2:{following}"
    gone(world, vk)
    assert not passed(world, vk, key)
    assert [(row.key.rpartition(":")[2], row.lane) for row in rows(world)] == [
        (str(each), Lane.PUSH) for each in (telegram, web, vk)
    ]


@on_sqlite
def test_the_next_one_is_the_one_they_want(world: World, three: tuple[int, int, int], citizen: Citizen) -> None:
    telegram, vk, web = three
    world.run(citizen, SetChannel(vk))
    passed(world, telegram, a_status(world, telegram))
    assert told(world) == [telegram, vk]
    gone(world, vk)
    passed(world, web, a_status(world, web, "999"))
    assert told(world)[2:] == [web, telegram]


@on_sqlite
def test_who_is_back_is_not_told_the_same_again(world: World, three: tuple[int, int, int], citizen: Citizen) -> None:
    telegram, vk, web = three
    ref = world.write(lambda tx: add_file(tx, citizen.id, "0" * 64, "image/png", 1, world.now))
    world.write(lambda tx: tell_lost(tx, FileLost(ref, citizen.id, "gone"), world.now))
    assert passed(world, web, f"lost:{ref}", NoticeKind.LOST)
    assert passed(world, vk, f"lost:{ref}:{vk}", NoticeKind.LOST)
    assert not passed(world, telegram, f"lost:{ref}:{telegram}", NoticeKind.LOST), "the web had it first"
    assert [(row.conversation_id, row.lane) for row in rows(world)] == [
        (each, Lane.NOTICE) for each in (web, vk, telegram)
    ]


@pytest.mark.parametrize(
    "why", ["a draft", "an archive", "nothing is wanted", "nowhere else", "an official", "forgotten"]
)
@on_sqlite
def test_what_is_not_passed_on(world: World, three: tuple[int, int, int], citizen: Citizen, why: str) -> None:
    there, kind = three[0], NoticeKind.STATUS
    if why in ("a draft", "an archive"):
        kind = NoticeKind.DRAFT if why == "a draft" else NoticeKind.EXPORT
    elif why == "nothing is wanted":
        world.run(citizen, SetPushes(Pushes.NONE))
    elif why == "nowhere else":
        gone(world, three[1], three[2])
    elif why == "an official":
        there, _ = (world.a_conversation("official", world.an_official("petrov").id) for _ in "12")
    else:
        this = places.update().where(places.c.id == there)
        world.write(lambda tx: tx.execute(this.values(erased_at=NOON)))
    assert not passed(world, there, a_status(world, there), kind)
    assert told(world) == [there]


@on_sqlite
def test_what_is_passed_on_at_night_waits_for_who_is_asleep(world: World, three: tuple[int, int, int]) -> None:
    telegram, _, web = three
    world.now = NIGHT
    passed(world, telegram, a_status(world, telegram))
    world.write(lambda tx: tx.execute(places.update().where(places.c.id == web).values(heard_at=NIGHT)))
    passed(world, telegram, a_status(world, telegram, "999"))
    assert [row.not_before for row in rows(world) if row.conversation_id == web] == [MORNING, NIGHT]


# What stands unread


def handed(world: World, key: str) -> int:
    [id] = [int(row.id) for row in rows(world) if row.key == key]
    world.write(lambda tx: delivery.settle(tx, id, State.HANDED, world.now))
    return id


def test_a_status_that_stands_unread_for_ten_minutes_goes_to_the_next_channel_once(
    world: World, three: tuple[int, int, int]
) -> None:
    _, vk, web = three
    handed(world, a_status(world, web))
    world.now += SOON - timedelta(seconds=1)
    assert world.write(lambda tx: pass_on_unread(tx, world.now)) == 0
    world.now += timedelta(seconds=1)
    assert [world.write(lambda tx: pass_on_unread(tx, world.now)) for _ in range(2)] == [1, 0]
    assert told(world) == [web, vk]


def test_a_status_that_its_messenger_does_not_take_goes_to_the_next_channel(
    world: World, three: tuple[int, int, int]
) -> None:
    """It may be away for days."""
    a_status(world, three[0])
    for minutes, passed_on in ((29, 0), (2, 1), (1, 0)):
        world.now += timedelta(minutes=minutes)
        assert world.write(lambda tx: pass_on_unread(tx, world.now)) == passed_on
    assert len(told(world)) == 2


@pytest.mark.parametrize("why", ["looked at", "a reply", "not yet sent", "nowhere else", "days ago"])
def test_what_does_not_stand_unread(world: World, three: tuple[int, int, int], why: str) -> None:
    web = three[2]
    key = a_status(world, web)
    id = handed(world, key) if why != "not yet sent" else 0
    if why == "looked at":
        world.write(lambda tx: delivery.confirm(tx, [id], world.now))
    elif why == "a reply":
        world.write(lambda tx: tx.execute(outbox.update().values(lane=Lane.REPLY)))
    elif why == "nowhere else":
        gone(world, *three[:2])
    world.now += timedelta(days=2) if why == "days ago" else SOON
    assert world.write(lambda tx: pass_on_unread(tx, world.now)) == 0
    assert told(world) == [web]
