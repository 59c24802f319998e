"""Any screen becomes messages that any messenger takes, and nothing of it is lost."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bots.fit import ELLIPSIS, MORE, Caps, Part, fit, in_one, units
from core.shown import Shown, ShownButton
from core.talk import Document

TELEGRAM = Caps(4096, 10, 10, mixed=False, buttons=100, columns=8, rows=25, label=64, asks="below", contact=True)
VK = Caps(
    4096, 10, 10, mixed=True, buttons=10, columns=5, rows=6, label=40, alone=frozenset({"link", "place"}), asks="beside"
)

SIGNS = st.sampled_from([*"абвЯz .,\n-1", "😀", "👨‍👩‍👧", "🇷🇺", "й", "👍🏽", "\u200b", "1️⃣"])
WORDS = st.tuples(st.lists(SIGNS, max_size=30).map("".join), st.integers(1, 9)).map(lambda pair: pair[0] * pair[1])
LABELS = st.tuples(st.sampled_from("абвгд123"), st.lists(SIGNS, max_size=9), st.integers(1, 6)).map(
    lambda made: (made[0] + "".join(made[1]) * made[2]).replace("\n", " ").strip()
)
KINDS = st.sampled_from(["press", "press", "press", "link", "place", "contact"])
URLS = st.sampled_from(["https://example.ru/a", "http://127.0.0.1:8080/x", "http://localhost/x", "https://t.me/bot"])
BUTTONS = st.builds(ShownButton, st.sampled_from(["menu:", "~r~1~a", "~r~1~/back"]), LABELS, KINDS, URLS, st.booleans())


@st.composite
def caps(draw: st.DrawFn) -> Caps:
    rows, columns = draw(st.integers(3, 12)), draw(st.integers(1, 8))
    return Caps(
        text=draw(st.integers(40, 500)),
        pictures=draw(st.integers(1, 10)),
        files=draw(st.integers(1, 10)),
        mixed=draw(st.booleans()),
        buttons=draw(st.integers(1, 12)),
        columns=columns,
        rows=rows,
        label=draw(st.integers(12, 64)),
        alone=draw(st.sampled_from([frozenset[str](), frozenset({"link", "place"})])),
        asks=draw(st.sampled_from(["beside", "below", ""])),
        contact=draw(st.booleans()),
    )


SCREENS = st.builds(
    Shown,
    text=WORDS.filter(str.strip),
    note=WORDS.map(str.strip),
    buttons=st.lists(BUTTONS, max_size=9, unique_by=lambda button: button.label).map(tuple),
    photos=st.integers(0, 23).map(lambda n: tuple(f"photo{i}" for i in range(n))),
    documents=st.integers(0, 12).map(lambda n: tuple(Document(f"file{i}", "a.pdf", 5) for i in range(n))),
    qr=st.sampled_from(["", "https://example.ru/open"]),
)


def bare(words: str) -> str:
    return re.sub(r"\s", "", words)


SMALL = replace(TELEGRAM, text=40)


@given(SCREENS, caps())
@example(Shown("ааааа  ааааа  ааааа  ", "аааа   аааа   аааа"), SMALL)
@example(Shown(f"{' ' * 41}а"), SMALL)
def test_every_part_is_taken(shown: Shown, caps: Caps) -> None:
    for part in fit(shown, caps):
        assert part.text.strip() or part.pictures or part.files
        assert units(part.text) <= caps.text
        assert 0 <= part.note <= len(part.text)
        assert len(part.pictures) <= caps.pictures and len(part.files) <= caps.files
        if not caps.mixed:
            assert [bool(part.text), bool(part.pictures), bool(part.files)].count(True) == 1
        assert len(part.rows) <= caps.rows
        assert all(len(row) <= caps.columns for row in part.rows)
        assert sum(map(len, part.rows)) <= caps.buttons
        for row in part.rows:
            assert len(row) == 1 or not any(button.main or button.kind in caps.alone for button in row)
        if not part.below:
            assert all(0 < units(button.label) <= caps.label for button in chain(*part.rows))


@given(SCREENS, caps().filter(lambda caps: caps.asks != "below"))
def test_what_one_message_takes_is_its_beginning_and_its_buttons(shown: Shown, caps: Caps) -> None:
    one, parts = in_one(shown, caps), fit(shown, caps)
    assert one.rows == parts[-1].rows
    assert one.text.strip() and units(one.text) <= caps.text and 0 <= one.note <= len(one.text)
    assert len(one.pictures) + len(one.files) <= (min(caps.pictures, caps.files) if caps.mixed else 0)
    words = [part.text for part in parts if part.text]
    assert one.text == words[0] if len(words) == 1 else words[0].startswith(one.text.removesuffix(MORE).rstrip())
    assert len(parts) > 1 or one == parts[0]


@given(SCREENS, caps())
def test_nothing_is_lost(shown: Shown, caps: Caps) -> None:
    parts = fit(shown, caps)
    said = "".join(part.text for part in parts)
    assert bare(shown.note + shown.text) in bare(said)
    assert tuple(chain(*(part.pictures for part in parts))) == shown.photos
    assert tuple(chain(*(part.files for part in parts))) == shown.documents
    shown_labels = [button.label for part in parts for row in part.rows for button in row]
    for button in shown.buttons:
        if button.kind in ("press", "link"):
            assert button.label in shown_labels or bare(button.label) in bare(said)
    assert not shown.qr or shown.qr in bare(said) or shown.qr in shown.text


@given(SCREENS, caps())
def test_buttons_hang_on_the_last_part_and_are_not_alike(shown: Shown, caps: Caps) -> None:
    *before, last = fit(shown, caps)
    assert not any(part.rows or part.below for part in before)
    labels = [button.label for row in last.rows for button in row]
    assert len(labels) == len(set(labels))


@given(SCREENS, caps())
def test_buttons_are_read_in_their_order(shown: Shown, caps: Caps) -> None:
    """Whoever presses by a number counts row by row."""
    rows = fit(shown, replace(caps, label=400))[-1].rows
    labels = [button.label for row in rows for button in row]
    assert labels == [button.label for button in shown.buttons if button.label in labels]


def labels(buttons: tuple[ShownButton, ...], caps: Caps) -> list[list[str]]:
    (part,) = fit(Shown("?", buttons=buttons), caps)
    return [[button.label for button in row] for row in part.rows]


def check() -> tuple[ShownButton, ...]:
    parts = ("текст", "категорию", "город", "адрес", "фото")
    changes = (ShownButton(f"~r~1~/change:{part}", f"Изменить: {part}") for part in parts)
    yes, back, menu = ShownButton("~r~1~yes", "Отправить", main=True), ("~r~1~/back", "Назад"), ("menu:", "Меню")
    return (yes, *changes, ShownButton(*back), ShownButton(*menu))


def test_where_rows_run_out_the_main_button_keeps_its_own_and_the_words_stay_readable() -> None:
    changes = [["Изменить: текст"], ["Изменить: категорию"], ["Изменить: город"]]
    assert labels(check(), VK) == [
        *(["Отправить"], *changes),
        ["Изменить: адрес", "Изменить: фото"],
        ["Назад", "Меню"],
    ]
    alone = [["Изменить: адрес"], ["Изменить: фото"]]
    assert labels(check(), TELEGRAM) == [["Отправить"], *changes, *alone, ["Назад", "Меню"]]


def test_short_ways_on_share_a_row_and_answers_stay_a_list() -> None:
    scores = tuple(ShownButton(f"~r~1~{n}", f"{n} – so-so") for n in range(1, 6))
    menu = ShownButton("menu:", "Menu")
    assert labels((*scores, menu), TELEGRAM) == [[score.label] for score in (*scores, menu)]
    languages = (ShownButton("language:ru", "Русский"), ShownButton("language:en", "English"))
    ways = (ShownButton("quiet", "What to write about"), *languages, ShownButton("personal:", "My data"), menu)
    pairs = [["What to write about"], ["Русский", "English"], ["My data", "Menu"]]
    assert labels(ways, TELEGRAM) == labels(ways, VK) == pairs
    place = ShownButton("~r~1~here", "Send where I am", "place")
    assert labels((place, ShownButton("~r~1~/back", "Back"), menu), TELEGRAM) == [["Send where I am"], ["Back", "Menu"]]


@given(SCREENS, caps())
def test_no_sign_is_torn(shown: Shown, caps: Caps) -> None:
    for part in fit(shown, caps):
        assert not part.text.startswith(("\u200d", "\ufe0f", "\u0306", "🏽"))
        assert not part.text.endswith("\u200d")


def texts(parts: tuple[Part, ...]) -> list[str]:
    return [part.text for part in parts]


def test_a_long_text_is_cut_where_a_sentence_ends() -> None:
    first, second = "The first sentence is here. " * 100, "And the rest."
    parts = fit(Shown(first + second), VK)
    assert len(parts) == 1
    parts = fit(Shown(first * 2 + second), VK)
    assert [text[-1] for text in texts(parts)] == [".", "."]


def test_a_picture_shares_the_message_only_where_it_may() -> None:
    shown = Shown("What now?", buttons=(ShownButton("menu:", "Menu"),), photos=("a", "b"))
    assert fit(shown, VK) == (Part("What now?", 0, ("a", "b"), (), ((ShownButton("menu:", "Menu"),),)),)
    assert fit(shown, TELEGRAM) == (
        Part(pictures=("a", "b")),
        Part("What now?", rows=((ShownButton("menu:", "Menu"),),)),
    )


def test_who_is_asked_for_a_place_in_a_keyboard_below_gets_all_buttons_there() -> None:
    place, skip = ShownButton("p", "Send the place", "place"), ShownButton("s", "Without a place")
    (part,) = fit(Shown("Where?", buttons=(place, skip)), TELEGRAM)
    assert part.below and part.rows == ((place,), (skip,))
    (part,) = fit(Shown("Where?", buttons=(place, skip)), VK)
    assert not part.below and part.rows == ((place,), (skip,))


def test_a_label_that_is_too_long_is_spelled_out_above() -> None:
    label = "Ministry of digital development and communications of the region"
    (part,) = fit(Shown("Who?", buttons=(ShownButton("a", label),)), VK)
    assert part.rows[0][0].label.endswith(ELLIPSIS) and f"1. {label}" in part.text


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/x", "http://localhost/x", "http://[", "https://a./x"])
def test_an_address_that_a_messenger_would_refuse_is_no_button(url: str) -> None:
    (part,) = fit(Shown("Here it is.", buttons=(ShownButton("l", "Open", "link", url),)), VK)
    assert part.rows == () and f"Open: {url}" in part.text


def test_an_address_of_the_region_is_one() -> None:
    link = ShownButton("l", "Open", "link", "https://xn--80ak6aa.xn--p1ai/consent?a=1")
    assert fit(Shown("Here it is.", buttons=(link,)), VK)[0].rows == ((link,),)
