"""Delivery: nothing leaves before it is durably `sending`, the policy is read off the outcome, and every row ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection

from bots.deliver import TRIES
from bots.transport import Gone, Later, Moved, Outcome, Parcel, Rejected, Sent, Uncertain
from core import app
from core.actors import Citizen
from core.appeals.types import AnswerAppeal, TakeAppeal
from core.citizens.types import FILING, GiveConsent
from core.outbox import tokens
from core.outbox.delivery import TOO_OLD
from core.outbox.types import Lane, State
from tests.builders import Chat, a_filed, demo_region, the_official
from tests.pipe.conftest import TABLES, Pipe, Postbox
from tests.pipe.shelf import a_worker

OUTBOX = TABLES["outbox"]
ENDS = {State.DELIVERED, State.REFUSED, State.UNCERTAIN, State.SUPERSEDED, State.EXPIRED}


def an_appeal_in_work(pipe: Pipe) -> tuple[Chat, str]:
    chat = pipe.a_citizen(consent=True)
    number = pipe.write(lambda tx: a_filed(tx, chat))
    gives(pipe, TakeAppeal(number))
    return chat, number


def gives(pipe: Pipe, command: object) -> None:
    pipe.write(lambda tx: app.run(tx, the_official(tx, "petrov"), f"{command}", command, pipe.now))


async def test_a_reply_is_sent_with_its_words(pipe: Pipe) -> None:
    chat, postbox = pipe.a_citizen(), Postbox()
    pipe.presses(chat, "home:")
    await pipe.turns()
    await pipe.delivers(postbox)
    (parcel,) = postbox.parcels
    assert parcel.shown.text == "Home."
    assert [button.data for button in parcel.shown.buttons] == ["home:", "kept:"]
    assert (parcel.conversation_id, parcel.edit, parcel.push) == (chat.id, False, False)
    assert pipe.rows("outbox", "state", "sent_ids", "attempts") == [("delivered", ["m1"], 1)]


async def test_it_is_durably_sending_before_the_request_leaves(pipe: Pipe) -> None:
    pipe.enqueues(pipe.a_citizen(), "hello")
    seen = []

    class Looking(Postbox):
        async def send(self, parcel: Parcel) -> Outcome:
            seen.extend(pipe.rows("outbox", "state", "attempts"))
            return await super().send(parcel)

    await pipe.delivers(Looking())
    assert seen == [("sending", 1)]


async def test_what_is_put_off_is_tried_again_when_the_time_has_come(pipe: Pipe) -> None:
    chat, postbox = pipe.a_citizen(), Postbox([Later(20, "busy")])
    pipe.enqueues(chat, "hello")
    await pipe.delivers(postbox)
    assert pipe.rows("outbox", "state", "reason") == [("ready", "busy")]
    pipe.later(19)
    await pipe.delivers(postbox)
    assert len(postbox.parcels) == 1
    pipe.later(1)
    await pipe.delivers(postbox)
    assert pipe.sent(chat) == [("hello", State.DELIVERED)]


async def test_what_is_put_off_holds_up_what_is_behind_it_at_this_address_only(pipe: Pipe) -> None:
    chat, other, postbox = pipe.a_citizen(), pipe.a_citizen(), Postbox([Later(20, "busy")])
    pipe.enqueues(chat, "first", keep=True)
    pipe.enqueues(chat, "second", keep=True)
    pipe.enqueues(other, "other")
    await pipe.delivers(postbox)
    assert postbox.texts == ["first", "other"]
    pipe.later(20)
    await pipe.delivers(postbox)
    assert postbox.texts == ["first", "other", "first", "second"]


async def test_what_is_put_off_too_often_is_refused(pipe: Pipe) -> None:
    chat, postbox = pipe.a_citizen(), Postbox([Later(1, "busy")] * 100)
    pipe.enqueues(chat, "hello")
    for n in range(TRIES + 3):
        await pipe.delivers(postbox)
        pipe.later(2**n - 0.5)
        await pipe.delivers(postbox)
        assert len(postbox.parcels) == min(n + 1, TRIES), "each time it waits for twice as long"
        pipe.later(0.5)
    assert pipe.rows("outbox", "state", "reason") == [("refused", "busy")]


async def test_each_outcome_has_its_end(pipe: Pipe) -> None:
    ends: dict[Outcome, tuple[State, str | None]] = {
        Sent(("1",), confirmed=True): (State.DELIVERED, None),
        Sent(("2",), confirmed=False): (State.HANDED, None),
        Gone("blocked"): (State.REFUSED, "blocked"),
        Rejected("too long"): (State.REFUSED, "too long"),
        Uncertain("timed out"): (State.UNCERTAIN, "timed out"),
    }
    for outcome in ends:
        pipe.enqueues(pipe.a_citizen(), "hello")
        await pipe.delivers(Postbox([outcome]))
        pipe.later(6)
        await pipe.delivers(Postbox([outcome]))
    assert pipe.rows("outbox", "state", "reason") == [(state.value, reason) for state, reason in ends.values()]


def moved_to(pipe: Pipe, chat: Chat, messenger: str) -> None:
    table = TABLES["conversations"]
    pipe.write(lambda tx: tx.execute(sa.update(table).where(table.c.id == chat.id).values(messenger=messenger)))


async def test_a_messenger_that_is_not_served_here_holds_up_nobody_and_its_rows_expire(pipe: Pipe) -> None:
    chat, other, postbox = pipe.a_citizen(), pipe.a_citizen(), Postbox()
    moved_to(pipe, chat, "pigeon")
    pipe.enqueues(chat, "hello")
    pipe.enqueues(other, "hello")
    await pipe.delivers(postbox)
    assert pipe.rows("outbox", "state") == ["ready", "delivered"]
    pipe.now += TOO_OLD + timedelta(minutes=1)
    await a_worker(pipe).turn()
    assert pipe.rows("outbox", "state")[:2] == ["expired", "delivered"]


async def test_what_is_no_fault_of_a_row_counts_as_no_try(pipe: Pipe) -> None:
    outcomes: list[Outcome] = [Later(1, "too many", counted=False) for _ in range(TRIES * 2)]
    postbox = Postbox(outcomes)
    pipe.enqueues(pipe.a_citizen(), "hello")
    for _ in range(TRIES * 2 + 1):
        await pipe.delivers(postbox)
        pipe.later(1)
    assert pipe.rows("outbox", "state", "attempts") == [("delivered", 1)]


async def test_a_messenger_that_wants_a_pause_gets_one_for_everybody_there(pipe: Pipe) -> None:
    one, two, postbox = pipe.a_citizen(), pipe.a_citizen(), Postbox([Later(30, "too many", whole=True, counted=False)])
    pipe.enqueues(one, "first")
    await pipe.delivers(postbox)
    pipe.enqueues(two, "second")
    pipe.later(29)
    await pipe.delivers(postbox)
    assert len(postbox.parcels) == 1
    pipe.later(2)
    await pipe.delivers(postbox)
    assert postbox.texts[1:] == ["first", "second"]


async def test_a_chat_that_has_moved_is_followed(pipe: Pipe) -> None:
    chat, postbox = pipe.a_citizen(), Postbox([Moved("-100500", "a group has become a large one")])
    pipe.enqueues(chat, "hello")
    await pipe.delivers(postbox)
    assert [parcel.address.peer for parcel in postbox.parcels][1] == "-100500"
    assert pipe.rows("outbox", "state") == ["delivered"]


async def test_who_is_gone_is_known_to_be_gone_until_they_say_something(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    pipe.enqueues(chat, "hello")
    await pipe.delivers(Postbox([Gone("blocked")]))
    assert pipe.rows("conversations", "gone_at") == [pipe.now]


async def test_what_a_transport_remembers_is_written_with_the_end_of_the_row(pipe: Pipe) -> None:
    chat = pipe.a_citizen()
    outcome = Sent(("7",), confirmed=True, record=lambda tx: tokens.put_place(tx, "web", "chat", "remembered"))
    pipe.enqueues(chat, "hello")
    await pipe.delivers(Postbox([outcome]))
    assert pipe.read(lambda conn: tokens.place(conn, "web", "chat")) == "remembered"


async def test_a_slow_request_holds_up_nobody_else_and_its_lease_is_kept(pipe: Pipe) -> None:
    answered = asyncio.Event()

    class Slow(Postbox):
        async def send(self, parcel: Parcel) -> Outcome:
            if parcel.shown.text == "slow":
                await answered.wait()
            return await super().send(parcel)

    slow, quick, postbox = pipe.a_citizen(), pipe.a_citizen(), Slow()
    pipe.enqueues(slow, "slow")
    deliver = pipe.deliver(postbox)
    assert await deliver.start() == 1
    pipe.enqueues(quick, "quick")
    assert await deliver.start() == 1
    for _ in range(4):
        pipe.later(10)
        await deliver.start()
        await a_worker(pipe).tick()
    assert postbox.texts == ["quick"]
    answered.set()
    await deliver.landed()
    assert pipe.rows("outbox", "state", "resent") == [("delivered", False), ("delivered", False)]


async def test_what_lands_late_keeps_its_lease_until_then(pipe: Pipe) -> None:
    """A process that stops takes nothing new in hand, and waits for what it has begun."""
    answered = asyncio.Event()

    class Slow(Postbox):
        async def send(self, parcel: Parcel) -> Outcome:
            await answered.wait()
            return await super().send(parcel)

    def is_leased(conn: Connection) -> bool:
        return bool(conn.execute(sa.select(OUTBOX.c.lease_until)).scalar_one() > pipe.now)

    pipe.enqueues(pipe.a_citizen(), "slow")
    deliver = pipe.deliver(Slow())
    await deliver.start()
    landing = asyncio.create_task(deliver.landed())
    for _ in range(2):
        pipe.later(20)
        async with asyncio.timeout(10):
            while not pipe.read(is_leased):  # noqa: ASYNC110 - it is the database that knows
                await asyncio.sleep(0.05)
        await a_worker(pipe).tick()
    answered.set()
    await landing
    assert pipe.rows("outbox", "state", "resent") == [("delivered", False)]


async def test_a_transport_that_breaks_its_word_and_raises_leaves_one_uncertain_row(pipe: Pipe) -> None:
    class Broken(Postbox):
        async def send(self, parcel: Parcel) -> Outcome:
            if parcel.shown.text == "broken":
                raise KeyError("oops")
            return await super().send(parcel)

    for text in ("one", "broken", "two"):
        pipe.enqueues(pipe.a_citizen(), text)
    await pipe.delivers(Broken())
    pipe.later(6)
    await pipe.delivers(Broken())
    assert pipe.rows("outbox", "state") == ["delivered", "uncertain", "delivered"]


async def test_what_somebody_waits_for_is_sent_once_more_where_nobody_knows_whether_it_has_come(pipe: Pipe) -> None:
    chat, number = an_appeal_in_work(pipe)
    pipe.enqueues(chat, "a reply")
    pipe.notifies(chat, {"number": number}, Lane.NOTICE, kind="queued")
    postbox = Postbox([Uncertain("timed out")] * 3)
    await pipe.delivers(postbox)
    for _ in range(3):
        pipe.later(6)
        await pipe.delivers(postbox)
    ends = dict(pipe.rows("outbox", "lane", "resent", conversation_id=chat.id))
    assert ends["reply"] and postbox.texts.count("a reply") == 2


async def test_what_is_let_go_is_picked_up_as_after_a_crash(pipe: Pipe) -> None:
    begun = asyncio.Event()

    class Endless(Postbox):
        async def send(self, parcel: Parcel) -> Outcome:
            begun.set()
            await asyncio.Event().wait()
            raise AssertionError

    pipe.enqueues(pipe.a_citizen(), "hello")
    deliver = pipe.deliver(Endless())
    await deliver.start()
    await begun.wait()
    await deliver.let_go()
    assert pipe.rows("outbox", "state") == ["sending"]
    pipe.later(20)
    await a_worker(pipe).tick()
    await pipe.delivers(Postbox())
    assert pipe.rows("outbox", "state", "resent") == [("delivered", True)]


async def test_a_row_that_cannot_be_put_into_words_is_refused_and_holds_up_nobody(pipe: Pipe) -> None:
    _, number = an_appeal_in_work(pipe)
    pipe.notifies(pipe.a_citizen(), {"facts": "of another release"})
    pipe.notifies(pipe.a_citizen(), {"number": number, "status": "in_work"}, kind="unheard_of")
    pipe.enqueues(pipe.a_citizen(), "hello")
    postbox = Postbox()
    await pipe.delivers(postbox)
    assert pipe.rows("outbox", "state") == ["delivered", "refused", "refused", "delivered"]
    assert len(postbox.parcels) == 2


async def test_a_notice_is_put_into_words_of_this_minute(pipe: Pipe) -> None:
    _, number = an_appeal_in_work(pipe)
    postbox = Postbox()
    await pipe.delivers(postbox)
    (parcel,) = postbox.parcels
    assert parcel.push and parcel.shown.keep
    assert f"card:{number}" in [button.data for button in parcel.shown.buttons]


async def test_a_notice_with_nothing_to_say_any_more_is_superseded(pipe: Pipe) -> None:
    _, number = an_appeal_in_work(pipe)
    gives(pipe, AnswerAppeal(number, "It has been filled this morning."))
    postbox = Postbox()
    await pipe.delivers(postbox)
    assert ["filled this morning" in text for text in postbox.texts] == [True]
    assert pipe.rows("outbox", "state", lane="push") == ["superseded", "delivered"]


async def test_a_notice_about_what_is_somebody_elses_is_not_sent(pipe: Pipe) -> None:
    chat, number = an_appeal_in_work(pipe)
    stranger, postbox = pipe.a_citizen(), Postbox()
    await pipe.delivers(postbox)
    pipe.notifies(stranger, {"number": number, "status": "in_work"})
    await pipe.delivers(postbox)
    assert [parcel.conversation_id for parcel in postbox.parcels] == [chat.id]
    assert pipe.rows("outbox", "state", conversation_id=stranger.id) == ["superseded"]


async def test_a_citizen_is_told_where_they_were_heard_last_and_once(pipe: Pipe) -> None:
    chat, number = an_appeal_in_work(pipe)
    again = GiveConsent(FILING, demo_region().consent_version)
    pipe.write(lambda tx: app.run(tx, Citizen(chat.person.id), "again", again, pipe.now))
    gives(pipe, TakeAppeal(number))
    assert pipe.rows("outbox", "lane", "conversation_id") == [("push", chat.id)]


OUTCOMES = (
    Sent(("1",), confirmed=True),
    Sent(("1",), confirmed=False),
    Later(3, "busy"),
    Gone("blocked"),
    Rejected("wrong"),
    Uncertain("timed out"),
    KeyError("a bug"),
)


class Death(BaseException):
    """Between two hops; where the process has to be a real one, it is: tests/faults."""


def dying_at(hop: str) -> Callable[[str], None]:
    def reached(name: str) -> None:
        if name == hop:
            raise Death

    return reached


@dataclass
class Dice(Postbox):
    dice: Random = field(default_factory=Random)

    async def send(self, parcel: Parcel) -> Outcome:
        answer = self.dice.choice(OUTCOMES)
        if isinstance(answer, Exception):
            raise answer
        return answer


def enqueue_anything(pipe: Pipe, dice: Random) -> None:
    for chat in [pipe.a_citizen() for _ in range(dice.randint(1, 3))]:
        for lane in dice.choices(tuple(Lane), k=dice.randint(0, 4)):
            if lane is Lane.REPLY:
                expires = dice.choice([None, pipe.now + timedelta(seconds=5)])
                pipe.enqueues(chat, "hello", keep=dice.random() < 0.5, expires_at=expires)
            else:
                pipe.notifies(chat, {"number": "1", "status": "in_work"}, lane)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
async def test_whatever_happens_every_row_ends(pipe: Pipe, seed: int) -> None:
    """Deaths, bugs and outcomes in any order; HANDED waits for nobody but the person."""
    dice = Random(seed)
    enqueue_anything(pipe, dice)
    worker = a_worker(pipe)
    open_ = sa.select(OUTBOX.c.id).where(OUTBOX.c.state.not_in([*ENDS, State.HANDED]))
    for _ in range(100):
        if not pipe.read(lambda conn: conn.execute(open_).first()):
            break
        with suppress(Death):
            hop = dice.choice(["", "", "claimed", "sending", "sent"])
            while await pipe.deliver(Dice(dice=dice), reached=dying_at(hop)).turn():
                pass
        pipe.later(dice.choice([1, 20]))
        await worker.turn()
    assert {State(state) for state in pipe.rows("outbox", "state")} <= ENDS | {State.HANDED}
    assert set(pipe.rows("outbox", "lease_owner")) <= {None}
