"""Telegram says «too many» again and again, for a second or for five minutes. Whoever keeps on asking is told so again:
the servers count that. Nothing may be lost by it and nothing is a try; everything of this token waits."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from core.outbox.types import Lane, State
from tests.faults.figures import Figures
from tests.faults.hours import Hours, leaping
from tests.faults.post import Post, post

PAUSES = (1, 2, 3, 5, 17, 30)
LONGEST = 300
PEOPLE, STRIKES, AFTERWARDS = 250, 7, 8
"""A mailing of so many to each follows; when half of it has gone, the pace should be back."""
LANES = (Lane.PUSH, Lane.PUSH, Lane.NOTICE, Lane.BULK)


@dataclass
class Strike:
    begins: float
    ends: float
    row: bool = False
    """The pause of the token stands in its table while it lasts."""


async def struck(office: Post, dice: random.Random) -> list[Strike]:
    """Flapping: some of them come as soon as the pause before is over."""
    strikes, hours = list[Strike](), office.hours
    pauses = [LONGEST, *dice.choices(PAUSES, k=STRIKES - 1)]
    dice.shuffle(pauses)
    for pause in pauses:
        await asyncio.sleep(dice.choice((0.0, 0.01, dice.uniform(0.5, 4))))
        refused = len(refusals(office))
        strikes.append(strike := Strike(hours.passed, hours.passed + pause))
        office.bot.rates.shut_until = strike.ends
        while hours.passed < strike.ends:
            await asyncio.sleep(min(0.2, strike.ends - hours.passed))
            if len(refusals(office)) > refused and not strike.row:
                until = await office.paused_until("telegram")
                strike.row = until is not None and until >= hours.begins + timedelta(seconds=strike.ends)
    return strikes


def refusals(office: Post) -> list[float]:
    return [call.at for call in office.bot.ledger if call.code == 429]


async def busy(office: Post, dice: random.Random) -> None:
    """There is always something to send, and now and then an answer to somebody who is here."""
    people = await office.people(PEOPLE)
    for _ in range(12):
        await office.post(dice.sample(people, 60), dice.choice(LANES))
        await office.post(dice.sample(people, 3), Lane.REPLY)
        await asyncio.sleep(dice.uniform(0, 4))


@pytest.mark.timeout(1800)
def test_nothing_is_lost_nothing_is_a_try_and_the_token_pauses(
    sqlite_url: str, tmp_path: Path, seed: int, figures: Figures
) -> None:
    async def trial(hours: Hours) -> None:
        dice = random.Random(seed)
        async with post(hours, sqlite_url, tmp_path, "telegram") as office:
            await office.let_in()
            began, posting = hours.passed, asyncio.create_task(busy(office, dice))
            await asyncio.sleep(1)
            strikes = await struck(office, random.Random(seed + 1))
            await posting
            afterwards = hours.passed
            for _ in range(AFTERWARDS):
                await office.post(office.doors, Lane.BULK)
            await office.until_ended()
            judged, ends = await office.judged(), await office.ends()
            met = [[at for at in refusals(office) if one.begins <= at < one.ends] for one in strikes]
            extra = [sum(at > min(each) for at in each) for each in met if each]
            went = [call.at for call in office.bot.calls("sendMessage") if call.code == 200]
            half = sorted(went)[-len(office.doors) * AFTERWARDS // 2 :]
            used = (len(half) - 1) / 28 / (half[-1] - half[0])
            tries = sum(row.attempts - 1 for row in ends.values())
            paused = sum(one.ends - one.begins for one in strikes)
            figures(
                9,
                "Telegram 429, 1 to 300 s, flapping",
                **judged.figures,
                sent=len(ends),
                pauses=len(extra),
                refused_429=sum(map(len, met)),
                extra_429_most=float(max(extra, default=0)),
                counted_tries=tries,
                paused_s=paused,
                utilisation_of_28=used,
                back_after_s=half[0] - afterwards,
            )
            assert hours.passed > began + paused, "it was over before it was struck"
            assert len(extra) >= STRIKES // 2 and max(extra) <= 1, (extra, met)
            assert all(one.row for one, each in zip(strikes, met, strict=True) if each), strikes
            assert judged.clean, judged
            assert {row.state for row in ends.values()} == {State.DELIVERED} and not tries
            assert used >= 0.95, "the pace has not come back"  # in hours that no machine makes slower

    leaping(trial)
