"""Whose fault it is: that of a messenger's servers, or of one message."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bots.culprits import FIRST, KNOWN_MOST, MAY_BE_OVER, MOST, Culprits
from bots.pace import Limits, Pace
from bots.served import Served
from core.outbox.types import Lane
from tests.pipe.conftest import Postbox


@given(st.lists(st.one_of(st.none(), st.integers(1, 3)), max_size=40))
def test_whoever_was_never_alone_waits_with_all_where_nobody_was_served(events: Sequence[int | None]) -> None:
    """None: some message was taken; a number: that row met a fault."""
    culprits, alone = Culprits(), set[int]()
    for n, row in enumerate(events):
        if row is None:
            culprits.taken()
            continue
        seconds = culprits.met(row)
        faults = [place for place, one in enumerate(events[:n]) if one is not None]
        own = [place for place in faults if events[place] == row]
        if None in events[max(own or faults, default=-1) + 1 : n]:
            alone.add(row)
        assert (seconds > 0) == (row in alone)
        assert not seconds or FIRST <= seconds <= MOST


def test_it_waits_longer_while_others_are_served_and_less_long_where_nobody_is() -> None:
    culprits = Culprits()
    served, unserved = list[float](), list[float]()
    for _ in range(8):
        culprits.taken()
        served.append(culprits.met(1))
    assert served == [5, 10, 20, 40, 80, 160, 300, 300]
    culprits.taken()
    unserved = [culprits.met(2) for _ in range(6)]
    assert unserved == [5, 10, 20, 40, 60, 60], "their servers may be at fault, and well again"
    assert culprits.met(1) == 300 and culprits.met(1) == MAY_BE_OVER


def test_it_does_not_remember_without_end() -> None:
    culprits = Culprits()
    for row in range(KNOWN_MOST + 1):
        culprits.met(row)
    culprits.taken()
    assert culprits.met(KNOWN_MOST) == FIRST, "something was taken since it met a fault"
    assert culprits.met(0) == 0, "forgotten: nothing was taken since there was one"


def test_where_a_messenger_is_away_each_lane_goes_ahead_in_turn() -> None:
    now = 0.0
    pace = Pace(Limits(rate=28, most=30, each=1, burst=3), lambda: now)
    served, ahead = Served("telegram", Postbox(), lambda: tuple(Lane), pace=pace), list[Lane]()
    assert next(iter(served.rooms(0))) is Lane.REPLY
    for _ in Lane:
        now += pace.away()
        assert set(served.rooms(0).values()) == {1}
        ahead.append(next(iter(served.rooms(0))))
    assert set(ahead) == set(Lane)
    pace.fine()
    assert next(iter(served.rooms(0))) is Lane.REPLY
