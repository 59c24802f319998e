"""A messenger takes ten seconds for some chats, or takes what is sent to them and never answers; or it does so for one
method. Whoever has to do with none of that is served as if nothing were."""

from __future__ import annotations

import asyncio
import random
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from core.outbox.types import Lane, State
from tests.fakes.faults import Slow
from tests.faults.figures import Figures
from tests.faults.hours import Hours, leaping
from tests.faults.post import Door, Post, Posted, post

SLOW, OTHERS, EACH = 12, 70, 3
METHODS = {"telegram": ("sendMessage", "chat_id"), "vk": ("messages.send", "peer_ids")}
NEVER = 1_000_000
LANES = (Lane.REPLY, Lane.PUSH, Lane.NOTICE)


def hang(office: Post, messenger: str, chats: list[Door]) -> Slow:
    """Until it is let go."""
    method, name = METHODS[messenger]
    peers = {str(door.peer) for door in chats}
    office.faults(messenger).add(slow := Slow(), method, NEVER, lambda params: str(params[name]) in peers)
    return slow


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("messenger", ["telegram", "vk"])
@pytest.mark.parametrize("seconds", [10.0, 0.0], ids=["10 s", "half-open"])
def test_other_chats_are_served_while_the_slow_ones_hang(
    sqlite_url: str, tmp_path: Path, seed: int, figures: Figures, messenger: str, seconds: float
) -> None:
    async def trial(hours: Hours) -> None:
        dice = random.Random(seed)
        async with post(hours, sqlite_url, tmp_path, messenger, limits=False) as office:
            await office.let_in()
            people = await office.people(SLOW + OTHERS, messenger)
            slow, others = people[:SLOW], people[SLOW:]
            healthy = await office.until_over(await office.post(others, Lane.PUSH), 600)
            hanging, stuck = hang(office, messenger, slow), list[Posted]()
            for _ in range(EACH):
                stuck += await office.post(slow, dice.choice(LANES))
            free = [one for _ in range(EACH) for one in await office.post(others, dice.choice(LANES))]
            dice.shuffle(free)
            took = await office.until_over(free, 3600)
            await asyncio.sleep(max(0.0, seconds - took))
            hanging.release()
            office.faults(messenger).clear()
            await office.until_ended()
            judged, ends = await office.judged(), await office.ends()
            resent = sum(row.resent for row in ends.values())
            served, slowly = [[ends[f"posted:{one.number}"] for one in some] for some in (free, stuck)]
            first = min(row.settled_at for row in slowly)
            unserved = sum(row.state != State.DELIVERED or row.settled_at > first for row in served)
            figures(
                12,
                f"{messenger}: {'answers after 10 s' if seconds else 'sockets half open'}",
                **{**judged.figures, "doubled": max(0, judged.doubled - resent)},
                others=len(free),
                others_unserved=unserved,
                slow=len(slowly),
                resent=resent,
                healthy_per_s=OTHERS / healthy,
                others_per_s=len(free) / took,
            )
            assert took > 0 and not unserved, "all others before the first of the slow ones"
            assert (judged.lost, judged.foreign, judged.stuck) == (0,) * 3, judged
            assert judged.doubled <= resent

    leaping(trial)


@pytest.mark.timeout(1800)
def test_a_method_that_hangs_holds_up_no_other(sqlite_url: str, tmp_path: Path, seed: int, figures: Figures) -> None:
    """Presses are acknowledged by a call of their own."""

    async def trial(hours: Hours) -> None:
        async with post(hours, sqlite_url, tmp_path, "telegram", limits=False) as office:
            await office.let_in()
            office.bot.faults.add(Slow(), "answerCallbackQuery", NEVER)
            phones = [office.bot.person(lang="en") for _ in range(30)]
            for phone in phones:
                await phone.start()
            for phone in phones:
                await phone.until(lambda phone: any(bubble.rows for bubble in phone.bubbles), 60)
            shown = [phone.last.text for phone in phones]
            for phone in phones:
                await phone.press(phone.last.rows[0][0].label)
            for phone, before in zip(phones, shown, strict=True):
                await phone.until(partial(_shows_more, before), 60)
            hung = len([call for call in office.bot.calls("answerCallbackQuery") if not call.code])  # or it is given up
            answered = sum(phone.last.text != before for phone, before in zip(phones, shown, strict=True))
            figures(12, "telegram: one method hangs", mute=len(phones) - answered, presses=len(phones), hung=hung)
            assert answered == len(phones) and hung

    leaping(trial)


def _shows_more(before: str, phone: Any) -> bool:
    return bool(phone.last.text != before)
