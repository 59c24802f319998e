from __future__ import annotations

from typing import Any

import pytest

from bots.files.answers import REASONS
from core.appeals.types import Reason
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
        ("clarify", {"status": "clarify", "question": "Which pole?"}, "There is a question about your message"),
        ("redirected", {"status": "redirected", "answer": ""}, "Zarechny Town Hall: we have passed it on"),
        ("rejected", {"status": "rejected", "reason": "spam", "answer": ""}, "Why: it is advertising"),
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


def test_a_question_leads_to_the_reply_and_names_the_day() -> None:
    card = {"status": "clarify", "question": "Which pole?", "reply_by": "2026-11-24T23:59:59+03:00"}
    shown = stage(facts={"ShowAppeal": {NUMBER: card}}).pushed("status", number=NUMBER, status="clarify")
    assert shown is not None and "Which pole?" in shown.text and "by 24 November 2026" in shown.text and shown.keep
    assert [button.data for button in shown.buttons] == [f"reply:{NUMBER}", f"card:{NUMBER}"]


@pytest.mark.parametrize("reason", list(Reason))
def test_every_refusal_says_what_to_do_next(reason: Reason) -> None:
    s = stage(
        facts={"ShowAppeal": {NUMBER: {"status": "rejected", "reason": reason.value, "answer": "", "history": []}}}
    )
    shown = s.pushed("status", number=NUMBER, status="rejected")
    assert shown is not None and len(shown.text.splitlines()) == 3 and s.play.problems == []
    assert shown.buttons[0].data == "appeal:"


def test_whoever_has_begun_something_is_reminded_of_their_words_as_long_as_it_is_there() -> None:
    s = stage(facts={"ShowDraft": {"11": {"run": "11", "words": "The lamp in our yard"}}})
    shown = s.pushed("draft", run="11")
    assert shown is not None and "The lamp in our yard" in shown.text and shown.buttons[0].data == "resume:11"
    assert s.pushed("draft", run="12") is None


def test_a_gathered_file_is_handed_over_and_kept() -> None:
    file = {"sha256": "0", "mime": "application/zip", "size": 9, "kind": "export", "name": "data.zip"}
    shown = stage(facts={"OpenFile": {"e1": file}}).pushed("export", ref="e1")
    assert shown is not None and shown.keep and [each.name for each in shown.documents] == ["data.zip"]


@pytest.mark.parametrize(("name", "words"), [("plan.pdf", "the file «plan.pdf»"), ("", "one of your photos")])
def test_what_was_lost_is_asked_for_again(name: str, words: str) -> None:
    shown = stage().pushed("lost", ref="f1", name=name)
    assert shown is not None and words in shown.text and "once more" in shown.text


@pytest.mark.parametrize("name", ["act.exe", ""])
@pytest.mark.parametrize("problem", REASONS)
def test_what_cannot_be_taken_is_not_asked_for_again_for_ever(problem: str, name: str) -> None:
    shown = stage().pushed("lost", ref="f1", name=name, problem=problem)
    assert shown is not None and "once more" not in shown.text and name in shown.text
    assert ("too large" in shown.text) is (problem in ("size", "pixels"))


@pytest.mark.parametrize("problem", ["", "gone", "status 500", "ClientError"])
def test_what_did_not_come_through_is_asked_for_again(problem: str) -> None:
    shown = stage().pushed("lost", ref="f1", name="act.pdf", problem=problem)
    assert shown is not None and "once more" in shown.text


@pytest.mark.parametrize(
    ("what", "words"), [("reply", "has replied"), ("remark", "has added something"), ("withdrawn", "has taken it back")]
)
def test_officials_are_told_what_the_author_has_done(what: str, words: str) -> None:
    s = stage(who="official")
    shown = s.pushed("spoke", number=NEW, what=what)
    assert shown is not None and words in shown.text and [button.data for button in shown.buttons] == [f"card:{NEW}"]
    s.change(ShowAppeal={NEW: {"status": "withdrawn"}})
    assert (s.pushed("spoke", number=NEW, what=what) is None) == (what != "withdrawn")


def test_officials_are_told_of_a_new_message_until_somebody_takes_it() -> None:
    s = stage(who="official")
    shown = s.pushed("queued", number=NEW)
    assert shown is not None and "117-350-425" in shown.text and "Яма у школы" in shown.text
    assert [button.data for button in shown.buttons] == [f"card:{NEW}", "queue:new"]
    s.change(ShowAppeal={NEW: IN_WORK})
    assert s.pushed("queued", number=NEW) is None
