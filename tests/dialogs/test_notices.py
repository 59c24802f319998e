from __future__ import annotations

from typing import Any

import pytest

from tests.dialogs.stage import stage

NUMBER, NEW = "482135070", "117350425"
IN_WORK = {"status": "in_work", "answer": ""}


@pytest.mark.parametrize(
    ("told", "card", "words"),
    [
        ("in_work", IN_WORK, "is in work"),
        ("answered", {}, "Here is the answer"),
        ("answered", {"status": "closed"}, "Here is the answer"),
        ("closed", {"status": "closed"}, "is closed"),
    ],
)
def test_a_status_is_told(told: str, card: dict[str, Any], words: str) -> None:
    shown = stage(facts={"ShowAppeal": {NUMBER: card}}).pushed("status", number=NUMBER, status=told)
    assert shown is not None and words in shown.text


@pytest.mark.parametrize(
    ("told", "card"),
    [
        ("in_work", {}),
        ("in_work", {"status": "closed"}),
        ("answered", IN_WORK),
        ("answered", {"status": "closed", "rating": 5}),
        ("closed", {}),
        ("closed", {"status": "closed", "rating": 5}),
        ("nonsense", {}),
    ],
)
def test_what_has_moved_on_is_not_told(told: str, card: dict[str, Any]) -> None:
    assert stage(facts={"ShowAppeal": {NUMBER: card}}).pushed("status", number=NUMBER, status=told) is None


@pytest.mark.parametrize("kind", ["status", "queued"])
def test_what_is_not_theirs_is_not_told(kind: str) -> None:
    assert stage().pushed(kind, number="999999999", status="answered") is None


def test_an_answer_comes_in_full_and_can_be_rated_while_there_is_time() -> None:
    long = "word " * 700
    shown = stage(facts={"ShowAppeal": {NUMBER: {"answer": long.strip()}}}).pushed(
        "status", number=NUMBER, status="answered"
    )
    assert shown is not None and shown.text.count("word") == 700 and shown.keep
    assert [button.data for button in shown.buttons] == [*(f"rate:{NUMBER}.{n}" for n in range(1, 6)), f"card:{NUMBER}"]


def test_officials_are_told_of_a_new_message_until_somebody_takes_it() -> None:
    s = stage(who="official")
    shown = s.pushed("queued", number=NEW)
    assert shown is not None and "117-350-425" in shown.text and "Яма у школы" in shown.text
    assert [button.data for button in shown.buttons] == [f"card:{NEW}", "queue:new"]
    s.change(ShowAppeal={NEW: IN_WORK})
    assert s.pushed("queued", number=NEW) is None
