"""How fast we may speak: so many at once, then one after the other. It lives in the process that holds the token, and
only makes whoever sends wait."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict

PEERS_MOST = 10_000
PRESSED_IN = 1.0
"""Seconds that those who do not wait may put off those who do."""


class Pace:
    """The generic cell rate algorithm: `burst` at once, then one every 1/`rate` seconds."""

    def __init__(self, rate: float, burst: int = 1) -> None:
        self._every, self._ahead = 1 / rate, (burst - 1) / rate
        self._next = 0.0

    def due(self, now: float) -> float:
        """Takes the next place; answers with the seconds until it has come."""
        self._next = max(self._next, now - self._ahead) + self._every
        return max(0.0, self._next - self._every - now)

    def press_in(self, now: float) -> None:
        """Takes a place without standing in the row; the row does not grow without end by it."""
        if self._next - now < PRESSED_IN:
            self.due(now)

    async def wait(self) -> None:
        if seconds := self.due(time.monotonic()):
            await asyncio.sleep(seconds)


class Paces:
    """One for each chat; those that have not been heard of for longest are forgotten, which costs a moment's haste."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, burst
        self._paces: OrderedDict[str, Pace] = OrderedDict()

    async def wait(self, peer: str) -> None:
        pace = self._paces.setdefault(peer, Pace(self._rate, self._burst))
        self._paces.move_to_end(peer)
        while len(self._paces) > PEERS_MOST:
            self._paces.popitem(last=False)
        await pace.wait()
