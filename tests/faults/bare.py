"""The same town for a bare aiogram bot: the same fake, crowd and checker. Its rows stand beside ours and fail nothing;
only that it has run at all is made sure of."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

from tests.faults import history
from tests.faults.browser import eventually
from tests.faults.checker import Effect, Verdict, judge
from tests.faults.figures import Figures
from tests.faults.lives import Nursery
from tests.faults.town import Town, a_town

PATIENCE = 30.0
QUIET = 3.0
"""Seconds without a new answer, after which none is expected any more: there is no table that would tell."""


@asynccontextmanager
async def bare_aiogram(nursery: Nursery, url: str, folder: Path, people: int, turns: int) -> AsyncIterator[Town]:
    """It is not begun yet. `url` is only there for the town's own reading."""
    async with a_town(nursery, url, folder, "telegram polling", names=()) as town:
        town.order = replace(town.order, program="tests.faults.aiogram_bot")
        town.settle(history.draw_plain(people, turns))
        yield town


async def until_it_polls(town: Town) -> None:
    """Whoever lives now. It may have nothing to answer any more: what the one before it had fetched is lost."""
    polls = len(town.bot.calls("getUpdates"))

    async def polled() -> bool:
        return len(town.bot.calls("getUpdates")) > polls

    await eventually(polled, "a poll", patience=60)


async def quiet(town: Town, patience: float = PATIENCE) -> None:
    """Everything is fetched, and nothing is answered any more."""
    until, sent, since = time.monotonic() + patience, -1, time.monotonic()
    while time.monotonic() < until and (town.bot.updates.pending or time.monotonic() - since < QUIET):
        if town.sent != sent:
            sent, since = town.sent, time.monotonic()
        await asyncio.sleep(0.1)


def verdict(town: Town) -> Verdict:
    with closing(sqlite3.connect(Path(town.order.var_dir) / "aiogram.db")) as db:
        texts = [str(text) for (text,) in db.execute("SELECT text FROM effects ORDER BY id")]
    answers = Counter(bubble.text.partition(": ")[2] for one in town.crowd.people for bubble in one.phone.bubbles)
    answers.pop("", None)
    return judge(
        town.crowd.said,
        [Effect(person, seq) for text in texts for person, seq in history.words(text)],
        seen=town.crowd.seen(),
        shown=town.crowd.shown(),
        stuck=len(town.bot.updates.pending),
        excess=sum(count - 1 for count in answers.values()),
    )


def compared(town: Town, figures: Figures, fault: int, what: str, **more: float) -> None:
    found = verdict(town)
    figures(fault, f"bare aiogram: {what}", **town.counts(found), **more)
    assert town.sent, "it has heard nothing"
