"""Fault 14: VK brings the same event two to five times, our `ok` gets lost on its way, and polls fail in each way that
VK knows. Nothing takes effect twice, and there is no gap."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from tests.faults import history
from tests.faults.browser import eventually
from tests.faults.figures import Figures
from tests.faults.lives import Nursery
from tests.faults.size import size
from tests.faults.town import Town, a_town

PEOPLE, TURNS = size(25, 300), size(10, 20)
AT_A_TIME = 25
LOST = 0.2
"""Of our answers."""


@pytest.mark.timeout(900)
async def test_events_come_again_and_answers_get_lost(
    seed: int, figures: Figures, nursery: Nursery, sqlite_region: str, tmp_path: Path
) -> None:
    dice = random.Random(seed)
    async with a_town(nursery, sqlite_region, tmp_path, "vk callback") as town:
        crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
        (server,) = town.group.callbacks
        server.widen(AT_A_TIME)
        crowd.taken = town.until_taken
        town.balancer.loses = lambda: dice.random() < LOST
        saying = asyncio.create_task(crowd.say_it_all())
        again, looked = 0, 0
        while not saying.done():
            await asyncio.sleep(0.1)
            told = [event for event in town.group.events if event["type"] == "message_new"]
            for event in told[looked:]:
                again += (times := dice.choice((0, 1, 2, 3, 4)))
                for _ in range(times):
                    town.group.again(event["event_id"])
            looked = len(told)
        await saying
        stuck = await town.calm()
        verdict = await town.verdict(stuck)
        lost = town.balancer.lost
        figures(14, "vk callback: events 2-5 times, ok lost", **town.counts(verdict), brought_again=again, ok_lost=lost)
    assert verdict.whole and not verdict.excess, verdict
    assert again > PEOPLE and lost > PEOPLE


@pytest.mark.timeout(900)
async def test_polls_fail_in_each_way(
    seed: int, figures: Figures, nursery: Nursery, sqlite_region: str, tmp_path: Path
) -> None:
    """An old key (2) may come at any moment. Where VK says that it has lost its history (1, 3), what was not fetched is
    lost indeed: that comes when all is fetched, and what is said afterwards is to be heard."""
    dice, fails = random.Random(seed), 0
    async with a_town(nursery, sqlite_region, tmp_path, "vk longpoll") as town:
        crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
        for how in (1, 3, 1, 3):
            until = len(crowd.said) + PEOPLE * TURNS // 5
            saying = asyncio.create_task(crowd.say_it_all(0.1, dice, until))
            while not saying.done():
                town.group.longpoll.fail(2)
                fails += 1
                await asyncio.sleep(dice.uniform(0.1, 0.5))
            await saying
            assert not await town.calm()
            town.group.longpoll.fail(how)
            fails += 1
            await _until_asked_anew(town)
        await crowd.say_it_all(0.1, dice)
        stuck = await town.calm()
        verdict = await town.verdict(stuck)
        figures(14, "vk longpoll: failed 1, 2 and 3", **town.counts(verdict), failed=fails)
    assert verdict.whole and not verdict.excess, verdict
    assert town.log().count("history_lost") >= 4


async def _until_asked_anew(town: Town) -> None:
    """With the key and the place that are good now."""
    longpoll = town.group.longpoll
    polls = len(longpoll.polls)

    async def asked() -> bool:
        last = longpoll.polls[-1]
        return len(longpoll.polls) > polls and last["ts"] == longpoll.ts and last["key"] == longpoll.key

    await eventually(asked, "a poll after the failure", patience=30)
