"""Asking to be forgotten: what is open is withdrawn at once; for who has gone nobody can act or be told anything."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Citizen
from core.appeals.tables import appeal_remarks
from core.appeals.types import AddNote, OpenByCode, ShowAppeal, Status, TakeAppeal
from core.citizens.types import FILING, ShowConsent
from core.conversations import service as conversations
from core.conversations.service import Lost
from core.conversations.types import Address, FormRow, Person, Saved
from core.db import metadata
from core.errors import Refusal
from core.files.store import add_file
from core.jobs import jobs
from core.outbox.tables import outbox
from core.personal.erasure import erase
from core.personal.registry import rows_of
from core.personal.types import Erasure, RequestErasure, RequestExport, ShowErasure
from core.talk import Place
from tests.core.cast import on_sqlite
from tests.core.conftest import World, card, refusal

WORDS = "Please call me: +7 912 345-67-89. The lamp is out."


def forget(world: World, citizen: Citizen) -> tuple[str, ...]:
    return world.write(lambda tx: erase(tx, citizen.id, world.now))


def column(world: World, what: sa.Column[Any]) -> list[Any]:
    return list(world.read(lambda conn: conn.execute(sa.select(what).order_by(what.table.c.id)).scalars().all()))


def test_what_is_open_is_withdrawn_at_once_and_its_officials_hear_of_it(world: World) -> None:
    petrov, citizen = world.an_official("petrov"), world.a_citizen()
    desk = world.a_conversation("official", petrov.id)
    answered = world.an_answered(citizen, petrov)
    taken, fresh = world.a_taken(citizen, petrov), world.a_filed(citizen)
    others = world.a_filed(world.a_citizen())
    assert world.ask(citizen, ShowErasure()) == Erasure(open=2, kept=1)
    assert world.run(citizen, RequestErasure()) == 2
    by_number = {number: card(world, petrov, number).status for number in (answered, taken, fresh, others)}
    assert list(by_number.values()) == [Status.ANSWERED, Status.WITHDRAWN, Status.WITHDRAWN, Status.REGISTERED]
    rows = world.read(lambda conn: conn.execute(sa.select(outbox.c.conversation_id, outbox.c.body)).all())
    withdrawn = [row for row in rows if row.body.get("facts", {}).get("what") == "withdrawn"]
    assert [row.conversation_id for row in withdrawn] == [desk, desk]
    assert world.ask(citizen, ShowConsent(FILING)).given == ""


@on_sqlite
def test_asked_for_twice_it_is_one_erasure_with_the_same_answer(world: World) -> None:
    citizen = world.a_citizen()
    world.a_filed(citizen)
    assert [world.run(citizen, RequestErasure(), key) for key in ("one", "one", "two")] == [1, 1, 1]
    assert column(world, jobs.c.kind) == ["erase", "erase"], "once, and once more for what was just coming in"
    assert len(set(column(world, jobs.c.not_before))) == 2


@on_sqlite
def test_who_only_holds_an_appeal_does_not_withdraw_it_and_holds_it_no_more(world: World) -> None:
    author, holder = world.a_citizen(), world.a_citizen()
    number = world.a_filed(author)
    code = column(world, metadata.tables["appeals"].c.code)[0]
    world.run(holder, OpenByCode(number, code))
    assert world.run(holder, RequestErasure()) == 0
    forget(world, holder)
    assert world.ask(holder, ShowAppeal(number)) is None
    assert card(world, author, number).status is Status.REGISTERED


@on_sqlite
def test_a_holder_keeps_the_appeal_of_an_author_who_has_gone_without_their_data(world: World) -> None:
    author, holder, petrov = world.a_citizen(), world.a_citizen(), world.an_official("petrov")
    number = world.a_filed(author, text=WORDS)
    code = column(world, metadata.tables["appeals"].c.code)[0]
    world.run(holder, OpenByCode(number, code))
    world.run(petrov, AddNote(number, "He rang from +7 912 345-67-89 twice."))
    world.run(author, RequestErasure())
    forget(world, author)
    assert card(world, holder, number).text == "Please call me: […]. The lamp is out."
    assert column(world, appeal_remarks.c.text) == ["He rang from […] twice."]
    for tried in (code, ""):
        assert not world.run(world.a_citizen(), OpenByCode(number, tried)), "its code opens it no more"


@on_sqlite
def test_nobody_is_told_anything_for_who_has_gone(world: World) -> None:
    citizen, petrov = world.a_citizen(), world.an_official("petrov")
    there = world.a_conversation("citizen", citizen.id)
    number = world.a_filed(citizen)
    forget(world, citizen)  # as if it had not been withdrawn
    world.run(petrov, TakeAppeal(number))
    assert there not in column(world, outbox.c.conversation_id)
    assert world.read(lambda conn: conversations.of_person(conn, "citizen", citizen.id)) == ()


@on_sqlite
def test_who_has_gone_asks_for_nothing_more(world: World) -> None:
    citizen = world.a_citizen()
    forget(world, citizen)
    for command in (RequestExport(), RequestErasure()):
        assert refusal(lambda command=command: world.run(citizen, command)) == "Your data has been deleted already."  # type: ignore[misc]
    assert column(world, jobs.c.id) == []


@on_sqlite
def test_the_same_browser_is_a_stranger_afterwards(world: World) -> None:
    citizen, address = world.a_citizen(), Address("web", "chat", "a" * 64)
    world.write(lambda tx: conversations.meet(tx, address, Person("citizen", citizen.id), "ru", world.now))
    forget(world, citizen)
    assert world.read(lambda conn: conversations.find(conn, address)) is None
    newcomer = world.a_citizen()
    again = world.write(lambda tx: conversations.meet(tx, address, Person("citizen", newcomer.id), "ru", world.now))
    found = world.read(lambda conn: conversations.read(conn, [again])[again])
    assert (found.person.id, found.forms, found.live) == (newcomer.id, (), None)


def test_a_move_that_was_under_way_is_lost_and_leaves_nothing(world: World) -> None:
    citizen = world.a_citizen()
    there = world.a_conversation("citizen", citizen.id)
    places = metadata.tables["conversations"]
    world.write(lambda tx: tx.execute(sa.update(places).values(lease_owner="test")))
    before = world.read(lambda conn: conversations.read(conn, [there])[there])
    forget(world, citizen)
    saved = Saved("ru", {"text": "secret"}, (FormRow("run", "appeal", 0, {"answers": {"text": "secret"}}),))
    with pytest.raises(Lost):
        world.write(lambda tx: conversations.save(tx, before, saved, "test", world.now))
    after = world.read(lambda conn: conversations.read(conn, [there])[there])
    assert (after.forms, after.live) == ((), None)


def test_photos_of_a_holder_stay_when_the_author_goes_and_go_with_the_holder(world: World) -> None:
    author, holder = world.a_citizen(), world.a_citizen()
    number = world.a_filed(author)
    places, photos = metadata.tables["appeals"], metadata.tables["appeal_photos"]

    def attach(tx: Connection) -> None:
        appeal = tx.execute(sa.select(places.c.id).where(places.c.number == number)).scalar_one()
        for position, citizen in enumerate((author, holder)):
            ref = add_file(tx, citizen.id, f"{position}" * 64, "image/jpeg", 1, world.now)
            tx.execute(photos.insert().values(appeal_id=appeal, position=position, ref=ref))

    world.write(attach)
    assert forget(world, author) == ("0" * 64,)
    assert len(world.read(lambda conn: rows_of(conn, photos, holder.id))) == 1
    assert forget(world, holder) == ("1" * 64,)
    assert world.read(lambda conn: conn.execute(sa.select(photos)).all()) == []


def test_of_a_point_near_the_equator_no_sign_stays(world: World) -> None:
    citizen = world.a_citizen()
    world.a_filed(citizen, place=Place("", -0.001, -0.001))
    forget(world, citizen)
    assert [str(degree) for degree in column(world, metadata.tables["appeals"].c.lat)] == ["0.0"]


def test_an_export_is_asked_for_one_at_a_time(world: World) -> None:
    citizen, other = world.a_citizen(), world.a_citizen()
    assert [world.run(citizen, RequestExport(), key) for key in ("one", "one", "two")] == [True, True, False]
    assert world.run(other, RequestExport()) is True
    world.write(lambda tx: tx.execute(sa.update(jobs).values(state="done")))
    assert world.run(citizen, RequestExport(), "three") is True
    assert len(column(world, jobs.c.id)) == 3


@on_sqlite
def test_a_consent_is_needed_again_to_file_after_asking_to_be_forgotten(world: World) -> None:
    citizen = world.a_citizen()
    world.run(citizen, RequestErasure())
    with pytest.raises(Refusal):
        world.a_filed(citizen)
