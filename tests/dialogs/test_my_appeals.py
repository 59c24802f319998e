from __future__ import annotations

from typing import Any

import pytest

from tests.dialogs.stage import stage

ROWS = [
    {"number": f"1000000{n:02}", "title": "The same hole", "status": "in_work", "due": "2026-12-10T20:59:59Z"}
    for n in range(16)
]


def test_seven_a_page_there_and_back() -> None:
    s = stage(facts={"MyAppeals": ROWS})
    s.command("my")
    first = list(s.labels)
    on, back, find = "Further in the list", "Earlier in the list", "Find by number and code"
    assert len(first) == 10 and first[-3:] == [on, find, "Menu"]
    s.press(on, on)
    assert s.labels == ["100-000-014 The same hole", "100-000-015 The same hole", back, find, "Menu"]
    s.press(back, back)
    assert s.labels == first


@pytest.mark.parametrize("args", ["-1", "abc", "99999999999", "7; drop", "١"])
def test_an_unknown_page_is_the_first_or_an_empty_one_with_ways_out(args: str) -> None:
    s = stage(facts={"MyAppeals": ROWS})
    s.command("my", args)
    assert "Menu" in s.labels


def test_who_has_no_messages_is_told_how_to_begin() -> None:
    s = stage(facts={"MyAppeals": []})
    assert "Write what happened" in s.command("my").text and s.labels == [
        "Report a problem",
        "Find by number and code",
        "Menu",
    ]


@pytest.mark.parametrize(
    ("card", "there", "buttons"),
    [
        (
            {"status": "registered", "answer": "", "may": ["add", "withdraw"]},
            "The answer will be here by 10 December 2026",
            ["Add words or photos", "Withdraw it"],
        ),
        (
            {"status": "clarify", "question": "Which pole?", "answer": "", "may": ["reply", "add", "withdraw"]},
            "We have a question for you:\nWhich pole?",
            ["Reply to the question", "Add words or photos", "Withdraw it"],
        ),
        ({"status": "in_work", "overdue": True, "may": ["add"]}, "The answer is late", ["Add words or photos"]),
        ({"status": "answered"}, "The answer:\nЛампу заменили", ["Rate the answer"]),
        ({"status": "closed", "rating": 4, "may": []}, "Your rating: 4 of 5", ["New message"]),
        ({"status": "closed", "rating": 1, "may": ["reopen"]}, "Your rating: 1 of 5", ["Ask to look again"]),
        (
            {"status": "rejected", "reason": "no_facts", "answer": "", "may": []},
            "Not taken: it does not say what happened and where.\nPlease write again",
            ["New message"],
        ),
        ({"status": "withdrawn", "answer": "", "may": []}, "You have withdrawn it", ["New message"]),
    ],
)
def test_a_card_says_what_has_come_of_it(card: dict[str, Any], there: str, buttons: list[str]) -> None:
    s = stage(facts={"ShowAppeal": {"482135070": card}})
    shown = s.command("card", "482135070")
    assert there in shown.text and s.labels == [*buttons, "My messages", "Menu"]
    assert "20 November, 09:12: registered" in shown.text


def test_a_long_text_is_shortened_and_an_answer_is_not() -> None:
    long = "word " * 700
    s = stage(facts={"ShowAppeal": {"482135070": {"text": long, "answer": long.strip()}}})
    shown = s.command("card", "482135070")
    assert shown.text.count("word") < 700 + 62


@pytest.mark.parametrize("number", ["", "1", "999999999", "<b>", "' or 1=1", "9" * 50])
def test_a_number_that_is_not_theirs_is_answered_politely(number: str) -> None:
    s = stage()
    assert "no such message among yours" in s.command("card", number).text
    assert s.labels == ["Find by number and code", "My messages", "Menu"]
