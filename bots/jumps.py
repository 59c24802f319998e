"""The clock on the wall may be set while we run: it is compared with one that nobody can set. What follows from that is
core's (core.operations.winding)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import datetime
from enum import IntEnum

import structlog

from core.clock import Clock
from core.operations.winding import SLACK
from core.outbox import delivery

LOOK = 60.0
"""Seconds after which it is looked for all the same: the clock of another process may have been set."""

SOON = 5.0
"""Seconds after which nothing is under way any more that began before the clock was set."""

log = structlog.get_logger(__name__)


class Jumps:
    """A clock that is compared, whenever anybody reads it, with one that nobody can set: it may be set and set back
    within a second, and what is written in between must not wait for that hour."""

    class Back(IntEnum):
        """Whether it has been set back. It may have been, where nobody has looked."""

        NO = 0
        MAYBE = 1
        SURE = 2

    def __init__(self, clock: Clock, monotonic: Callable[[], float] | None = None) -> None:
        self._clock, self._monotonic = clock, monotonic or time.monotonic
        self._apart: float | None = None
        self._trusted_from, self._looked, self._once_more = 0.0, -math.inf, math.inf
        self._set_back = False

    def __call__(self) -> datetime:
        now, passed = self._clock(), self._monotonic()
        apart = now.timestamp() - passed
        jump = 0.0 if self._apart is None else apart - self._apart
        self._apart = apart
        if abs(jump) >= SLACK.total_seconds():
            log.warning("clock_set", seconds=round(jump))
            self._trusted_from = passed + delivery.LEASE.total_seconds()
            self._set_back |= jump < 0
        return now

    def back(self) -> Back:
        """Since this was asked last, before the first time, or in the last minute. Said twice where it is sure: what
        was under way at that moment is written down a little later, by the clock as it was."""
        self()
        passed = self._monotonic()
        if self._set_back or passed >= self._once_more:
            self._once_more = passed + SOON if self._set_back else math.inf
            self._set_back = False
            return self.Back.SURE
        if passed - self._looked < LOOK:
            return self.Back.NO
        self._looked = passed
        return self.Back.MAYBE

    @property
    def trusted(self) -> bool:
        """A lease that has run out has run out. Not right after a jump: whoever lives has to say so first."""
        return self._monotonic() >= self._trusted_from
