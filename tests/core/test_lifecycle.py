"""Who may do what with an appeal in each of its statuses: everything else is declined and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, fields
from typing import Any

import pytest
import sqlalchemy as sa

from core import app
from core.actors import Actor
from core.appeals.rules import TRANSITIONS
from core.appeals.tables import appeal_history, appeal_remarks, appeals
from core.appeals.types import (
    OPEN,
    WAITING,
    Act,
    AddNote,
    AddToAppeal,
    AnswerAppeal,
    AskCitizen,
    CloseUnrated,
    OpenByCode,
    Reason,
    RedirectAppeal,
    Redirected,
    RejectAppeal,
    RejectUnreplied,
    ReopenAppeal,
    Reopened,
    ReplyToQuestion,
    Spoken,
    Status,
    TakeAppeal,
    WithdrawAppeal,
)
from core.audit import audit
from core.errors import NotAllowed, Refusal
from core.outbox.tables import outbox
from core.ratings.tables import ratings
from core.ratings.types import ExplainRating, RateAnswer
from tests.core.cast import ANSWER, QUESTION, WHY, a_cast, an_appeal_that_is, appeal_row, on_sqlite, path
from tests.core.conftest import World, an_appeal, card, rows_of

ALL, NEVER = frozenset(Status), frozenset[Status]()
TAKEN = WAITING | {Status.IN_WORK}
AUTHORS = ("author", "holder")
HERE = ("mine", "executor", "coordinator", "curator")
COORDINATORS = ("coordinator", "curator")


@dataclass(frozen=True)
class Rule:
    """`make` gives the command from a number and a version; `may` says who may give it, and when."""

    make: Callable[[str, int], object]
    may: Mapping[str, frozenset[Status]]
    after: Status | None = None
    act: Act | None = None


def all_of(names: tuple[str, ...], when: frozenset[Status], **more: frozenset[Status]) -> dict[str, frozenset[Status]]:
    return {**dict.fromkeys(names, when), **more}


S = Status
RULES: dict[type, Rule] = {
    TakeAppeal: Rule(lambda n, v: TakeAppeal(n), all_of(HERE, WAITING, mine=TAKEN), S.IN_WORK, Act.TAKE),
    AnswerAppeal: Rule(lambda n, v: AnswerAppeal(n, ANSWER), {"mine": frozenset({S.IN_WORK})}, S.ANSWERED, Act.ANSWER),
    AskCitizen: Rule(lambda n, v: AskCitizen(n, QUESTION), all_of(HERE, WAITING, mine=TAKEN), S.CLARIFY, Act.ASK),
    RejectAppeal: Rule(
        lambda n, v: RejectAppeal(n, Reason.SPAM, ""), all_of(COORDINATORS, TAKEN), S.REJECTED, Act.REJECT
    ),
    RedirectAppeal: Rule(
        lambda n, v: RedirectAppeal(n, "roads", WHY), all_of(COORDINATORS, TAKEN), S.REDIRECTED, Act.REDIRECT
    ),
    AddNote: Rule(lambda n, v: AddNote(n, "Ask the contractor."), all_of(HERE, ALL), None, Act.NOTE),
    ReplyToQuestion: Rule(
        lambda n, v: ReplyToQuestion(n, "14"), all_of(AUTHORS, frozenset({S.CLARIFY})), S.IN_WORK, Act.REPLY
    ),
    AddToAppeal: Rule(lambda n, v: AddToAppeal(n, "Two more holes."), all_of(AUTHORS, OPEN), None, Act.ADD),
    WithdrawAppeal: Rule(lambda n, v: WithdrawAppeal(n), all_of(AUTHORS, OPEN), S.WITHDRAWN, Act.WITHDRAW),
    RateAnswer: Rule(lambda n, v: RateAnswer(n, 2), all_of(AUTHORS, frozenset({S.ANSWERED})), S.CLOSED, Act.RATE),
    ExplainRating: Rule(lambda n, v: ExplainRating(n, "Not done."), {"author": frozenset({S.CLOSED, S.REOPENED})}),
    ReopenAppeal: Rule(
        lambda n, v: ReopenAppeal(n, "Not done."), all_of(AUTHORS, frozenset({S.CLOSED})), S.REOPENED, Act.REOPEN
    ),
    RejectUnreplied: Rule(RejectUnreplied, {"system": frozenset({S.CLARIFY})}, S.REJECTED),
    CloseUnrated: Rule(CloseUnrated, {"system": frozenset({S.ANSWERED})}, S.CLOSED),
}


def tried(tx: sa.Connection, world: World, actor: Actor, command: object, before: list[Any]) -> tuple[Any, bool, str]:
    """The answer or the Refusal, whether anything has changed, and the status after it; then all is as it was."""
    attempt = tx.begin_nested()
    try:
        answer = app.run(tx, actor, "try", command, world.now)
    except Refusal as refusal:
        answer = refusal
    after = state(tx)
    attempt.rollback()
    return answer, after != before, after[0][0].status


def state(tx: sa.Connection) -> list[Any]:
    tables = (appeals, appeal_history, appeal_remarks, ratings, audit, outbox)
    return [tx.execute(sa.select(table)).all() for table in tables]


@on_sqlite
@pytest.mark.parametrize("status", Status)
def test_everybody_may_do_just_what_the_rules_say(world: World, status: Status) -> None:
    """To those whose appeal it is, what is declined says what to do; to everybody else there is nothing."""
    cast = a_cast(world)
    number = an_appeal_that_is(world, cast, status)
    version = appeal_row(world, number).version
    wrong = []

    def try_all(tx: sa.Connection) -> None:
        before = state(tx)
        for asked, rule in RULES.items():
            for name, actor in cast.everybody().items():
                answer, changed, after = tried(tx, world, actor, rule.make(number, version), before)
                may = status in rule.may.get(name, NEVER)
                did = not isinstance(answer, Refusal) and answer is not False
                kept = asked is TakeAppeal and status is Status.IN_WORK  # taking what one has
                right = did == may and changed == (may and not kept)
                if not right or (did and rule.after not in (None, after)):
                    wrong.append((asked.__name__, name, answer, changed, after))
                if isinstance(answer, Refusal) and isinstance(answer, NotAllowed) == (name in whose(asked)):
                    wrong.append((asked.__name__, name, answer, changed, after))

    world.write(try_all)
    assert not wrong


def whose(asked: type) -> tuple[str, ...]:
    if asked in (RejectAppeal, RedirectAppeal):
        return COORDINATORS
    may = RULES[asked].may
    return next((names for names in (AUTHORS, HERE) if set(names) & set(may)), tuple(may))


def test_the_rules_name_every_command_about_an_appeal() -> None:
    numbered = {asked for asked in app.COMMANDS if "number" in {field.name for field in fields(asked)}}
    assert numbered - {OpenByCode} == set(RULES)


@on_sqlite
@pytest.mark.parametrize("status", Status)
def test_a_card_offers_just_what_may_be_done(world: World, status: Status) -> None:
    """But for these: who may take may answer, which begins with taking; a coordinator may take over; what is added to a
    question is its reply."""
    cast = a_cast(world)
    number = an_appeal_that_is(world, cast, status)
    for name in (*AUTHORS, *HERE, "above"):
        may = {rule.act for rule in RULES.values() if rule.act and status in rule.may.get(name, NEVER)}
        if status is Status.IN_WORK:
            may -= {Act.TAKE}
        if Act.TAKE in may:
            may |= {Act.ANSWER}
        if status is Status.IN_WORK and name in COORDINATORS:
            may |= {Act.TAKE_OVER}
        if Act.REPLY in may:
            may -= {Act.ADD}
        assert card(world, getattr(cast, name), number).may == may, name


def test_a_wrong_number_opens_nothing_to_anybody(world: World) -> None:
    cast = a_cast(world)
    for wrong in ("", "123456789", "0" * 9, "\x00", "\ud800", "' OR 1=1 --", "9" * 5_000):
        for rule in RULES.values():
            for actor in (cast.author, cast.coordinator):
                with pytest.raises(NotAllowed):
                    world.run(actor, rule.make(wrong, 1))


def test_a_repeated_command_has_the_same_value_and_changes_nothing_ever_after(world: World) -> None:
    """Through a whole life, with everything that may come twice; passed on, taken back and reopened in between."""
    cast = a_cast(world)
    number: str = world.run(cast.author, an_appeal(), "file").number
    said: list[tuple[Actor, str, object]] = [
        (cast.coordinator, "redirect", RedirectAppeal(number, "roads", WHY)),
        (cast.elsewhere, "back", RedirectAppeal(number, "city", WHY)),
        (cast.mine, "take", TakeAppeal(number)),
        (cast.author, "add", AddToAppeal(number, "Two more holes.")),
        (cast.executor, "note", AddNote(number, "Ask the contractor.")),
        (cast.mine, "ask", AskCitizen(number, QUESTION)),
        (cast.author, "reply", ReplyToQuestion(number, "14")),
        (cast.mine, "ask2", AskCitizen(number, QUESTION)),
        (cast.author, "add2", AddToAppeal(number, "And 16.")),
        (cast.mine, "answer", AnswerAppeal(number, ANSWER)),
        (cast.author, "rate", RateAnswer(number, 1)),
        (cast.author, "why", ExplainRating(number, "Not done.")),
        (cast.author, "reopen", ReopenAppeal(number, "Not done.")),
        (cast.mine, "take2", TakeAppeal(number)),
        (cast.mine, "answer2", AnswerAppeal(number, ANSWER)),
        (cast.author, "rate2", RateAnswer(number, 2)),
        (cast.author, "reopen2", ReopenAppeal(number, "")),
        (cast.above, "reject", RejectAppeal(number, Reason.NO_FACTS, "")),
    ]
    values: dict[str, object] = {}
    for n in range(len(said)):
        actor, key, command = said[n]
        values[key] = world.run(actor, command, key)
        before = world.read(state)
        for again, known, same in said[: n + 1]:
            assert world.run(again, same, known) == values[known], known
        assert world.read(state) == before
    assert [after for _, after in path(world, number)][-3:] == ["closed", "reopened", "rejected"]
    journal = sa.select(audit.c.action).order_by(audit.c.id)
    done = "redirect redirect take note ask ask answer take answer reject"
    assert world.read(lambda conn: conn.execute(journal).scalars().all()) == done.split()


def test_the_same_command_given_at_once_is_given_once(world: World) -> None:
    cast = a_cast(world)
    for status, actor, asked in (
        (Status.REGISTERED, cast.mine, TakeAppeal),
        (Status.IN_WORK, cast.coordinator, RedirectAppeal),
        (Status.IN_WORK, cast.mine, AddNote),
        (Status.IN_WORK, cast.author, AddToAppeal),
        (Status.REGISTERED, cast.mine, AskCitizen),
        (Status.CLARIFY, cast.author, AddToAppeal),
        (Status.ANSWERED, cast.author, RateAnswer),
        (Status.CLOSED, cast.author, ReopenAppeal),
    ):
        number = an_appeal_that_is(world, cast, status)
        command, key = RULES[asked].make(number, 0), world.key()
        futures = [world.db.write(lambda tx: app.run(tx, actor, key, command, world.now)) for _ in range(4)]  # noqa: B023
        values = [future.result() for future in futures]
        assert values == values[:1] * 4, asked


def at_once(world: World, *asked: tuple[Actor, object]) -> list[Any]:
    def one(actor: Actor, command: object) -> Future[Any]:
        key = world.key()
        return world.db.write(lambda tx: app.run(tx, actor, key, command, world.now))

    futures = [one(*each) for each in asked]
    return [future.exception() or future.result() for future in futures]


def test_of_two_at_once_one_wins_and_the_other_is_told_what_to_do(world: World) -> None:
    cast = a_cast(world)
    pairs: list[tuple[Status, tuple[Any, Any], tuple[Any, Any]]] = [
        (S.REGISTERED, (cast.mine, TakeAppeal), (cast.executor, TakeAppeal)),
        (S.REDIRECTED, (cast.mine, AskCitizen), (cast.executor, AskCitizen)),
        (S.IN_WORK, (cast.mine, AnswerAppeal), (cast.coordinator, RejectAppeal)),
        (S.IN_WORK, (cast.mine, AnswerAppeal), (cast.author, WithdrawAppeal)),
        (S.CLARIFY, (cast.author, ReplyToQuestion), (cast.holder, ReplyToQuestion)),
        (S.CLARIFY, (cast.author, WithdrawAppeal), (cast.holder, WithdrawAppeal)),
        (S.ANSWERED, (cast.author, RateAnswer), (cast.holder, RateAnswer)),
        (S.CLOSED, (cast.author, ReopenAppeal), (cast.holder, ReopenAppeal)),
    ]
    for status, first, second in pairs:
        number = an_appeal_that_is(world, cast, status)
        steps = len(path(world, number))
        said = [(actor, RULES[command].make(number, 0)) for actor, command in (first, second)]
        values = at_once(world, *said)
        lost = [value for value in values if isinstance(value, Refusal)]
        assert len(lost) == 1, (status, values)
        assert not isinstance(lost[0], NotAllowed)
        assert len(path(world, number)) == steps + 1


def test_two_replies_at_once_are_a_reply_and_a_remark(world: World) -> None:
    cast = a_cast(world)
    number = an_appeal_that_is(world, cast, Status.CLARIFY)
    values = at_once(world, *[(cast.author, AddToAppeal(number, f"It is house {n}.")) for n in range(4)])
    assert values == [number] * 4
    assert rows_of(world, appeal_remarks) == 3
    assert path(world, number)[-1] == ("clarify", "in_work")


def test_what_happens_to_an_appeal_does_not_stop_when_everybody_wants_something_at_once(world: World) -> None:
    """Whatever comes first, the history is a way through the table."""
    cast = a_cast(world)
    number = an_appeal_that_is(world, cast, Status.IN_WORK)
    people = cast.everybody()
    said = [(people[name], rule.make(number, 2)) for rule in RULES.values() for name in rule.may]
    values = at_once(world, *said)
    assert all(isinstance(value, (Refusal, str, bool, Redirected, Reopened)) or value for value in values)
    steps = {(row.before, row.after) for row in TRANSITIONS}
    way = path(world, number)
    assert all(step in steps for step in way[1:])
    assert [after for _, after in way[:-1]] == [before for before, _ in way[1:]]
    assert {Spoken.REPLY, Spoken.REMARK, Spoken.WITHDRAWN} == set(Spoken)
