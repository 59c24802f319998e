"""Who comes with number and code gets in, and who guesses does not; and which files an appeal shows to whom."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.actors import Citizen, Official
from core.appeals.number import new_number
from core.appeals.tables import appeal_holders, code_tries
from core.appeals.types import AddToAppeal, OpenByCode, OpenFile, Receipt, ShowAppeal, WithdrawAppeal
from core.audit import audit
from core.errors import NotAllowed
from core.files.tables import files
from core.files.types import FileRow, Kind, State
from tests.core.conftest import World, an_appeal, card, refusal, rows_of

WRONG = "33333333"


@pytest.fixture
def filed(world: World) -> Receipt:
    receipt: Receipt = world.run(world.a_citizen(), an_appeal())
    return receipt


def test_number_and_code_open_an_appeal_for_good(world: World, filed: Receipt) -> None:
    holder = world.a_citizen()
    assert world.ask(holder, ShowAppeal(filed.number)) is None
    for _ in range(2):
        assert world.run(holder, OpenByCode(filed.number, filed.code)) == filed.number
    assert card(world, holder, filed.number).number == filed.number
    assert world.run(holder, AddToAppeal(filed.number, "It is deeper now.")) == filed.number
    assert world.run(holder, WithdrawAppeal(filed.number)) == filed.number
    assert rows_of(world, appeal_holders) == 1
    opened = sa.select(audit.c.actor_id, audit.c.object_id).where(audit.c.action == "open_by_code")
    assert world.read(lambda conn: conn.execute(opened).all()) == [(holder.id, filed.number)]


def test_number_and_code_are_read_as_people_type_them(world: World, filed: Receipt) -> None:
    number, code = filed.number, filed.code
    cyrillic = code.translate(str.maketrans("ACEHKMPTYX3", "АСЕНКМРТУХЗ"))
    for typed in (
        (f"№ {number[:3]} {number[3:6]} {number[6:]}", f"{code[:4]}-{code[4:]}"),
        (f"{number[:3]}-{number[3:6]}-{number[6:]}", f" {code.lower()} "),
        (number, cyrillic),
        (number, cyrillic.lower()),
    ):
        assert world.run(world.a_citizen(), OpenByCode(*typed)) == number


def test_a_wrong_number_and_a_wrong_code_look_alike_and_are_counted(world: World, filed: Receipt) -> None:
    stranger = world.a_citizen()
    for typed in ((filed.number, WRONG), (new_number(), filed.code), (filed.number, ""), (filed.number, "ы" * 5000)):
        assert world.run(stranger, OpenByCode(*typed)) is None
    assert rows_of(world, code_tries) == 4
    assert world.run(stranger, OpenByCode("123", WRONG)) is None
    assert rows_of(world, code_tries) == 4
    assert rows_of(world, appeal_holders) == 0


def test_the_same_try_counts_once(world: World, filed: Receipt) -> None:
    stranger = world.a_citizen()
    for _ in range(7):
        assert world.run(stranger, OpenByCode(filed.number, WRONG), "the same") is None
    assert rows_of(world, code_tries) == 1


def test_who_guesses_waits_an_hour_and_then_goes_on(world: World, filed: Receipt) -> None:
    stranger = world.a_citizen()
    for _ in range(5):
        assert world.run(stranger, OpenByCode(filed.number, WRONG)) is None
    right = OpenByCode(filed.number, filed.code)
    assert "in an hour" in refusal(lambda: world.run(stranger, right))
    assert world.run(world.a_citizen(), right) == filed.number
    world.now += timedelta(hours=1)
    assert world.run(stranger, right) == filed.number


def test_a_number_that_many_guess_at_rests_for_a_day_but_not_for_its_own_people(world: World, filed: Receipt) -> None:
    holder = world.a_citizen()
    right = OpenByCode(filed.number, filed.code)
    world.run(holder, right)
    for _ in range(20):
        assert world.run(world.a_citizen(consent=False), OpenByCode(filed.number, WRONG)) is None
    newcomer = world.a_citizen()
    assert "tomorrow" in refusal(lambda: world.run(newcomer, right))
    assert world.run(holder, right) == filed.number
    world.now += timedelta(days=1)
    assert world.run(newcomer, right) == filed.number


# Files


def a_file(world: World, owner: Citizen, kind: Kind = Kind.PHOTO, state: State = State.READY) -> str:
    ref = secrets.token_urlsafe(16)
    row = {"ref": ref, "citizen_id": owner.id, "sha256": ref, "mime": "image/png", "size": 5, "created_at": world.now}
    more = {"kind": kind, "name": "act.pdf", "state": state}
    world.write(lambda tx: tx.execute(files.insert().values({**row, **more})))
    return ref


def may_open(world: World, actor: Citizen | Official, ref: str) -> bool:
    try:
        row: FileRow = world.ask(actor, OpenFile(ref))
    except NotAllowed:
        return False
    assert (row.sha256, row.size, row.name) == (ref, 5, "act.pdf")
    return True


def test_a_file_is_shown_to_those_who_see_an_appeal_with_it(world: World) -> None:
    author, holder, other = (world.a_citizen() for _ in range(3))
    photo, document, loose = (a_file(world, author, kind) for kind in (Kind.PHOTO, Kind.DOCUMENT, Kind.PHOTO))
    receipt = world.run(author, an_appeal(photos=(photo,), documents=(document,)))
    world.run(holder, OpenByCode(receipt.number, receipt.code))
    added = a_file(world, holder, Kind.DOCUMENT)
    world.run(holder, AddToAppeal(receipt.number, "", documents=(added,)))
    here, above, aside = (world.an_official(code) for code in ("kim", "sokolova", "belov"))
    for ref in (photo, document, added):
        seen = [who for who in (author, holder, other, here, above, aside) if may_open(world, who, ref)]
        assert seen == [author, holder, here, above]
    assert [who for who in (author, holder, here, above) if may_open(world, who, loose)] == [author]
    shown = card(world, above, receipt.number)
    assert shown.photos == (photo,)
    assert [(one.ref, one.name, one.size) for one in shown.documents] == [
        (document, "act.pdf", 5),
        (added, "act.pdf", 5),
    ]


def test_what_was_gathered_about_somebody_is_theirs_alone_and_what_has_not_come_is_nobodys(world: World) -> None:
    author = world.a_citizen()
    export, waiting = a_file(world, author, Kind.EXPORT), a_file(world, author, state=State.WAITING)
    assert may_open(world, author, export)
    assert not may_open(world, author, waiting)
    assert not may_open(world, world.an_official("kim"), export)
    for ref in ("", "x", "\x00", "../x", "я" * 5000):
        assert not may_open(world, author, ref)
