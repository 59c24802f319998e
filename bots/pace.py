"""How fast one token of a messenger may speak, and who speaks next. One of it serves everything that this process sends
with that token; it knows no messenger and no database, and only makes whoever sends wait.

A place is given when all agree: the chat, the whole token at the rate that has been learned, and the room for requests
on their way. The most urgent goes first; who is last of all still gets a tenth.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from enum import IntEnum

from bots.rate import Rate
from core.outbox.types import Lane

PEERS_MOST = 10_000
TICK = 0.001
"""Seconds that nobody is made to wait for."""
SECOND = 1.01
"""Requests that left a second apart may arrive a little closer together."""
SLACK = 0.1
"""Seconds whose places are made up for where this process was late."""
FLOOR = 9
"""Places that others may take while a mailing waits; the next one is its."""
AHEAD = 1.0
"""Seconds of work that may stand in the row: nobody can be sure of what a process had in hand when it died."""
ALBUM = 5
"""Places in a chat that an album takes at most."""
PAUSE, PAUSE_MOST = 1.0, 60.0
"""Seconds before a messenger that is away is asked again; they double."""


class Turn(IntEnum):
    """In the order in which they go. A courtesy is beside what is said, and yet somebody looks at it."""

    REPLY = 0
    COURTESY = 1
    PUSH = 2
    NOTICE = 3
    BULK = 4

    @classmethod
    def of(cls, lane: Lane) -> Turn:
        return cls[lane.name]


@dataclass(frozen=True, slots=True)
class Limits:
    """`rate` is known to be safe, `most` is the limit in any second; between them it is learned. `each` a second to one
    chat after `burst` at once, `group` a second to a group after `group_burst`. `patience`: seconds after which a reply
    goes whatever the rate, where a messenger bears that; it holds until the messenger has said otherwise."""

    rate: float
    most: float
    each: float
    burst: int
    group: float = math.inf
    group_burst: int = 1
    at_once: int = 50
    patience: float = math.inf


class Paused(Exception):
    """Nothing of this token goes for so many `seconds`; what stood in the row is not sent."""

    def __init__(self, seconds: float) -> None:
        super().__init__("a pause")
        self.seconds = max(seconds, 0.01)


@dataclass(eq=False, slots=True)
class Place:
    """`counted`: the messenger counts what took it; where it does not, the place is given back."""

    at: float
    messages: int
    counted: bool = True


@dataclass(eq=False, slots=True)
class _Waiting:
    messages: int
    since: float
    place: asyncio.Future[Place] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Pace:
    """`clock` never goes back."""

    def __init__(self, limits: Limits, clock: Callable[[], float] | None = None) -> None:
        self._limits, self._clock = limits, clock or time.monotonic
        self._rate = Rate(limits.rate, limits.most, self._clock())
        self._rows: dict[Turn, deque[_Waiting]] = {turn: deque() for turn in Turn}
        self._asked = dict.fromkeys(Turn, 0)
        self._chats, self._groups = Chats(limits.each, limits.burst), Chats(limits.group, limits.group_burst)
        self._sent: deque[float] = deque()
        self._next, self._passed, self._on_way = -math.inf, 0, 0
        self._paused_until, self._pause = -math.inf, PAUSE
        self.misses = 0
        """How often in a row nobody was there, or had a fault."""
        self._timer: asyncio.TimerHandle | None = None

    # For whoever sends

    @asynccontextmanager
    async def turn(self, turn: Turn, peer: str = "", messages: int = 1) -> AsyncIterator[Place]:
        """Waits for a place, which lasts until the request has ended. An album goes at once, and what follows it waits
        for longer. Raises Paused."""
        place = await self._place(turn, peer, messages)
        try:
            yield place
        finally:
            self._done(place)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """For what the messenger does not count: it waits for nothing. Raises Paused."""
        if self.paused:
            raise Paused(self.paused)
        yield

    def refused(self, seconds: float, place: Place | None = None) -> None:
        """«Too many»: everything waits, and what follows goes slower. Once for each pause, however many have met it."""
        if not self.paused and (place is None or place.at >= self._rate.refused_at):
            self._rate.refuse(self._clock(), self._clock() + seconds)
        self.pause(seconds)

    def away(self) -> float:
        """They have a fault, or nobody is there: everything waits, longer each time, and then one goes ahead. Answers
        with the seconds."""
        if not self.paused:
            self.misses += 1
            self.pause(self._pause)
            self._pause = min(self._pause * 2, PAUSE_MOST)
        return self.paused

    def fine(self) -> None:
        """They have answered."""
        self.misses, self._pause = 0, PAUSE

    def pause(self, seconds: float) -> None:
        """Whoever stands in the row is sent away: it is not worth keeping them in hand."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)
        for row in self._rows.values():
            while row:
                waiting = row.popleft()
                if not waiting.place.done():
                    waiting.place.set_exception(Paused(self.paused))

    # For whoever brings the next ones, or looks on

    @property
    def paused(self) -> float:
        """Seconds."""
        return max(0.0, self._paused_until - self._clock())

    @property
    def is_away(self) -> bool:
        """Nobody was there when somebody asked for the last time."""
        return self.misses > 0

    @property
    def rate(self) -> float:
        """A second, as far as it has been learned."""
        return self._rate.now

    @property
    def refusals(self) -> int:
        """Pauses that came of «too many»."""
        return self._rate.refusals

    @property
    def waiting(self) -> int:
        return sum(self._asked.values())

    def room(self, lane: Lane) -> int:
        """How many more of this lane are worth bringing: those of less urgent ones are not in their way. Of a mailing
        not one by one, and some of it however many others wait."""
        if self.paused:
            return 0
        ahead = sum(asked for turn, asked in self._asked.items() if turn <= Turn.of(lane))
        if self.is_away:
            return 0 if self.waiting or self._on_way else 1
        full = math.ceil(min(self._rate.now * AHEAD, self._limits.at_once))
        room = max(0, full - ahead)
        if lane is not Lane.BULK:
            return room
        return room if room * 2 >= full else self.share if not self._asked[Turn.BULK] else 0

    @property
    def share(self) -> int:
        """Of a mailing, in a second."""
        return math.ceil(min(self._rate.now * AHEAD, self._limits.at_once) / (FLOOR + 1))

    # The row

    async def _place(self, turn: Turn, peer: str, messages: int) -> Place:
        self._asked[turn] += 1
        try:
            if self.paused:
                raise Paused(self.paused)
            if peer and (seconds := self._chat(peer, messages)) > 0:
                await asyncio.sleep(seconds)
                if self.paused:
                    raise Paused(self.paused)
            waiting = _Waiting(messages, self._clock())
            self._rows[turn].append(waiting)
            self._pump()
            place = await self._given(turn, waiting)
            if peer:
                self._went(peer, place)
            return place
        finally:
            self._asked[turn] -= 1

    async def _given(self, turn: Turn, waiting: _Waiting) -> Place:
        try:
            return await waiting.place
        except asyncio.CancelledError:
            if waiting in self._rows[turn]:
                self._rows[turn].remove(waiting)
            elif not waiting.place.cancelled() and waiting.place.exception() is None:
                place = waiting.place.result()
                place.counted = False
                self._done(place)
            raise

    def _chat(self, peer: str, messages: int) -> float:
        now, places = self._clock(), min(messages, ALBUM)
        group = self._groups.take(peer, now, places) if peer.startswith("-") else 0.0
        return max(group, self._chats.take(peer, now, places))

    def _went(self, peer: str, place: Place) -> None:
        for chats in (self._chats, self._groups) if peer.startswith("-") else (self._chats,):
            chats.went(peer, place.at, min(place.messages, ALBUM))

    def _pump(self) -> None:
        """Gives out the places that have come."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = self._clock()
        self._rate.grow(now)
        while (turn := self._first()) is not None:
            row = self._rows[turn]
            if row[0].place.done():  # cancelled, and not gone yet
                row.popleft()
                continue
            if (seconds := self._due(row[0], turn, now) - now) > TICK:
                self._timer = asyncio.get_running_loop().call_later(seconds, self._pump)
                return
            self._give(row.popleft(), now)
            self._passed = self._passed + 1 if turn is not Turn.BULK and self._rows[Turn.BULK] else 0

    def _first(self) -> Turn | None:
        if self._on_way >= (1 if self.is_away else self._limits.at_once):
            return None
        if self._passed >= FLOOR and self._rows[Turn.BULK]:
            return Turn.BULK
        return next((turn for turn, row in self._rows.items() if row), None)

    def _due(self, waiting: _Waiting, turn: Turn, now: float) -> float:
        most, album = self._rate.in_a_second, (waiting.messages - 1) * self._rate.every
        due = max(self._next, now - max(SLACK, album)) + album
        while self._sent and self._sent[0] <= now - SECOND:
            self._sent.popleft()
        over = len(self._sent) + min(waiting.messages, most) - most
        if over > 0:
            due = max(due, self._sent[int(over) - 1] + SECOND)
        if turn is Turn.REPLY and not self._rate.refused_lately(now):
            due = min(due, waiting.since + self._limits.patience)
        return due

    def _give(self, waiting: _Waiting, now: float) -> None:
        if not math.isinf(self._limits.most):
            self._next = max(self._next, now - SLACK) + waiting.messages * self._rate.every
            self._sent.extend([now] * waiting.messages)
        self._on_way += 1
        waiting.place.set_result(Place(now, waiting.messages))

    def _done(self, place: Place) -> None:
        self._on_way -= 1
        if not place.counted and not math.isinf(self._limits.most):
            self._next -= place.messages * self._rate.every
            for _ in range(min(place.messages, self._sent.count(place.at))):
                self._sent.remove(place.at)
        self._pump()


class Chats:
    """So many at once to each chat, then one after the other; those that have not been heard of for longest are
    forgotten, which costs a moment's haste."""

    def __init__(self, rate: float, burst: int) -> None:
        self._every = 1 / rate
        self._ahead = (burst - 1) * self._every
        self._next: OrderedDict[str, float] = OrderedDict()

    def take(self, peer: str, now: float, places: int = 1) -> float:
        """Takes the next places; answers with the seconds until the first of them has come."""
        first = max(self._next.get(peer, -math.inf), now - self._ahead)
        self._next[peer] = first + places * self._every
        self._next.move_to_end(peer)
        while len(self._next) > PEERS_MOST:
            self._next.popitem(last=False)
        return max(0.0, first - now)

    def went(self, peer: str, at: float, places: int = 1) -> None:
        """They may have stood in a row for long: what follows keeps its distance from when they went."""
        if peer in self._next:
            self._next[peer] = max(self._next[peer], at - self._ahead + places * self._every)
