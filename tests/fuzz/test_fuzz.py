"""The fuzz is judged too: its dice fall alike, its words are what they are called, and its eyes are open."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from core.text import clean_text
from tests.fuzz import envelope, injection, markup, numbers, state, texts
from tests.fuzz.tokens import Loaded

UPDATE = {"update_id": 5, "message": {"from": {"id": 7}, "entities": [{"type": "bold", "offset": 0}], "text": "яма"}}


@pytest.mark.parametrize("family", texts.TEXTS)
def test_the_same_seed_says_the_same_words(family: str) -> None:
    make = texts.TEXTS[family]
    said = [make(Random(seed)) for seed in range(20)]
    assert said == [make(Random(seed)) for seed in range(20)]
    assert all(clean_text(clean_text(text)) == clean_text(text) for text in said)


def test_the_words_that_are_nothing_when_they_are_clean_are_nothing() -> None:
    assert {clean_text(texts.TEXTS["empty when clean"](Random(seed))) for seed in range(50)} == {""}


def test_a_broken_update_is_another_one_and_can_be_written() -> None:
    made = [envelope.broken(Random(seed), UPDATE) for seed in range(200)]
    assert sum(one == UPDATE for one in made) < 5
    assert all(isinstance(envelope.written(one), bytes) for one in made)
    assert UPDATE["update_id"] == 5, "the good one is as it was"


@pytest.mark.parametrize("what", envelope.BODIES)
def test_a_body_is_not_the_good_one(what: str) -> None:
    good = envelope.written(UPDATE)
    assert envelope.BODIES[what](good, Random(1)) != good


def test_there_are_places_beyond_the_earth_and_numbers_that_are_none() -> None:
    dice = Random(1)
    assert {type(numbers.no_place(dice)[0]) for _ in range(200)} >= {float, int, str, type(None), bool, list}
    assert all(
        isinstance(words, str) for words in (numbers.rating(dice), markup.markup(dice), injection.injection(dice))
    )


def test_what_one_module_draws_does_not_depend_on_another() -> None:
    def drawn(*order: str) -> dict[str, str]:
        loaded = {name: Loaded(1, name) for name in ("core.a", "core.b")}
        return {name: loaded[name].token_hex(8) for name in order}

    assert drawn("core.a", "core.b") == drawn("core.b", "core.a")
    assert Loaded(1, "core.a").token_hex() != Loaded(2, "core.a").token_hex()


def _dumped(**rows: list[Any]) -> state.Dump:
    return {
        table: sorted(json.dumps(state.plain(row), sort_keys=True) for row in found) for table, found in rows.items()
    }


def test_two_databases_are_alike_whatever_port_the_fakes_had() -> None:
    one = _dumped(files=[{"id": 1, "url": "http://127.0.0.1:4001/a"}, {"id": 2, "url": ""}])
    other = _dumped(files=[{"url": "", "id": 2}, {"url": "http://127.0.0.1:4002/a", "id": 1}])
    assert state.digest(one) == state.digest(other) and not state.differences(one, other)


@pytest.mark.parametrize("other", [[{"id": 1, "text": "яма"}], [{"id": 1, "text": "яма "}, {"id": 2, "text": ""}], []])
def test_a_row_that_one_of_them_lacks_is_shown(other: list[Any]) -> None:
    one = _dumped(appeals=[{"id": 1, "text": "яма"}, {"id": 2, "text": ""}])
    said = state.differences(one, _dumped(appeals=other))
    assert said and said[0].startswith("appeals: 2 rows here") and any(line.startswith("  here") for line in said[1:])
    assert state.digest(one) != state.digest(_dumped(appeals=other))


def test_words_that_did_not_pass_the_gate_are_seen_wherever_they_stand() -> None:
    rows: dict[str, list[dict[str, Any]]] = {
        "appeals": [{"text": "чисто", "more": {"list": ["я\x00ма", "тоже чисто"]}}],
        "forms": [{"n": 5, "text": "\u202e"}],
    }
    assert [line.partition(":")[0] for line in state.unclean(rows)] == ["appeals.more", "forms.text"]
