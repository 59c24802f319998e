"""What authors do with a message that is filed: reply, add, withdraw, ask to look again, open it from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from core.appeals.types import AddToAppeal, OpenByCode, ReopenAppeal, ReplyToQuestion, WithdrawAppeal
from core.talk import BUTTON_BYTES, Message
from tests.dialogs.stage import Stage, stage

NUMBER, OTHER = "117350425", "350117425"
ASKED = {"status": "clarify", "question": "Which side?", "may": ["reply", "add", "withdraw"]}
MATTER = {"number": NUMBER, "title": "A hole", "status": "registered", "due": "2026-12-14T23:59:59+03:00"}


def mine(**card: Any) -> Stage:
    return stage(facts={"ShowAppeal": {NUMBER: card}, "OpenByCode": {OTHER: "K7MP9QXA"}})


def test_a_reply_is_words_photos_and_files_in_any_split() -> None:
    s = mine(**ASKED)
    s.command("reply", NUMBER)
    s.say(photos=("a.jpg",))
    s.say("On the left")
    s.play.turn(Message(documents=("plan.pdf",)))
    s.press("Send the reply")
    assert s.done == [ReplyToQuestion(NUMBER, "On the left", ("a.jpg",), ("plan.pdf",))]


def test_a_reply_may_be_a_photo_alone() -> None:
    s = mine(**ASKED)
    s.command("reply", NUMBER)
    s.say(photos=("a.jpg",))
    s.press("Only photos or files", "Send the reply")
    assert s.done == [ReplyToQuestion(NUMBER, "", ("a.jpg",), ())]


def test_whoever_goes_on_telling_on_the_check_screen_is_not_told_to_press() -> None:
    s = mine()
    s.command("add", NUMBER)
    s.say("The bench beside it")
    shown = s.say("and besides the fence has fallen down since the storm")
    assert "This is added to your message." in shown.note
    s.press("Add it")
    words = "The bench beside it\nand besides the fence has fallen down since the storm"
    assert s.done == [AddToAppeal(NUMBER, words)]


def test_photos_and_files_are_offered_for_change_only_where_there_are_some() -> None:
    s = mine()
    s.command("add", NUMBER)
    s.say("The bench beside it")
    assert not any("photos" in label or "files" in label for label in s.labels)
    s.say(photos=("a.jpg",))
    s.press("Change: the photos", "Remove the photos", "Add it")
    assert s.done == [AddToAppeal(NUMBER, "The bench beside it")]


@pytest.mark.parametrize("form", ["add", "reply", "withdraw", "again"])
@pytest.mark.parametrize("number", [NUMBER, "", "999999999", "<b>", "9" * 200])
def test_what_is_not_possible_says_so_leads_on_and_takes_no_words(form: str, number: str) -> None:
    s = mine(may=[])
    s.command(form, number)
    assert all(len(button.data.encode()) <= BUTTON_BYTES for button in s.play.shown[-1].buttons)
    assert s.play.shown[-1].text and {"My messages", "New message"} & {*s.labels} and s.play.problems == []
    assert "What is it about?" in s.say("The lamp in our yard is dark").text and s.done == []


def test_nothing_is_withdrawn_by_words_or_by_leaving_it() -> None:
    s = mine()
    s.command("withdraw", NUMBER)
    s.say("hm")
    s.press("No, leave it")
    assert s.done == []
    s.press("Withdraw it", "Take it back")
    assert s.done == [WithdrawAppeal(NUMBER)]


def test_it_is_looked_at_again_from_the_card() -> None:
    s = mine(status="closed", rating=1, may=["reopen"])
    s.command("card", NUMBER)
    s.press("Ask to look again")
    assert "21 December 2026" in s.say("The hole is back").text
    assert s.done == [ReopenAppeal(NUMBER, "The hole is back")]


@pytest.mark.parametrize("number", [OTHER, "350-117-425", "№ 350 117 425", "350.117.425"])
@pytest.mark.parametrize("code", ["K7MP9QXA", "K7MP-9QXA", "K7MP 9QXA"])
def test_number_and_code_are_taken_as_people_type_them(number: str, code: str) -> None:
    s = mine()
    s.command("find")
    s.say(number)
    assert "stands among your messages now" in s.say(code).text
    assert s.done == [OpenByCode(OTHER, "K7MP9QXA")]


def test_a_wrong_code_says_no_more_than_that_they_do_not_fit() -> None:
    s = mine()
    s.command("find")
    s.say(OTHER)
    assert "do not fit together" in s.say("AAAAAAAA").text and s.labels == ["Try again", "Menu"]


def test_a_link_opens_nothing_before_a_press() -> None:
    s = mine()
    s.command("open", f"{OTHER}.K7MP9QXA")
    assert s.done == []
    s.press("Open it")
    assert s.done == [OpenByCode(OTHER, "K7MP9QXA")] and "Open the message" in s.labels


@pytest.mark.parametrize("args", ["", ".", "x", f"{OTHER}.", "<b>.{number}", "9" * 200])
def test_a_broken_link_leads_on(args: str) -> None:
    s = mine()
    s.command("open", args)
    s.press("Open it")
    assert "does not open a message" in s.play.shown[-1].text and s.play.problems == []


def test_words_after_filing_are_added_with_all_that_came_along() -> None:
    s = stage(facts={"OpenMatters": [MATTER]})
    s.say("The hole is deeper", ("a.jpg",))
    assert "not taken" not in s.say("and wider", ("b.jpg",)).note
    s.press("Add to No. 117-350-425")
    assert s.done == [AddToAppeal(NUMBER, "The hole is deeper\nand wider", ("a.jpg", "b.jpg"))]


def test_a_question_is_the_first_thing_that_words_may_belong_to() -> None:
    s = stage(facts={"OpenMatters": [{**MATTER, "status": "clarify"}]})
    s.say("On the left side")
    assert s.labels[:2] == ["Reply on No. 117-350-425", "New message"]
