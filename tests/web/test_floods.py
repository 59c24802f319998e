"""Who asks without end waits, and nobody else does."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from bots.web.floods import CHANGE, EACH, LOOK, NEWCOMERS, UPLOAD, Allowance, Floods

COSTS = st.sampled_from((LOOK, CHANGE, UPLOAD))
PAUSES = st.sampled_from((0.0, 0.001, 0.1, 1.0, 20.0, 600.0))
MS = 1e-3
EACH_HERE = Allowance(25, 100)


@dataclass
class Watch:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def floods(watch: Watch, newcomers: Allowance = NEWCOMERS, callers: int = 9) -> Floods:
    return Floods(EACH_HERE, newcomers, callers, watch)


@given(asked=st.lists(st.tuples(PAUSES, COSTS), max_size=60))
def test_nobody_gets_more_than_is_allowed_in_any_time(asked: list[tuple[float, int]]) -> None:
    watch, passed = Watch(), list[tuple[float, int]]()
    guarding = floods(watch)
    for pause, cost in asked:
        watch.now += pause
        if not guarding.wait(b"one", cost):
            passed.append((watch.now, cost))
    for first, (since, _) in enumerate(passed):
        spent = 0
        for until, cost in passed[first:]:
            spent += cost
            assert spent <= 100 + 25 * (until - since) + MS


@given(asked=st.lists(st.tuples(PAUSES, COSTS), max_size=60))
def test_whoever_waits_as_long_as_they_are_told_passes(asked: list[tuple[float, int]]) -> None:
    watch = Watch()
    guarding = floods(watch)
    for pause, cost in asked:
        watch.now += pause
        if wait := guarding.wait(b"one", cost):
            watch.now += wait + MS
            assert not guarding.wait(b"one", cost)


def test_of_one_who_asks_without_end_the_others_notice_nothing() -> None:
    watch = Watch()
    guarding = floods(watch)
    refused = 0
    for second in range(60):
        watch.now = 1000.0 + second
        refused += sum(guarding.wait(b"one", CHANGE) > 0 for _ in range(100))
        assert not guarding.wait(b"other", CHANGE)
    passed = 60 * 100 - refused
    assert abs(passed - (100 + 59 * 25) / CHANGE) <= 1


def test_those_who_make_themselves_up_share_what_newcomers_have_and_who_is_known_passes() -> None:
    watch = Watch()
    guarding = floods(watch, newcomers=Allowance(10, 50), callers=1000)
    assert not guarding.wait(b"known", CHANGE)
    passed = sum(not guarding.wait(b"made up %d" % n, CHANGE) for n in range(500))
    nameless = sum(not guarding.wait(b"", LOOK) for _ in range(500))
    assert (passed, nameless) == (9, 0)
    assert not guarding.wait(b"known", CHANGE)
    watch.now += 60
    assert not guarding.wait(b"somebody new", CHANGE)


def test_no_more_callers_are_known_than_there_is_room_for_and_who_was_heard_lately_stays() -> None:
    watch = Watch()
    guarding = floods(watch, newcomers=Allowance(1, 10 * CHANGE), callers=3)
    for n in range(9):
        assert not guarding.wait(b"%d" % (n if n % 2 else 0), CHANGE)
    for known in (b"0", b"7", b"5"):
        assert not guarding.wait(known, CHANGE)
    assert not guarding.wait(b"a sixth", CHANGE), "five were new until now, and ten may be at once"


def test_a_page_full_of_photos_and_a_quick_person_stay_within_it() -> None:
    watch = Watch()
    guarding = Floods(EACH, NEWCOMERS, 9, watch)
    assert not any(guarding.wait(b"one", LOOK) for _ in range(50 * 10)), "fifty messages, ten photos each"
    watch.now += 60
    assert not any(guarding.wait(b"one", UPLOAD) for _ in range(15)), "photos and documents of one message"
    for _ in range(600):
        watch.now += 0.5
        pressed, acknowledged = guarding.wait(b"one", CHANGE), guarding.wait(b"one", CHANGE)
        assert not pressed and not acknowledged
