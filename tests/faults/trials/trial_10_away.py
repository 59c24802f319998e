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
STRUCK, UNBEARABLE, WORST, KNOCKS_EACH = 3, 1200, 60.0, 16
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


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("messenger", ["telegram", "vk"])
def test_what_their_servers_cannot_bear_holds_up_nobody_else(
    sqlite_url: str, tmp_path: Path, seed: int, figures: Figures, messenger: str
) -> None:
    """Whatever is sent to some chats meets a fault, for twenty minutes; all others are served. In the end they are."""

    async def trial(hours: Hours) -> None:
        dice = random.Random(seed)
        async with post(hours, sqlite_url, tmp_path, messenger, limits=False) as office:
            await office.let_in()
            people = await office.people(PEOPLE, messenger)
            dice.shuffle(people)
            struck, others = people[:STRUCK], people[STRUCK:]
            peers, to = {str(door.peer) for door in struck}, "chat_id" if messenger == "telegram" else "peer_ids"
            fault = office.faults(messenger).add(
                ServerError(500), SENDS[messenger], 10**6, lambda params: str(params[to]) in peers
            )
            await office.post(struck, Lane.PUSH)
            worst_s, began = 0.0, hours.passed
            while hours.passed - began < UNBEARABLE:
                posted = await office.post(dice.sample(others, 3), dice.choice(LANES))
                worst_s = max(worst_s, waited := await office.until_over(posted, WORST))
                assert waited >= 0, "others wait for what cannot be sent"
                await asyncio.sleep(dice.uniform(0, 60))
            knocks = 10**6 - fault.left
            fault.left = 0
            await office.until_ended(skipping=True)
            judged, ends = await office.judged(), await office.ends()
            figures(
                10,
                f"{messenger}: 5xx for some chats, for 20 minutes",
                **judged.figures,
                sent=len(ends),
                struck=len(struck),
                knocks=knocks,
                others_s_most=worst_s,
            )
            assert judged.clean, judged
            assert {row.state for row in ends.values()} == {State.DELIVERED}
            assert knocks <= len(struck) * KNOCKS_EACH

    leaping(trial)
