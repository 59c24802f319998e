"""What people type is cleaned once; what is stored is what was cleaned."""

from __future__ import annotations

import json
import unicodedata

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.talk import Message
from core.text import clean_text, shortened
from tests.pipe.conftest import Pipe

ANY = st.text(st.characters())  # lone surrogates too
NASTY = st.lists(
    st.sampled_from(
        "\x00\x01\r\n\t\u2028\x85\x0b\ud83d\ude00\ufeff\u202e\u2066\ufffe\u0301\u0306е́и\u200d\u00a0<&\\\"'%{}"
    )
    | ANY
).map("".join)


@given(ANY | NASTY)
@example("e\u0301" + "\u0301" * 12)
@example("\u0301" * 9 + "\u0316" * 9)
@example("\ud83d\x00\ude00")
@example("\u1100\u200b\u1161\x00\u11a8")
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert once == unicodedata.normalize("NFC", once)


@given(ANY | NASTY)
def test_what_is_clean_can_be_stored_and_sent_anywhere(text: str) -> None:
    clean = clean_text(text)
    assert clean.encode().decode() == clean
    assert not {sign for sign in clean if unicodedata.category(sign) in ("Cs", "Cc")} - set("\n\t")
    assert not set(clean) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
    assert clean == clean.strip()


@given(ANY | NASTY, st.integers(2, 60))
def test_shortening_keeps_to_its_length(text: str, most: int) -> None:
    short = shortened(clean_text(text), most)
    assert len(short) <= most
    assert "\n" not in short


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ANY | NASTY, min_size=5, max_size=20))
def test_both_engines_give_back_what_was_stored(pipe: Pipe, texts: list[str]) -> None:
    chat = pipe.a_citizen()
    clean = [clean_text(text) for text in texts]
    for text in clean:
        pipe.hears(chat, Message(text))
    stored = [event["text"] for event in pipe.rows("inbox", "event", conversation_id=chat.id)]
    assert stored == clean
    assert json.loads(json.dumps(stored)) == clean
