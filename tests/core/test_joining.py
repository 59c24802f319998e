"""One person, many chats: a code joins them; of who has asked for it nothing is left that is not the other's."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core import app, timers
from core.actors import Citizen
from core.appeals.tables import appeal_holders
from core.appeals.types import MyAppeals, OpenByCode, TakeAppeal
from core.audit import audit
from core.citizens.tables import citizens, join_tries, joins
from core.citizens.types import (
    FILING,
    FindJoin,
    GiveConsent,
    IssueJoin,
    JoinByCode,
    JoinCard,
    Joined,
    Pushes,
    SetPushes,
    SetQuiet,
    ShowConsent,
    ShowSettings,
    WithdrawConsent,
)
from core.conversations import service as conversations
from core.conversations.service import Lost
from core.conversations.types import Address, Person, Saved
from core.errors import Refusal
from core.files.store import add_file, owns_all
from core.files.types import Kind
from core.outbox.tables import outbox
from core.personal.erasure import erase
from core.personal.export import gather
from core.personal.handing import hand_over
from core.personal.merging import merge
from core.personal.registry import owned_tables, rows_of
from core.personal.types import RequestErasure, RequestExport
from tests.core.cast import on_sqlite
from tests.core.conftest import World, an_appeal, card, refusal
from tests.core.conftest import rows_of as count
from tests.core.personal import METADATA, fill

WRONG = "33333333"
GONE, KEPT = 700_000_041, 700_000_077
"""Numbers that nothing else is called by."""


def code_of(world: World, citizen: Citizen, **facts: str) -> str:
    code: str = world.run(citizen, IssueJoin(facts)).code
    return code


def chat(world: World, citizen: Citizen, messenger: str) -> int:
    address, person = Address(messenger, "bot", world.key()), Person("citizen", citizen.id)
    return world.write(lambda tx: conversations.meet(tx, address, person, "ru", world.now))


@pytest.fixture
def two(world: World) -> tuple[Citizen, Citizen]:
    """Who asks for the code, in Telegram, and who enters it, in VK."""
    issuer, enters = world.a_citizen(), world.a_citizen()
    chat(world, issuer, "telegram")
    chat(world, enters, "vk")
    return issuer, enters


# Codes


def test_a_code_joins_two_chats_once(world: World, two: tuple[Citizen, Citizen]) -> None:
    issuer, enters = two
    number = world.a_filed(issuer)
    code = code_of(world, issuer, category="roads")
    facts = {"category": "roads"}
    assert world.run(enters, FindJoin(code)) == JoinCard(("telegram",), facts, own=False)
    assert world.ask(enters, MyAppeals(0, 7)) == ()
    joined = Joined(("vk", "telegram"), facts)
    assert [world.run(enters, JoinByCode(f"{code[:4]}-{code[4:].lower()}"), "one") for _ in range(2)] == [joined] * 2
    assert [row.number for row in world.ask(enters, MyAppeals(0, 7))] == [number]
    assert len(world.read(lambda conn: conversations.of_person(conn, "citizen", enters.id))) == 2
    assert world.run(world.a_citizen(), JoinByCode(code)) is None
    kept = sa.select(audit.c.action, audit.c.actor_id).where(audit.c.object_kind == "citizen")
    assert world.read(lambda conn: conn.execute(kept).all()) == [("join", enters.id)]


@on_sqlite
def test_only_the_newest_code_is_good_and_for_ten_minutes(world: World, two: tuple[Citizen, Citizen]) -> None:
    issuer, enters = two
    old, new = code_of(world, issuer), code_of(world, issuer)
    assert (world.run(enters, FindJoin(old)), world.run(enters, JoinByCode(old))) == (None, None)
    world.now += timedelta(minutes=10)
    assert (world.run(enters, FindJoin(new)), world.run(enters, JoinByCode(new))) == (None, None)
    assert code_of(world, issuer) != new


@on_sqlite
def test_a_code_is_kept_nowhere(world: World, two: tuple[Citizen, Citizen]) -> None:
    code = code_of(world, two[0])
    assert code not in str(world.read(lambda conn: conn.execute(sa.select(joins)).all()))


@on_sqlite
def test_ones_own_code_is_no_mistake_and_spends_nothing(world: World, two: tuple[Citizen, Citizen]) -> None:
    issuer, enters = two
    code = code_of(world, issuer)
    assert world.run(issuer, FindJoin(code)).own
    assert world.run(issuer, JoinByCode(code)) == Joined(("telegram",), {})
    assert world.run(enters, JoinByCode(code)) == Joined(("vk", "telegram"), {})


def test_who_guesses_waits_an_hour_and_what_was_counted_stays(world: World, two: tuple[Citizen, Citizen]) -> None:
    issuer, enters = two
    code = code_of(world, issuer)
    for n in range(5):
        assert world.run(enters, (FindJoin, JoinByCode)[n % 2](WRONG), f"try:{n}") is None
        assert world.run(enters, FindJoin(WRONG), f"try:{n}") is None
    assert count(world, join_tries) == 5
    for asked in (FindJoin(code), JoinByCode(code)):
        assert "in an hour" in refusal(lambda asked=asked: world.run(enters, asked))  # type: ignore[misc]
    world.now += timedelta(hours=1)
    assert world.run(enters, JoinByCode(code_of(world, issuer))) is not None


@on_sqlite
def test_who_guesses_with_a_new_name_for_every_try_is_stopped_too(
    world: World, two: tuple[Citizen, Citizen], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.citizens.joining.OF_ALL", 3)
    code = code_of(world, two[0])
    for _ in range(3):
        assert world.run(world.a_citizen(consent=False), FindJoin(WRONG)) is None
    assert "lately" in refusal(lambda: world.run(two[1], JoinByCode(code)))


@on_sqlite
def test_what_is_no_code_at_all_is_not_counted(world: World, two: tuple[Citizen, Citizen]) -> None:
    for words in ("", "K7MP", "ы" * 5000, "482135790", "\x00"):
        assert world.run(two[1], FindJoin(words)) is None
        assert world.run(two[1], JoinByCode(words)) is None
    assert count(world, join_tries) == 0


@on_sqlite
def test_too_many_facts_are_nothing_that_a_dialog_of_ours_hands_over(world: World) -> None:
    citizen = world.a_citizen()
    for facts in ({str(n): "" for n in range(5)}, {"category": "x" * 65}):
        with pytest.raises(ValueError, match="too much"):
            world.run(citizen, IssueJoin(facts))


# What becomes of the two


def test_nothing_of_who_is_joined_is_left_that_is_not_the_others(world: World) -> None:
    gone, kept = world.write(lambda tx: (fill(tx, 41, GONE), fill(tx, 77, KEPT)))
    owned = list(owned_tables(METADATA))
    before = world.read(lambda conn: {table.name: len(rows_of(conn, table, GONE)) for table in owned})
    assert set(before.values()) == {1}
    world.write(lambda tx: merge(tx, gone.id, kept.id))

    after = world.read(lambda conn: {table.name: len(rows_of(conn, table, KEPT)) for table in owned})
    assert after == {**{table.name: 2 for table in owned}, "appeal_holders": 0}, "both were authors of what they hold"
    rows = {
        table.name: [row for row in world.read(lambda conn, t=table: conn.execute(sa.select(t)).all()) if GONE in row]  # type: ignore[misc]
        for table in METADATA.sorted_tables
    }
    left = {name: found for name, found in rows.items() if found}
    assert list(left) == ["citizens"], "and there only the row that says who has become of them"
    [shell] = left["citizens"]
    assert shell.merged_into == KEPT


def test_every_column_that_names_a_citizen_says_so() -> None:
    """Otherwise it would go on to name who is not there any more."""
    silent = [
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.columns
        if column.name in {"citizen_id", "person_id", "actor_id"} or column.references(citizens.c.id)
        if column.name not in {names[-1] for names, by in table.info["owners"] if not by}
    ]
    assert silent == []


def test_of_what_only_one_may_be_there_is_one(world: World, two: tuple[Citizen, Citizen]) -> None:
    """Both hold the same message by its code, and each holds one of the other's."""
    issuer, enters = two
    theirs, mine, others = (world.run(who, an_appeal()) for who in (issuer, enters, world.a_citizen()))
    for who, receipt in ((issuer, others), (enters, others), (issuer, mine), (enters, theirs)):
        world.run(who, OpenByCode(receipt.number, receipt.code))
    world.run(enters, JoinByCode(code_of(world, issuer)))
    held = world.read(lambda conn: conn.execute(sa.select(appeal_holders.c.citizen_id)).scalars().all())
    assert held == [enters.id], "the third one's; an author needs no code"
    numbers = {row.number for row in world.ask(enters, MyAppeals(0, 7))}
    assert numbers == {receipt.number for receipt in (theirs, mine, others)}


@on_sqlite
def test_who_is_joined_twice_is_found_at_once(world: World) -> None:
    first, second, third = (world.a_citizen() for _ in range(3))
    world.run(second, JoinByCode(code_of(world, first)))
    world.run(third, JoinByCode(code_of(world, second)))
    merged = sa.select(citizens.c.id, citizens.c.merged_into).where(citizens.c.merged_into.is_not(None))
    assert set(world.read(lambda conn: conn.execute(merged).all())) == {(first.id, third.id), (second.id, third.id)}


@pytest.mark.parametrize("enters_has_set", [True, False])
@on_sqlite
def test_settings_of_who_enters_the_code_stay_unless_they_have_set_none(world: World, enters_has_set: bool) -> None:  # noqa: FBT001
    issuer, enters = world.a_citizen(), world.a_citizen()
    world.run(issuer, SetPushes(Pushes.MAIN))
    world.run(issuer, SetQuiet(1, 2))
    if enters_has_set:
        world.run(enters, SetPushes(Pushes.NONE))
        world.run(enters, SetQuiet(3, 4))
    world.run(enters, JoinByCode(code_of(world, issuer)))
    shown = world.ask(enters, ShowSettings())
    expected = (Pushes.NONE, 3, 4) if enters_has_set else (Pushes.MAIN, 1, 2)
    assert (shown.pushes, shown.quiet_from, shown.quiet_to) == expected


@pytest.mark.parametrize("given_again", [True, False])
def test_the_last_word_about_a_consent_counts(world: World, given_again: bool) -> None:  # noqa: FBT001
    issuer, enters = world.a_citizen(), world.a_citizen()
    world.now += timedelta(minutes=1)
    world.run(issuer, WithdrawConsent(FILING))
    if given_again:
        world.now += timedelta(minutes=1)
        world.run(issuer, GiveConsent(FILING, world.consent_version))
    world.run(enters, JoinByCode(code_of(world, issuer)))
    assert bool(world.ask(enters, ShowConsent(FILING)).given) is given_again


def test_a_move_in_a_chat_that_is_joined_meanwhile_is_lost(world: World, two: tuple[Citizen, Citizen]) -> None:
    issuer, enters = two
    [there] = world.read(lambda conn: conversations.of_person(conn, "citizen", issuer.id))
    world.write(lambda tx: tx.execute(sa.text("UPDATE conversations SET pending_at = created_at")))
    assert there in world.write(lambda tx: conversations.claim(tx, "front", 9, world.now))
    before = world.read(lambda conn: conversations.read(conn, [there])[there])
    world.run(enters, JoinByCode(code_of(world, issuer)))
    with pytest.raises(Lost):
        world.write(lambda tx: conversations.save(tx, before, Saved("ru", None, ()), "front", world.now))
    assert world.write(lambda tx: conversations.claim(tx, "another", 9, world.now, only=there)) == [there]
    now = world.read(lambda conn: conversations.read(conn, [there])[there])
    assert now.person == Person("citizen", enters.id)


def test_what_comes_in_at_the_very_moment_follows(world: World, two: tuple[Citizen, Citizen]) -> None:
    issuer, enters = two
    world.run(enters, JoinByCode(code_of(world, issuer)))
    ref = world.write(lambda tx: add_file(tx, issuer.id, "0" * 64, "image/png", 1, world.now))
    world.now += timedelta(minutes=2)

    def fire(tx: sa.Connection) -> list[Any]:
        due = timers.due(tx, world.now, 9)
        return [app.fire(tx, timer.kind, timer.payload, timer.scope, world.now) for timer in due]

    assert world.write(fire) == [enters.id]
    assert world.read(lambda conn: owns_all(conn, enters.id, (ref,), Kind.PHOTO))


@on_sqlite
def test_an_archive_that_was_being_gathered_comes_to_the_one_person(world: World, two: tuple[Citizen, Citizen]) -> None:
    issuer, enters = two
    number = world.a_filed(issuer)
    world.run(issuer, RequestExport())
    world.run(enters, JoinByCode(code_of(world, issuer)))
    gathered = world.read(lambda conn: gather(conn, issuer.id))
    assert [row["number"] for row in gathered.rows["appeals"]] == [number]
    assert world.write(lambda tx: hand_over(tx, issuer.id, "a" * 64, 9, world.now)) == ()
    rows = world.read(lambda conn: conn.execute(sa.select(outbox)).all())
    assert [row.body["kind"] for row in rows if row.body["kind"] != "joined"] == ["export"]


def test_officials_have_one_author_and_answer_to_the_joined_chats(world: World, two: tuple[Citizen, Citizen]) -> None:
    issuer, enters = two
    number = world.a_filed(issuer)
    world.run(enters, JoinByCode(code_of(world, issuer)))
    world.run(world.an_official("petrov"), TakeAppeal(number))
    assert card(world, enters, number).number == number
    rows = world.read(lambda conn: conn.execute(sa.select(outbox)).all())
    told = [row.conversation_id for row in rows if row.body["kind"] == "status"]
    assert len(told) == 1
    assert set(told) <= set(world.read(lambda conn: conversations.of_person(conn, "citizen", enters.id)))


# Being forgotten


@pytest.mark.parametrize("which", [0, 1])
def test_nobody_is_joined_who_is_being_forgotten(world: World, two: tuple[Citizen, Citizen], which: int) -> None:
    issuer, enters = two
    code = code_of(world, issuer)
    world.run(two[which], RequestErasure())
    assert "being deleted" in refusal(lambda: world.run(enters, JoinByCode(code)))
    world.write(lambda tx: erase(tx, two[which].id, world.now))
    if which == 0:
        assert world.run(enters, JoinByCode(code)) is None
    else:
        assert "being deleted" in refusal(lambda: world.run(enters, JoinByCode(code)))


@on_sqlite
def test_who_is_forgotten_is_forgotten_with_all_their_chats(world: World, two: tuple[Citizen, Citizen]) -> None:
    issuer, enters = two
    world.a_filed(issuer)
    world.run(enters, JoinByCode(code_of(world, issuer)))
    world.run(enters, RequestErasure())
    world.write(lambda tx: erase(tx, enters.id, world.now))
    assert world.read(lambda conn: conversations.of_person(conn, "citizen", enters.id)) == ()
    left = world.read(lambda conn: conn.execute(sa.select(citizens.c.erased_at)).scalars().all())
    assert left == [world.now, world.now]


# At once


on_postgres = pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
"""SQLite has one writer: nothing happens at once."""


def settled(futures: list[Future[Any]]) -> list[Any]:
    """A refusal stands for itself."""
    done = []
    for future in futures:
        try:
            done.append(future.result(20))
        except Refusal as why:
            done.append(why)
    return done


@on_postgres
def test_of_two_people_who_enter_each_others_codes_at_once_one_stays(world: World) -> None:
    for _ in range(8):
        one, other = world.a_citizen(), world.a_citizen()
        numbers = {world.a_filed(each) for each in (one, other)}
        tried = [(one, JoinByCode(code_of(world, other))), (other, JoinByCode(code_of(world, one)))]
        keys = [world.key(), world.key()]
        results = settled(
            [
                world.db.write(lambda tx, a=actor, c=command, k=key: app.run(tx, a, k, c, world.now))  # type: ignore[misc]
                for (actor, command), key in zip(tried, keys, strict=True)
            ]
        )
        assert len([each for each in results if isinstance(each, Joined)]) >= 1, results
        held = [{row.number for row in world.ask(each, MyAppeals(0, 7))} for each in (one, other)]
        assert sorted(held, key=len) == [set(), numbers]


@on_postgres
def test_of_two_who_enter_the_same_code_at_once_one_has_it(world: World) -> None:
    issuer, rivals = world.a_citizen(), [world.a_citizen() for _ in range(3)]
    code = code_of(world, issuer)
    results = settled(
        [
            world.db.write(lambda tx, a=actor: app.run(tx, a, f"key:{a.id}", JoinByCode(code), world.now))  # type: ignore[misc]
            for actor in rivals
        ]
    )
    assert len([each for each in results if isinstance(each, Joined)]) == 1


@on_postgres
def test_whoever_files_at_the_moment_of_the_joining_files_as_who_they_are_then(world: World) -> None:
    """The command waits for neither; the move that gave it is lost, or what it filed is handed on."""
    for _ in range(8):
        issuer, enters = world.a_citizen(), world.a_citizen()
        there = chat(world, issuer, "telegram")
        world.write(lambda tx, there=there: tx.execute(sa.text("UPDATE conversations SET lease_owner = 'front'")))  # type: ignore[misc]
        before = world.read(lambda conn, there=there: conversations.read(conn, [there])[there])  # type: ignore[misc]
        code, key = code_of(world, issuer), world.key()

        def files(tx: sa.Connection, issuer: Citizen = issuer, before: Any = before, key: str = key) -> str:
            try:
                number: str = app.run(tx, issuer, key, an_appeal(), world.now).number
            except Refusal:  # what they have agreed to is somebody else's by now; nobody sees that screen
                number = "of nothing"
            conversations.save(tx, before, Saved("ru", None, ()), "front", world.now)
            return number

        filing = world.db.write(files)
        joining = world.db.write(
            lambda tx, e=enters, c=code: app.run(tx, e, f"join:{e.id}", JoinByCode(c), world.now)  # type: ignore[misc]
        )
        assert isinstance(joining.result(20), Joined)
        try:
            filed = {filing.result(20)}
        except Lost:
            filed = set()
        assert {row.number for row in world.ask(enters, MyAppeals(0, 7))} == filed
        assert world.ask(issuer, MyAppeals(0, 7)) == ()
