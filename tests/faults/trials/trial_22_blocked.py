"""Half of those to whom a mailing goes have blocked us. It goes on as fast as if they were not there; each of them is
found out once; what they should know goes where they can be reached; and a status to somebody else does not wait."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import app
from core.actors import Citizen
from core.appeals.types import TakeAppeal
from core.citizens.tables import citizens
from core.citizens.types import FILING, GiveConsent
from core.conversations.tables import conversations
from core.conversations.types import Person
from core.outbox.tables import outbox
from core.outbox.types import Kind, Lane, State
from tests.builders import Chat, a_filed, demo_region, the_official
from tests.fakes.telegram_chats import BLOCKED
from tests.faults.figures import Figures
from tests.faults.hours import Hours, leaping
from tests.faults.post import Door, Post, post
from tests.faults.size import size

RATE = 28
LATE = 10.0
"""Seconds within which a status is to be handed over."""
STATUSES, WITH_TWO = 40, 20


def filed(tx: Connection, door: Door, post: Post) -> str:
    """The number of an appeal of theirs; they want to be told by this door."""
    citizen = Citizen(door.person)
    tx.execute(sa.update(citizens).where(citizens.c.id == door.person).values(channel_id=door.there))
    consent = GiveConsent(FILING, demo_region().consent_version)
    app.run(tx, citizen, f"consent:{door.person}", consent, post.hours())
    return a_filed(tx, Chat(door.there, Person("citizen", door.person), ""), post.hours())


def taken(tx: Connection, number: str, post: Post) -> None:
    """Of which its author is told."""
    app.run(tx, the_official(tx, "petrov"), f"take:{number}", TakeAppeal(number), post.hours())


async def statuses(office: Post, people: list[Door], dice: random.Random) -> None:
    """To one of them now and then, while the mailing runs."""
    for door in people:
        await asyncio.sleep(dice.uniform(0.1, 1.4))
        await office.post([door], Lane.PUSH)


@pytest.mark.timeout(7200)
def test_a_mailing_goes_on_and_whoever_is_gone_is_found_out_once(
    sqlite_url: str, tmp_path: Path, seed: int, figures: Figures
) -> None:
    async def trial(hours: Hours) -> None:
        dice, many = random.Random(seed), size(3000, 1_000_000)
        async with post(hours, sqlite_url, tmp_path, "telegram", "vk") as office:
            await office.let_in()
            people = await office.people(many)
            blocked = dice.sample(people, many // 2)
            for door in blocked:
                office.chat(door).closed = BLOCKED
            here = [door for door in people if office.chat(door).closed is None]
            two = blocked[:WITH_TWO]
            second = await office.people(WITH_TWO, "vk", [door.person for door in two])
            numbers = [await office.write(lambda tx, d=door: filed(tx, d, office)) for door in two]  # type: ignore[misc]
            began = hours.passed
            await office.post(people, Lane.BULK)
            telling = asyncio.create_task(statuses(office, dice.sample(here, STATUSES), dice))
            for number in numbers:
                await office.write(lambda tx, n=number: taken(tx, n, office))  # type: ignore[misc]
            await office.until_ended(many, every=2)
            await telling
            await office.until_ended(60)
            took = max(call.at for call in office.bot.calls("sendMessage")) - began

            judged, ends = await office.judged(), await office.ends()
            o, c = outbox.c, conversations.c
            waited = sa.select(o.created_at, o.settled_at).where(o.lane == Lane.PUSH, o.kind == Kind.SCREEN)
            pushes = await office.read(lambda conn: conn.execute(waited).all())
            waits = [(settled - posted).total_seconds() for posted, settled in pushes]
            left = sa.select(c.id).where(c.gone_at.is_not(None))
            gone = await office.read(lambda conn: set(conn.execute(left).scalars()))
            asked = Counter(call.params["chat_id"] for call in office.bot.calls("sendMessage") if call.code == 403)
            reached = sum(bool(office.seen(door)) for door in second)
            mass = [ends[key].state for key, one in office.posted.items() if one.lane is Lane.BULK]
            accepted = sum(call.code == 200 for call in office.bot.calls("sendMessage"))
            figures(
                22,
                f"half of {many} recipients have blocked us",
                **judged.figures,
                accepted=accepted,
                refused=len(asked),
                told_elsewhere=reached,
                statuses=len(waits),
                statuses_late=sum(wait > LATE for wait in waits),
                status_wait_s_most=max(waits),
                utilisation_of_28=accepted / RATE / took,
            )
            assert judged.clean, judged
            assert Counter(mass) == {State.DELIVERED: len(here), State.REFUSED: len(blocked)}
            assert gone == {door.there for door in blocked}
            assert reached == WITH_TWO, "who can be reached elsewhere is told there"
            assert max(asked[door.peer] for door in blocked[WITH_TWO:]) == 1
            assert len(waits) == STATUSES and not sum(wait > LATE for wait in waits), sorted(waits)[-5:]
            assert accepted >= 0.95 * RATE * took, (accepted, took)

    leaping(trial)
