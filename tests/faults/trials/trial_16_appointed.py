"""Fault 16: the clock is set on and back while things wait for an hour: statuses that are held for the morning, drafts
of which people are to be reminded, a question and an answer whose time runs out. Each of them is done once, and never
before the clock shows its hour; that it has been done is not undone by a clock that is set back."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core import app
from core.appeals.types import AnswerAppeal, AskCitizen, TakeAppeal
from tests.builders import the_official
from tests.faults import appointed, history, ledger
from tests.faults.browser import eventually
from tests.faults.figures import Figures
from tests.faults.lives import Nursery
from tests.faults.size import size
from tests.faults.town import Town, a_town

FILERS, DRAFTS = size(8, 60), size(4, 30)
NAMES = ("front-0", "front-1", "worker-0")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ASIDE = (HOUR, -HOUR, DAY, -DAY, 10 * MINUTE, -3 * HOUR)
"""By how much the clock is set and set back again wherever it has come to."""
PATIENCE = 60.0


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """In the demo region it is three hours later; its quiet hours are from 22 to 8, and today is 14 September."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


STAGES = (
    (at(9, 15, 6), True),
    (at(9, 16, 10, 30), True),  # two days after the drafts
    (at(9, 17, 20), True),  # the last hour for a reply
    (at(9, 17, 22), False),
    (at(9, 18, 6), False),
    (at(9, 19, 6), False),  # after the next night too, which may have been entered and left again
    (at(9, 29, 20, 30), True),  # the last hour for a rating
    (at(9, 30, 6), False),
    (at(10, 1, 6), False),
)
"""Where the clock comes to, and whether it is then set on or back for a while."""


@dataclass
class Wall:
    """The clock of a town, set at will; everything that ever waited for an hour is known here."""

    town: Town
    dice: random.Random
    jumps: list[tuple[datetime, datetime]] = field(default_factory=list)
    hours: appointed.Hours = field(default_factory=dict)

    async def is_set(self, jump: timedelta) -> None:
        before = self.town.now()
        await self.town.until_noticed(jump)
        self.jumps.append((before, before + jump))
        await self.town.write(lambda tx: appointed.probe(tx, self.town.now()))
        await eventually(lambda: self.town.read(appointed.is_probed), "the timers to be looked at", patience=PATIENCE)
        await self.look()

    async def look(self) -> None:
        """What is appointed for the first time; that another hour stands there later is a fault, or shows none."""
        self.hours = {**await self.town.read(appointed.appointed), **self.hours}

    async def shakes(self, *jumps: timedelta) -> None:
        for jump in jumps or self.dice.sample(ASIDE, 1):
            await self.is_set(jump)
            await self.is_set(-jump)

    async def comes_to(self, moment: datetime) -> None:
        """Whatever is due by then is done."""
        await self.is_set(moment - self.town.now())

        async def done() -> bool:
            return not await self.town.read(lambda conn: appointed.undone(conn, self.hours, moment))

        await eventually(done, f"what is due at {moment:%d %B %H:%M}", patience=PATIENCE)
        await self.look()


@pytest.mark.timeout(600)
async def test_what_waits_for_an_hour_is_done_once_and_not_before(
    seed: int, figures: Figures, nursery: Nursery, postgres_region: str, tmp_path: Path
) -> None:
    async with a_town(nursery, postgres_region, tmp_path, "telegram webhook", names=NAMES) as town:
        wall, lines = Wall(town, random.Random(seed)), history.draw(seed, FILERS, len(history.FILING))
        await town.settle(lines).say_it_all()
        for _ in range(DRAFTS):
            phone = town.bot.person(lang="en")
            await phone.say("There is a lamp in our yard that has not been lit for a week.")
            await phone.say("1")
        assert not await town.calm()
        before = len(town.bot.calls("sendMessage"))

        await wall.is_set(at(9, 14, 20) - town.now())
        await decide(town)
        await wall.look()
        assert len(wall.hours) == 3 * FILERS + DRAFTS, "two statuses held for each, a timer, and the drafts"
        await wall.shakes(-3 * HOUR)
        await wall.shakes()
        for moment, shaken in STAGES:
            await wall.comes_to(moment)
            if shaken:
                await wall.shakes()

        stuck = await town.calm()
        verdict, left = await town.verdict(stuck), await town.read(timers_left)
        kept = appointed.judge(wall.hours, await town.read(appointed.done), wall.jumps, left)
        told = Counter((c.params["chat_id"], c.params["text"]) for c in town.bot.calls("sendMessage")[before:])
        verdict = replace(verdict, doubled=verdict.doubled + kept.again + sum(n - 1 for n in told.values()))
    figures(
        16,
        "the clock is set on and back while things wait for an hour",
        **town.counts(verdict),
        appointed=kept.appointed,
        early=kept.early,
        never=kept.never,
        jumps=len(wall.jumps),
        late_s=kept.late_s,
    )
    assert verdict.whole and not verdict.excess, verdict
    assert not kept.early and not kept.never, kept
    assert kept.appointed >= 3 * FILERS + DRAFTS + FILERS // 2, "who was asked is told in the morning that it is over"


async def decide(town: Town) -> None:
    """Every appeal is taken; every other one is answered, and the author of the rest is asked something."""
    now = town.now()

    def all_of_them(tx: Connection) -> None:
        petrov = the_official(tx, "petrov")
        for n, number in enumerate(numbers(tx)):
            asks = AskCitizen(number, "In which yard is it, please?")
            answers = AnswerAppeal(number, "It was filled this evening.")
            app.run(tx, petrov, f"take:{number}", TakeAppeal(number), now)
            app.run(tx, petrov, f"end:{number}", asks if n % 2 else answers, now)

    await town.write(all_of_them)


def numbers(conn: Connection) -> list[str]:
    a = ledger.TABLES["appeals"].c
    return list(conn.execute(sa.select(a.number).order_by(a.id)).scalars())


def timers_left(conn: Connection) -> int:
    return sum(ledger.counted(conn, "timers", "kind").values())
