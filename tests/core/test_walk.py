"""Whatever people do with an appeal, in any order and at any time, what is on file about it holds together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import app, timers
from core.actors import Actor, Citizen, Official, Role
from core.appeals.rules import TRANSITIONS
from core.appeals.tables import appeal_history, appeals
from core.appeals.types import (
    OPEN,
    REASONS,
    REOPEN_MOST,
    WAITING,
    Act,
    AddNote,
    AddToAppeal,
    AnswerAppeal,
    AskCitizen,
    Reason,
    RedirectAppeal,
    RejectAppeal,
    ReopenAppeal,
    ReplyToQuestion,
    ShowAppeal,
    Status,
    TakeAppeal,
    WithdrawAppeal,
)
from core.errors import Refusal
from core.ratings.tables import ratings
from core.ratings.types import RateAnswer
from tests.core.cast import ANSWER, QUESTION, WHY, Cast, a_cast, on_sqlite
from tests.core.conftest import NOON, World, an_appeal

STEPS = {(row.before, row.after) for row in TRANSITIONS}


@dataclass(frozen=True)
class Step:
    """What the dice say; which of the offered acts it is, is counted round."""

    pause: timedelta
    pick: int
    ends: bool
    wild: Act | None
    score: int
    authority: str
    reason: Reason


STEPS_OF_A_WALK = st.lists(
    st.builds(
        Step,
        st.sampled_from((timedelta(0), timedelta(0), timedelta(hours=7), timedelta(days=4), timedelta(days=16))),
        st.integers(0, 999),
        st.sampled_from((True, *[False] * 7)),
        st.one_of(*[st.none()] * 5, st.sampled_from(Act)),
        st.sampled_from((1, 2, 2, 5)),
        st.sampled_from(("city", "roads", "krai")),
        st.sampled_from(REASONS),
    ),
    min_size=8,
    max_size=18,
)
ENDS = frozenset({Act.REJECT, Act.WITHDRAW})


def command(act: Act, number: str, step: Step) -> object:
    made: dict[Act, object] = {
        Act.TAKE: TakeAppeal(number),
        Act.TAKE_OVER: TakeAppeal(number, over=True),
        Act.ANSWER: AnswerAppeal(number, ANSWER),
        Act.ASK: AskCitizen(number, QUESTION),
        Act.REDIRECT: RedirectAppeal(number, step.authority, WHY),
        Act.REJECT: RejectAppeal(number, step.reason, ""),
        Act.NOTE: AddNote(number, "Ask the contractor."),
        Act.REPLY: ReplyToQuestion(number, "House 14."),
        Act.ADD: AddToAppeal(number, "Two more holes."),
        Act.WITHDRAW: WithdrawAppeal(number),
        Act.RATE: RateAnswer(number, step.score),
        Act.REOPEN: ReopenAppeal(number, "Still there."),
    }
    return made[act]


class Undo(Exception):
    """Every walk begins with the same database."""


@dataclass
class Walk:
    tx: sa.Connection
    world: World
    people: list[Citizen | Official]
    number: str
    said: int = 0
    history: list[Any] = field(default_factory=list)

    def take(self, step: Step) -> None:
        """One of the things that the cards offer, or something that they do not."""
        self.let_time_pass(step.pause)
        self.check()
        actor = self.people[step.pick % len(self.people)]
        shown = app.ask(self.tx, actor, ShowAppeal(self.number), self.world.now)
        offered = sorted(shown.may if step.ends else shown.may - ENDS) if shown else []
        if not offered:
            return
        act = offered[step.pick % len(offered)]
        if act is Act.ANSWER and Act.TAKE in offered:
            self.say(actor, TakeAppeal(self.number))
        done = self.say(actor, command(step.wild or act, self.number, step))
        assert done or step.wild or act is Act.REDIRECT, f"{act} was offered and declined"
        self.check()

    def say(self, actor: Actor, said: object) -> bool:
        self.said += 1
        try:
            app.run(self.tx, actor, f"step:{self.said}", said, self.world.now)
        except Refusal:
            return False
        return True

    def let_time_pass(self, pause: timedelta) -> None:
        self.world.now += pause
        for timer in timers.due(self.tx, self.world.now, 10):
            app.fire(self.tx, timer.kind, timer.payload, f"timer:{timer.id}:{self.said}", self.world.now)
            timers.done(self.tx, timer)

    def check(self) -> None:
        row = self.tx.execute(sa.select(appeals).where(appeals.c.number == self.number)).one()
        h = appeal_history.c
        history = self.tx.execute(sa.select(appeal_history).where(h.appeal_id == row.id).order_by(h.id)).all()
        assert history[: len(self.history)] == self.history, "the history was changed"
        self.history = list(history)
        assert history[0].from_status is None
        assert all((step.from_status, step.to_status) in STEPS for step in history[1:])
        assert [step.to_status for step in history[:-1]] == [step.from_status for step in history[1:]]
        assert (history[-1].to_status, row.version) == (row.status, len(history))
        check_row(row)
        given = sa.select(ratings.c.round, ratings.c.score).where(ratings.c.appeal_id == row.id)
        check_ratings(row, [tuple(each) for each in self.tx.execute(given.order_by(ratings.c.id))])
        waits = {Status.CLARIFY: f"reply:{row.number}", Status.ANSWERED: f"close:{row.number}"}
        assert self.tx.execute(sa.select(timers.timers.c.scope)).scalars().all() == [
            scope for status, scope in waits.items() if row.status == status
        ]


def check_row(row: Any) -> None:
    assert (row.asked_at is not None) == (row.status == Status.CLARIFY)
    assert (row.reason is not None) == (row.status == Status.REJECTED)
    assert row.status not in WAITING or row.official_id is None
    assert row.status not in {Status.IN_WORK, Status.CLARIFY, Status.ANSWERED} or row.official_id is not None
    assert 0 <= row.reopened <= REOPEN_MOST


def check_ratings(row: Any, given: list[tuple[int, int]]) -> None:
    """One for each answer that was followed by another look, and none for what is not answered and rated yet."""
    rounds = [of for of, _ in given]
    assert rounds == list(range(len(rounds)))
    assert all(score <= 2 for of, score in given if of < row.reopened)
    if row.status in OPEN or row.status == Status.ANSWERED:
        assert len(rounds) == row.reopened
        assert row.score is None
    if row.score is not None:
        assert given[-1] == (row.reopened, row.score)


@pytest.fixture
def cast(world: World) -> Cast:
    return a_cast(world)


@on_sqlite
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS_OF_A_WALK)
def test_every_walk_leaves_what_holds_together(world: World, cast: Cast, steps: list[Step]) -> None:
    roads = replace(cast.elsewhere, role=Role.COORDINATOR)
    people: list[Citizen | Official] = [
        cast.author,
        cast.mine,
        cast.mine,
        cast.author,
        cast.coordinator,
        roads,
        cast.above,
    ]

    def go(tx: sa.Connection) -> None:
        world.now = NOON
        number = app.run(tx, cast.author, "file", an_appeal(), world.now).number
        walk = Walk(tx, world, people, number)
        for step in steps:
            walk.take(step)
        raise Undo

    with pytest.raises(Undo):
        world.write(go)
