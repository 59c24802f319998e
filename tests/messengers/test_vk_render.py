"""Any screen is one that VK takes, and what people have typed is shown as they typed it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.vk.render import APART, content, keyboard, literal, parts_of
from core.shown import Shown, ShownButton
from tests.fakes.vk_keyboard import checked
from tests.messengers.test_fit import SCREENS
from tests.messengers.vk_kit import button

VK_MARKUP = re.compile(
    r"\[(?:id|club|public|event)\d+\|[^\]]*\]|\[https?://[^|\]]+\|[^\]]*\]|[@*](?:id|club)\d+|&#?\w+;"
)
TYPED = st.lists(
    st.sampled_from(
        ["[id1|", "name", "]", "@id1 ", "*club2 ", "(x)", "&quot;", "&#33;", "&", "amp;", "[", "|", " ", "ы"]
    ),
    max_size=30,
).map("".join)


@given(SCREENS)
def test_the_strict_fake_takes_the_buttons_of_any_screen(shown: Shown) -> None:
    for part in parts_of(shown):
        params = content(part, ["photo1_2"] * len(part.pictures + part.files))
        assert len(params.get("message", "x")) <= 4096 and params.get("message", "x").strip()
        assert len(params.get("attachment", "").split(",")) <= 10
        if part.rows:
            checked(params["keyboard"])


@given(TYPED)
def test_what_people_have_typed_is_neither_a_link_nor_a_sign(typed: str) -> None:
    shown = literal(typed)
    assert shown.replace(APART, "") == typed
    assert not VK_MARKUP.search(shown)


@pytest.mark.parametrize("typed", ["a@b.ru", "https://example.ru/?a=1&b=2", "5 * 6", "[1] [2]", "R&D", "2 < 3"])
def test_ordinary_signs_are_left_alone(typed: str) -> None:
    assert literal(typed) == typed


def test_a_button_brings_back_its_data_and_the_main_one_stands_out() -> None:
    shown: dict[str, Any] = json.loads(keyboard([[button("Да", "~r~1~yes", main=True)], [button("Нет", "~r~1~no")]]))
    first, second = (row[0] for row in shown["buttons"])
    assert shown["inline"] is True
    assert first["action"] == {"type": "callback", "label": "Да", "payload": '{"b":"~r~1~yes"}'}
    assert (first["color"], second["color"]) == ("primary", "secondary")


def test_a_link_opens_and_a_place_is_asked_for() -> None:
    link, place = button("Сайт", kind="link", url="https://example.ru"), button("Где я", "~r~1~place", kind="place")
    (one,), (two,) = json.loads(keyboard([[link], [place]]))["buttons"]
    assert one == {"action": {"type": "open_link", "label": "Сайт", "link": "https://example.ru"}}
    assert two == {"action": {"type": "location", "payload": '{"b":"~r~1~place"}'}}


def test_ten_buttons_with_the_longest_data_are_within_the_limits() -> None:
    shown = Shown("…", buttons=tuple(ShownButton("ы" * 32, f"{n} " + "я" * 60) for n in range(12)))
    (part,) = parts_of(shown)
    assert sum(len(row) for row in checked(keyboard(part.rows))["buttons"]) == 10


def test_the_note_is_a_paragraph_above_the_words() -> None:
    (part,) = parts_of(Shown("Где это?", note="Записали."))
    assert content(part)["message"] == "Записали.\n\nГде это?"


def test_nobody_is_called_by_what_is_mentioned_and_no_page_is_drawn() -> None:
    (part,) = parts_of(Shown("Где это?"))
    assert content(part) == {"disable_mentions": True, "dont_parse_links": True, "message": "Где это?"}
