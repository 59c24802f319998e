"""The life of an appeal, from the first word to a rated answer, and everything that must not happen to one."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from core import app, timers
from core.actors import Citizen, Official, System
from core.appeals import filing
from core.appeals.number import is_number, new_number
from core.appeals.rules import TRANSITIONS
from core.appeals.tables import appeal_history, appeals
from core.appeals.types import (
    AnswerAppeal,
    CloseUnrated,
    MyAppeals,
    OpenFile,
    Pile,
    QueuePage,
    ShowAppeal,
    ShowQueue,
    Status,
    TakeAppeal,
)
from core.audit import audit
from core.errors import NotAllowed, Refusal
from core.files.store import add_file
from core.ratings.tables import ratings
from core.ratings.types import RateAnswer, Rated
from core.talk import Place
from tests.core.conftest import NOON, World, an_appeal, card, refusal, rows_of

ANSWER = "The pothole has been filled this morning."


def test_from_the_first_word_to_a_rated_answer(world: World) -> None:
    citizen, petrov = world.a_citizen(), world.an_official("petrov")
    receipt = world.run(citizen, an_appeal())
    assert is_number(receipt.number)
    assert receipt.authority["ru"] == "Администрация города Заречного"
    assert receipt.due.isoformat() == "2026-09-28T20:59:59+00:00"
    world.now += timedelta(hours=1)
    assert world.run(petrov, TakeAppeal(receipt.number)) == receipt.number
    assert world.run(petrov, AnswerAppeal(receipt.number, ANSWER)) == receipt.number
    assert world.run(citizen, RateAnswer(receipt.number, 4)) == Rated(4, low=False, again=False, curator=False)

    seen = card(world, citizen, receipt.number)
    assert [entry.status for entry in seen.history] == ["registered", "in_work", "answered", "closed"]
    assert (seen.status, seen.answer, seen.rating, seen.official) == (Status.CLOSED, ANSWER, 4, "")
    assert (seen.filed, seen.due, seen.place) == (NOON, receipt.due, Place("Sadovaya, 14"))
    at_desk = card(world, petrov, receipt.number)
    assert at_desk.mine
    assert at_desk.official == "Петров Сергей Андреевич"


def test_the_same_key_has_the_same_value_and_changes_nothing(world: World) -> None:
    citizen, petrov = world.a_citizen(), world.an_official("petrov")
    receipt = world.run(citizen, an_appeal(), "file")
    steps: list[tuple[Citizen | Official | System, str, object, object]] = [
        (citizen, "file", an_appeal(), receipt),
        (petrov, "take", TakeAppeal(receipt.number), receipt.number),
        (petrov, "answer", AnswerAppeal(receipt.number, ANSWER), receipt.number),
        (citizen, "rate", RateAnswer(receipt.number, 5), Rated(5, low=False, again=False, curator=False)),
    ]
    for n in range(len(steps)):
        for actor, key, command, value in steps[: n + 1]:
            assert world.run(actor, command, key) == value
    assert rows_of(world, appeals) == rows_of(world, ratings) == 1
    assert rows_of(world, appeal_history) == 4
    assert rows_of(world, audit) == 2


def test_a_key_of_somebody_else_opens_nothing(world: World) -> None:
    citizen, other = world.a_citizen(), world.a_citizen()
    world.run(citizen, an_appeal(), "file")
    with pytest.raises(NotAllowed):
        world.run(other, an_appeal(), "file")


def test_commands_given_at_the_same_time_take_effect_once(world: World) -> None:
    citizen = world.a_citizen()
    sokolova, petrov, kim = (world.an_official(code) for code in ("sokolova", "petrov", "kim"))

    def at_once(*asked: tuple[Any, str, object]) -> list[Any]:
        futures: list[Future[Any]] = [
            world.db.write(lambda tx, a=actor, k=key, c=command: app.run(tx, a, k, c, world.now))  # type: ignore[misc]
            for actor, key, command in asked
        ]
        return [future.exception() or future.result() for future in futures]

    receipts = at_once(*[(citizen, "file", an_appeal())] * 8)
    assert len({receipt.number for receipt in receipts}) == rows_of(world, appeals) == 1
    number = receipts[0].number

    taken = at_once((petrov, "take:1", TakeAppeal(number)), (kim, "take:2", TakeAppeal(number)))
    assert sorted(type(value).__name__ for value in taken) == ["Refusal", "str"]
    winner = petrov if taken[0] == number else kim
    assert isinstance(at_once((sokolova, "take:3", TakeAppeal(number)))[0], NotAllowed)

    answers = [(winner, f"answer:{n}", AnswerAppeal(number, ANSWER)) for n in range(4)]
    assert sorted(type(value).__name__ for value in at_once(*answers)) == ["Refusal"] * 3 + ["str"]
    scores = at_once(*[(citizen, f"rate:{n}", RateAnswer(number, n)) for n in (1, 2, 3, 4, 5)])
    assert sum(isinstance(value, Rated) for value in scores) == rows_of(world, ratings) == 1


def test_a_number_that_is_taken_is_drawn_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    citizen = world.a_citizen()
    first, second = new_number(), new_number()
    drawn = iter([first, first, first, second])
    monkeypatch.setattr(filing, "new_number", lambda: next(drawn))
    assert [world.a_filed(citizen), world.a_filed(citizen)] == [first, second]


# Working


def test_the_table_of_changes_leads_to_every_status_and_from_each_to_the_end() -> None:
    reached = [Status.REGISTERED]
    for status in reached:
        reached += {row.after for row in TRANSITIONS if row.before is status} - set(reached)
    assert set(reached) == set(Status)
    assert {row.before for row in TRANSITIONS} == set(Status) - {Status.REJECTED, Status.WITHDRAWN}


def test_taking_ones_own_again_is_fine_and_a_colleagues_is_not(world: World) -> None:
    petrov, kim = world.an_official("petrov"), world.an_official("kim")
    number = world.a_taken(world.a_citizen(), petrov)
    assert world.run(petrov, TakeAppeal(number)) == number
    assert refusal(lambda: world.run(kim, TakeAppeal(number))).startswith("A colleague has taken this message already.")
    assert rows_of(world, appeal_history) == 2


def test_only_who_has_taken_it_answers_and_only_once(world: World) -> None:
    petrov, kim = world.an_official("petrov"), world.an_official("kim")
    number = world.a_filed(world.a_citizen())
    answer = AnswerAppeal(number, ANSWER)
    assert refusal(lambda: world.run(petrov, answer)) == "Please take this message first, then answer it."
    world.run(petrov, TakeAppeal(number))
    assert refusal(lambda: world.run(kim, answer)).startswith("A colleague is working on this message.")
    assert refusal(lambda: world.run(petrov, AnswerAppeal(number, "Done."))) == "Please write at least {n} character."
    world.run(petrov, answer)
    assert refusal(lambda: world.run(petrov, answer)).startswith("This message has been answered already.")


def test_a_number_of_nothing_and_one_of_somebody_else_get_the_same_answer(world: World) -> None:
    petrov, orlova = world.an_official("petrov"), world.an_official("orlova")
    citizen, other = world.a_citizen(), world.a_citizen()
    theirs = world.an_answered(citizen, petrov)
    made_up = ("", "123456789", "12345678", "0" * 9, "\x00", "\ud800", "' OR 1=1 --", "9" * 50_000)
    for wrong in (theirs, *made_up):
        for actor, command in (
            (orlova, TakeAppeal(wrong)),
            (orlova, AnswerAppeal(wrong, ANSWER)),
            (other, RateAnswer(wrong, 5)),
        ):
            with pytest.raises(NotAllowed):
                world.run(actor, command)
        assert world.ask(other, ShowAppeal(wrong)) is None
        assert world.ask(orlova, ShowAppeal(wrong)) is None


# Rating and closing


def test_a_rating_is_from_one_to_five(world: World) -> None:
    citizen = world.a_citizen()
    number = world.an_answered(citizen, world.an_official("petrov"))
    for score in (-1, 0, 6, 10**30):
        assert refusal(partial(world.run, citizen, RateAnswer(number, score))) == "Please rate from 1 to 5."
    assert card(world, citizen, number).status is Status.ANSWERED


def test_the_database_itself_takes_no_other_score(world: World) -> None:
    citizen = world.a_citizen()
    world.an_answered(citizen, world.an_official("petrov"))
    fact = {"appeal_id": 1, "citizen_id": citizen.id, "score": 6, "at": NOON, "key": "six"}
    with pytest.raises(sa.exc.IntegrityError):
        world.write(lambda tx: tx.execute(ratings.insert().values(fact)))


def test_an_answer_is_rated_once_and_not_before_it_is_there(world: World) -> None:
    citizen, petrov = world.a_citizen(), world.an_official("petrov")
    number = world.a_taken(citizen, petrov)
    assert refusal(lambda: world.run(citizen, RateAnswer(number, 5))).startswith("There is no answer yet.")
    world.run(petrov, AnswerAppeal(number, ANSWER))
    world.run(citizen, RateAnswer(number, 2))
    assert refusal(lambda: world.run(citizen, RateAnswer(number, 5))).startswith("You have rated this answer already.")
    assert card(world, citizen, number).rating == 2


def due_timers(world: World, later: timedelta) -> list[timers.Timer]:
    return world.write(lambda tx: timers.due(tx, world.now + later, 10))


def test_an_answer_that_nobody_rates_is_closed_when_the_time_is_over(world: World) -> None:
    citizen = world.a_citizen()
    number = world.an_answered(citizen, world.an_official("petrov"))
    assert due_timers(world, timedelta(days=14)) == []
    [timer] = due_timers(world, timedelta(days=16))
    world.now = timer.due_at
    for _ in range(2):
        assert world.write(lambda tx: app.fire(tx, timer.kind, timer.payload, f"timer:{timer.id}", world.now)) is True
    seen = card(world, citizen, number)
    assert (seen.status, seen.rating) == (Status.CLOSED, None)
    assert refusal(lambda: world.run(citizen, RateAnswer(number, 5))).startswith("The time for a rating is over.")
    assert rows_of(world, appeal_history) == 4


def test_closing_does_nothing_where_the_appeal_has_moved_on(world: World) -> None:
    citizen = world.a_citizen()
    number = world.an_answered(citizen, world.an_official("petrov"))
    for version in (2, 4):
        assert world.run(System(), CloseUnrated(number, version)) is False
    [timer] = due_timers(world, timedelta(days=16))
    world.run(citizen, RateAnswer(number, 5))
    assert due_timers(world, timedelta(days=16)) == []
    assert world.write(lambda tx: app.fire(tx, timer.kind, timer.payload, "late", world.now)) is False


# Looking


def test_the_queue_has_piles_of_the_own_authority(world: World) -> None:
    citizen, petrov, kim = world.a_citizen(), world.an_official("petrov"), world.an_official("kim")
    slow = world.a_filed(citizen, category="other")
    fast = world.a_filed(citizen, category="waste")
    mine, done = world.a_taken(citizen, petrov), world.an_answered(citizen, kim)

    def pile(official: Official, which: Pile, start: int = 0, count: int = 7) -> tuple[list[str], dict[str, int]]:
        page: QueuePage = world.ask(official, ShowQueue(which, start, count))
        return [row.number for row in page.rows], dict(page.counts)

    counts = {"new": 2, "mine": 1, "asked": 0, "overdue": 0, "done": 1}
    assert pile(petrov, Pile.NEW) == ([fast, slow], counts)
    assert pile(petrov, Pile.NEW, 1, 1)[0] == [slow]
    assert pile(petrov, Pile.MINE)[0] == [mine]
    assert pile(kim, Pile.MINE)[0] == []
    assert pile(petrov, Pile.DONE)[0] == [done]
    assert pile(world.an_official("orlova"), Pile.NEW) == ([], dict.fromkeys(counts, 0))
    assert pile(petrov, Pile.NEW, -5, -5)[0] == pile(petrov, Pile.NEW, 10**30, 10**30)[0] == []


def test_my_appeals_are_mine_and_the_newest_comes_first(world: World) -> None:
    citizen, other = world.a_citizen(), world.a_citizen()
    numbers = [world.a_filed(citizen, text=f"A deep pothole, number {n}\nsecond line") for n in range(3)]
    rows = world.ask(citizen, MyAppeals(0, 7))
    assert [row.number for row in rows] == numbers[::-1]
    assert rows[0].title == "A deep pothole, number 2 second line"
    assert [row.number for row in world.ask(citizen, MyAppeals(2, 7))] == numbers[:1]
    assert world.ask(other, MyAppeals(0, 7)) == ()


def test_a_photo_opens_for_its_citizen_and_for_the_authority_that_it_was_sent_to(world: World) -> None:
    citizen, other = world.a_citizen(), world.a_citizen()
    petrov, orlova = world.an_official("petrov"), world.an_official("orlova")
    ref = world.write(lambda tx: add_file(tx, citizen.id, "ab" * 32, "image/jpeg", 9, NOON))
    assert len(ref) == 22
    assert world.ask(citizen, OpenFile(ref)).sha256 == "ab" * 32
    with pytest.raises(NotAllowed):  # it is not in any appeal yet
        world.ask(petrov, OpenFile(ref))
    world.a_filed(citizen, photos=(ref,))
    assert world.ask(petrov, OpenFile(ref)).size == 9
    for stranger in (other, orlova):
        for wrong in (ref, "", "\x00", "\ud800", "../../etc/passwd", "x" * 50_000):
            with pytest.raises(NotAllowed):
                world.ask(stranger, OpenFile(wrong))


def test_what_an_official_reads_and_does_is_on_the_journal(world: World) -> None:
    citizen, petrov = world.a_citizen(), world.an_official("petrov")
    number = world.an_answered(citizen, petrov)
    for actor, query in [
        (petrov, ShowAppeal(number)),
        (petrov, OpenFile("\ud800\x00" + "x" * 500)),
        (petrov, ShowQueue(Pile.NEW, 0, 7)),
        (citizen, ShowAppeal(number)),
    ]:
        world.write(lambda tx, a=actor, q=query: app.audit_read(tx, a, q, world.now))  # type: ignore[misc]
    rows = world.read(lambda conn: conn.execute(sa.select(audit).order_by(audit.c.id)).all())
    assert [(row.actor_id, row.action, row.object_kind, row.object_id) for row in rows] == [
        (petrov.id, "take", "appeal", number),
        (petrov.id, "answer", "appeal", number),
        (petrov.id, "read", "appeal", number),
        (petrov.id, "read", "file", "x" * 64),
        (petrov.id, "read", "queue", "new"),
    ]


def test_a_refused_command_leaves_its_transaction_usable(world: World) -> None:
    citizen, petrov = world.a_citizen(), world.an_official("petrov")
    number = world.a_filed(citizen)

    def both(tx: sa.Connection) -> str:
        with pytest.raises(Refusal):
            app.run(tx, petrov, "early", AnswerAppeal(number, ANSWER), world.now)
        taken: str = app.run(tx, petrov, "take", TakeAppeal(number), world.now)
        return taken

    assert world.write(both) == number
    assert card(world, petrov, number).mine
