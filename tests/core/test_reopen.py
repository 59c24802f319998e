"""A low rating may bring an appeal back: once to the same authority, once to the curator, and no more."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.actors import Role
from core.appeals.tables import appeal_history
from core.appeals.types import AnswerAppeal, CloseUnrated, ReopenAppeal, Reopened, Status, TakeAppeal
from core.errors import NotAllowed
from core.ratings.tables import ratings
from core.ratings.types import ExplainRating, RateAnswer, Rated
from core.rubricator.tables import categories
from tests.core.cast import ANSWER, Cast, a_cast, an_appeal_that_is, appeal_row, on_sqlite, set_role
from tests.core.conftest import NOON, World, card, refusal

CITY, KRAI = "Администрация города Заречного", "Правительство Заречного края"


def answered_again(world: World, cast: Cast, number: str) -> None:
    world.run(cast.mine, TakeAppeal(number))
    world.run(cast.mine, AnswerAppeal(number, ANSWER))


def test_the_first_time_the_same_authority_looks_again_the_second_time_the_curator(world: World) -> None:
    cast = a_cast(world)
    number = world.an_answered(cast.author, cast.mine)
    world.now += timedelta(days=3)
    assert world.run(cast.author, RateAnswer(number, 2)) == Rated(2, low=True, again=True, curator=False)
    first = world.run(cast.author, ReopenAppeal(number, "The hole is still there."))
    assert (first.number, first.authority["ru"]) == (number, CITY)
    assert first.due.isoformat() == "2026-10-01T20:59:59+00:00"
    seen = card(world, cast.author, number)
    assert (seen.status, seen.due, seen.rating, seen.reopened) == (Status.REOPENED, first.due, None, 1)
    assert appeal_row(world, number).official_id is None

    answered_again(world, cast, number)
    assert world.run(cast.author, RateAnswer(number, 1)) == Rated(1, low=True, again=True, curator=True)
    second = world.run(cast.author, ReopenAppeal(number, ""))
    assert second.authority["ru"] == KRAI
    with pytest.raises(NotAllowed):
        world.run(cast.mine, TakeAppeal(number))

    world.run(cast.above, TakeAppeal(number))
    world.run(cast.above, AnswerAppeal(number, ANSWER))
    assert world.run(cast.author, RateAnswer(number, 1)) == Rated(1, low=True, again=False, curator=False)
    why = refusal(lambda: world.run(cast.author, ReopenAppeal(number, "")))
    assert why.startswith("It has been looked at again {n} time")
    given = world.read(lambda conn: conn.execute(sa.select(ratings.c.round, ratings.c.score)).all())
    assert [tuple(each) for each in given] == [(0, 2), (1, 1), (2, 1)]


@on_sqlite
def test_without_a_curator_at_work_it_stays_where_it_is(world: World) -> None:
    cast = a_cast(world)
    set_role(world, "sokolova", Role.EXECUTOR)
    number = an_appeal_that_is(world, cast, Status.REOPENED)
    answered_again(world, cast, number)
    world.run(cast.author, RateAnswer(number, 1))
    assert world.run(cast.author, ReopenAppeal(number, "")).authority["ru"] == CITY


@on_sqlite
@pytest.mark.parametrize("score", [3, 5])
def test_who_was_content_does_not_reopen(world: World, score: int) -> None:
    cast = a_cast(world)
    number = world.an_answered(cast.author, cast.mine)
    assert world.run(cast.author, RateAnswer(number, score)) == Rated(score, low=False, again=False, curator=False)
    assert refusal(lambda: world.run(cast.author, ReopenAppeal(number, ""))).startswith("You were content")


@on_sqlite
def test_what_nobody_rated_is_not_reopened(world: World) -> None:
    cast = a_cast(world)
    number = world.an_answered(cast.author, cast.mine)
    assert refusal(lambda: world.run(cast.author, ReopenAppeal(number, ""))) == "Please rate the answer first."
    world.run(cast.system, CloseUnrated(number, appeal_row(world, number).version))
    assert refusal(lambda: world.run(cast.author, ReopenAppeal(number, ""))).startswith("The time for another look")


@on_sqlite
def test_an_answer_of_the_second_round_that_nobody_rates_is_not_reopened_by_the_rating_of_the_first(
    world: World,
) -> None:
    cast = a_cast(world)
    number = an_appeal_that_is(world, cast, Status.REOPENED)
    answered_again(world, cast, number)
    world.run(cast.system, CloseUnrated(number, appeal_row(world, number).version))
    assert refusal(lambda: world.run(cast.author, ReopenAppeal(number, ""))).startswith("The time for another look")
    assert refusal(lambda: world.run(cast.author, RateAnswer(number, 5))).startswith("The time for a rating is over.")


@on_sqlite
def test_the_time_for_another_look_is_as_long_as_that_for_a_rating(world: World) -> None:
    """From the rating on, to the end of the day in the region."""
    cast = a_cast(world)
    numbers = [an_appeal_that_is(world, cast, Status.CLOSED) for _ in range(2)]
    last = NOON.replace(hour=20, minute=59, second=59) + timedelta(days=15)
    world.now = last
    assert isinstance(world.run(cast.author, ReopenAppeal(numbers[0], "")), Reopened)
    world.now = last + timedelta(seconds=1)
    assert refusal(lambda: world.run(cast.author, ReopenAppeal(numbers[1], ""))).startswith("The time for another look")


@on_sqlite
def test_a_category_that_nobody_files_under_any_more_still_promises_its_days(world: World) -> None:
    cast = a_cast(world)
    number = an_appeal_that_is(world, cast, Status.CLOSED)
    world.write(lambda tx: tx.execute(categories.update().values(active=False)))
    assert world.run(cast.author, ReopenAppeal(number, "")).due.isoformat() == "2026-09-28T20:59:59+00:00"


@on_sqlite
def test_why_is_kept_with_the_rating_that_it_explains(world: World) -> None:
    cast = a_cast(world)
    number = world.an_answered(cast.author, cast.mine)
    assert (
        refusal(lambda: world.run(cast.author, ExplainRating(number, "Not done."))) == "Please rate the answer first."
    )
    world.run(cast.author, RateAnswer(number, 1))
    for why in ("", "x" * 2001, "\x00 bad", "ab"):
        refusal(lambda why=why: world.run(cast.author, ExplainRating(number, why)))  # type: ignore[misc]
    world.run(cast.author, ExplainRating(number, "Not done."))
    world.run(cast.author, ExplainRating(number, "Not done at all."), "again")
    world.run(cast.author, ReopenAppeal(number, "Please look."))
    answered_again(world, cast, number)
    world.run(cast.author, RateAnswer(number, 2))
    world.run(cast.author, ExplainRating(number, "Half of it."))
    world.run(cast.author, ExplainRating(number, "Not done at all."), "again")
    whys = world.read(lambda conn: conn.execute(sa.select(ratings.c.why).order_by(ratings.c.id)).scalars().all())
    assert whys == ["Not done at all.", "Half of it."]
    texts = sa.select(appeal_history.c.text).where(appeal_history.c.to_status == Status.REOPENED)
    assert world.read(lambda conn: conn.execute(texts).scalars().all()) == ["Please look."]


@on_sqlite
def test_who_explains_has_rated(world: World) -> None:
    cast = a_cast(world)
    number = an_appeal_that_is(world, cast, Status.CLOSED)
    assert (
        refusal(lambda: world.run(cast.holder, ExplainRating(number, "Not done."))) == "Please rate the answer first."
    )
