"""Very many people write once each, and never again. What a process keeps of somebody must not stay in its memory: what
is measured is the process itself, after a warm-up and at the end."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.fakes.telegram import TelegramPhone
from tests.faults.figures import Figures
from tests.faults.lives import Nursery
from tests.faults.post import SAID
from tests.faults.size import size
from tests.faults.town import Town, a_town

WARM, AT_ONCE = 2_000, 400
GROWTH = 12
"""Megabytes."""


async def write_once(town: Town, first: int, many: int) -> tuple[int, int]:
    """How many were told nothing, and how many something that somebody else had said."""
    mute = foreign = 0
    for start in range(first, first + many, AT_ONCE):
        said = {n: town.bot.person(lang="en") for n in range(start, start + AT_ONCE)}
        for n, phone in said.items():
            await phone.say(f"К{n}·1 a pothole near my house")
        for n, phone in said.items():
            await phone.until(answered, 120)
            mute += not answered(phone)
            foreign += sum(int(who) != n for bubble in phone.bubbles for who, _ in SAID.findall(bubble.text))
        town.bot.ledger.clear()
        for known in (town.bot.people, town.bot.chats, town.bot._told):
            known.clear()
    return mute, foreign


def answered(phone: TelegramPhone) -> bool:
    return any(not bubble.mine for bubble in phone.bubbles)


@pytest.mark.timeout(14_400)
async def test_what_is_known_of_people_does_not_pile_up(
    nursery: Nursery, sqlite_region: str, tmp_path: Path, figures: Figures
) -> None:
    people = size(3_000, 1_000_000)
    async with a_town(nursery, sqlite_region, tmp_path, "telegram polling") as town:
        await write_once(town, 0, WARM)
        before, began = town.lives["run"].memory(), time.monotonic()
        mute, foreign = await write_once(town, WARM, people)
        took, after = time.monotonic() - began, town.lives["run"].memory()
        stuck = await town.calm()
    figures(
        27,
        f"{people} people once each",
        mute=mute,
        foreign=foreign,
        stuck=stuck,
        rss_mb_before=float(before),
        rss_mb_after=float(after),
        rss_mb_growth=float(after - before),
        per_s=people / took,
    )
    assert not (mute or foreign or stuck)
    assert after - before <= GROWTH, (before, after)
