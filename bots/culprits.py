"""Whose fault it is that a messenger cannot take something: that of its servers, for which everybody waits, or of one
message, which they cannot bear while they take others. Nobody else waits for that one."""

from __future__ import annotations

from collections import OrderedDict

FIRST, MOST = 5.0, 900.0
"""Seconds for which it waits; they double."""
DOUBLED_MOST = 8
KNOWN_MOST = 1000


class Culprits:
    """Of one account, as far as this process has seen. Rows of the outbox are known by their ids."""

    def __init__(self) -> None:
        self._taken = 0
        self._met: OrderedDict[int, tuple[int, int]] = OrderedDict()
        """How many had been taken when a row met a fault, and how often it has met one by itself."""

    def taken(self) -> None:
        """A message has come."""
        self._taken += 1

    def met(self, row: int) -> float:
        """This row has met a fault. Seconds for which it waits alone; 0 where all may have to wait: nobody else has
        been served since it met one before."""
        taken, alone = self._met.pop(row, (self._taken, 0))
        alone = min(alone + (alone > 0 or self._taken > taken), DOUBLED_MOST)
        self._met[row] = self._taken, alone
        if len(self._met) > KNOWN_MOST:
            self._met.popitem(last=False)
        return min(FIRST * 2 ** (alone - 1), MOST) if alone else 0.0
