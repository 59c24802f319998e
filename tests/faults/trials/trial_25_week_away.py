"""Telegram cannot be reached for a week. News goes where else its reader can be reached, or waits; we knock once a
minute and not oftener; and when Telegram is back, what is still true is said, what is a week old is not, and every row
says what has become of it.

Of the week, five minutes of each day are lived through minute by minute; over the rest the time skips by three hours.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import app
from core.actors import Citizen
from core.appeals.types import AnswerAppeal, TakeAppeal
from core.citizens.tables import citizens
from core.citizens.types import FILING, GiveConsent
from core.conversations.types import Person
from core.outbox.tables import outbox
from core.outbox.types import Kind, Lane, State
from tests.builders import Chat, a_filed, demo_region, the_official
from tests.faults.figures import Figures
from tests.faults.hours import Hours, leaping
from tests.faults.post import Door, Post, post
from tests.faults.sockets import deaf

DAY, MINUTE = 86_400.0, 60.0
LIVED = 5 * MINUTE
LOOKS, LOOKED = 8, 12.0
"""Times a day that it skips, and seconds that are lived through after each."""
DAYS, EACH_DAY, READERS = 7, 6, 12
ENDS = {State.DELIVERED, State.SUPERSEDED, State.EXPIRED}


class Reader:
    """Somebody with an appeal, who wants to be told in Telegram; some can be reached in VK too."""

    def __init__(self, door: Door, other: Door | None) -> None:
        self.door, self.other, self.number = door, other, ""

    def files(self, tx: Connection, office: Post) -> None:
        person, now = self.door.person, office.hours()
        tx.execute(sa.update(citizens).where(citizens.c.id == person).values(channel_id=self.door.there))
        app.run(tx, Citizen(person), f"yes:{person}", GiveConsent(FILING, demo_region().consent_version), now)
        self.number = a_filed(tx, Chat(self.door.there, Person("citizen", person), ""), now)

    def is_taken(self, tx: Connection, office: Post) -> None:
        app.run(tx, the_official(tx, "petrov"), f"take:{self.number}", TakeAppeal(self.number), office.hours())

    def is_answered(self, tx: Connection, office: Post) -> None:
        answer = AnswerAppeal(self.number, f"It has been done, К{self.door.person}·0.")
        app.run(tx, the_official(tx, "petrov"), f"answer:{self.number}", answer, office.hours())


async def readers(office: Post) -> list[Reader]:
    doors = await office.people(READERS)
    others = await office.people(READERS // 2, "vk", [door.person for door in doors[::2]])
    found = [Reader(door, None) for door in doors]
    for reader, other in zip(found[::2], others, strict=True):
        reader.other = other
    for reader in found:
        await office.write(lambda tx, r=reader: r.files(tx, office))  # type: ignore[misc]
        await office.write(lambda tx, r=reader: r.is_taken(tx, office))  # type: ignore[misc]
    return found


def knocks(office: Post, begins: float) -> list[int]:
    """Connections that were tried to Telegram, minute by minute."""
    hours, port = office.hours, office.port("telegram")
    times = [at - begins for at, to in hours.tried if to == port and begins <= at < begins + LIVED]
    minutes = Counter(int(at // MINUTE) for at in times)
    return [minutes[n] for n in range(int(LIVED // MINUTE))]


async def a_day(office: Post, people: Sequence[Door], dice: random.Random) -> list[int]:
    for _ in range(EACH_DAY):
        await office.post(dice.sample(people, 8), dice.choice(list(Lane)))
    begins = office.hours.passed
    await office.lived(LIVED)
    found = knocks(office, begins)
    for _ in range(LOOKS):
        office.hours.skip((DAY - LIVED) / LOOKS)
        await office.lived(LOOKED)
    return found


@pytest.mark.timeout(1800)
def test_what_is_true_is_said_when_it_is_back(sqlite_url: str, tmp_path: Path, seed: int, figures: Figures) -> None:
    async def trial(hours: Hours) -> None:
        dice = random.Random(seed)
        async with post(hours, sqlite_url, tmp_path, "telegram", "vk", rest=5) as office:
            await office.let_in()
            people, waiting = await office.people(40), await readers(office)
            await office.until_ended()
            assert office.telegram is not None
            knocked = list[list[int]]()
            with ExitStack() as hanging:
                await office.telegram.vanish()
                if dice.random() < 0.5:  # nobody answers, or it is refused
                    hanging.enter_context(deaf(office.port("telegram")))
                for n in range(DAYS + 1):
                    for reader in waiting[n :: DAYS + 1]:
                        await office.write(lambda tx, r=reader: r.is_answered(tx, office))  # type: ignore[misc]
                    knocked.append(await a_day(office, people, dice))
            await office.telegram.appear()
            await office.until_ended(2 * 3600.0, every=5)

            judged, ends = await office.judged(), await office.ends()
            o = outbox.c
            notices = await office.column(o.state, o.kind == Kind.NOTICE, o.lane == Lane.PUSH)
            old = [key for key, row in ends.items() if row.state == State.EXPIRED]
            untold = [reader for reader in waiting if not told(office, reader)]
            elsewhere = [reader for reader in waiting if reader.other is not None and office.seen(reader.other)]
            minutes = sum(map(len, knocked[1:]))
            figures(
                25,
                f"Telegram gone for {DAYS + 1} days",
                **judged.figures,
                posted=len(ends),
                delivered=sum(row.state == State.DELIVERED for row in ends.values()),
                expired=len(old),
                told_elsewhere=len(elsewhere),
                untold=len(untold),
                knocks_a_minute_most=float(max(max(day) for day in knocked[1:])),
                knocks_a_minute=sum(map(sum, knocked[1:])) / minutes,
            )
            assert judged.clean, judged
            assert {row.state for row in ends.values()} <= ENDS and set(notices) <= ENDS, Counter(notices)
            assert old and len(old) < len(ends)
            assert all((hours() - row.created_at).days >= 7 for key, row in ends.items() if key in old)
            assert len(elsewhere) == READERS // 2, "who can be reached elsewhere is told there, long before"
            assert max(max(day) for day in knocked[1:]) <= 1, knocked
            late = [row for row in ends.values() if row.state == State.DELIVERED and row.attempts > 1]
            assert not late, "that a platform is away is no try"

    leaping(trial)


def told(office: Post, reader: Reader) -> bool:
    doors = [reader.door, *([reader.other] if reader.other else [])]
    return any(f"{reader.number[:3]}" in text for door in doors for text in office.seen(door))
