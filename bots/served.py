"""What a process sends for: a messenger or one account of it, and how much of each lane may be taken in hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bots.pace import Pace
from bots.transport import Transport
from core.outbox.lines import Way
from core.outbox.types import Lane

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Served:
    """What a Deliver serves: a messenger, one account of it or all of them (empty), and by which way. `lanes` is asked
    before each turn: what is not a reply is sent only by the process that holds the token."""

    messenger: str
    transport: Transport
    lanes: Callable[[], Sequence[Lane]]
    account: str = ""
    at_once: int = AT_ONCE
    """Rows in hand."""
    pace: Pace | None = None
    """None where nobody waits for anything."""

    @property
    def way(self) -> Way:
        return Way(self.messenger, self.account)

    def rooms(self, in_hand: int) -> dict[Lane, int]:
        """How many more of each lane may be taken in hand: of what has to wait for its turn, as much as goes within a
        moment, so that it stands in the way of nothing more urgent. The first lane goes first; where a messenger is
        away, whose one goes ahead, that is each in turn: what is more urgent may be what it cannot bear."""
        room, pace, lanes = self.at_once - in_hand, self.pace, [*self.lanes()]
        if pace is not None and lanes:
            first = pace.misses % len(lanes)
            lanes = [*lanes[first:], *lanes[:first]]
        rooms = {lane: room if pace is None else min(room, pace.room(lane)) for lane in lanes}
        return {lane: room for lane, room in rooms.items() if room > 0}

    def share(self, lane: Lane) -> int:
        """That it gets however many others wait."""
        return self.pace.share if self.pace is not None and lane is Lane.BULK else 0
