"""Fault 25, in processes: Telegram refuses connections for eight days, which pass because the clock is set on. Who can
be reached elsewhere is told there, what waits longer than a week expires, the rest is said once when Telegram is back;
a draft is forgotten and a question has run out meanwhile, as if somebody had been there."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import app
from core.appeals.types import AnswerAppeal, AskCitizen, Status, TakeAppeal
from core.outbox.types import State
from tests.builders import the_official
from tests.fakes.vk import TOKEN as VK_TOKEN
from tests.fakes.vk import FakeVK
from tests.faults import history
from tests.faults.browser import eventually
from tests.faults.figures import Figures
from tests.faults.ledger import TABLES, counted
from tests.faults.lives import Nursery
from tests.faults.size import size
from tests.faults.town import Town, a_town

DAYS, EACH_DAY, DRAFTS = 8, size(2, 12), size(2, 12)
FILERS = DAYS * EACH_DAY
NAMES = ("front-0", "worker-0")
DAY, UNSENT = timedelta(days=1), timedelta(minutes=40)
"""The second is a little longer than after what a messenger that is away is taken for one that may be so for days."""
FIRST_IN_VK = 300_000_001
WITHIN = 60.0
ENDS = {State.DELIVERED, State.SUPERSEDED, State.EXPIRED}


@pytest.mark.timeout(600)
async def test_eight_days_by_the_clock(
    seed: int, figures: Figures, nursery: Nursery, postgres_region: str, tmp_path: Path
) -> None:
    dice = random.Random(seed)
    async with FakeVK(limits=False) as vk:
        group = vk.group()
        vk_too = {"vk_token": VK_TOKEN, "vk_group_id": group.id, "vk_api_url": vk.url}
        way = "telegram polling"
        async with a_town(nursery, postgres_region, tmp_path, way, names=NAMES, settings=vk_too, knock=5.0) as town:
            lines = history.draw(seed, FILERS, len(history.FILING))
            await town.settle(lines).say_it_all()
            for _ in range(DRAFTS):
                phone = town.bot.person(lang="en")
                await phone.say("There is a lamp in our yard that has not been lit for a week.")
                await phone.say("1")
            assert not await town.calm()
            appeals = await town.read(numbers)
            dice.shuffle(appeals)
            elsewhere = {number: FIRST_IN_VK + n for n, number in enumerate(appeals) if n % 2}
            for peer in elsewhere.values():
                group.conversation(peer).closed = 0
            known = await town.write(lambda tx: doors(tx, elsewhere, group.id))

            before = len(town.bot.calls("sendMessage"))
            assert town.telegram is not None
            await town.telegram.vanish()
            for day in range(DAYS):
                some = appeals[day * EACH_DAY :][:EACH_DAY]
                await a_day(town, some, asked=day == 0)
                there = [group.conversation(elsewhere[number]) for number in some if number in elsewhere]
                assert all(talk.messages for talk in there), "who can be reached elsewhere is told there at once"
            waited = await town.read(lambda conn: counted(conn, "outbox"))
            await town.telegram.appear()

            stuck = await town.calm()
            told = Counter((c.params["chat_id"], c.params["text"]) for c in town.bot.calls("sendMessage")[before:])
            told |= Counter((talk.peer_id, m.text) for talk in group.conversations.values() for m in talk.messages)
            verdict, news = await town.verdict(stuck, known), await town.read(ends)
            verdict = replace(
                verdict,
                doubled=verdict.doubled + sum(n - 1 for n in told.values()),
                stuck=verdict.stuck + sum(state not in ENDS for state, _, _ in news),
            )
            status = await town.read(lambda conn: counted(conn, "appeals", "status"))
            left = await town.read(lambda conn: counted(conn, "forms", "name"))
    expired = [age for state, _, age in news if state == State.EXPIRED]
    figures(
        25,
        f"Telegram gone for {DAYS} days by the clock, in processes",
        **town.counts(verdict),
        waited=waited.get("ready", 0),
        delivered=sum(state == State.DELIVERED for state, _, _ in news),
        expired=len(expired),
        told_elsewhere=len({key for key, _ in told if int(key) in elsewhere.values()}),
    )
    assert verdict.whole and not verdict.excess, verdict
    assert expired and min(expired) >= timedelta(days=7), expired
    assert not [age for state, _, age in news if state == State.DELIVERED and age > timedelta(days=7)]
    assert status == {Status.REJECTED: EACH_DAY, Status.ANSWERED: FILERS - EACH_DAY}
    assert not left, "what was begun is forgotten after a week"
    assert waited.get("ready", 0) and not town.log().count("token_refused")


async def a_day(town: Town, some: list[str], *, asked: bool) -> None:
    """Something is decided, half an hour later it is told elsewhere, and the day is over when its work is done."""
    now = town.now()

    def decided(tx: Connection) -> None:
        petrov = the_official(tx, "petrov")
        for number in some:
            app.run(tx, petrov, f"take:{number}", TakeAppeal(number), now)
            asks = AskCitizen(number, f"In which yard is it, К{number}?")
            ends = asks if asked else AnswerAppeal(number, "It was filled this morning.")
            app.run(tx, petrov, f"end:{number}", ends, now)

    await town.write(decided)
    await town.until_noticed(UNSENT)
    await eventually(
        lambda: town.read(all_is_passed_on), "what can be told elsewhere to be told there", patience=WITHIN
    )
    await town.until_noticed(DAY - UNSENT)
    done = (f"prune:{town.now():%Y-%m-%d}", f"sweep:{town.now():%Y-%m-%dT%H}")
    await eventually(lambda: town.read(lambda conn: are_done(conn, done)), "the work of the day", patience=WITHIN)


def numbers(conn: Connection) -> list[str]:
    a = TABLES["appeals"].c
    return list(conn.execute(sa.select(a.number).order_by(a.id)).scalars())


def doors(tx: Connection, elsewhere: dict[str, int], group: int) -> dict[str, str]:
    """Their authors have written to us in VK too, and want to be told in Telegram. Who is who there."""
    a, c, z = (TABLES[name] for name in ("appeals", "conversations", "citizens"))
    known = dict[str, str]()
    of_author = sa.select(c, a.c.text).join(a, a.c.citizen_id == c.c.person_id).where(c.c.person_kind == "citizen")
    for number, peer in elsewhere.items():
        there = tx.execute(of_author.where(a.c.number == number)).mappings().one()
        names = ("person_kind", "person_id", "lang", "created_at", "heard_at")
        row = {"messenger": "vk", "account": str(group), "peer": str(peer), **{name: there[name] for name in names}}
        tx.execute(sa.insert(c).values(row))
        tx.execute(sa.update(z).where(z.c.id == there["person_id"]).values(channel_id=there["id"]))
        ((known[str(peer)], _),) = history.words(there["text"])
    return known


def all_is_passed_on(conn: Connection) -> bool:
    """And has come there."""
    o, c = TABLES["outbox"].c, TABLES["conversations"].c
    there = sa.select(o.id).where(o.conversation_id == c.id, o.state.in_(("ready", "leased", "sending")))
    here = sa.select(o.id).where(o.state == "ready", o.lane == "push", o.passed_on.is_(False))
    return not conn.execute(sa.union_all(there.where(c.messenger == "vk"), here)).first()


def are_done(conn: Connection, keys: tuple[str, ...]) -> bool:
    j = TABLES["jobs"].c
    states = conn.execute(sa.select(j.state).where(j.key.in_(keys))).scalars().all()
    return len(states) == len(keys) and set(states) == {"done"}


def ends(conn: Connection) -> list[tuple[str, str, timedelta]]:
    """Of everything that was to be told: how it ended, where, and after how long."""
    o, c = TABLES["outbox"].c, TABLES["conversations"].c
    rows = sa.select(o.state, c.messenger, o.settled_at, o.created_at).where(o.conversation_id == c.id)
    found = conn.execute(rows.where(o.kind == "notice"))
    return [(row.state, row.messenger, (row.settled_at or row.created_at) - row.created_at) for row in found]
