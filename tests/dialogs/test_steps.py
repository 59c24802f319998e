"""Ready-made steps: what they take, what they refuse, and what they say to that."""

import string
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lines import line, literal
from core.talk import Button, Message, Place, Quiet
from dialogs.engine import Form
from dialogs.session import Step
from dialogs.steps import choice, consent, day, end, number, photos, place, ticks, words
from tests.dialogs.door import Door, buttons, door, in_words

MORE = words("more", literal("More?"))
TEN = buttons(*string.ascii_uppercase[:16])


def alone(step: Step[Any], *moves: str | tuple[str]) -> Door:
    return door(Form("f", 1, literal("F"), (step, MORE, end(literal("ok")))), *moves)


@given(st.text(st.characters(exclude_categories=["C", "M"]), min_size=1, max_size=60))
def test_a_text_is_taken_or_refused_with_the_numbers(text: str) -> None:
    d = alone(words("t", literal("Text?"), least=5, most=20))
    d.send(Message(text))
    n = len(text.strip())
    if not n:
        assert d.note == "Please answer in words."
    elif n < 5:
        assert d.note.startswith(f"Only {n} character") and d.note.endswith("please write at least 5.")
    elif n > 20:
        assert d.note == f"{n} characters, but 20 at most: please send it shorter."
    else:
        assert d.text == "More?" and d.s.answers["t"] == text.strip()


def test_an_optional_text_is_skipped_by_its_button() -> None:
    step = words("t", literal("Text?"), least=5, skip=literal("Skip"))
    assert alone(step, ("skip",)).s.answers == {"t": ""}
    assert (d := alone(step, "abc")).note.startswith("Only 3") and d.keys == ["skip"]
    assert alone(step, ("skip",), ("/back",)).old == "nothing"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("3", 3),
        (" 9 ", 9),
        ("0", "from 1 to 9"),
        ("10", "from 1 to 9"),
        ("9" * 5000, "whole number"),
        ("three", "whole number"),
        ("1.5", "whole number"),
        ("-1", "whole number"),
        ("", "whole number"),
    ],
)
def test_a_number(said: str, answer: int | str) -> None:
    d = alone(number("n", literal("How many?"), 1, 9))
    d.send(Message(said))
    assert d.s.answers == {"n": answer} if isinstance(answer, int) else answer in d.note


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("31.05.2026", date(2026, 5, 31)),
        ("1.5.2026", date(2026, 5, 1)),
        ("2026-05-31", date(2026, 5, 31)),
        ("31.02.2026", None),
        ("31.05", None),
        ("yesterday", None),
        ("9999.99.99999", None),
        ("٣١.٠٥.٢٠٢٦", None),
    ],
)
def test_a_day(said: str, answer: date | None) -> None:
    d = alone(day("d", literal("When?")))
    d.send(Message(said))
    assert d.s.answers == ({} if answer is None else {"d": answer.isoformat()})
    assert (d.note == "Please write a date like 31.05.2026.") is (answer is None)


def test_a_choice_is_kept_as_a_key_and_a_line() -> None:
    step = choice("c", literal("Which?"), lambda here: [Button("r", line("Road {name}", name=literal("A {x}")))])
    d = alone(step, ("r",))
    assert d.s.answers["c"]["label"]["msgid"] == "Road {name}"
    d.press("/back")
    assert d.old == "Road A {x}"


def pages(step: Step[Button]) -> list[list[str]]:
    """Every part of a choice, as a person finds it who presses on and on."""
    d, seen = alone(step), list[list[str]]()
    while True:
        seen.append([key for key in d.keys if not key.startswith("/")])
        onward = [b.key for b in d.screen.buttons if in_words(b.label) in ("More options", "All subjects…")]
        if not onward:
            return seen
        d.press(onward[0])


def test_a_long_choice_is_paged_at_seven() -> None:
    assert pages(choice("c", literal("?"), lambda here: TEN[:7])) == [list("abcdefg")]
    assert pages(choice("c", literal("?"), lambda here: TEN)) == [list("abcdefg"), list("hijklmn"), list("op")]
    assert pages(choice("c", literal("?"), lambda here: TEN[:5], page=2)) == [list("ab"), list("cd"), ["e"]]
    assert pages(choice("c", literal("?"), lambda here: [])) == [[]]


def test_likely_options_come_first_and_the_whole_list_behind_them() -> None:
    step = choice("c", literal("?"), lambda here: TEN[8:10], more=lambda here: TEN)
    assert pages(step) == [list("ij"), list("abcdefg"), list("hijklmn"), list("op")]
    assert alone(step).labels == ["I", "J", "All subjects…"]
    assert alone(step, ("/page:1",), ("c",)).s.answers["c"]["key"] == "c"
    assert pages(choice("c", literal("?"), lambda here: [], more=lambda here: TEN[:8])) == [list("abcdefg"), ["h"]]


def test_paging_answers_nothing_and_an_option_of_another_page_is_not_pressed() -> None:
    d = alone(choice("c", literal("?"), lambda here: TEN), ("/page:1",))
    assert not d.s.answers and d.s.page == 1
    rev = d.s.rev
    assert isinstance(d.press("/page:1", rev - 1), Quiet)  # a double tap
    d.press("a", rev - 1)
    assert d.note.startswith("That was for an earlier screen") and not d.s.answers and d.keys[0] == "h"
    d.say("back"), d.say("previous options")
    assert d.keys[0] == "a"
    d.say("more options"), d.say("K")
    assert d.text == "More?" and d.s.answers["c"]["key"] == "k"


def test_a_choice_that_is_asked_again_begins_at_its_first_page() -> None:
    d = alone(choice("c", literal("?"), lambda here: TEN), ("/page:1",), ("/page:2",), ("o",), ("/back",))
    assert d.keys[0] == "a" and d.old == "O" and d.s.page == 0


def test_a_page_that_a_deploy_has_taken_away_is_the_first_one() -> None:
    d = alone(choice("c", literal("?"), lambda here: TEN), ("/page:1",), ("/page:2",))
    d.form = Form("f", 1, literal("F"), (choice("c", literal("?"), lambda here: TEN[:3]), MORE, end(literal("ok"))))
    d.send()
    assert d.keys == ["a", "b", "c"]


def test_ticks_are_held_until_done() -> None:
    three = ticks("t", literal("Which?"), lambda here: buttons("A", "B", "C"), least=1, most=2)
    d = alone(three, ("done",))
    assert d.note == "Please tick at least 1."
    rev = d.s.rev
    d.press("a"), d.press("c", rev)  # two quick taps on one screen
    assert d.labels == ["✓ A", "B", "✓ C", "Done"] and "t" not in d.s.answers
    d.press("b")
    assert d.note == "At most 2: please untick one first."
    d.say("hello")
    assert d.note == "Please tick the buttons, then press «Done»."
    d.press("b"), d.press("c"), d.press("b"), d.say("done")
    assert [b["key"] for b in d.s.answers["t"]] == ["a", "b"]
    d.press("/back")
    assert d.old == "A, B"


def test_photos_come_one_by_one_or_as_an_album() -> None:
    d = alone(photos("p", literal("Photos?"), most=3))
    assert d.labels == ["No photos"]
    d.say("", ("p1",)), d.say("look", ("p2", "p1"))
    assert d.note == "The words beside it are not kept." and d.labels == ["Done, 2 photos"]
    d.say("", ("p3", "p4"))
    assert d.note == "Only the first 3 photos are kept." and d.labels == ["Done, 3 photos"]
    d.say("hello")
    assert d.note == "Please send photos or press the button."
    d.say("done, 3 photos")
    assert d.s.answers == {"p": ["p1", "p2", "p3"]}


def test_a_place_is_a_point_an_address_or_both() -> None:
    step = place("p", literal("Where?"), button=literal("Send my place"), most=20)
    assert alone(step).screen.buttons[0].kind == "place"
    assert alone(step, " Mira 1 ").s.answers["p"] == {"address": "Mira 1", "lat": None, "lon": None}
    d = alone(step)
    d.say("the yard", place=Place("", 1.0, 2.0))
    assert d.s.answers["p"] == {"address": "the yard", "lat": 1.0, "lon": 2.0}
    assert alone(step, "x" * 21).note == "21 characters, but 20 at most: please send it shorter."
    assert alone(step, ("here",)).note == "Please send a place or write an address."
    d = alone(step)
    d.send(Message("", (), Place("", 55.5, 37.5)))
    d.press("/back")
    assert d.old == "55.5, 37.5"


def test_a_screen_may_carry_photos_and_be_kept() -> None:
    album = photos("p", literal("Photos?"))
    form = Form(
        "f",
        1,
        literal("F"),
        (
            album,
            consent("check", (literal("One"), literal("Two")), literal("Send"), photos=lambda d: d[album]),
            end(literal("ok"), buttons=lambda here: [Button("mine:0", literal("Mine"))], keep=True),
        ),
    )
    d = door(form)
    d.say("", ("p1",)), d.press("done")
    assert d.screen.photos == ("p1",) and d.text == "One\nTwo" and not d.screen.keep
    d.say("hm")
    assert d.note == "Please press «Send» or one of the other buttons."
    d.press("yes")
    assert d.screen.keep and d.keys == ["mine:0"]
