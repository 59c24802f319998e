"""What VK brings, in payloads as it sends them, becomes events; whatever else comes, nothing breaks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.intake import Back, Left
from bots.vk.receive import Ack, Crowd, Said
from core.conversations.types import Address
from core.files.types import Kind
from core.talk import Command, Message, Place, Press
from tests.messengers.vk_kit import GROUP, PAYLOADS, parsed, payload

PERSON = Address("vk", "200000001", "151213447")
NAMES = sorted(path.stem for path in PAYLOADS.glob("*.json"))


def said(name: str) -> Said:
    found = parsed(payload(name))
    assert isinstance(found, Said)
    return found


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("text", Message("На улице Садовой, у школы № 5, глубокая яма.", key="41")),
        ("start_button", Command("start")),
        ("start_by_link", Command("start", "join_7KQ2M4XA")),
        ("hello_by_link", Command("start", "open_482-130-557_9FKM")),
        ("words_by_link", Message("У нас прорвало трубу, вода идёт в подвал", key="58")),
        ("text_button", Press("mine:")),
        ("foreign_payload", Message("Меню", key="44")),
        ("command", Command("status", "482-130-557")),
        ("place", Message(place=Place("", 55.75393, 37.620795), key="48")),
        ("voice", Message(voice="151213447_672001400", key="49")),
        ("sticker", Message(unread="sticker", key="50")),
        ("video_message", Message(unread="video", key="51")),
        ("wall_post", Message("Посмотрите", unread="kind", key="52")),
        ("link", Message("https://example.ru/yama", key="53")),
        ("forwarded", Message("Соседи пишут\nВо дворе нет света\nТретий день\nИ у нас", key="54")),
        ("reply", Message("да, это она", key="55")),
        ("edited", Message("На улице Садовой, у школы № 6, глубокая яма.", edited="41")),
        ("press", Press("yes", "r7", 3, on="40")),
        ("press_as_string", Press("mine:", on="40")),
    ],
)
def test_what_people_do_becomes_an_event(name: str, event: object) -> None:
    found = said(name)
    assert found.update.event == event
    assert found.update.address == PERSON


def test_keys_are_the_same_whichever_way_an_event_comes_and_however_often() -> None:
    again = payload("text") | {"event_id": "another", "secret": "x"}
    found = parsed(again)
    assert isinstance(found, Said) and found.update.key == said("text").update.key == "m41"
    assert said("edited").update.key == "d41.1789371660.616808579"
    assert said("press").update.key == "eb7f0c1d2e3a4"


def test_the_secret_is_not_kept_with_the_event() -> None:
    found = parsed(payload("text") | {"secret": "very-secret-words"})
    assert isinstance(found, Said) and b"very-secret-words" not in found.update.raw
    assert json.loads(found.update.raw) == payload("text")


def test_a_press_can_be_acknowledged() -> None:
    assert said("press").ack == Ack("b7f0c1d2e3a4", 151213447, 151213447)
    assert said("text").ack is None


def test_the_language_of_the_client_is_that_of_the_answers() -> None:
    assert (said("text").update.lang, said("text_in_english").update.lang) == ("ru", "en")


def test_the_largest_of_the_sizes_is_fetched_and_can_be_asked_for_again() -> None:
    first, second = said("photos_with_words").update.files
    assert first.kind is Kind.PHOTO and "cs=1920x2560" in first.source["url"]
    assert {**first.source, "url": ""} == {"url": "", "peer": 151213447, "cmid": 46, "id": "photo151213447_457239101"}
    assert second.source["id"] == "photo151213447_457239102"


def test_a_photo_sent_as_a_file_is_a_photo_and_a_document_keeps_its_name_and_size() -> None:
    document, photo = said("documents").update.files
    assert (document.kind, document.name, document.size) == (Kind.DOCUMENT, "Акт осмотра.pdf", 182044)
    assert (photo.kind, photo.size) == (Kind.PHOTO, 2400311)


@pytest.mark.parametrize("ext", ["exe", "zip", "svg", "", None, "p df"])
def test_a_file_of_a_kind_that_is_not_taken_is_refused_at_once(ext: str | None) -> None:
    event = payload("documents")
    event["object"]["message"]["attachments"][0]["doc"]["ext"] = ext
    found = parsed(event)
    assert isinstance(found, Said) and isinstance(found.update.event, Message)
    assert found.update.event.unread == "kind" and [file.kind for file in found.update.files] == [Kind.PHOTO]


def test_forwarded_messages_bring_their_photos_and_may_come_in_parts() -> None:
    update = said("forwarded").update
    assert len(update.files) == 1 and update.part == "forward"


def test_a_long_text_may_have_a_second_part() -> None:
    assert said("long").update.part == "long"
    assert said("text").update.part == ""


def test_who_forbids_or_allows_to_write_is_known() -> None:
    assert parsed(payload("deny")) == Left(PERSON)
    assert parsed(payload("allow")) == Back(PERSON)


def test_in_a_chat_of_several_people_only_who_speaks_to_us_is_answered() -> None:
    assert parsed(payload("chat_mention")) == Crowd(2_000_000_004, 12, "ru")
    assert isinstance(parsed(payload("chat_invite")), Crowd)
    assert parsed(payload("chat_gossip")) is None


@pytest.mark.parametrize("name", ["reply_of_ours", "typing", "subscribed"])
def test_what_is_not_said_to_us_is_nothing(name: str) -> None:
    assert parsed(payload(name)) is None


@pytest.mark.parametrize("group", [1, "200000001", True, None, 2**80, -GROUP])
def test_an_event_of_another_group_is_nothing(group: object) -> None:
    assert parsed(payload("text") | {"group_id": group}) is None


def test_a_title_that_is_an_address_goes_with_the_place() -> None:
    event = payload("place")
    event["object"]["message"]["geo"]["place"]["title"] = "Садовая улица, 5"
    found = parsed(event)
    place = Place("Садовая улица, 5", 55.75393, 37.620795)
    assert isinstance(found, Said) and found.update.event == Message(place=place, key="48")


@pytest.mark.parametrize("latitude", [float("nan"), float("inf"), 91, "55", None, True, 10**400])
def test_a_place_beyond_the_earth_is_none(latitude: object) -> None:
    event = payload("place")
    event["object"]["message"]["geo"]["coordinates"]["latitude"] = latitude
    found = parsed(event)
    assert isinstance(found, Said) and getattr(found.update.event, "place", None) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(GROUP) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_no_json_breaks_it(event: object) -> None:
    parsed(event)
    for kind in ("message_new", "message_edit", "message_event", "message_deny"):
        parsed({"group_id": GROUP, "type": kind, "object": event})


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(spot for key, one in inner for spot in spots(one, (*path, key)))]


@given(st.data())
def test_no_mutation_of_a_real_payload_breaks_it(data: st.DataObject) -> None:
    event = payload(data.draw(st.sampled_from(NAMES)))
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(spots(event)[1:]))
        there: Any = event
        for step in way:
            there = there[step]
        there[last] = data.draw(JSON)
    found = parsed(event)
    if isinstance(found, Said):
        assert found.update.key and found.update.address.peer.isdecimal()
        json.loads(found.update.raw)
        str(found.update).encode("utf-8", "strict") if not _surrogates(event) else None


def _surrogates(event: Any) -> bool:
    return "\\ud8" in json.dumps(event)


def test_deep_nesting_is_no_harm() -> None:
    event = payload("text")
    deep: dict[str, Any] = {"text": "x"}
    for _ in range(200):
        deep = {"text": "x", "fwd_messages": [deep]}
    event["object"]["message"]["fwd_messages"] = [deep]
    found = parsed(event)
    assert isinstance(found, Said)
    assert getattr(found.update.event, "text", "").count("x") == 3
