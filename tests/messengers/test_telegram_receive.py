"""What comes from Telegram becomes what was meant, and nothing that comes makes reading fail."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.intake import Back, Left
from bots.receive import Wanted
from bots.telegram.receive import Acknowledge, Bot, Decline, Heard, Parsed, parse
from core.conversations.types import Address
from core.files.types import Kind
from core.talk import Command, Contact, Message, Place, Press

PAYLOADS = Path(__file__).parent / "payloads" / "telegram"
BOT = Bot("7000001", "otklik_bot")
MARIA = Address("telegram", "7000001", "5000000001")
GROUP = -1001234567890


def payload(name: str) -> dict[str, Any]:
    update: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return update


def read(name: str, bot: Bot = BOT) -> Parsed:
    return parse(payload(name), b"raw", bot)


def heard(name: str, bot: Bot = BOT) -> Heard:
    found = read(name, bot)
    assert isinstance(found, Heard)
    return found


def said(name: str, bot: Bot = BOT) -> Message:
    """Without its key."""
    event = heard(name, bot).update.event
    assert isinstance(event, Message) and event.key.isdecimal()
    return replace(event, key="")


def test_words_come_with_their_writer_their_language_and_their_key() -> None:
    update, raw = heard("text").update, payload("text")
    assert update.address == MARIA and update.lang == "ru" and update.raw == b"raw" and not update.fleeting
    assert update.key == str(raw["update_id"]) and not update.part and not update.files
    assert update.event == Message("Во дворе яма, Лесная 5", key=str(raw["message"]["message_id"]))


@pytest.mark.parametrize(("code", "lang"), [("en", "en"), ("en-GB", "en"), ("uk", "ru"), ("", "ru"), (7, "ru")])
def test_a_language_that_we_do_not_speak_is_russian(code: Any, lang: str) -> None:
    update = payload("text")
    update["message"]["from"]["language_code"] = code
    found = parse(update, b"", BOT)
    assert isinstance(found, Heard) and found.update.lang == lang


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("start", Command("start")),
        ("start_with_payload", Command("start", "open_482135790_K7MP4QXA")),
        ("command_to_us", Command("my")),
    ],
)
def test_commands_are_read_with_what_is_said_with_them(name: str, event: Command) -> None:
    assert heard(name).update.event == event


@pytest.mark.parametrize("name", ["command_to_another", "command_in_cyrillic", "forwarded"])
def test_what_is_no_command_of_ours_stays_words(name: str) -> None:
    assert said(name) == Message(payload(name)["message"]["text"])


def test_a_story_after_a_command_is_words() -> None:
    update = payload("text")
    update["message"]["text"] = "/appeal " + "яма " * 40
    found = parse(update, b"", BOT)
    assert isinstance(found, Heard) and isinstance(found.update.event, Message)


def test_of_a_photo_the_largest_size_is_wanted() -> None:
    update = heard("photo").update
    source = {"file_id": "AgACAgIAAxkBAAIax", "unique": "AQADax"}
    assert update.files == (Wanted(Kind.PHOTO, source, "", 184533),)
    assert said("photo") == Message("Вот она")


def test_the_pieces_of_an_album_and_of_a_long_text_are_parts() -> None:
    names = ("album_first", "album_second", "forwarded", "long", "text")
    album = "album:13579246801234567"
    assert [heard(name).update.part for name in names] == [album, album, "forward", "long", ""]


def test_documents_are_wanted_under_a_clean_name_and_pictures_among_them_as_photos() -> None:
    names = ("document", "document_without_name", "picture_as_file", "document_too_large")
    files = [heard(name).update.files[0] for name in names]
    assert [(file.kind, file.name, file.size) for file in files] == [
        (Kind.DOCUMENT, "Акт осмотра.pdf", 80111),
        (Kind.DOCUMENT, "document.pdf", None),
        (Kind.PHOTO, "", 2400111),
        (Kind.DOCUMENT, "скан.pdf", 52428800),  # whether it is too large is decided where it is accepted
    ]


@pytest.mark.parametrize(
    ("file_name", "mime", "kind", "name"),
    [
        ("virus.exe", "application/x-msdownload", None, ""),
        ("virus.exe", "", None, ""),
        ("архив", "application/octet-stream", None, ""),
        ("схема.svg", "image/svg+xml", None, ""),
        ("Акт.exe", "application/pdf", Kind.DOCUMENT, "Акт.pdf"),
        ("Акт.PDF", "", Kind.DOCUMENT, "Акт.pdf"),
        ("яма.HEIC", "application/octet-stream", Kind.PHOTO, ""),
    ],
)
def test_a_file_of_a_kind_that_is_not_taken_is_refused_at_once(
    file_name: str, mime: str, kind: Kind | None, name: str
) -> None:
    update = payload("document")
    update["message"]["document"] |= {"file_name": file_name, "mime_type": mime}
    found = parse(update, b"", BOT)
    assert isinstance(found, Heard) and isinstance(found.update.event, Message)
    assert [(file.kind, file.name) for file in found.update.files] == ([] if kind is None else [(kind, name)])
    assert (found.update.event.text, found.update.event.unread) == ("Акт", "kind" if kind is None else "")


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("location", Message(place=Place("", 55.751244, 37.618423))),
        ("live_location", Message(place=Place("", 55.751244, 37.618423))),
        ("venue", Message(place=Place("Школа № 3, ул. Лесная, 5", 55.75, 37.61))),
        ("contact_own", Message(contact=Contact("+79991234567", own=True))),
        ("contact_of_another", Message(contact=Contact("+79997654321", own=False))),
        ("voice", Message(voice="voice")),
        ("audio", Message("Послушайте, как шумит", voice="voice")),
        ("video", Message("Течёт труба", unread="video")),
        ("video_note", Message(unread="video")),
        ("animation", Message(unread="video")),
        ("sticker", Message(unread="sticker")),
        ("dice", Message(unread="sticker")),
        ("poll", Message(unread="kind")),
        ("story", Message(unread="kind")),
        ("document", Message("Акт")),
    ],
)
def test_everything_else_that_people_send_is_told_apart(name: str, event: Message) -> None:
    assert said(name) == event


@pytest.mark.parametrize(
    ("name", "text"), [("edited", "Во дворе яма, Лесная 7"), ("edited_caption", "Вот она, у подъезда")]
)
def test_a_changed_message_names_the_one_that_it_replaces(name: str, text: str) -> None:
    update, id = heard(name).update, str(payload(name)["edited_message"]["message_id"])
    assert update.event == Message(text, key=id, edited=id) and not update.files


def test_a_press_knows_its_button_and_its_message() -> None:
    assert heard("press").update.event == Press("back", "ab12", 3, on="12") and heard("press").query
    assert heard("press_on_an_old_message").update.event == Press("menu:", on="11")


@pytest.mark.parametrize("name", ["press_on_an_inline_message", "press_in_a_game", "press_in_a_group"])
def test_a_press_that_says_nothing_to_us_is_only_acknowledged(name: str) -> None:
    assert read(name) == Acknowledge(payload(name)["callback_query"]["id"])


def test_who_blocks_us_and_who_comes_back_is_known() -> None:
    assert (read("blocked"), read("unblocked")) == (Left(MARIA), Back(MARIA))


@pytest.mark.parametrize("name", ["added_to_a_group", "group_command", "group_mention"])
def test_groups_hear_that_we_work_elsewhere(name: str) -> None:
    assert read(name) == Decline(GROUP, "ru")


NOTHING = (
    "group_talk group_command_to_another group_upgraded removed_from_a_group channel_post inline_query pinned"
    " timer_changed reaction live_location_moves"
)


@pytest.mark.parametrize("name", NOTHING.split())
def test_what_is_not_said_to_us_is_nothing(name: str) -> None:
    assert read(name) is None


SENSELESS: tuple[dict[str, Any], ...] = (
    {"text": 5},
    {"photo": []},
    {"document": {}},
    {"location": {"latitude": 91, "longitude": 37}},
    {"location": {"latitude": 10**400, "longitude": float("nan")}},
    {"contact": {"phone_number": "none"}},
    {"thing_of_tomorrow": {"id": 1}},
    {},
)


@pytest.mark.parametrize("facts", SENSELESS)
def test_what_makes_no_sense_is_heard_all_the_same_so_that_it_is_answered(facts: dict[str, Any]) -> None:
    update = payload("text")
    del update["message"]["text"]
    update["message"] |= facts
    found = parse(update, b"", BOT)
    assert isinstance(found, Heard) and isinstance(found.update.event, Message)
    assert found.update.event.unread == "kind"


def test_a_message_of_invisible_signs_is_an_empty_one() -> None:
    update = payload("text")
    update["message"]["text"] = "\u202e\ud800\x00"
    found = parse(update, b"", BOT)
    assert isinstance(found, Heard) and isinstance(found.update.event, Message) and not found.update.event.text


RESERVED = replace(BOT, reserved=True)
UNHEARD = ("voice", "audio", "video", "video_note", "sticker", "dice", "poll")


@pytest.mark.parametrize("name", ["photo", "document", "location", "contact_own", "long", *UNHEARD])
def test_where_personal_data_is_not_taken_only_labels_and_numbers_are(name: str) -> None:
    update = heard(name, RESERVED).update
    assert said(name, RESERVED) == Message(unread="words")
    assert update.fleeting and not update.files and not update.part


@pytest.mark.parametrize("name", ["text", "start_with_payload", "press"])
def test_where_personal_data_is_not_taken_the_rest_is_heard_and_not_kept(name: str) -> None:
    found = heard(name, RESERVED).update
    assert found.event == heard(name).update.event and found.fleeting


# Anything at all

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20) | st.just("\ud83d"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = sorted(path.stem for path in PAYLOADS.glob("*.json"))


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A payload in which a few values are something else, or are not there."""
    update: Any = payload(draw(st.sampled_from(NAMES)))
    for _ in range(draw(st.integers(1, 3))):
        at = update
        while True:
            keys = sorted(at) if isinstance(at, dict) else list(range(len(at)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(at[key], dict | list) and draw(st.integers(0, 3)):
                at = at[key]
                continue
            if draw(st.booleans()) or isinstance(at, list):
                at[key] = draw(JSON)
            else:
                del at[key]
            break
    return update


@given(JSON | mutated(), st.booleans())
def test_nothing_makes_it_fail_and_whatever_is_heard_can_be_stored(update: Any, reserved: bool) -> None:  # noqa: FBT001
    found = parse(update, b"", replace(BOT, reserved=reserved))
    if not isinstance(found, Heard):
        return
    made = found.update
    event = made.event
    words = [made.key, made.address.peer, made.part, *(file.name for file in made.files)]
    words += [event.text, event.key] if isinstance(event, Message) else []
    words += [event.name, event.args] if isinstance(event, Command) else []
    "".join(words).encode()
    json.dumps([dict(file.source) for file in made.files], allow_nan=False).encode("utf-8", "strict")
    assert int(made.address.peer) < 2**63
