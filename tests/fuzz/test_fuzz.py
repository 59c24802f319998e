"""The fuzz is judged too: its dice fall alike, its words are what they are called, and its eyes are open."""

from __future__ import annotations

import json
from itertools import count
from random import Random
from typing import Any, cast

import pytest

from core.lines import line
from core.speech import load_speeches
from core.text import clean_text
from dialogs.script.play import LOCALES, ZONE
from tests.builders import NOON
from tests.fakes.telegram import FakeTelegram
from tests.fakes.vk import FakeVK
from tests.fuzz import envelope, injection, markup, numbers, others, state, texts
from tests.fuzz.people import Person, Sent, Shows
from tests.fuzz.telegram import TelegramPerson
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


class _Reader:
    """Somebody in front of a screen, who does nothing but what they are told to."""

    name, address, lang = "reader", ("web", "chat", "x"), "ru"

    def __init__(self, *words: str) -> None:
        self._words = words

    def reads(self) -> tuple[str, ...]:
        return self._words

    def shown(self) -> list[Shows]:
        return [Shows("1", (("Да", "~1~1~yes"),))]

    def say(self, text: str) -> list[Sent]:
        return [Sent("words", text)]

    def command(self, name: str, args: str) -> list[Sent]:
        return [Sent("command", f"{name} {args}")]

    def press(self, data: str, on: str) -> list[Sent]:
        return [Sent("press", data)]


def _said(act: str, *people: Any) -> set[Any]:
    found = cast(tuple[Person, ...], people)
    return {one.body for seed in range(100) for one in others.ACTS[act](Random(seed), found[0], found)}


def test_a_code_that_one_was_shown_is_said_by_another_in_every_way_that_there_is() -> None:
    shown = _Reader("Напишите нам там: «код K7MP-4QXA».", "Ваш код доступа: K7MP-4QXB")
    assert _said("joining", _Reader(), shown) == {
        "link:",
        "код K7MP-4QXA",
        "join K7MP4QXA",
        "start join_K7MP4QXA",
        "join:K7MP4QXA",
    }


def test_without_a_code_on_show_one_is_asked_for() -> None:
    assert _said("joining", _Reader(), _Reader("код K7MP-4QXA")) == {"link:"}


def test_a_button_of_somebody_else_is_pressed() -> None:
    assert _said("another's", _Reader(), _Reader()) == {"~1~1~yes"}


@pytest.mark.parametrize("label", others.AGREE)
def test_who_is_asked_whether_it_is_they_finds_the_button(label: str) -> None:
    assert others.agreeing(Shows("1", (("Нет", "menu:"), (label, "~1~1~yes")))) == "~1~1~yes"
    assert not others.agreeing(Shows("1", (("Нет", "menu:"),)))


def test_the_button_that_joins_is_called_what_the_product_calls_it() -> None:
    speeches = load_speeches(LOCALES, ZONE)
    said = {speeches[lang].say(line("It is me, join them")) for lang in ("ru", "en")}
    assert said == others.AGREE


def test_of_an_odd_type_everything_else_is_right() -> None:
    good = Sent("words", UPDATE, owed="5")
    made = [envelope.odd_type(Random(seed), good) for seed in range(50)]
    assert {one.headers["Content-Type"] for one in made} == {*envelope.TYPES}
    assert all((one.body, one.owed) == (good.body, good.owed) for one in made)


async def test_a_live_place_is_heard_once_and_moves_in_silence() -> None:
    async with FakeTelegram() as fakes:
        bot = fakes.bot("7000001:AAtest_token_of_the_citizens_bot_123", "otklik_bot")
        person = TelegramPerson(bot, 5, "ru", lambda: NOON, count(1))
        began, *moved = person.roam(Random(1), [(55.7, 37.6), (91, 181), (56, 38)])
    place = began.body["message"]
    assert began.owed and not began.silent and all(one.owed and one.silent for one in moved)
    assert {one.body["edited_message"]["message_id"] for one in moved} == {place["message_id"]}
    wheres = [one.body["edited_message"]["location"] for one in moved]
    assert [where["latitude"] for where in wheres] == [55.7, 91, 56]
    assert ["live_period" in where for where in (place["location"], *wheres)] == [True, True, True, False]


async def test_an_event_of_vk_may_be_of_a_kind_that_is_no_word() -> None:
    async with FakeVK() as fakes:
        group = fakes.group("vk1.a.0123456789abcdef", 200_000_001)
        odd: list[Any] = [{}, [], None, 5]
        for kind in odd:
            group.raw({"type": kind, "object": None})
        assert len(group.events) == len(odd)
