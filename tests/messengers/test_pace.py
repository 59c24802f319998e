"""However many want to speak, they leave at the pace that a messenger allows. Time is an argument here."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bots.pace import PRESSED_IN, Pace

GAPS = st.lists(st.floats(0, 2), min_size=1, max_size=60)


@given(GAPS, st.integers(1, 30), st.integers(1, 5))
def test_never_more_leave_within_a_second_than_is_allowed(gaps: list[float], rate: int, burst: int) -> None:
    pace, now, leaves = Pace(rate, burst), 100.0, list[float]()
    for gap in gaps:
        now += gap
        leaves.append(now + pace.due(now))
    assert leaves == sorted(leaves)
    for first in leaves:
        assert sum(first <= leave < first + 1 - 1e-6 for leave in leaves) <= rate + burst - 1


@given(st.integers(1, 30))
def test_who_has_been_silent_speaks_at_once(rate: int) -> None:
    pace = Pace(rate)
    assert pace.due(100.0) == 0 and pace.due(100.0) > 0
    assert pace.due(200.0) == 0


def test_those_who_do_not_wait_put_the_others_off_for_a_moment_only() -> None:
    pace = Pace(28)
    for _ in range(1000):
        pace.press_in(100.0)
    assert pace.due(100.0) <= PRESSED_IN + 1 / 28
