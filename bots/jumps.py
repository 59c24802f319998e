"""The clock on the wall may be set while we run: it is compared with one that nobody can set. What follows from that is
core's (core.operations.winding)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import IntEnum

import structlog

from core.operations.winding import SLACK
from core.outbox import delivery

LOOK = 60.0
"""Seconds after which it is looked for all the same: a clock may have been set and set back between two looks."""

SOON = 5.0
"""Seconds after which nothing is under way any more that began before the clock was set."""

log = structlog.get_logger(__name__)


class Jumps:
    """Compares the clock on the wall with one that nobody can set."""

    class Back(IntEnum):
        """Whether it has been set back. It may have been, where nobody has looked."""

        NO = 0
        MAYBE = 1
        SURE = 2

    def __init__(self, monotonic: Callable[[], float] | None = None) -> None:
        self._monotonic = monotonic or time.monotonic
        self._last: tuple[datetime, float] | None = None
        self._trusted_from = self._looked = 0.0
        self._once_more = math.inf

    def back(self, now: datetime) -> Back:
        """Since the last look, before the first, or in the last minute. Said twice where it is sure: what was under way
        at that moment is written down a little later, by the clock as it was."""
        passed, before = self._monotonic(), self._last
        self._last = now, passed
        jump = timedelta() if before is None else now - before[0] - timedelta(seconds=passed - before[1])
        if abs(jump) >= SLACK:
            log.warning("clock_set", seconds=round(jump.total_seconds()))
            self._trusted_from = passed + delivery.LEASE.total_seconds()
        if jump <= -SLACK or passed >= self._once_more:
            self._once_more = passed + SOON if jump <= -SLACK else math.inf
            return self.Back.SURE
        if before is not None and passed - self._looked < LOOK:
            return self.Back.NO
        self._looked = passed
        return self.Back.MAYBE

    @property
    def trusted(self) -> bool:
        """A lease that has run out has run out. Not right after a jump: whoever lives has to say so first."""
        return self._monotonic() >= self._trusted_from
