"""Who is told what, where and when: once, and not at night unless they are awake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from core.actors import Citizen, Role, System
from core.appeals.events import StatusChanged
from core.appeals.types import (
    AddToAppeal,
    AnswerAppeal,
    AskCitizen,
    CloseUnrated,
    RedirectAppeal,
    ReopenAppeal,
    ReplyToQuestion,
    Status,
    TakeAppeal,
    WithdrawAppeal,
)
from core.authorities.entries import revoke_official
from core.citizens.tables import citizens
from core.citizens.types import Pushes
from core.conversations.tables import conversations
from core.errors import Refusal
from core.notify.rules import quiet_until, status_waits, to_citizen
from core.outbox.tables import outbox
from core.ratings.types import RateAnswer
from tests.core.cast import ANSWER, QUESTION, WHY, a_cast, an_appeal_that_is, on_sqlite, set_role
from tests.core.conftest import NOON, World

HOURS = st.integers(0, 23)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
NIGHT = datetime(2026, 9, 14, 20, 30, tzinfo=UTC)
"""23:30 in the demo region; its quiet hours end at 8:00, 5:00 UTC."""
MORNING = datetime(2026, 9, 15, 5, 0, tzinfo=UTC)


def told(world: World) -> list[tuple[int, str, dict[str, str], str, datetime]]:
    rows = world.read(lambda conn: conn.execute(sa.select(outbox).order_by(outbox.c.id)).all())
    return [(r.conversation_id, r.body["kind"], r.body["facts"], str(r.lane), r.not_before) for r in rows]


def hears(world: World, conversation: int, at: datetime | None) -> None:
    this = conversations.update().where(conversations.c.id == conversation)
    world.write(lambda tx: tx.execute(this.values(heard_at=at)))


def test_the_officials_of_the_authority_hear_of_a_new_appeal_once(world: World) -> None:
    petrov, kim, orlova = (world.an_official(code) for code in ("petrov", "kim", "orlova"))
    here = [world.a_conversation("official", official.id) for official in (petrov, kim)]
    world.a_conversation("official", orlova.id)
    citizen = world.a_citizen()
    number = world.a_filed(citizen)
    assert told(world) == [(each, "queued", {"number": number}, "notice", NOON) for each in here]


def test_a_citizen_hears_of_every_status_where_they_were_last_heard_from(world: World) -> None:
    citizen, petrov = world.a_citizen(), world.an_official("petrov")
    world.a_conversation("citizen", citizen.id)
    here = world.a_conversation("citizen", citizen.id)
    hears(world, here, NOON)
    number = world.a_filed(citizen)
    for command in (TakeAppeal(number), AnswerAppeal(number, "It has been repaired today.")):
        for _ in range(2):
            world.run(petrov, command, type(command).__name__)
    world.run(System(), CloseUnrated(number, 3))
    assert told(world) == [
        (here, "status", {"number": number, "status": status}, "push", NOON)
        for status in ("in_work", "answered", "closed")
    ]


def test_ones_own_rating_is_no_news(world: World) -> None:
    citizen = world.a_citizen()
    number = world.an_answered(citizen, world.an_official("petrov"))
    world.a_conversation("citizen", citizen.id)
    world.run(citizen, RateAnswer(number, 5))
    assert told(world) == []


@pytest.mark.parametrize(
    ("silent_for", "told_at"),
    [(timedelta(minutes=29), NIGHT), (timedelta(minutes=30), MORNING), (None, MORNING)],
)
def test_at_night_a_status_waits_for_who_is_asleep(
    world: World, silent_for: timedelta | None, told_at: datetime
) -> None:
    citizen, petrov = world.a_citizen(), world.an_official("petrov")
    here = world.a_conversation("citizen", citizen.id)
    number = world.a_filed(citizen)
    world.now = NIGHT
    hears(world, here, None if silent_for is None else NIGHT - silent_for)
    world.run(petrov, TakeAppeal(number))
    assert [row[4] for row in told(world)] == [told_at]


def test_a_status_that_waits_for_the_morning_does_not_hold_up_the_next_one(world: World) -> None:
    """Who wrote in the meantime is awake: what was held goes before what is new, now."""
    citizen, petrov = world.a_citizen(), world.an_official("petrov")
    here = world.a_conversation("citizen", citizen.id)
    number = world.a_filed(citizen)
    world.now = NIGHT
    hears(world, here, None)
    world.run(petrov, TakeAppeal(number))
    hears(world, here, NIGHT)
    world.run(petrov, AnswerAppeal(number, "The hole is filled since this evening."))
    assert [row[4] for row in told(world)] == [NIGHT, NIGHT]


def test_at_night_officials_are_left_alone(world: World) -> None:
    world.a_conversation("official", world.an_official("petrov").id)
    citizen = world.a_citizen()
    world.now = NIGHT
    world.a_filed(citizen)
    assert [row[4] for row in told(world)] == [MORNING]


def test_a_refused_command_tells_nobody(world: World) -> None:
    citizen, petrov, kim = world.a_citizen(), world.an_official("petrov"), world.an_official("kim")
    number = world.a_taken(citizen, petrov)
    world.a_conversation("citizen", citizen.id)
    with pytest.raises(Refusal):
        world.run(kim, TakeAppeal(number))
    assert told(world) == []


def wants(world: World, citizen: Citizen, **settings: object) -> None:
    this = citizens.update().where(citizens.c.id == citizen.id)
    world.write(lambda tx: tx.execute(this.values(settings)))


def test_of_author_and_holders_the_one_last_heard_from_is_told(world: World) -> None:
    cast = a_cast(world)
    number = an_appeal_that_is(world, cast, Status.REGISTERED)
    first, second = (world.a_conversation("citizen", each.id) for each in (cast.author, cast.holder))
    world.a_conversation("citizen", cast.stranger.id)
    hears(world, first, NOON)
    hears(world, second, NOON + timedelta(minutes=1))
    world.run(cast.mine, TakeAppeal(number))
    assert [row[0] for row in told(world)] == [second]
    wants(world, cast.holder, pushes=Pushes.MAIN)
    world.run(cast.coordinator, RedirectAppeal(number, "roads", WHY))
    assert [row[0] for row in told(world)] == [second, first]
    wants(world, cast.author, pushes=Pushes.NONE)
    world.run(cast.elsewhere, TakeAppeal(number))
    assert len(told(world)) == 2
    world.run(cast.elsewhere, AskCitizen(number, QUESTION))
    assert [row[0] for row in told(world)] == [second, first, second]


@on_sqlite
def test_who_has_gone_is_told_nothing(world: World) -> None:
    cast = a_cast(world)
    world.a_conversation("citizen", cast.author.id)
    number = world.a_filed(cast.author)
    wants(world, cast.author, erased_at=NOON)
    world.run(cast.mine, TakeAppeal(number))
    assert told(world) == []


@on_sqlite
def test_ones_own_quiet_hours_come_before_those_of_the_region(world: World) -> None:
    cast = a_cast(world)
    world.a_conversation("citizen", cast.author.id)
    wants(world, cast.author, quiet_from=12, quiet_to=14)
    world.run(cast.mine, TakeAppeal(world.a_filed(cast.author)))
    wants(world, cast.author, quiet_from=0, quiet_to=0)
    world.now = NIGHT
    world.run(cast.mine, TakeAppeal(world.a_filed(cast.author)))
    assert [row[4] for row in told(world)] == [NOON + timedelta(hours=2), NIGHT]


def test_officials_hear_each_time_when_something_waits_for_them(world: World) -> None:
    """Filed, passed on, and brought back by its author: twice."""
    cast = a_cast(world)
    city, roads = (world.a_conversation("official", each.id) for each in (cast.mine, cast.elsewhere))
    number = world.a_filed(cast.author)
    world.run(cast.coordinator, RedirectAppeal(number, "roads", WHY), "on")
    world.run(cast.elsewhere, RedirectAppeal(number, "city", WHY), "back")
    world.run(cast.coordinator, RedirectAppeal(number, "roads", WHY), "on")
    assert [(row[0], row[1]) for row in told(world)] == [(city, "queued"), (roads, "queued"), (city, "queued")]
    set_role(world, "petrov", Role.CURATOR)
    for n in range(2):
        world.run(cast.mine, TakeAppeal(number))
        world.run(cast.mine, AnswerAppeal(number, ANSWER))
        world.run(cast.author, RateAnswer(number, 1))
        for _ in range(2):
            world.run(cast.author, ReopenAppeal(number, ""), f"reopen:{n}")
    assert [(row[0], row[1]) for row in told(world)][3:] == [(city, "queued"), (city, "queued")]


def test_who_has_taken_it_hears_what_its_author_says(world: World) -> None:
    cast = a_cast(world)
    mine, executor = (world.a_conversation("official", each.id) for each in (cast.mine, cast.executor))
    number = an_appeal_that_is(world, cast, Status.CLARIFY)
    before = len(told(world))
    for command in (ReplyToQuestion(number, "14"), AddToAppeal(number, "Or 16."), WithdrawAppeal(number)):
        for _ in range(2):
            world.run(cast.author, command, type(command).__name__)
    assert told(world)[before:] == [
        (mine, "spoke", {"number": number, "what": what}, "notice", NOON) for what in ("reply", "remark", "withdrawn")
    ]
    untaken = world.a_filed(cast.author)
    before = len(told(world))
    world.run(cast.author, AddToAppeal(untaken, "Two more holes."))
    assert [row[0] for row in told(world)[before:]] == [mine, executor]


@on_sqlite
def test_where_the_official_has_left_their_colleagues_hear_it(world: World) -> None:
    cast = a_cast(world)
    mine, executor = (world.a_conversation("official", each.id) for each in (cast.mine, cast.executor))
    number = an_appeal_that_is(world, cast, Status.CLARIFY)
    world.write(lambda tx: revoke_official(tx, cast.mine.id, world.now))
    before = len(told(world))
    world.run(cast.author, ReplyToQuestion(number, "14"))
    said = [(row[0], row[1]) for row in told(world)[before:]]
    assert (executor, "spoke") in said
    assert (mine, "spoke") not in said


@pytest.mark.parametrize("status", Status)
def test_what_a_citizen_is_told(status: Status) -> None:
    event = StatusChanged("123456789", 1, status, 2)
    never = {Status.REGISTERED, Status.REOPENED, Status.WITHDRAWN}
    assert {pushes for pushes in Pushes if to_citizen(event, pushes)} == (
        {Pushes.ALL, Pushes.MAIN}
        if status in {Status.CLARIFY, Status.ANSWERED, Status.REJECTED}
        else set()
        if status in never
        else {Pushes.ALL}
    )
    assert to_citizen(StatusChanged("123456789", 1, status, 2, own=True)) is None


@given(MOMENTS, HOURS, HOURS, st.sampled_from(("Europe/Moscow", "Asia/Kamchatka")))
def test_quiet_hours_end_at_their_hour_within_a_day(now: datetime, start: int, end: int, zone: str) -> None:
    here = ZoneInfo(zone)
    until = quiet_until(now, here, start, end)
    if until is None:
        return
    assert now < until <= now + timedelta(days=1)
    assert until.astimezone(here).hour == end
    assert quiet_until(until, here, start, end) is None


@given(MOMENTS, HOURS, HOURS)
def test_outside_of_quiet_hours_nothing_waits(now: datetime, start: int, end: int) -> None:
    hour = now.astimezone(ZoneInfo("Europe/Moscow")).hour
    quiet = (hour - start) % 24 < (end - start) % 24
    assert (quiet_until(now, ZoneInfo("Europe/Moscow"), start, end) is not None) == quiet


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=2)))
def test_who_has_spoken_in_the_last_half_hour_is_awake(now: datetime, ago: timedelta) -> None:
    morning = now + timedelta(hours=5)
    assert status_waits(now, now - ago, morning) == (None if ago < timedelta(minutes=30) else morning)
