"""A form that is opened with arguments, such as a rating tapped in a push: "48213-5" is number 48213 and score 5."""

import pytest

from core.lines import literal
from core.talk import Button
from dialogs.engine import Form
from dialogs.steps import act, choice, end, words
from tests.dialogs.door import door

SCORES = [Button(str(n), literal(f"{n} of 5")) for n in range(1, 6)]


def score_given(args: str) -> Button | None:
    score = args.partition("-")[2]
    return next((b for b in SCORES if b.key == score), Button(score, literal(score))) if score else None


SCORE = choice("score", literal("How good was the answer?"), lambda here: SCORES, given=score_given)
REMARK = words("remark", literal("Anything to add?"), skip=literal("Skip"))
RATED = act("rated", str, lambda d: (d.args.partition("-")[0], d[SCORE].key, d[REMARK]))
RATE = Form("scores", 1, literal("Rate"), (SCORE, REMARK, RATED, end(literal("ok"))))


def test_an_answer_that_the_arguments_hold_is_not_asked() -> None:
    d = door(RATE, ("skip",), args="48213-5")
    assert list(d.done.values()) == [("48213", "5", "")]


def test_an_answer_from_the_arguments_may_be_changed() -> None:
    d = door(RATE, ("/back",), args="48213-5")
    assert d.old == "5 of 5" and "/keep" in d.keys
    d.press("4"), d.say("Late")
    assert list(d.done.values()) == [("48213", "4", "Late")]


def test_an_answer_from_the_arguments_may_be_left_as_it_is() -> None:
    d = door(RATE, ("/back",), ("/keep",), "Late", args="48213-5")
    assert list(d.done.values()) == [("48213", "5", "Late")]


@pytest.mark.parametrize("score", ["6", "x", "-1", "5 ", "\x00", "55555555"])
def test_a_bad_answer_in_the_arguments_is_asked_with_the_reason(score: str) -> None:
    d = door(RATE, args=f"48213-{score}")
    assert d.note == f"«{score}» is not offered here. Please choose again." and d.screen.old is None
    assert d.keys == ["1", "2", "3", "4", "5"]
    d.press("2"), d.press("skip")
    assert list(d.done.values()) == [("48213", "2", "")]


def test_without_arguments_it_is_simply_asked() -> None:
    assert (d := door(RATE, args="48213")).text == "How good was the answer?" and d.note == ""
