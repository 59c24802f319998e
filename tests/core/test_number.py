"""The number of an appeal: a slip of the finger finds nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.appeals.number import is_number, new_number, read_number
from core.citizens.codes import new_code

NUMBERS = st.builds(new_number)


@given(NUMBERS, st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_seen(number: str, at: int, by: int) -> None:
    wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    assert read_number(wrong) is None


@given(NUMBERS, st.integers(0, 7))
def test_two_neighbours_changed_round_are_seen(number: str, at: int) -> None:
    wrong = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert wrong == number or read_number(wrong) is None


@given(NUMBERS, st.sampled_from(("{}", " {} ", "№ {}", "№{}", "#{}", "N {}")))
def test_a_number_is_read_as_it_is_shown_and_as_people_write_it(number: str, frame: str) -> None:
    shown = "-".join((number[:3], number[3:6], number[6:]))
    assert len(shown) == 11
    for words in (number, shown, shown.replace("-", " "), shown.replace("-", " – "), shown.replace("-", "\u2011")):
        assert read_number(frame.format(words)) == number


@pytest.mark.parametrize(
    "words", ["", "№", "12", "1234567890", "12345678a", "١٢٣٤٥٦٧٨٩", "\x00", "\ud800", "9" * 50_000]
)
def test_other_words_are_no_number(words: str) -> None:
    assert read_number(words) is None


@given(st.text(max_size=30))
def test_what_is_read_is_a_number(words: str) -> None:
    number = read_number(words)
    assert number is None or is_number(number)


def test_numbers_do_not_follow_one_another_and_codes_have_no_lookalikes() -> None:
    numbers = [new_number() for _ in range(200)]
    assert len({number[:4] for number in numbers}) > 150
    codes = [new_code() for _ in range(200)]
    assert len(set(codes)) == 200
    assert all(len(code) == 8 and not set(code) & set("0O1IL2Z5S8B") for code in codes)
