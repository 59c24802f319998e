"""The checker is itself seen to find each thing that it counts, in histories that are broken on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults import history
from tests.faults.checker import Effect, Said, Seen, Verdict, judge

CLEAN = Verdict()
lines = st.lists(st.integers(2, 12), min_size=1, max_size=5)
"""How much each of some people says."""


def said(lengths: list[int]) -> list[Said]:
    return [Said(str(n), seq) for n, length in enumerate(lengths) for seq in range(length)]


def effects(lengths: list[int]) -> list[Effect]:
    return [Effect(one.person, one.seq) for one in said(lengths)]


@given(lines, st.randoms(use_true_random=False))
def test_people_among_each_other_may_be_served_in_any_order(lengths: list[int], dice: object) -> None:
    mixed: list[Effect] = []
    rest = [[one for one in effects(lengths) if one.person == str(n)] for n in range(len(lengths))]
    while any(rest):
        mixed.append(dice.choice([own for own in rest if own]).pop(0))  # type: ignore[attr-defined]
    shown = {str(n): length for n, length in enumerate(lengths)}
    assert judge(said(lengths), mixed, shown=shown) == CLEAN


@given(lines, st.data())
def test_a_lost_one_is_found(lengths: list[int], data: st.DataObject) -> None:
    came = effects(lengths)
    gone = data.draw(st.sets(st.sampled_from(came), min_size=1))
    assert judge(said(lengths), [one for one in came if one not in gone]) == replace(CLEAN, lost=len(gone))


@given(lines, st.data())
def test_a_doubled_one_is_found_wherever_it_comes_again(lengths: list[int], data: st.DataObject) -> None:
    came = effects(lengths)
    n = data.draw(st.integers(0, len(came) - 1))
    later = data.draw(st.integers(n + 1, len(came)))
    came.insert(later, came[n])
    assert judge(said(lengths), came) == replace(CLEAN, doubled=1)


@given(lines, st.data())
def test_two_in_the_wrong_order_are_found(lengths: list[int], data: st.DataObject) -> None:
    came = effects(lengths)
    n = data.draw(st.sampled_from([n for n in range(1, len(came)) if came[n].person == came[n - 1].person]))
    came[n - 1], came[n] = came[n], came[n - 1]
    assert judge(said(lengths), came) == replace(CLEAN, inverted=1)


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (lambda: judge(said([2]), effects([2]), seen=[Seen("0", "0"), Seen("1", "0")]), replace(CLEAN, foreign=1)),
        (lambda: judge(said([2]), effects([3])), replace(CLEAN, foreign=1)),
        (lambda: judge(said([2]), effects([2]), stuck=3), replace(CLEAN, stuck=3)),
        (lambda: judge(said([3, 2]), effects([3, 2]), shown={"0": 1, "1": 2}), replace(CLEAN, mute=2)),
        (lambda: judge(said([2]), effects([2]), shown={}), replace(CLEAN, mute=2)),
    ],
    ids=["words at somebody else's", "nobody has said it", "stuck", "the last two unanswered", "never shown anything"],
)
def test_what_else_must_not_be_is_found(broken: Callable[[], Verdict], found: Verdict) -> None:
    assert broken() == found
    assert not found.whole


def test_an_excess_is_counted_and_is_no_failure_by_itself() -> None:
    verdict = judge(said([2]), effects([2]), excess=2)
    assert verdict.excess == 2 and verdict.whole


@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 30))
def test_a_history_is_drawn_again_from_its_seed_and_every_turn_has_one_effect(
    seed: int, people: int, turns: int
) -> None:
    drawn = history.draw(seed, people, turns)
    assert drawn == history.draw(seed, people, turns)
    for line in drawn:
        assert len(line.turns) >= turns
        marked = [n for seq, turn in enumerate(line.turns) for n in range(seq, seq + turn.marks)]
        assert marked == list(range(len(line.turns)))
        for seq, turn in enumerate(line.turns):
            assert history.words(turn.text) == ([(line.person, seq)] if turn.marks else [])
