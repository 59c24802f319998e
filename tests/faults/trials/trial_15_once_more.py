"""Fault 15: updates come twice, overtake each other as far as the messenger lets them, and in the end the whole day
comes once more. What is true then is what is true after a day on which nothing of that happened."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.faults import history, ledger
from tests.faults.figures import Figures
from tests.faults.lives import Nursery
from tests.faults.size import size
from tests.faults.town import Town, a_town

PEOPLE, TURNS = size(20, 300), size(12, 20)
TWICE = 0.2
OVERTAKES_BY, GATE = 0.2, 2.0
"""Seconds. Our gate waits for 0.3; here it waits for longer, so that a busy machine is not taken for a slow VK."""


@pytest.mark.timeout(900)
async def test_a_day_on_telegram(
    seed: int, figures: Figures, nursery: Nursery, sqlite_region: str, tmp_path: Path
) -> None:
    dice, way = random.Random(seed), "telegram polling"
    clean = await _clean(nursery, sqlite_region, tmp_path / "clean", way, seed)
    async with a_town(nursery, sqlite_region, tmp_path, way) as town:
        crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
        saying = asyncio.create_task(crowd.say_it_all(0.05, dice))
        twice = await _doubled(saying, lambda: _numbers(town), town.bot.again, dice)
        await town.calm()
        before = await _all(town)
        for update_id in _numbers(town):
            town.bot.again(update_id)
        await _judged(town, figures, before, clean, f"{way}: doubled, then the whole day again", twice)


@pytest.mark.timeout(900)
async def test_a_day_on_vk(seed: int, figures: Figures, nursery: Nursery, sqlite_region: str, tmp_path: Path) -> None:
    """Events overtake each other there."""
    dice, way = random.Random(seed), "vk callback"
    clean = await _clean(nursery, sqlite_region, tmp_path / "clean", way, seed)
    async with a_town(nursery, sqlite_region, tmp_path, way, gate=GATE) as town:
        crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
        (server,) = town.group.callbacks
        server.widen(PEOPLE * 3)
        town.balancer.holds = lambda: dice.uniform(0, OVERTAKES_BY)
        crowd.taken, crowd.breath = town.until_taken, 3
        saying = asyncio.create_task(crowd.say_it_all())
        twice = await _doubled(saying, lambda: _events(town), town.group.again, dice)
        await town.calm()
        overtaken = _overtaken(town)
        before = await _all(town)
        for event_id in _events(town):
            town.group.again(event_id)
        what = f"{way}: doubled, overtaking, then the whole day again"
        await _judged(town, figures, before, clean, what, twice, overtaken=overtaken)
        assert overtaken


@pytest.mark.timeout(900)
async def test_a_day_in_the_web_chat(
    seed: int, figures: Figures, nursery: Nursery, sqlite_region: str, tmp_path: Path
) -> None:
    """Answers get lost on their way, and a page says again what it does not know to be taken."""
    dice, way = random.Random(seed), "web"
    clean = await _clean(nursery, sqlite_region, tmp_path / "clean", way, seed)
    async with a_town(nursery, sqlite_region, tmp_path, way) as town:
        crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
        town.balancer.loses = lambda: dice.random() < TWICE
        await crowd.say_it_all(0.05, dice)
        town.balancer.loses = lambda: False
        await town.calm()
        before, twice = await _all(town), town.pages.repeated
        await town.pages.again()
        await _judged(town, figures, before, clean, f"{way}: answers lost, then the whole day again", twice)


Name = TypeVar("Name")


async def _doubled(
    saying: asyncio.Task[None], told: Callable[[], list[Name]], again: Callable[[Name], None], dice: random.Random
) -> int:
    """Some of what is said comes once more a little later; how much."""
    looked, twice = 0, 0
    while not saying.done():
        await asyncio.sleep(0.2)
        some = [name for name in told()[looked:] if dice.random() < TWICE]
        looked, twice = len(told()), twice + len(some)
        for name in some:
            again(name)
    await saying
    return twice


def _numbers(town: Town) -> list[int]:
    return [update["update_id"] for update in town.bot.told]


def _events(town: Town) -> list[str]:
    return [event["event_id"] for event in town.group.events if event["type"] == "message_new"]


async def _clean(nursery: Nursery, url: str, folder: Path, way: str, seed: int) -> dict[str, Any]:
    """What is true after the same day without any of this."""
    async with a_town(nursery, _copied(url, folder), folder, way) as town:
        crowd = town.settle(history.draw(seed, PEOPLE, TURNS))
        if town.vk:
            town.group.callbacks[0].widen(PEOPLE)
            crowd.taken = town.until_taken
        await crowd.say_it_all()
        assert not await town.calm()
        return await town.read(ledger.state)


def _copied(url: str, folder: Path) -> str:
    folder.mkdir()
    shutil.copy(url.removeprefix("sqlite:///"), folder / "otklik.db")
    return f"sqlite:///{folder / 'otklik.db'}"


async def _all(town: Town) -> tuple[int, dict[str, int]]:
    return town.sent, await town.read(lambda conn: ledger.counted(conn, "inbox"))


async def _judged(
    town: Town, figures: Figures, before: object, clean: dict[str, Any], what: str, twice: int, **more: int
) -> None:
    stuck = await town.calm()
    verdict, state, askew = await town.verdict(stuck), await town.read(ledger.state), await town.pages.askew()
    differs = [name for name in clean if clean[name] != state[name]]
    figures(15, what, **town.counts(verdict), twice=twice, askew=askew, differing=len(differs), **more)
    assert verdict.whole and not verdict.excess and not askew, verdict
    assert twice and not differs, {name: (clean[name], state[name]) for name in differs}
    assert await _all(town) == before, "the second day was answered"


def _overtaken(town: Town) -> int:
    """Messages that were brought for the first time after a later one of the same person."""
    latest, known, count = dict[int, int](), set[str](), 0
    for delivery in town.group.callbacks[0].deliveries:
        if delivery.event["type"] == "message_new" and delivery.event["event_id"] not in known:
            known.add(delivery.event["event_id"])
            message = delivery.event["object"]["message"]
            person, place = message["from_id"], message["conversation_message_id"]
            count += place < latest.get(person, 0)
            latest[person] = max(place, latest.get(person, 0))
    return count
