"""Whether somebody is in danger, from their own words: how often it is seen, and that no way of typing upsets it."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.actors import Nobody
from core.emergencies.rules import signs
from core.emergencies.signs import BLOCKS, NUMBERS, SIGNS
from core.emergencies.types import DetectEmergency
from core.emergencies.words import WORDS
from core.region.store import save_region
from core.region.types import Emergency, Region
from tests.core import emergency_seen, emergency_unseen
from tests.core.conftest import World


def measured(emergencies: tuple[tuple[str, str], ...], near_misses: tuple[str, ...]) -> dict[str, int]:
    """Only counts: whoever reads a failure must not come to know the phrases that are never looked at."""
    found = [(signs(text), number) for text, number in emergencies]
    return {
        "detected": sum(bool(numbers) for numbers, _ in found),
        "right number first": sum(numbers[:1] == (number,) for numbers, number in found),
        "false alarms": sum(bool(signs(text)) for text in near_misses),
        "of": len(emergencies),
        "near misses": len(near_misses),
    }


def test_of_the_phrases_that_the_signs_were_tuned_on_none_is_missed_and_none_is_a_false_alarm() -> None:
    counts = measured(emergency_seen.EMERGENCIES, emergency_seen.NEAR_MISSES)
    assert counts == {"detected": 50, "right number first": 50, "false alarms": 0, "of": 50, "near misses": 50}


def test_of_the_phrases_that_nobody_looked_at_so_many_are_detected() -> None:
    counts = measured(emergency_unseen.EMERGENCIES, emergency_unseen.NEAR_MISSES)
    assert counts == {"detected": 44, "right number first": 44, "false alarms": 5, "of": 50, "near misses": 50}


def test_no_phrase_is_both_tuned_on_and_measured_with() -> None:
    seen = {text for text, _ in emergency_seen.EMERGENCIES} | set(emergency_seen.NEAR_MISSES)
    unseen = {text for text, _ in emergency_unseen.EMERGENCIES} | set(emergency_unseen.NEAR_MISSES)
    shared = len(seen & unseen)  # a number: a failure shows no phrase
    assert shared == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("ПАХНЕТ ГАЗОМ", "104"),
        ("пахнетгазом", "104"),
        ("пaхнeт гaзoм", "104"),  # half of the letters are Latin
        ("пахнет...газом", "104"),
        ("пахнит газам", "104"),
        ("запаах газааа", "104"),
        ("пожааар!!!", "101"),
        ("пажар в бораке", "101"),
        ("пожар улица мира 5", "101"),
        ("все горит, тушите", "101"),
        ("ребёнок недышит", "103"),
        ("пульса нет", "103"),
        ("потирял сознание", "103"),
        ("столб бьёт током", "112"),
        ("человека ударило током", "103"),
        ("муж с ножом", "102"),
        ("My mother isn't breathing", "103"),
        ("I SMELL GAS", "104"),
        ("он больше не хочет жить", "112"),
    ],
)
def test_danger_is_seen_however_it_is_typed(text: str, number: str) -> None:
    assert signs(text)[:1] == (number,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "🙂",
        "газом не пахнет",
        "запаха газа нет",
        "никто не горит",
        "газон пахнет травой",
        "в 2019 году был пожар",
        "после пожара двор не убран",
        "ребенок чуть не утонул в прошлом году",
        "учебная эвакуация, пожар понарошку",
        "умираю со смеху",
        "не хочу жить в таком городе",
        "there was a fire last year",
        "the fire hydrant leaks",
    ],
)
def test_what_is_over_denied_or_only_said_so_is_no_danger(text: str) -> None:
    assert signs(text) == ()


def test_what_happens_again_now_is_danger_whatever_was_before() -> None:
    assert signs("в прошлом году была утечка газа") == ()
    assert signs("в прошлом году была утечка, и сейчас опять пахнет газом")[:1] == ("104",)


def test_the_words_of_a_sign_count_only_near_each_other() -> None:
    assert signs("пахнет, кажется, газом") == ("104",)
    assert signs("пахнет сыростью. " + "очень длинный рассказ о другом " * 3 + "нет газа") == ()


def test_several_dangers_have_several_numbers_each_of_them_once() -> None:
    assert signs("пожар, горит дом, пахнет газом, человек без сознания, сердце прихватило") == ("101", "104", "103")


@pytest.mark.parametrize(
    "repeated",
    ["газ запах счет ", "в прошлом году пожар горит дом ", "не ", "пожа", "а" * 7 + " ", "п", ".,", "ребенок упал "],
)
def test_a_hundred_thousand_characters_take_no_longer_than_the_eye_blinks(repeated: str) -> None:
    text = (repeated * 100_000)[:100_000]
    began = time.process_time()
    signs(text)
    assert time.process_time() - began < 1.0


@given(
    st.text(max_size=300) | st.lists(st.sampled_from([*WORDS["person"].split(), *WORDS["burns"].split()])).map(" ".join)
)
def test_any_text_has_the_same_numbers_twice_and_none_of_them_twice(text: str) -> None:
    numbers = signs(text)
    assert set(numbers) <= set(NUMBERS.values())
    assert len(numbers) == len(set(numbers))
    assert signs(text.upper().lower()) == signs(text.lower())


def test_every_sign_is_made_of_groups_that_there_are_and_every_group_is_used() -> None:
    named = {part.lstrip("-!") for each in SIGNS.values() for words in each for part in words.split() if part[0] != "~"}
    named |= {group for block in BLOCKS for group in (block.group, block.unless) if group}
    assert named == set(WORDS) - {"ordinary"}
    assert set(SIGNS) == set(NUMBERS)


def test_no_word_of_the_lists_mixes_alphabets_or_is_there_twice() -> None:
    for group, items in WORDS.items():
        words = items.split()
        assert len(words) == len(set(words)), group
        mixed = [word for word in words if re.search("[a-z]", word) and re.search("[а-я]", word)]
        assert not mixed, group
        assert all(re.fullmatch("[a-zа-я0-9]+[+*]?", word) for word in words), group


def asked(world: World, text: str) -> list[str]:
    return [each.number for each in world.ask(Nobody(), DetectEmergency(text))]


def test_the_fittest_number_comes_first_then_the_one_for_everything(world: World) -> None:
    assert asked(world, "пахнет газом") == ["104", "112"]
    assert asked(world, "мальчик тонет в реке") == ["112"]
    assert asked(world, "пожар, и газом пахнет") == ["101", "104", "112"]
    assert asked(world, "яма на дороге") == []


def test_only_numbers_that_the_region_names_are_told(world: World, region: Region) -> None:
    named = tuple(Emergency(number, {"ru": number}) for number in ("112", "101"))
    world.write(lambda tx: save_region(tx, replace(region, emergency=named)))
    assert asked(world, "пахнет газом") == ["112"]
    others = tuple(Emergency(number, {"ru": number}) for number in ("911", "999"))
    world.write(lambda tx: save_region(tx, replace(region, emergency=others)))
    assert asked(world, "пахнет газом") == ["911", "999"]
