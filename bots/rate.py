"""How fast a messenger lets us speak, as far as it can be learned from what it refuses. Pure: time is an argument."""

from __future__ import annotations

import math

STEP, EVERY = 0.5, 60.0
"""A second more, for each minute without a refusal."""
SLOWER = 0.7
FIRST, LONGER, LONGEST = 5.0, 3.0, 3600.0
"""Seconds until the way back to the rate that was refused is tried; so many times longer with each try that fails."""
NEAR = 0.98
BELOW = 0.985
"""Of the limit: nobody lets requests leave in exactly equal steps."""
SLOWEST = 0.5
LATELY = 600.0


class Rate:
    """Additive increase, multiplicative decrease, and a memory: the way back to a rate that was refused goes by halves,
    and where one of them is refused, back to the last that had stood. `most` is never exceeded."""

    def __init__(self, safe: float, most: float, now: float) -> None:
        self.now, self.refusals, self.refused_at = safe, 0, -math.inf
        self._most, self._met, self._stood = most * BELOW, safe, safe
        self._since, self._patience = now, EVERY

    @property
    def every(self) -> float:
        """Seconds."""
        return 1 / self.now

    @property
    def in_a_second(self) -> float:
        """At most: what could not go for a while does not all go at once."""
        return self.now if math.isinf(self.now) else max(1, round(self.now / BELOW))

    def refused_lately(self, now: float) -> bool:
        return now - self.refused_at < LATELY

    def grow(self, now: float) -> None:
        """To be called now and then."""
        if now - self._since < self._patience or self.now >= self._most:
            return
        self._since, self._stood = now, self.now
        if self.now < self._met * NEAR:
            self.now = min((self.now + self._met) / 2, self._most)
        else:
            self.now = min(self.now + STEP, self._most)
            self._patience = max(self._patience, EVERY)

    def refuse(self, now: float, until: float) -> None:
        """Nothing goes `until` then. What is refused as soon as the silence before was over says little of the rate: it
        is slower for all that, but the way back leads to where it was before."""
        trying, slower = self.now > self._stood, self.now * SLOWER
        if trying or now - self._since >= FIRST:
            self._met = self.now
        self.now = self._stood = max(SLOWEST, self._stood if trying else slower, slower)
        self._patience = min(self._patience * LONGER, LONGEST) if trying else FIRST
        self.refusals, self.refused_at, self._since = self.refusals + 1, now, until
