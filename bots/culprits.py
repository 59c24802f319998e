"""Whose fault it is that a messenger cannot take something: that of its servers, for which everybody waits, or of one
message, which they cannot bear while they take others. Nobody else waits for that one."""

from __future__ import annotations

from collections import OrderedDict

FIRST, MOST = 5.0, 300.0
"""Seconds for which it waits alone; they double."""
MAY_BE_OVER = 60.0
"""At most so many where nobody else has been served meanwhile: it may be their servers by now, and that may be over."""
KNOWN_MOST = 1000


class Culprits:
    """Of one account, as far as this process has seen. Rows of the outbox are known by their ids."""

    def __init__(self) -> None:
        self._taken = self._at_last = 0
        """How many messages had been taken, and how many of them when there was a fault for the last time."""
        self._met: OrderedDict[int, tuple[int, float]] = OrderedDict()
        """How many when a row met one, and for how long it was to wait alone."""

    def taken(self) -> None:
        """A message has come."""
        self._taken += 1

    def met(self, row: int) -> float:
        """This row has met a fault. Seconds for which it waits alone; 0 where all may have to wait: it never has waited
        alone, and nobody has been served since it met a fault before or, if this is its first, since anybody did."""
        taken, alone = self._met.pop(row, (self._at_last, 0.0))
        self._at_last = self._taken
        served = self._taken > taken
        alone = min(alone * 2, MOST if served else MAY_BE_OVER) or (FIRST if served else 0.0)
        self._met[row] = self._taken, alone
        if len(self._met) > KNOWN_MOST:
            self._met.popitem(last=False)
        return alone
