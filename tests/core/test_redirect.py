"""Passing an appeal on and declining it, with a reason; after three times the curator decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.actors import Role
from core.appeals.types import (
    AnswerAppeal,
    Reason,
    RedirectAppeal,
    Redirected,
    RejectAppeal,
    ReopenAppeal,
    Status,
    TakeAppeal,
    WithdrawAppeal,
)
from core.errors import NotAllowed
from core.ratings.types import RateAnswer
from tests.core.cast import ANSWER, WHY, Cast, a_cast, an_appeal_that_is, appeal_row, on_sqlite, set_role
from tests.core.conftest import World, card, refusal

CITY, ROADS, KRAI = (
    "Администрация города Заречного",
    "Министерство транспорта Заречного края",
    "Правительство Заречного края",
)


def passed_on(world: World, cast: Cast, number: str, to: str) -> str:
    """By a coordinator of whichever of the two authorities has it."""
    roads = replace(cast.elsewhere, role=Role.COORDINATOR)
    actor = next(who for who in (cast.coordinator, roads) if who.authority_id == appeal_row(world, number).authority_id)
    answer: Redirected = world.run(actor, RedirectAppeal(number, to, WHY))
    return answer.authority["ru"]


def test_another_authority_has_it_and_its_officials_take_it(world: World) -> None:
    cast = a_cast(world)
    number = an_appeal_that_is(world, cast, Status.IN_WORK)
    promised = appeal_row(world, number).due_at
    assert passed_on(world, cast, number, "roads") == ROADS
    seen = card(world, cast.author, number)
    assert (seen.status, seen.authority["ru"], seen.due) == (Status.REDIRECTED, ROADS, promised)
    assert (seen.history[-1].text, seen.history[-1].authority["ru"]) == (WHY, ROADS)
    with pytest.raises(NotAllowed):
        world.run(cast.mine, AnswerAppeal(number, ANSWER))
    world.run(cast.elsewhere, TakeAppeal(number))
    world.run(cast.elsewhere, AnswerAppeal(number, ANSWER))


def test_after_three_times_it_is_the_curators(world: World) -> None:
    cast = a_cast(world)
    number = world.a_filed(cast.author)
    assert [passed_on(world, cast, number, to) for to in ("roads", "city", "roads")] == [ROADS, CITY, ROADS]
    assert passed_on(world, cast, number, "city") == KRAI
    assert card(world, cast.above, number).status is Status.REDIRECTED
    # The curator decides, and is not sent round.
    assert world.run(cast.above, RedirectAppeal(number, "city", WHY)).authority["ru"] == CITY


@on_sqlite
def test_what_is_reopened_may_be_passed_on_anew(world: World) -> None:
    cast = a_cast(world)
    number = world.a_filed(cast.author)
    for to in ("roads", "city"):
        passed_on(world, cast, number, to)
    world.run(cast.mine, TakeAppeal(number))
    world.run(cast.mine, AnswerAppeal(number, ANSWER))
    world.run(cast.author, RateAnswer(number, 1))
    world.run(cast.author, ReopenAppeal(number, ""))
    assert [passed_on(world, cast, number, to) for to in ("roads", "city", "roads")] == [ROADS, CITY, ROADS]


@on_sqlite
def test_without_a_curator_it_goes_where_it_was_sent(world: World) -> None:
    cast = a_cast(world)
    set_role(world, "sokolova", Role.EXECUTOR)
    number = world.a_filed(cast.author)
    assert [passed_on(world, cast, number, to) for to in ("roads", "city", "roads", "city")][-1] == CITY


@on_sqlite
def test_where_the_curator_is_a_colleague_they_are_asked(world: World) -> None:
    cast = a_cast(world)
    set_role(world, "kim", Role.CURATOR)
    number = world.a_filed(cast.author)
    for to in ("roads", "city", "roads"):
        passed_on(world, cast, number, to)
    # The ministry has no curator: it goes to the government, and comes back from there.
    passed_on(world, cast, number, "city")
    world.run(cast.above, RedirectAppeal(number, "city", WHY))
    why = refusal(lambda: passed_on(world, cast, number, "roads"))
    assert why == "It has been passed on often enough. Please ask the curator of your organization to decide."
    assert world.run(cast.curator, RedirectAppeal(number, "roads", WHY)).authority["ru"] == ROADS


@on_sqlite
def test_it_goes_to_an_authority_that_there_is_and_not_to_ones_own(world: World) -> None:
    cast = a_cast(world)
    number = world.a_filed(cast.author)
    for wrong in ("", "nowhere", "\x00", "\ud800", "x" * 50_000, "' OR 1=1 --"):
        why = refusal(lambda wrong=wrong: world.run(cast.coordinator, RedirectAppeal(number, wrong, WHY)))  # type: ignore[misc]
        assert why == "There is no such organization on our list. Please choose one from it."
    why = refusal(lambda: world.run(cast.coordinator, RedirectAppeal(number, "city", WHY)))
    assert why == "This message is with your organization already. Please choose another one."
    for reason in ("", "ab", "x" * 2001, "a\x00bcd"):
        refusal(lambda reason=reason: world.run(cast.coordinator, RedirectAppeal(number, "roads", reason)))  # type: ignore[misc]
    assert card(world, cast.author, number).status is Status.REGISTERED


@on_sqlite
def test_a_reason_for_declining_is_one_from_the_list(world: World) -> None:
    cast = a_cast(world)
    number = world.a_filed(cast.author)
    for wrong in ("", "because", Reason.NO_REPLY, "\x00"):
        reject = RejectAppeal(number, wrong, "")  # type: ignore[arg-type]
        assert refusal(lambda reject=reject: world.run(cast.coordinator, reject)).startswith("There is no such reason.")  # type: ignore[misc]
    refusal(lambda: world.run(cast.coordinator, RejectAppeal(number, Reason.SPAM, "x" * 2001)))
    world.run(cast.coordinator, RejectAppeal(number, Reason.ELSEWHERE, "The neighbours' region answers for it."))
    seen = card(world, cast.author, number)
    assert (seen.status, seen.reason) == (Status.REJECTED, Reason.ELSEWHERE)
    assert seen.history[-1].text == "The neighbours' region answers for it."


@on_sqlite
def test_what_was_taken_back_is_over(world: World) -> None:
    cast = a_cast(world)
    number = an_appeal_that_is(world, cast, Status.IN_WORK)
    world.run(cast.holder, WithdrawAppeal(number))
    why = "You have taken this message back already. Nothing more is needed."
    assert refusal(lambda: world.run(cast.author, WithdrawAppeal(number))) == why
    answer = AnswerAppeal(number, ANSWER)
    assert refusal(lambda: world.run(cast.mine, answer)).startswith("Its author has taken this message back.")
