"""However many want to speak, they leave at the pace that a messenger allows, the most urgent first. The messenger here
is a strict sliding window, and its hours pass in a moment."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from bots.pace import Limits, Pace, Paused, Turn
from bots.rate import Rate
from bots.telegram.wire import LIMITS
from bots.vk.api import LIMITS as OF_VK
from core.outbox.types import Lane
from tests.messengers.virtual import virtually

Clock = Callable[[], float]
STRICT = replace(LIMITS, patience=float("inf"))


@dataclass
class Server:
    """Takes so many in any second, not more, and asks for a second of silence otherwise. `blocked`: a share that it
    refuses without counting it."""

    clock: Clock
    most: int = 30
    blocked: float = 0.0
    random: Random = field(default_factory=lambda: Random(7))
    taken: list[tuple[float, Turn]] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    _window: deque[float] = field(default_factory=deque)

    def take(self, turn: Turn) -> bool | None:
        """None where nobody is there."""
        now = self.clock()
        if self.random.random() < self.blocked:
            return None
        while self._window and self._window[0] <= now - 1:
            self._window.popleft()
        if len(self._window) >= self.most:
            self.refused.append(now)
            return False
        self._window.append(now)
        self.taken.append((now, turn))
        return True

    def used(self, start: float, end: float) -> float:
        """The share of what it would have taken."""
        return sum(start <= at < end for at, _ in self.taken) / (self.most * (end - start))


async def sends(pace: Pace, server: Server, turn: Turn, peer: str = "", latency: float = 0.05) -> None:
    try:
        async with pace.turn(turn, peer) as place:
            await asyncio.sleep(latency * server.random.uniform(0.9, 1.1))
            taken = server.take(turn)
            place.counted = bool(taken)
            if taken is False:
                pace.refused(1, place)
    except Paused:
        pass


async def mails(pace: Pace, server: Server, until: float, latency: float = 0.05) -> None:
    """A mailing without end: as much in hand as is worth it."""
    tasks = set[asyncio.Task[None]]()
    while server.clock() < until:
        for _ in range(pace.room(Lane.BULK)):
            tasks.add(asyncio.create_task(sends(pace, server, Turn.BULK, latency=latency)))
        tasks = {task for task in tasks if not task.done()}
        await asyncio.sleep(0.1)
    await asyncio.gather(*tasks)


def a_mailing(
    limits: Limits, most: int, seconds: float, blocked: float = 0.0, latency: float = 0.05
) -> tuple[Server, Pace]:
    async def story(clock: Clock) -> tuple[Server, Pace]:
        pace, server = Pace(limits, clock), Server(clock, most, blocked)
        await mails(pace, server, clock() + seconds, latency)
        return server, pace

    return virtually(story)


def test_a_mailing_uses_what_there_is_and_is_hardly_ever_refused() -> None:
    for limits, most, least in ((LIMITS, 30, 0.95), (OF_VK, 20, 0.92)):  # both are still learning
        server, _ = a_mailing(limits, most, 180)
        assert server.used(1060, 1180) >= least
        assert len(server.refused) * 10_000 <= len(server.taken)


def test_those_who_have_blocked_us_cost_no_place() -> None:
    server, _ = a_mailing(LIMITS, 30, 150, blocked=0.5, latency=0.02)
    assert server.used(1060, 1150) >= 0.93 and not server.refused


def test_a_limit_that_has_dropped_is_learned_within_seconds() -> None:
    async def story(clock: Clock) -> tuple[Server, Pace]:
        pace, server = Pace(LIMITS, clock), Server(clock)
        mailing = asyncio.create_task(mails(pace, server, clock() + 130))
        await asyncio.sleep(10)
        server.most = 20
        await mailing
        return server, pace

    server, pace = virtually(story)
    assert server.used(1012, 1130) >= 0.95
    assert 19 <= pace.rate <= 20.7 and pace.refusals <= 4 and len(server.refused) <= 8


def test_a_single_refusal_is_soon_forgotten() -> None:
    async def story(clock: Clock) -> Server:
        pace, server = Pace(LIMITS, clock), Server(clock)
        mailing = asyncio.create_task(mails(pace, server, clock() + 120))
        await asyncio.sleep(10)
        pace.refused(1)
        await mailing
        return server

    assert virtually(story).used(1030, 1120) >= 0.9


def test_refusals_that_follow_each_other_at_once_are_forgotten_as_soon_as_one() -> None:
    """Each comes as soon as the pause before is over, or a few seconds later: they say little of the rate."""

    async def story(clock: Clock) -> Server:
        pace, server = Pace(LIMITS, clock), Server(clock)
        mailing = asyncio.create_task(mails(pace, server, clock() + 180))
        await asyncio.sleep(10)
        for n in range(7):
            pace.refused(5)
            await asyncio.sleep(5.2 + n % 2 * 3)
        await mailing
        return server

    assert virtually(story).used(1000 + 10 + 46 + 30, 1180) >= 0.9


def test_a_limit_that_has_dropped_low_is_learned_although_it_refuses_at_once() -> None:
    async def story(clock: Clock) -> Server:
        pace, server = Pace(LIMITS, clock), Server(clock)
        mailing = asyncio.create_task(mails(pace, server, clock() + 400))
        await asyncio.sleep(10)
        server.most = 4
        await mailing
        return server

    server = virtually(story)
    assert server.used(1100, 1400) >= 0.85 and len(server.refused) <= 30


def test_the_most_urgent_goes_first_and_a_mailing_still_gets_a_tenth() -> None:
    async def story(clock: Clock) -> Server:
        pace, server = Pace(STRICT, clock), Server(clock)
        waiting = list[asyncio.Task[None]]()
        for turn in (Turn.BULK, Turn.NOTICE, Turn.PUSH, Turn.REPLY):
            waiting = [asyncio.create_task(sends(pace, server, turn, latency=0)) for _ in range(50)]
            await asyncio.sleep(0)
        await asyncio.gather(*waiting)
        return server

    first = Counter(turn for _, turn in virtually(story).taken)
    assert first[Turn.REPLY] == 50 and 5 <= first[Turn.BULK] <= 9 and not first[Turn.NOTICE]


def test_a_single_push_in_the_midst_of_a_mailing_is_the_next_to_go() -> None:
    async def story(clock: Clock) -> list[int]:
        pace, server = Pace(LIMITS, clock), Server(clock)
        mailing = asyncio.create_task(mails(pace, server, clock() + 20))
        before = []
        for _ in range(20):
            await asyncio.sleep(0.73)
            on_way = len(server.taken) + pace._on_way
            await sends(pace, server, Turn.PUSH)
            place = next(n for n, (_, turn) in reversed([*enumerate(server.taken)]) if turn is Turn.PUSH)
            before.append(place - on_way)
        await mailing
        return before

    assert max(virtually(story)) <= 2


def test_a_reply_does_not_wait_long_unless_the_messenger_wants_it_to() -> None:
    async def longest(pace: Pace, clock: Clock) -> float:
        start, server = clock(), Server(clock, most=1000)
        await asyncio.gather(*(sends(pace, server, Turn.REPLY, latency=0) for _ in range(200)))
        return clock() - start

    async def story(clock: Clock) -> tuple[float, float]:
        pace = Pace(replace(LIMITS, at_once=1000), clock)
        free = await longest(pace, clock)
        pace.refused(1)
        await asyncio.sleep(1)
        return free, await longest(pace, clock)

    free, strict = virtually(story)
    assert free <= 2.1 and strict >= 5


def test_a_few_more_than_a_second_holds_are_not_worth_the_question_whether_replies_are_counted() -> None:
    async def story(clock: Clock) -> Server:
        pace, server = Pace(LIMITS, clock), Server(clock)
        await asyncio.gather(*(sends(pace, server, Turn.REPLY, f"{n}") for n in range(50)))
        return server

    server = virtually(story)
    assert len(server.taken) == 50 and not server.refused


def test_a_chat_keeps_its_distance_from_what_stood_in_the_row_for_long() -> None:
    """What goes to one chat goes one after the other; what others wait for may go before it."""

    async def story(clock: Clock) -> list[float]:
        pace, server, went = Pace(STRICT, clock), Server(clock), list[float]()
        row = [asyncio.create_task(sends(pace, server, Turn.REPLY, latency=0)) for _ in range(56)]
        await asyncio.sleep(0)
        for _ in range(6):
            await sends(pace, server, Turn.PUSH, "1", latency=0)
            went.append(clock())
        await asyncio.gather(*row)
        return went

    went = virtually(story)
    assert went[0] > 1000 + 1.9, "it waits for the replies"
    assert went[5] - went[0] > 3, "not more than five in three seconds"


def test_during_a_pause_nothing_goes_and_what_stood_in_the_row_is_sent_away() -> None:
    async def story(clock: Clock) -> None:
        pace, server = Pace(STRICT, clock), Server(clock)
        waiting = [asyncio.create_task(sends(pace, server, turn)) for turn in Turn for _ in range(20)]
        await asyncio.sleep(0.3)
        pace.refused(30)
        await asyncio.gather(*waiting)
        assert pace.paused > 29 and not any(pace.room(lane) for lane in Lane)
        sent, paused = len(server.taken), clock()
        for _ in range(300):
            await sends(pace, server, Turn.REPLY)
            await asyncio.sleep(0.1)
        assert sent < 20
        assert all(at < paused + 0.1 or at >= paused + 29.7 for at, _ in server.taken)

    virtually(story)


def test_while_nobody_is_there_one_asks_at_a_time_and_ever_more_rarely() -> None:
    async def story(clock: Clock) -> int:
        pace, tries = Pace(LIMITS, clock), 0

        async def in_vain() -> None:
            nonlocal tries
            try:
                async with pace.turn(Turn.PUSH):
                    tries += 1
                    await asyncio.sleep(5)
                    pace.away()
            except Paused:
                pass

        for _ in range(3600):
            for _ in range(pace.room(Lane.PUSH)):
                asyncio.create_task(in_vain())  # noqa: RUF006
            await asyncio.sleep(1)
        pace.fine()
        return tries

    assert virtually(story) <= 50 + 60


def test_who_gives_up_takes_no_place() -> None:
    async def story(clock: Clock) -> None:
        pace, server = Pace(replace(STRICT, at_once=1), clock), Server(clock)
        first = asyncio.create_task(sends(pace, server, Turn.PUSH, latency=10))
        await asyncio.sleep(0.1)
        second = asyncio.create_task(sends(pace, server, Turn.PUSH))
        await asyncio.sleep(0.1)
        second.cancel()
        await asyncio.wait([first, second])
        await sends(pace, server, Turn.PUSH)
        assert len(server.taken) == 2 and pace.waiting == 0 and pace._on_way == 0

    virtually(story)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 40))
def test_never_more_than_allowed_in_any_second_and_nothing_in_a_pause(seed: int, most: int) -> None:
    """Whoever comes when, whatever is refused or not counted, and however late this process is."""
    limits = Limits(rate=most * 0.9, most=most, each=5, burst=5)

    async def story(clock: Clock) -> None:
        random, left, pauses = Random(seed), list[float](), list[tuple[float, float]]()
        pace = Pace(limits, clock)

        async def one() -> None:
            await asyncio.sleep(random.uniform(0, 10))
            try:
                turn, peer, messages = random.choice(tuple(Turn)), str(random.randrange(30)), random.choice((1, 1, 2))
                async with pace.turn(turn, peer, messages) as it:
                    at = clock()
                    await asyncio.sleep(random.uniform(0, 0.5))
                    match random.random():
                        case dice if dice < 0.2:
                            it.counted = False
                        case dice if dice < 0.23:
                            pace.refused(3, it)
                            pauses.append((clock(), 3))
                    left.extend([at] * it.messages if it.counted else [])
                    assert not any(start < at < start + seconds for start, seconds in pauses if start <= at)
            except Paused:
                pass

        await asyncio.gather(*(one() for _ in range(300)))
        left.sort()
        for n, first in enumerate(left):
            assert sum(at < first + 1 for at in left[n:]) <= max(most, 2)
        assert pace.waiting == 0 and pace._on_way == 0

    virtually(story)


@given(st.lists(st.tuples(st.floats(0, 100), st.booleans(), st.floats(0, 300)), max_size=80))
def test_what_is_learned_stays_between_nothing_and_the_limit(events: list[tuple[float, bool, float]]) -> None:
    now, rate = 1000.0, Rate(28, 30, 1000.0)
    for later, refused, pause in events:
        now += later
        before = rate.now
        rate.refuse(now, now + pause) if refused else rate.grow(now)
        assert 0 < rate.now <= 30 and (rate.now < before or before == 0.5 if refused else rate.now >= before)
