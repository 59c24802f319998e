from __future__ import annotations

from typing import Any

import pytest

from core.appeals.types import AnswerAppeal, TakeAppeal
from tests.dialogs.stage import Stage, stage

NEW, ANSWER = "117350425", "The hole was filled this morning."
TAKEN = {"status": "in_work", "mine": True, "official": "A. Petrova"}


def desk(**facts: Any) -> Stage:
    return stage(who="official", facts=facts)


def test_from_the_desk_to_the_answer() -> None:
    s = desk()
    s.command("start")
    s.press("New: 1")
    s.press(s.labels[0], "Take it")
    s.change(ShowAppeal={NEW: TAKEN})
    s.press("Answer it")
    s.say(ANSWER)
    shown = s.press("Send")
    assert s.done == [TakeAppeal(NEW), AnswerAppeal(NEW, ANSWER)]
    assert "is sent" in shown.text and s.labels == ["Next in the queue", "Open the message", "My desk"]


def test_the_card_has_all_facts_and_the_photos() -> None:
    shown = desk(ShowAppeal={NEW: TAKEN}).command("card", NEW)
    for what in (
        "117-350-425",
        "in work",
        "Яма у школы",
        "Roads and pavements",
        "Zarechny",
        "A. Petrova",
        "registered",
    ):
        assert what in shown.text
    assert shown.photos == ("яма.jpg",)


@pytest.mark.parametrize(
    ("card", "ways"),
    [
        ({}, ["Take it"]),
        (TAKEN, ["Answer it", "In work with me"]),
        ({**TAKEN, "mine": False}, []),
        ({"status": "answered", "mine": True, "answer": "Filled."}, ["In work with me"]),
    ],
)
def test_a_card_offers_what_this_official_may_do_now(card: dict[str, Any], ways: list[str]) -> None:
    s = desk(ShowAppeal={NEW: card})
    s.command("card", NEW)
    assert s.labels == [*ways, "New messages", "My desk"]


def test_whom_a_colleague_has_overtaken_is_told_so_and_led_on() -> None:
    why = "A colleague has taken this message already. Please choose another one."
    s = desk(TakeAppeal={"refuse": why})
    s.command("card", NEW)
    shown = s.press("Take it")
    assert shown.note == why and s.labels == ["New messages", "Menu"] and s.done == []
    assert "New: 1" in s.press("New messages").text


@pytest.mark.parametrize(
    ("card", "told"),
    [
        ({}, "Please take No. 117-350-425 first"),
        ({**TAKEN, "mine": False}, "A colleague answers No. 117-350-425"),
        ({**TAKEN, "status": "answered"}, "has been answered already"),
        ({**TAKEN, "status": "closed"}, "has been answered already"),
    ],
)
def test_what_cannot_be_answered_says_why_and_takes_no_words(card: dict[str, Any], told: str) -> None:
    s = desk(ShowAppeal={NEW: card})
    assert told in s.command("answer", NEW).text
    assert "New messages" in s.labels
    assert s.say(ANSWER).note == "Please choose what to do with the buttons." and s.done == []


@pytest.mark.parametrize("dialog", ["card", "answer"])
@pytest.mark.parametrize("number", ["", "999999999", "<b>", "9" * 50])
def test_a_number_of_another_authority_is_answered_politely(dialog: str, number: str) -> None:
    s = desk()
    assert "no such message in your queue" in s.command(dialog, number).text and "New messages" in s.labels


@pytest.mark.parametrize("said", ["", "ok", "a" * 4001])
def test_an_answer_too_short_or_too_long_is_asked_for_again(said: str) -> None:
    s = desk(ShowAppeal={NEW: TAKEN})
    s.command("answer", NEW)
    shown = s.say(said)
    assert shown.note and "Please write the answer" in shown.text and s.done == []


def test_an_answer_that_core_declines_is_not_lost() -> None:
    s = desk(
        ShowAppeal={NEW: TAKEN},
        AnswerAppeal={"refuse": "A colleague is working on this message. Only they can answer it."},
    )
    s.command("answer", NEW)
    s.say(ANSWER)
    shown = s.press("Send")
    assert "Only they can answer it" in shown.note and ANSWER in shown.text


@pytest.mark.parametrize("args", ["", "new", "mine.7", "done.x", "no.7", ".", "new.-1", "new.7.7"])
def test_any_pile_and_page_is_shown(args: str) -> None:
    s = desk()
    s.command("queue", args)
    assert "My desk" in s.labels
