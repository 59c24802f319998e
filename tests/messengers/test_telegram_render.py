"""Whatever is to be shown is rendered so that a strict Telegram takes it, and shows what was meant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.fit import Part, units
from bots.live import Live
from bots.telegram.render import CAPS, Params, Words, is_empty
from bots.telegram.steps import Begun, Step, on_show, only_words, plain_words, steps
from core.shown import Shown, ShownButton
from core.talk import BUTTON_BYTES
from tests.fakes.telegram_params import Ask, check
from tests.fakes.telegram_rules import check_markup
from tests.fakes.telegram_text import formatted
from tests.messengers.test_fit import SCREENS, WORDS

CHAT, NOW = 5_000_000_001, datetime(2026, 9, 14, tzinfo=UTC)
HINT = "Press a button or write here"


def button(label: str, **more: object) -> ShownButton:
    return ShownButton("menu:", label, **more)  # type: ignore[arg-type]


def taken(method: str, params: Params) -> Params:
    """As a strict server reads it; it refuses what is wrong."""
    read = check(method, Ask(dict(params), form=False))
    formatted(read)
    check_markup(read.get("reply_markup", {}), private=True)
    return read


def sent(shown: Shown, *, keyboard: bool = False) -> list[Params]:
    """The messages of words."""
    made = steps(shown, keyboard=keyboard, got_it="Got it.")
    words = [step for step in made if isinstance(step, Words) and not is_empty(step.part)]
    return [taken("sendMessage", step.sent(CHAT, HINT)) for step in words]


@given(SCREENS, st.booleans())
def test_any_screen_is_taken_and_nothing_of_it_is_lost(shown: Shown, keyboard: bool) -> None:  # noqa: FBT001
    messages = sent(shown, keyboard=keyboard)
    markups = [message.get("reply_markup", {}) for message in messages]
    rows = markups[-1].get("inline_keyboard", ()) or markups[-1].get("keyboard", ())
    labels = [key["text"] for row in rows for key in row]
    told = "\n".join(message["text"] for message in messages)
    for one in shown.buttons:
        assert one.label in labels or one.label[:10] in told or any(one.label[:5] in label for label in labels)
    assert not [markup for markup in markups[:-1] if "inline_keyboard" in markup]
    asks = any("keyboard" in markup for markup in markups)
    assert not keyboard or asks or "remove_keyboard" in markups[0]


@given(SCREENS)
def test_any_screen_may_take_the_place_of_another_one_or_says_that_it_cannot(shown: Shown) -> None:
    for words in (plain_words(shown), only_words(shown)):
        if words is not None and words.part.text.strip():
            taken("editMessageText", words.edited(CHAT, 12))
            assert "reply_markup" not in taken("editMessageText", words.edited(CHAT, 12, buttons=False))


@given(WORDS.filter(str.strip), WORDS.filter(str.strip))
def test_just_the_note_is_in_italics(note: str, text: str) -> None:
    first = sent(Shown(text, note=note.strip()))[0]
    entity = first["entities"][0]
    whole = first["text"].encode("utf-16-le")
    italic = whole[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode("utf-16-le")
    assert len(first["entities"]) == 1 and entity["type"] == "italic"
    assert note.strip().startswith(italic.strip()) and first["text"].startswith(italic)


def test_words_of_people_are_shown_as_they_are_and_no_link_is_looked_into() -> None:
    message = sent(Shown("<b>a_b*</b> [x](http://example.org) @all /start"))[0]
    assert message["text"] == "<b>a_b*</b> [x](http://example.org) @all /start"
    assert "entities" not in message and "parse_mode" not in message
    assert message["link_preview_options"] == {"is_disabled": True}


def test_buttons_stand_one_below_the_other_and_the_main_one_stands_out() -> None:
    shown = Shown("?", buttons=(button("Да", main=True), button("Сайт", kind="link", url="https://example.ru/a")))
    rows = sent(shown)[0]["reply_markup"]["inline_keyboard"]
    assert rows == [
        [{"text": "Да", "callback_data": "menu:", "style": "primary"}],
        [{"text": "Сайт", "url": "https://example.ru/a"}],
    ]


def test_the_data_of_a_button_may_fill_its_room() -> None:
    full = "ж" * (BUTTON_BYTES // 2)
    assert sent(Shown("?", buttons=(ShownButton(full, "Да"),)))


def test_a_place_is_asked_for_in_a_keyboard_below_the_chat() -> None:
    shown = Shown("Где?", buttons=(button("Я здесь", kind="place"), button("Назад")))
    markup = sent(shown)[0]["reply_markup"]
    assert markup["keyboard"] == [[{"text": "Я здесь", "request_location": True}], [{"text": "Назад"}]]
    assert markup["resize_keyboard"] and markup["one_time_keyboard"] and markup["input_field_placeholder"] == HINT


def test_that_keyboard_goes_with_what_is_said_about_the_answer_or_a_word_of_its_own() -> None:
    noted = sent(Shown("Что дальше?", note="Место есть.", buttons=(button("Дальше"),)), keyboard=True)
    assert [message["text"] for message in noted] == ["Место есть.", "Что дальше?"]
    bare = sent(Shown("Что дальше?", buttons=(button("Дальше"),)), keyboard=True)
    assert [message["text"] for message in bare] == ["Got it.", "Что дальше?"]
    assert bare[0]["reply_markup"] == {"remove_keyboard": True}
    silent = sent(Shown("Готово."), keyboard=True)
    assert [(m["text"], m["reply_markup"]) for m in silent] == [("Готово.", {"remove_keyboard": True})]


def begun(made: tuple[Step, ...]) -> Begun:
    """All of it has been sent."""
    shown = [str(n) for n, step in enumerate(made) if not (isinstance(step, Words) and step.aside)]
    return Begun(made, len(made), [str(n) for n in range(len(made))], shown)


YES = (button("Да"),)
STANDING = (
    (Shown("?", buttons=YES), False, Live(("0",), NOW, plain=True, buttons=True)),
    (Shown("?", buttons=YES), True, Live(("1",), NOW, plain=True, buttons=True)),
    (Shown("?"), True, Live(("0",), NOW, plain=False)),
    (Shown("?", buttons=YES, photos=("a",)), False, Live(("0", "1"), NOW, plain=False, buttons=True)),
    (Shown("?", buttons=(button("Тут", kind="place"),)), False, Live(("0",), NOW, plain=False, keyboard=True)),
    (Shown("?", buttons=YES, keep=True), False, Live((), NOW, plain=False)),
)


@pytest.mark.parametrize("case", STANDING)
def test_what_stands_on_show_then_is_known(case: tuple[Shown, bool, Live]) -> None:
    shown, keyboard, live = case
    assert on_show(shown, begun(steps(shown, keyboard=keyboard, got_it="Got it.")), NOW) == live


def test_a_long_text_leaves_room_for_a_sentence_of_our_own() -> None:
    made = steps(Shown("👍 " * 4000), keyboard=False, got_it="")
    sizes = [units(step.part.text) for step in made if isinstance(step, Words)]
    assert len(sizes) > 2 and max(sizes) <= CAPS.text < 4096 - 100


def test_pictures_and_files_are_albums_of_ten() -> None:
    shown = Shown("?", photos=tuple(f"p{n}" for n in range(12)))
    assert [len(step.pictures) for step in steps(shown, keyboard=False, got_it="") if isinstance(step, Part)] == [10, 2]
