"""Many people who say what a history has for them, each after their own last words and without looking; and what each
of them was shown. They know phones, not the messenger behind them."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.faults.checker import Said, Seen
from tests.faults.history import Line, words


@dataclass(eq=False)
class Somebody:
    """One person: `phone` is a fake messenger's (tests.fakes.people) or anything else that says things."""

    line: Line
    phone: Any
    said: int = 0
    shown: int = 0
    """How much they had said when they were last shown anything."""
    waited: list[float] = field(default_factory=list)
    """Seconds until they were shown anything, for each thing that they had said."""
    _since: list[float] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.line.person

    def look(self) -> None:
        self.shown, now = self.said, time.monotonic()
        self.waited += [now - since for since in self._since]
        self._since.clear()

    async def say_next(self) -> None:
        """A fake hands it on before it returns."""
        turn = self.line.turns[self.said]
        self.said += 1
        self._since.append(time.monotonic())
        await self.phone.say(turn.text)


Taken = Callable[[Somebody], Awaitable[None]]


@dataclass
class Crowd:
    people: list[Somebody] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    taken: Taken | None = None
    """Everybody waits until their last words have been taken, before they go on: where the messenger would deliver
    what they say next before what it has to deliver again."""
    enough: bool = False
    """Everybody still says what they have begun to say, and then no more."""
    breath: int = 1
    """Things that each says before they wait so."""
    _waits: list[tuple[int, asyncio.Event]] = field(default_factory=list)

    def join(self, line: Line, phone: Any) -> Somebody:
        self.people.append(somebody := Somebody(line, phone))
        return somebody

    @property
    def left(self) -> int:
        """Things that nobody has said yet."""
        return sum(len(one.line.turns) - one.said for one in self.people)

    async def say_it_all(self, pause: float = 0.0, dice: random.Random | None = None, until: int | None = None) -> None:
        """Everybody at the same time; each rests for about `pause` seconds after every line. They end when all of it is
        said, or so much by all of them together."""
        seeds = [dice.random() if dice else 0.0 for _ in self.people]
        saying = (
            self._say(one, pause, random.Random(seed), until) for one, seed in zip(self.people, seeds, strict=True)
        )
        await asyncio.gather(*saying)

    async def until_said(self, count: int) -> None:
        """So much was said by all of them together."""
        if len(self.said) < count:
            self._waits.append((count, reached := asyncio.Event()))
            await reached.wait()

    async def _say(self, one: Somebody, pause: float, dice: random.Random, until: int | None) -> None:
        while one.said < len(one.line.turns) and (until is None or len(self.said) < until):
            if self.enough and one.line.turns[one.said].begins:
                return
            self.heard(one)
            await one.say_next()
            if self.taken is not None and one.said % self.breath == 0:
                await self.taken(one)
            await asyncio.sleep(pause and dice.uniform(0, 2 * pause))

    def heard(self, one: Somebody) -> None:
        """Set down before it is handed over: what the messenger has, was said."""
        self.said.append(Said(one.name, one.said))
        for count, reached in self._waits:
            if len(self.said) >= count:
                reached.set()

    def shown(self) -> dict[str, int]:
        return {one.name: one.shown for one in self.people}

    def delays(self) -> dict[str, float]:
        """How long one waits."""
        waited = [seconds for one in self.people for seconds in one.waited]
        cuts = statistics.quantiles(waited, n=100) if len(waited) > 1 else [0.0] * 99
        return {"delay_p50_s": cuts[49], "delay_p99_s": cuts[98]}

    def seen(self) -> list[Seen]:
        """Whose words each finds in what was said to them."""
        return [
            Seen(one.name, writer)
            for one in self.people
            for bubble in one.phone.bubbles
            if not bubble.mine
            for writer, _ in words(bubble.text)
        ]


def on_telegram(bot: Any, lines: Sequence[Line], *, lang: str = "en") -> Crowd:
    crowd = Crowd()
    for line in lines:
        one = crowd.join(line, bot.person(lang=lang))
        one.phone.chat.redraw = _watched(one, one.phone.chat)
    return crowd


def _watched(one: Somebody, chat: Any) -> Callable[[int], None]:
    redraw = chat.redraw

    def redrawn(message_id: int) -> None:
        redraw(message_id)
        message = chat.messages.get(message_id)
        if message is not None and message["from"]["id"] != one.phone.id:
            one.look()

    return redrawn


def on_vk(group: Any, lines: Sequence[Line], *, lang: str = "en") -> Crowd:
    crowd = Crowd()
    for line in lines:
        one = crowd.join(line, group.person(lang=lang))
        group.conversation(one.phone.user_id).viewers.append(_Viewer(one))
    return crowd


def on_the_web(pages: Any, lines: Sequence[Line], *, lang: str = "en") -> Crowd:
    crowd = Crowd()
    for line in lines:
        one = crowd.join(line, pages.person(lang=lang))
        one.phone.viewers.append(one.look)
    return crowd


@dataclass
class _Viewer:
    one: Somebody

    def draw(self, message: Any) -> None:
        if message.from_id < 0:
            self.one.look()
