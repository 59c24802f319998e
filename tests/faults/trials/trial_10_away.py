"""The servers of a messenger have a fault, refuse connections, or let nobody in and refuse nobody. Nothing of what we
ask for then is done, so everything is asked for again, and done once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from core.outbox.types import Lane, State
from tests.fakes.faults import NotJson, Refuse, ServerError
from tests.faults.figures import Figures
from tests.faults.hours import Hours, leaping
from tests.faults.post import Post, post
from tests.faults.sockets import deaf

STRIKES, PEOPLE = 4, 100
LANES = (Lane.REPLY, Lane.PUSH, Lane.NOTICE, Lane.BULK)
SENDS = {"telegram": "sendMessage", "vk": "messages.send"}
FAULTS = (ServerError(500), ServerError(502), ServerError(503), NotJson(502), Refuse(500, ""))
Strike = Callable[[Post, str, random.Random], Awaitable[None]]


async def ill(office: Post, messenger: str, dice: random.Random) -> None:
    """5xx, as often as it comes, to some of the calls."""
    faults, method = office.faults(messenger), SENDS[messenger]
    faults.add(dice.choice(FAULTS), method, times=dice.randint(1, 40))
    await asyncio.sleep(dice.uniform(0.1, 10))


async def refusing(office: Post, messenger: str, dice: random.Random) -> None:
    await office.server(messenger).vanish()
    await asyncio.sleep(dice.uniform(0.1, 40))
    await office.server(messenger).appear()


async def hanging(office: Post, messenger: str, dice: random.Random) -> None:
    await office.server(messenger).vanish()
    with deaf(office.port(messenger)):
        await asyncio.sleep(dice.uniform(1, 40))
    await office.server(messenger).appear()


STRIKES_BY_NAME: dict[str, Strike] = {"5xx": ill, "connections refused": refusing, "no connection at all": hanging}


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("what", "strike"), STRIKES_BY_NAME.items())
@pytest.mark.parametrize("messenger", ["telegram", "vk"])
def test_everything_is_sent_again_and_once(
    sqlite_url: str, tmp_path: Path, seed: int, figures: Figures, messenger: str, what: str, strike: Strike
) -> None:
    async def trial(hours: Hours) -> None:
        dice = random.Random(seed)
        async with post(hours, sqlite_url, tmp_path, messenger) as office:
            await office.let_in()
            people = await office.people(PEOPLE, messenger)
            asked = 0
            for _ in range(STRIKES):
                await office.post(dice.choices(people, k=40), dice.choice(LANES))
                await asyncio.sleep(dice.uniform(0, 2))
                before = len(office.calls(messenger, SENDS[messenger]))
                await strike(office, messenger, dice)
                asked += len(office.calls(messenger, SENDS[messenger])) - before
            office.faults(messenger).clear()
            await office.until_ended()
            judged, ends = await office.judged(), await office.ends()
            tries = sum(row.attempts - 1 for row in ends.values())
            figures(
                10,
                f"{messenger}: {what}",
                **judged.figures,
                sent=len(ends),
                requests=len(office.calls(messenger, SENDS[messenger])),
                counted_tries=tries,
                hours_s=hours.passed,
            )
            assert judged.clean, judged
            assert {row.state for row in ends.values()} == {State.DELIVERED}
            assert not tries and not any(row.resent for row in ends.values())

    leaping(trial)
