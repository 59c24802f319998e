"""Whose fault it is: that of a messenger's servers, or of one message."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bots.culprits import FIRST, KNOWN_MOST, MOST, Culprits
from bots.pace import Limits, Pace
from bots.served import Served
from core.outbox.types import Lane
from tests.pipe.conftest import Postbox


@given(st.lists(st.one_of(st.none(), st.integers(1, 3)), max_size=40))
def test_a_row_waits_alone_from_when_others_were_taken_between_two_faults(events: Sequence[int | None]) -> None:
    """None: some message was taken; a number: that row met a fault."""
    culprits, alone = Culprits(), dict[int, int]()
    for n, row in enumerate(events):
        if row is None:
            culprits.taken()
            continue
        seconds = culprits.met(row)
        faults = [place for place, one in enumerate(events[:n]) if one is not None]
        own = [place for place in faults if events[place] == row]
        since = max(own or faults, default=-1)
        if row in alone or None in events[since + 1 : n]:
            alone[row] = alone.get(row, 0) + 1
            assert seconds == min(FIRST * 2 ** (alone[row] - 1), MOST)
        else:
            assert seconds == 0


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
