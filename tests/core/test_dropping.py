"""A chat that is not the person's any more: who has joined is told of, and of what is dropped nothing leads back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import app, pins, timers
from core.actors import Citizen
from core.appeals.types import MyAppeals, TakeAppeal
from core.audit import audit
from core.citizens.types import (
    DropChannel,
    IssueJoin,
    JoinByCode,
    ListChannels,
    Pushes,
    SetChannel,
    SetPushes,
)
from core.conversations import elsewhere
from core.conversations import service as conversations
from core.conversations.service import Lost
from core.conversations.tables import conversations as places
from core.conversations.tables import forms
from core.conversations.types import Saved
from core.errors import NotAllowed
from core.inbox import service as inbox
from core.notify.types import NoticeKind
from core.outbox import Lane, delivery, enqueue_notice
from core.outbox.tables import outbox
from core.outbox.types import FORMATS, LATER, Kind, State
from core.personal.export import gather
from core.personal.registry import owned_tables, rows_of
from core.shown import Pinned, Shown
from core.talk import Message
from tests.core.cast import on_sqlite
from tests.core.conftest import World, refusal
from tests.core.personal import METADATA, fill
from tests.core.test_channels import MORNING, NIGHT, chat, gone
from tests.core.test_channels import rows as unsent
from tests.core.test_joining import on_postgres, settled


def at(citizen: Citizen, conversation: int) -> Citizen:
    """Who speaks in this chat of theirs."""
    return replace(citizen, conversation=conversation)


@pytest.fixture
def two(world: World) -> tuple[Citizen, int, int]:
    """A citizen with a chat in Telegram and one in VK."""
    citizen = world.a_citizen()
    return citizen, chat(world, citizen, "telegram"), chat(world, citizen, "vk", world.now - timedelta(days=1))


def begin(world: World, citizen: Citizen, there: int, run: str, depth: int | None = 0) -> None:
    who = {"person_kind": "citizen", "person_id": citizen.id, "conversation_id": there}
    form: dict[str, Any] = {"run": run, "name": "appeal", "depth": depth, "session": {}}
    made = {"created_at": world.now, "updated_at": world.now}
    world.write(lambda tx: tx.execute(forms.insert().values({**who, **form, **made})))


def owner(world: World, there: int) -> Citizen:
    found = world.read(lambda conn: conversations.read(conn, [there])[there].person)
    return Citizen(found.id, there)


def fired(world: World) -> list[Any]:
    def fire(tx: sa.Connection) -> list[Any]:
        due = [timer for timer in timers.due(tx, world.now, 9) if timer.kind == "finish_drop"]
        for timer in due:
            timers.done(tx, timer)
        return [app.fire(tx, timer.kind, timer.payload, timer.scope, world.now) for timer in due]

    return world.write(fire)


# Who has joined is told of


def joined(world: World) -> list[tuple[int, str, datetime]]:
    rows = [row for row in unsent(world) if row.body.get("kind") == NoticeKind.JOINED]
    assert {row.lane for row in rows} <= {Lane.PUSH} and {row.format for row in rows} <= {3}
    return [(row.conversation_id, row.body["facts"]["chats"], row.not_before) for row in rows]


def test_every_other_chat_is_told_at_once_who_has_joined_also_at_night(world: World) -> None:
    """Of whoever was talked out of their code, and of whoever was talked into entering one."""
    asks, enters = world.a_citizen(), world.a_citizen()
    telegram, web, away = (chat(world, asks, name) for name in ("telegram", "web", "vk"))
    here, there = chat(world, enters, "vk"), chat(world, enters, "web", world.now - timedelta(days=3))
    gone(world, away)
    for each in (asks, enters):
        world.run(each, SetPushes(Pushes.NONE))
    world.now = NIGHT
    world.write(lambda tx: enqueue_notice(tx, web, "status", {}, Lane.PUSH, "held", NIGHT, MORNING))
    code = world.run(asks, IssueJoin()).code
    for _ in range(2):
        world.run(at(enters, here), JoinByCode(code), "join")
    told = joined(world)
    assert {(there, at) for there, _, at in told} == {(telegram, NIGHT), (web, NIGHT), (there, NIGHT)}
    named = {each: chats for each, chats, _ in told}
    assert named[telegram] == named[web] == f"{here},{there}"
    assert set(named[there].split(",")) == {str(telegram), str(web), str(away)}
    claimed = world.write(lambda tx: delivery.claim(tx, "test", list(Lane), 9, NIGHT))
    assert len([row for row in claimed if row.conversation_id == web]) == 1, "what was held goes first"


@on_sqlite
def test_nobody_is_told_of_a_join_that_was_none(world: World, two: tuple[Citizen, int, int]) -> None:
    citizen, here, _ = two
    code = world.run(citizen, IssueJoin()).code
    assert world.run(at(citizen, here), JoinByCode(code)) is not None, "it is their own"
    assert world.run(world.a_citizen(), JoinByCode("33333333")) is None
    assert joined(world) == []


@on_sqlite
def test_a_second_join_is_told_of_too(world: World, two: tuple[Citizen, int, int]) -> None:
    citizen, telegram, vk = two
    for n in (1, 2):
        other = world.a_citizen()
        chat(world, other, "web")
        world.run(at(citizen, telegram), JoinByCode(world.run(other, IssueJoin()).code))
        assert len([there for there, _, _ in joined(world) if there == vk]) == n


def test_an_older_release_leaves_them_to_a_newer_one() -> None:
    assert set(LATER) <= set(NoticeKind) and min(LATER.values()) > FORMATS[Kind.NOTICE]


# A chat is dropped


def test_another_chat_is_dropped_at_once(world: World, two: tuple[Citizen, int, int]) -> None:
    citizen, here, vk = two
    number = world.a_filed(citizen)
    world.run(citizen, SetChannel(vk))
    world.run(world.an_official("petrov"), TakeAppeal(number))
    begin(world, citizen, vk, "begun")
    begin(world, citizen, here, "open")
    assert world.run(at(citizen, here), DropChannel(vk), "drop") is True
    assert world.run(at(citizen, here), DropChannel(vk), "drop") is True, "the same once more"

    stranger = owner(world, vk)
    assert stranger != citizen
    assert world.ask(stranger, MyAppeals(0, 7)) == () and not world.ask(stranger, ListChannels())[0].preferred
    assert [row.number for row in world.ask(citizen, MyAppeals(0, 7))] == [number]
    shown = world.ask(at(citizen, here), ListChannels())
    assert [(each.conversation, each.here, each.preferred) for each in shown] == [(here, True, False)]
    kept = world.read(lambda conn: elsewhere.read(conn, [here, vk]))
    assert [(form.run, form.depth) for form in kept[here].forms] == [("begun", None), ("open", 0)]
    assert (kept[vk].forms, kept[vk].elsewhere, kept[vk].live) == ((), (), None)
    rows = [(row.body.get("kind"), row.lane, row.edit, row.format) for row in unsent(world) if row.state == "ready"]
    assert rows == [("dropped", Lane.REPLY, True, 3)]
    logged = sa.select(audit.c.action, audit.c.actor_id, audit.c.object_id).where(audit.c.object_kind == "conversation")
    assert world.read(lambda conn: conn.execute(logged).all()) == [("drop", citizen.id, str(vk))]


@pytest.mark.parametrize("known", [True, False])
def test_this_very_chat_is_dropped_when_its_last_words_are_read(
    world: World,
    two: tuple[Citizen, int, int],
    known: bool,  # noqa: FBT001
) -> None:
    citizen, here, vk = two
    before = world.read(lambda conn: conversations.read(conn, [here])[here])
    world.write(lambda tx: tx.execute(places.update().values(lease_owner="front")))
    assert world.run(at(citizen, here if known else 0), DropChannel(here)) is False
    world.write(lambda tx: conversations.save(tx, before, Saved("ru", {"text": "Done."}, ()), "front", world.now))
    assert fired(world) == [] and owner(world, here) == citizen
    world.now += timedelta(seconds=3)
    assert fired(world) == [True] and owner(world, here) != citizen
    assert owner(world, vk) == citizen
    assert world.read(lambda conn: conversations.read(conn, [here])[here].live) is None


@on_sqlite
def test_the_last_chat_stays_whichever_way(world: World, two: tuple[Citizen, int, int]) -> None:
    citizen, here, vk = two
    world.run(at(citizen, here), DropChannel(here))
    world.run(at(citizen, here), DropChannel(vk))
    world.now += timedelta(seconds=3)
    assert fired(world) == [False] and owner(world, here) == citizen
    assert "only chat" in refusal(lambda: world.run(at(citizen, here), DropChannel(here)))


@on_sqlite
def test_who_is_joined_meanwhile_drops_it_all_the_same(world: World, two: tuple[Citizen, int, int]) -> None:
    citizen, here, _ = two
    other = world.a_citizen()
    chat(world, other, "web")
    world.run(at(citizen, here), DropChannel(here))
    world.run(other, JoinByCode(world.run(citizen, IssueJoin()).code))
    world.now += timedelta(seconds=3)
    assert fired(world) == [True] and owner(world, here) not in (citizen, other)


def test_a_chat_that_is_not_ones_own_is_not_dropped(world: World, two: tuple[Citizen, int, int]) -> None:
    citizen, here, vk = two
    stranger, petrov = world.a_citizen(), world.an_official("petrov")
    theirs, desk = chat(world, stranger, "vk"), world.a_conversation("official", petrov.id)
    world.write(lambda tx: tx.execute(places.update().where(places.c.id == vk).values(erased_at=world.now)))
    for each in (theirs, desk, vk, 999_999, -1, 0):
        with pytest.raises(NotAllowed):
            world.run(at(citizen, here), DropChannel(each))
    assert owner(world, theirs) == stranger


@on_postgres
def test_of_two_chats_that_drop_each_other_at_once_one_stays(world: World) -> None:
    for _ in range(6):
        citizen = world.a_citizen()
        one, other = chat(world, citizen, "telegram"), chat(world, citizen, "vk")
        drops = [(at(citizen, one), DropChannel(other)), (at(citizen, other), DropChannel(one))]
        results = settled(
            [
                world.db.write(lambda tx, a=actor, c=command: app.run(tx, a, f"{c}", c, world.now))  # type: ignore[misc]
                for actor, command in drops
            ]
        )
        assert results.count(True) == 1
        assert [owner(world, each) for each in (one, other)].count(citizen) == 1


def test_a_move_in_a_chat_that_is_dropped_meanwhile_is_lost_and_redone_by_a_stranger(
    world: World, two: tuple[Citizen, int, int]
) -> None:
    citizen, here, vk = two
    world.write(lambda tx: inbox.accept(tx, vk, "key", Message("show me my messages"), b"", world.now))
    assert world.write(lambda tx: conversations.claim(tx, "front", 9, world.now)) == [vk]
    before = world.read(lambda conn: conversations.read(conn, [vk])[vk])
    world.run(at(citizen, here), DropChannel(vk))
    with pytest.raises(Lost):
        world.write(lambda tx: conversations.save(tx, before, Saved("ru", {"text": "secret"}, ()), "front", world.now))
    assert world.write(lambda tx: conversations.claim(tx, "another", 9, world.now)) == [vk]
    assert [heard.event for heard in world.write(lambda tx: inbox.take(tx, [vk], world.now))] == [
        Message("show me my messages")
    ]


@on_sqlite
def test_a_code_that_was_asked_for_there_does_not_lead_back(world: World, two: tuple[Citizen, int, int]) -> None:
    citizen, here, vk = two
    code = world.run(at(citizen, vk), IssueJoin()).code
    world.run(at(citizen, here), DropChannel(vk))
    assert world.run(owner(world, vk), JoinByCode(code)) is None


@on_sqlite
def test_a_card_that_is_on_show_there_is_looked_at_again(world: World, two: tuple[Citizen, int, int]) -> None:
    citizen, here, vk = two
    shown = Shown("secret", pin=Pinned("card", "1", "appeal:1"))
    world.write(lambda tx: pins.put(tx, vk, "5", shown, world.now, world.now))
    world.run(at(citizen, here), DropChannel(vk))
    edits = [row for row in unsent(world) if row.kind == Kind.PIN]
    assert [(row.conversation_id, row.body["message"], row.state) for row in edits] == [(vk, "5", "ready")]


# Nothing leads back

WORDS = [
    (table.name, column.name)
    for table in owned_tables(METADATA)
    for column in table.columns
    if column.info["personal"] in {"erase", "pseudonymise"}
]


def owned(world: World, citizen: Citizen) -> dict[str, list[Any]]:
    tables = list(owned_tables(METADATA))
    return world.read(lambda conn: {table.name: list(rows_of(conn, table, citizen.id)) for table in tables})


def test_nothing_of_the_person_is_left_in_what_the_stranger_owns(world: World) -> None:
    """Whatever a table is called: each has a word in each of its columns that stands nowhere else."""
    person = world.write(lambda tx: fill(tx, 41))
    citizen, vk = Citizen(person.id), person.rows["conversations"]["id"]
    world.write(lambda tx: tx.execute(places.update().values(erased_at=None)))
    here, before = chat(world, citizen, "telegram"), owned(world, citizen)
    world.run(at(citizen, here), DropChannel(vk))

    stranger = owner(world, vk)
    told = str([row[column] for table, column in WORDS for row in owned(world, stranger)[table]])
    told += str(world.read(lambda conn: gather(conn, stranger.id)))
    address = person.canaries["conversations", "peer"]
    found = {name for name in WORDS if person.canaries.get(name, address) in told}
    assert {name for name in found if person.canaries.get(name, address) != address} == set()
    after = owned(world, citizen)
    left = {name for name, rows in before.items() if len(after[name]) < len(rows)}
    of_chat = {"inbox", "outbox", "live_messages", "pins", "web_boxes", "web_items", "web_tickets"}
    assert left == {"conversations", *of_chat}, "all else stays theirs"
    assert [row["conversation_id"] for row in after["forms"]] == [here]


DEEDS = st.lists(st.tuples(st.sampled_from(list(State)), st.sampled_from(list(Kind)), st.booleans()), max_size=6)


@given(deeds=DEEDS, here=st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@on_sqlite
def test_whatever_was_on_its_way_there_nothing_of_it_arrives(
    world: World,
    deeds: list[tuple[State, Kind, bool]],
    here: bool,  # noqa: FBT001
) -> None:
    """Neither now nor after a crash, nor in another channel of the stranger's."""
    citizen = world.a_citizen()
    telegram, vk = chat(world, citizen, "telegram"), chat(world, citizen, "vk")
    for n, (state, kind, late) in enumerate(deeds):
        row = {"conversation_id": vk, "key": f"{vk}:{n}", "lane": Lane.REPLY, "kind": kind, "body": {"text": "secret"}}
        more = {"format": 1, "keep": True, "edit": False, "state": state, "created_at": world.now}
        due = {"not_before": world.now + timedelta(hours=late), "lease_owner": "x", "lease_until": world.now}
        world.write(lambda tx, r={**row, **more, **due}: tx.execute(outbox.insert().values(r)))  # type: ignore[misc]
    world.run(at(citizen, vk if here else telegram), DropChannel(vk))
    world.now += timedelta(hours=2)
    fired(world)
    world.write(lambda tx: delivery.recover(tx, world.now, everything=True))
    claimed = world.write(lambda tx: delivery.claim(tx, "test", list(Lane), 99, world.now))
    mine = [row for row in claimed if row.conversation_id == vk]
    assert [row.body for row in mine] == [{"kind": "dropped", "facts": {}}]
    bodies = sa.select(outbox.c.body).where(outbox.c.conversation_id == vk)
    assert "secret" not in str(world.read(lambda conn: conn.execute(bodies).all()))
