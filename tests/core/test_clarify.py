"""A question to the author: the time for the answer stands still meanwhile, a reply goes on, and silence ends it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import app, timers
from core.appeals.tables import appeal_remarks
from core.appeals.types import (
    AddToAppeal,
    AnswerAppeal,
    AskCitizen,
    Pile,
    RejectUnreplied,
    ReplyToQuestion,
    ShowQueue,
    Status,
    WithdrawAppeal,
)
from core.files.store import add_file
from core.region.calendar import Calendar, days_later, put_off
from tests.core.cast import ANSWER, QUESTION, a_cast, an_appeal_that_is, appeal_row, on_sqlite
from tests.core.conftest import NOON, World, card, refusal, rows_of

MOSCOW = Calendar(ZoneInfo("Europe/Moscow"))


def due_timers(world: World, later: timedelta) -> list[timers.Timer]:
    return world.write(lambda tx: timers.due(tx, world.now + later, 10))


def test_the_one_who_asked_goes_on_when_the_reply_is_here(world: World) -> None:
    cast = a_cast(world)
    number = world.a_taken(cast.author, cast.mine)
    promised = card(world, cast.author, number).due
    world.run(cast.mine, AskCitizen(number, QUESTION))
    seen = card(world, cast.author, number)
    assert (seen.status, seen.question) == (Status.CLARIFY, QUESTION)
    assert seen.reply_by == datetime.fromisoformat("2026-09-17T20:59:59+00:00")
    photo = world.write(lambda tx: add_file(tx, cast.author.id, "ab" * 32, "image/jpeg", 9, NOON))
    world.now += timedelta(days=2)
    world.run(cast.author, ReplyToQuestion(number, "14", (photo,)))
    seen = card(world, cast.mine, number)
    assert (seen.status, seen.mine, seen.question, seen.photos) == (Status.IN_WORK, True, "", (photo,))
    assert (seen.history[-2].text, seen.history[-1].text) == (QUESTION, "14")
    assert seen.due == promised + timedelta(days=2)
    assert due_timers(world, timedelta(days=30)) == []
    world.run(cast.mine, AnswerAppeal(number, ANSWER))


@on_sqlite
def test_what_is_added_while_a_question_waits_is_the_reply(world: World) -> None:
    cast = a_cast(world)
    number = an_appeal_that_is(world, cast, Status.CLARIFY)
    world.run(cast.holder, AddToAppeal(number, "House 14."))
    assert card(world, cast.author, number).status is Status.IN_WORK
    assert rows_of(world, appeal_remarks) == 0


@on_sqlite
def test_who_asks_about_what_nobody_has_taken_has_taken_it(world: World) -> None:
    cast = a_cast(world)
    number = world.a_filed(cast.author)
    world.run(cast.executor, AskCitizen(number, QUESTION))
    assert appeal_row(world, number).official_id == cast.executor.id
    assert refusal(lambda: world.run(cast.mine, AnswerAppeal(number, ANSWER))).startswith("Its author has been asked.")


def test_silence_ends_it_when_the_days_are_over(world: World) -> None:
    cast = a_cast(world)
    number = an_appeal_that_is(world, cast, Status.CLARIFY)
    assert due_timers(world, timedelta(days=3)) == []
    [timer] = due_timers(world, timedelta(days=4))
    world.now = timer.due_at
    for _ in range(2):
        assert world.write(lambda tx: app.fire(tx, timer.kind, timer.payload, f"timer:{timer.id}", world.now)) is True
    seen = card(world, cast.author, number)
    assert (seen.status, seen.reason) == (Status.REJECTED, "no_reply")
    late = ReplyToQuestion(number, "14")
    assert refusal(lambda: world.run(cast.author, late)).startswith("This message is closed.")


@pytest.mark.parametrize("leaves", [ReplyToQuestion, WithdrawAppeal])
def test_a_timer_of_a_question_that_is_over_does_nothing(world: World, leaves: type) -> None:
    cast = a_cast(world)
    number = an_appeal_that_is(world, cast, Status.CLARIFY)
    [timer] = due_timers(world, timedelta(days=4))
    world.run(cast.author, leaves(number, "14") if leaves is ReplyToQuestion else leaves(number))
    assert world.write(lambda tx: app.fire(tx, timer.kind, timer.payload, "late", world.now)) is False
    assert due_timers(world, timedelta(days=30)) == []


@on_sqlite
def test_a_timer_of_an_earlier_question_leaves_the_next_one_alone(world: World) -> None:
    cast = a_cast(world)
    number = an_appeal_that_is(world, cast, Status.CLARIFY)
    first = appeal_row(world, number).version
    world.run(cast.author, ReplyToQuestion(number, "14"))
    world.run(cast.mine, AskCitizen(number, "And which entrance?"))
    assert world.run(cast.system, RejectUnreplied(number, first)) is False
    assert card(world, cast.author, number).status is Status.CLARIFY


@on_sqlite
def test_while_its_author_is_asked_an_appeal_is_not_late(world: World) -> None:
    cast = a_cast(world)
    number = an_appeal_that_is(world, cast, Status.CLARIFY)
    world.now = card(world, cast.mine, number).due + timedelta(seconds=1)
    assert not card(world, cast.mine, number).overdue
    assert world.ask(cast.mine, ShowQueue(Pile.OVERDUE, 0, 7)).rows == ()


@on_sqlite
def test_questions_and_replies_are_of_a_fair_length_and_clean(world: World) -> None:
    cast = a_cast(world)
    number = world.a_taken(cast.author, cast.mine)
    for text in ("", "ab", "a" * 2001, "Which\x00 house?", " Which house? ", "\ud800 house"):
        refusal(lambda text=text: world.run(cast.mine, AskCitizen(number, text)))  # type: ignore[misc]
    world.run(cast.mine, AskCitizen(number, "a" * 2000))
    for text in ("", "a" * 4001, "14\x00", " 14 "):
        refusal(lambda text=text: world.run(cast.author, ReplyToQuestion(number, text)))  # type: ignore[misc]
    foreign = ReplyToQuestion(number, "14", ("nobody's",))
    assert "photos" in refusal(lambda: world.run(cast.author, foreign))
    assert card(world, cast.author, number).status is Status.CLARIFY
    world.run(cast.author, ReplyToQuestion(number, "5"))


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(ZoneInfo("UTC")))  # noqa: DTZ001


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=60)))
def test_nobody_loses_time_while_the_clock_stands_still(due_at: datetime, asked_for: timedelta) -> None:
    later = put_off(MOSCOW, due_at, asked_for)
    assert timedelta(0) <= later - due_at - asked_for + timedelta(seconds=1) <= timedelta(days=1)
    assert later.astimezone(MOSCOW.zone).strftime("%H:%M:%S") == "23:59:59"


@given(MOMENTS, st.integers(0, 60))
def test_days_are_counted_in_the_region(start: datetime, days: int) -> None:
    here = days_later(MOSCOW, start, days).astimezone(MOSCOW.zone)
    assert (here.date() - start.astimezone(MOSCOW.zone).date()).days == days
