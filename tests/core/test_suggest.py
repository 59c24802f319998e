"""The guess of a category: how often it is right, and that no way of typing upsets it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.importer import Data, load_data
from core.rubricator.suggest import MOST, Vocabulary, suggest
from tests.core.conftest import DEMO
from tests.core.phrasings import COLD, HELD_OUT, TUNED

DEMO_VOCABULARIES = tuple(Vocabulary(c.code, c.synonyms) for c in load_data(DEMO / "data.yaml").categories)


def hits(phrasings: tuple[tuple[str, str], ...]) -> tuple[int, int]:
    """At the first place, and among all that is suggested. «other» has no words: suggesting nothing leads there."""
    guesses = [(suggest(text, DEMO_VOCABULARIES) or ("other",), code) for text, code in phrasings]
    return sum(guess[0] == code for guess, code in guesses), sum(code in guess for guess, code in guesses)


@pytest.mark.parametrize(
    ("phrasings", "at_first", "at_all"),
    [
        pytest.param(TUNED, 68, 69, id="tuned"),
        pytest.param(HELD_OUT, 38, 39, id="held out"),
        pytest.param(COLD, 24, 26, id="cold"),
    ],
)
def test_the_category_is_guessed_as_often_as_it_was(
    phrasings: tuple[tuple[str, str], ...], at_first: int, at_all: int
) -> None:
    first, among = hits(phrasings)
    assert first >= at_first
    assert among >= at_all


def test_no_phrase_is_both_tuned_on_and_measured_with() -> None:
    assert not {text for text, _ in TUNED} & {text for text, _ in HELD_OUT + COLD}


def test_every_demo_category_but_the_last_has_words_in_both_languages(data: Data) -> None:
    for category in data.categories[:-1]:
        assert any(word.isascii() for word in category.synonyms), category.code
        assert sum(not word.isascii() for word in category.synonyms) > 30, category.code


@pytest.mark.parametrize("text", ["", "   ", "!!!", "🙂", "здравствуйте", "спасибо большое", "asdfgh", "0" * 5000])
def test_where_nothing_fits_nothing_is_suggested(text: str) -> None:
    assert suggest(text, DEMO_VOCABULARIES) == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ЯМА НА ДОРОГЕ", "roads"),
        ("манная каша в шкoле — нет, в школе холодная каша", "education"),
        ("перекресток без светофора", "roads"),
        ("перекрёсток без светофора", "roads"),
        ("сломан свитофор", "roads"),
        ("поликлинка закрыта", "health"),
        ("не убирают мусро, контейнры полные", "waste"),
        ("The bus did not stop at our bus stop", "transport"),
        ("potholes everywhere on this road", "roads"),
    ],
)
def test_letter_case_yo_and_a_slip_of_the_finger_do_not_matter(text: str, code: str) -> None:
    assert suggest(text, DEMO_VOCABULARIES)[:1] == (code,)


@given(st.text(max_size=400))
def test_any_text_has_at_most_three_suggestions_each_of_them_once(text: str) -> None:
    codes = suggest(text, DEMO_VOCABULARIES)
    assert len(codes) == len(set(codes)) <= MOST
    assert suggest(text, DEMO_VOCABULARIES) == codes


def test_the_words_of_a_phrase_count_only_near_each_other() -> None:
    words = (Vocabulary("gas", ("запах газа",)),)
    assert suggest("сильный запах, похоже, газа", words) == ("gas",)
    assert suggest("запах " + "очень длинный рассказ о другом " * 3 + "газа", words) == ()


def test_a_phrase_beats_a_word_that_another_category_owns() -> None:
    words = (Vocabulary("roads", ("снег",)), Vocabulary("roofs", ("снег на крыше",)))
    assert suggest("снег на крыше дома", words)[0] == "roofs"
