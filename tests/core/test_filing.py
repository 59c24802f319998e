"""What may be filed: everything is checked again, whoever asks."""

from __future__ import annotations

from functools import partial
from typing import Any

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from core.appeals.tables import appeals
from core.appeals.types import FileAppeal
from core.appeals.wording import wrong_appeal, wrong_text
from core.files.store import add_file
from core.talk import Place
from core.text import clean_text
from tests.core.conftest import NOON, World, an_appeal, card, refusal, rows_of

WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"text": ""}, "Please write at least {n} character."),
    ({"text": "too short"}, "Please write at least {n} character."),
    ({"text": "a" * 4001}, "Please shorten the text by {n} character."),
    ({"text": "a" * 50_000}, "Please shorten the text by {n} character."),
    (
        {"text": "A pothole \x00 with a NUL"},
        "There are characters in the text that cannot be read. Please type it anew.",
    ),
    ({"text": "A pothole \ud800 alone"}, "There are characters in the text that cannot be read. Please type it anew."),
    ({"text": " A pothole with spaces "}, "There are characters in the text that cannot be read. Please type it anew."),
    ({"category": "magic"}, "There is no such category now. Please choose one from the list."),
    ({"category": ""}, "There is no such category now. Please choose one from the list."),
    ({"category": "ro\x00ads"}, "There are characters in the message that cannot be read. Please fill it in anew."),
    ({"territory": "00000000"}, "There is no such place on our list. Please choose one from it."),
    ({"territory": "\udfff"}, "There are characters in the message that cannot be read. Please fill it in anew."),
    ({"photos": ("nobody's",)}, "One of the photos has not reached us. Please send the photos again."),
    ({"photos": ("x\x00",)}, "There are characters in the message that cannot be read. Please fill it in anew."),
    ({"photos": tuple("abcdefghijk")}, "Please leave at most {n} photo."),
    ({"place": Place(lat=91, lon=0)}, "We could not read this place. Please give the address in words."),
    ({"place": Place(lat=float("nan"), lon=0)}, "We could not read this place. Please give the address in words."),
    ({"place": Place(lat=55.0)}, "We could not read this place. Please give the address in words."),
    ({"place": Place("x" * 501)}, "We could not read this place. Please give the address in words."),
)


def test_what_is_wrong_is_not_filed_and_the_sentence_says_what_to_do(world: World) -> None:
    citizen = world.a_citizen()
    for changes, why in WRONG:
        assert refusal(partial(world.run, citizen, an_appeal(**changes))) == why, changes
    assert rows_of(world, appeals) == 0


def test_what_is_right_is_kept_as_it_is(world: World) -> None:
    citizen = world.a_citizen()
    for text in ("0123456789", "a" * 4000, "Яма\n\tу дома <b>5</b> & ©"):
        assert card(world, citizen, world.a_filed(citizen, text=text)).text == text


def test_a_place_on_the_equator_has_no_sign_in_any_database(world: World) -> None:
    citizen = world.a_citizen()
    number = world.a_filed(citizen, place=Place("", -0.0, -0.0))
    a = appeals.c
    kept = world.read(lambda conn: conn.execute(sa.select(a.lat, a.lon).where(a.number == number)).one())
    assert [str(degree) for degree in kept] == ["0.0", "0.0"]
    seen = card(world, citizen, number)
    assert repr(seen.place) == "Place(address='', lat=0.0, lon=0.0)"


def test_filing_needs_a_consent_to_the_text_that_is_in_force(world: World) -> None:
    stranger = world.a_citizen(consent=False)
    why = "We need your consent before we can register the message. Please give it and send again."
    assert refusal(lambda: world.run(stranger, an_appeal())) == why


def test_only_ones_own_photos_are_filed_each_of_them_once(world: World) -> None:
    citizen, other = world.a_citizen(), world.a_citizen()
    first, second = (world.write(lambda tx: add_file(tx, citizen.id, "ab" * 32, "image/jpeg", 9, NOON)) for _ in "12")
    foreign = world.write(lambda tx: add_file(tx, other.id, "ab" * 32, "image/jpeg", 9, NOON))
    number = world.a_filed(citizen, photos=(second, first, second))
    assert card(world, citizen, number).photos == (second, first)
    assert "photos" in refusal(lambda: world.run(citizen, an_appeal(photos=(first, foreign))))


def test_an_appeal_goes_where_the_first_rule_that_fits_sends_it(world: World) -> None:
    citizen = world.a_citizen()
    for category, territory, authority in (
        ("roads", "99701000", "Администрация города Заречного"),
        ("roads", "99604000", "Министерство транспорта Заречного края"),
        ("waste", "99701000", "Администрация города Заречного"),
        ("health", "99701000", "Правительство Заречного края"),
        ("other", "99624000", "Правительство Заречного края"),
    ):
        receipt = world.run(citizen, an_appeal(category=category, territory=territory))
        assert receipt.authority["ru"] == authority


@given(st.text(max_size=4100))
def test_a_text_is_accepted_exactly_if_it_is_clean_and_of_a_fair_length(text: str) -> None:
    assert (wrong_text(text) is None) == (clean_text(text) == text and 10 <= len(text) <= 4000)


@given(st.builds(FileAppeal, st.text(), st.text(), st.text(), st.builds(Place), st.lists(st.text()).map(tuple)))
def test_looking_at_a_command_never_fails(command: FileAppeal) -> None:
    wrong_appeal(command)
