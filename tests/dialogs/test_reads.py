"""Words for buttons, and labels that tell them apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.shown import Shown, ShownButton
from dialogs.reads import distinct, meant, plain

RUN = "~3fa9c1d2~7~"


def screen(*labels: str, reads: bool = False) -> Shown:
    return Shown("?", buttons=tuple(ShownButton(f"{RUN}k{i}", label) for i, label in enumerate(labels)), reads=reads)


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("yes", "k0"),
        ("  YES 👍 ", "k0"),
        ("«Yes».", "k0"),
        ("Yes!", "k0"),
        ("2", "k1"),
        ("2.", "k1"),
        ("3", None),
        ("0", None),
        ("", None),
        ("👍", None),
        ("yess", None),
        ("ye s", None),
        ("9" * 5000, None),
        ("-1", None),
        ("²", None),
    ],
)
def test_a_button_answers_to_its_label_and_its_number(said: str, key: str | None) -> None:
    assert meant(said, screen("👍 Yes", "No"), "Back") == (key and RUN + key)


def test_numbers_are_labels_where_a_label_is_a_number() -> None:
    assert meant("2", screen("2", "1"), "Back") == f"{RUN}k0"
    assert meant("3", screen("2", "1", "no"), "Back") is None


def test_russian_words_are_compared_as_people_type_them() -> None:
    shown = screen("✅ Всё верно", "Нет, изменить", "12:00")
    assert [meant(said, shown, "Назад") for said in ("все верно", "ВСЁ ВЕРНО!", "нет, изменить…", "12:00")] == [
        f"{RUN}k0",
        f"{RUN}k0",
        f"{RUN}k1",
        f"{RUN}k2",
    ]


def test_labels_of_signs_alone_are_told_apart() -> None:
    assert meant("👎", screen("👍", "👎"), "Back") == f"{RUN}k1"
    assert meant("⭐⭐", screen("⭐", "⭐⭐"), "Back") == f"{RUN}k1"
    assert [b.label for b in distinct(screen("⭐", "⭐⭐", "+1", "-1").buttons)] == ["⭐", "⭐⭐", "+1", "-1"]


def test_where_words_are_read_only_the_way_back_answers() -> None:
    shown = Shown(
        "?", buttons=(ShownButton(f"{RUN}/keep", "Leave as is"), ShownButton(f"{RUN}/back", "Назад")), reads=True
    )
    assert meant("назад", shown, "Назад") == f"{RUN}/back"
    assert [meant(said, shown, "Назад") for said in ("leave as is", "1", "2", "back", "")] == [None] * 5
    option = Shown("?", buttons=(ShownButton(f"{RUN}road", "Back"),), reads=True)
    assert meant("back", option, "Back") is None


def test_what_asks_the_device_or_opens_a_link_has_to_be_pressed() -> None:
    shown = Shown(
        "?",
        buttons=(
            ShownButton("a", "Send my place", "place"),
            ShownButton("", "Policy", "link", "https://e"),
            ShownButton("b", "My phone", "contact"),
            ShownButton("c", "No"),
        ),
    )
    assert [meant(said, shown, "Back") for said in ("send my place", "policy", "my phone", "1", "2", "3")] == [None] * 6
    assert meant("4", shown, "Back") == meant("no", shown, "Back") == "c"  # a number counts what people see


LABELS = st.text(st.sampled_from("aAбёЁе12 .!👍⭐«»-"), max_size=5)
KINDS = st.sampled_from(["press", "press", "link", "place", "contact"])
SHOWN = st.builds(
    lambda labels, kinds, reads: Shown(
        "?",
        buttons=distinct(
            ShownButton(f"{RUN}{'/back' if i == 0 else i}", label, kind)
            for i, (label, kind) in enumerate(zip(labels, kinds, strict=False))
        ),
        reads=reads,
    ),
    st.lists(LABELS, max_size=9),
    st.lists(KINDS, min_size=9, max_size=9),
    st.booleans(),
)


@given(SHOWN, LABELS | st.integers(0, 12).map(str), LABELS)
def test_words_press_at_most_the_button_that_they_name(shown: Shown, said: str, back: str) -> None:
    data = meant(said, shown, back)
    if data is None:
        return
    (button,) = [b for b in shown.buttons if b.data == data]
    named, nth = plain(button.label) == plain(said), str(shown.buttons.index(button) + 1) == plain(said)
    assert button.kind == "press" and (named or nth)
    asks = any(b.kind in ("place", "contact") for b in shown.buttons)
    assert not shown.reads or (named and (asks or (data.endswith("/back") and plain(back) == plain(said))))
    assert named or not any(plain(b.label).isdecimal() for b in shown.buttons)


@given(SHOWN)
def test_every_button_that_is_pressed_answers_to_its_label(shown: Shown) -> None:
    asks = any(button.kind in ("place", "contact") for button in shown.buttons)
    for button in shown.buttons:
        if button.kind == "press" and (asks or not shown.reads) and plain(button.label):
            assert meant(button.label, shown, "Back") == button.data


@given(st.lists(LABELS, max_size=12))
def test_distinct_labels_are_distinct_and_in_order(labels: list[str]) -> None:
    buttons = distinct(screen(*labels).buttons)
    assert [b.data for b in buttons] == [f"{RUN}k{i}" for i in range(len(labels))]
    assert len({plain(b.label) for b in buttons}) == len(labels)
    assert all(b.label.startswith(label) for b, label in zip(buttons, labels, strict=True))


@given(st.text(max_size=30))
def test_comparing_is_stable(words: str) -> None:
    assert plain(plain(words)) == plain(words) == plain(f" {words} ")
