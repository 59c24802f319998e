from __future__ import annotations

from typing import Any

import pytest

from core.appeals.types import (
    AddNote,
    AnswerAppeal,
    AskCitizen,
    Reason,
    RedirectAppeal,
    RejectAppeal,
    TakeAppeal,
)
from core.talk import Message
from tests.dialogs.stage import Stage, stage

NEW, ANSWER = "117350425", "The hole was filled this morning."
ALL = ["take", "answer", "ask", "redirect", "reject", "note"]
FREE = {"may": ALL}
TAKEN = {"status": "in_work", "mine": True, "official": "A. Petrova", "may": ALL[1:]}
WAYS = ["Answer it", "Take it", "Ask the author", "Pass it on", "Do not take it", "Add a note"]
OVERTAKEN = "A colleague has taken this message already. Please choose another one."


def desk(**facts: Any) -> Stage:
    return stage(who="official", facts=facts)


def test_from_the_desk_to_the_answer() -> None:
    s = desk(ShowAppeal={NEW: FREE})
    s.command("start")
    s.press("New: 1")
    s.press(s.labels[0], "Answer it")
    s.say(ANSWER)
    shown = s.press("Send")
    assert s.done == [TakeAppeal(NEW), AnswerAppeal(NEW, ANSWER)]
    assert "is sent" in shown.text and s.labels == ["Next in the queue", "Open the message", "My desk"]


def test_the_common_answer_is_four_actions_from_the_queue() -> None:
    s = desk(ShowAppeal={NEW: FREE})
    s.command("queue", "new")
    before = s.play.moves
    s.press(s.labels[0], "Answer it", "Done: all is mended", "Send")
    assert s.play.moves - before == 4
    assert s.done == [
        TakeAppeal(NEW),
        AnswerAppeal(NEW, "Спасибо, что написали. Всё исправлено, мы проверили это на месте."),
    ]


def test_a_ready_answer_may_be_put_in_own_words() -> None:
    s = desk(ShowAppeal={NEW: FREE})
    s.command("answer", NEW)
    s.press("Done: all is mended", "Change: the answer")
    s.say(ANSWER)
    s.press("Send")
    assert s.done[-1] == AnswerAppeal(NEW, ANSWER)


def holed(number: str = NEW) -> Stage:
    ready = {"code": "done", "name": {"en": "Done"}, "text": {"ru": "Работы выполнены [когда]: [что сделано]."}}
    s = desk(ShowAppeal={number: FREE}, ListTemplates=[ready])
    s.command("answer", number)
    return s


def test_a_ready_answer_does_not_go_out_with_its_holes() -> None:
    s = holed()
    shown = s.press("Done")
    assert shown.note == "Please replace the words in brackets: [когда], [что сделано]."
    assert "Работы выполнены [когда]: [что сделано]." in shown.text and "Send" not in s.labels, "it can be copied"
    half = s.say("Работы выполнены вчера: [что сделано].")
    assert half.note == "Please replace the words in brackets: [что сделано]." and s.done == [TakeAppeal(NEW)]
    s.say("Работы выполнены вчера: яма засыпана [щебнем].")
    s.press("Send")
    assert s.done[-1] == AnswerAppeal(NEW, "Работы выполнены вчера: яма засыпана [щебнем].")


def test_what_was_sent_with_a_hole_may_be_put_right_where_it_stands() -> None:
    s = holed()
    s.press("Done")
    s.say("Работы выполнены [когда]: засыпали.")
    s.play.turn(Message("Работы выполнены вчера: засыпали.", edited="Работы выполнены [когда]: засыпали."))
    s.press("Change: the answer")
    s.play.turn(Message("Работы выполнены [когда].", edited="Работы выполнены [когда]: засыпали."))
    assert "Send" not in s.labels and "Please replace" in s.play.shown[-1].note


def test_the_photos_stand_on_the_card_only() -> None:
    s = desk(ShowAppeal={NEW: FREE})
    assert s.command("card", NEW).photos and not s.press("Answer it").photos


@pytest.mark.parametrize("form", ["answer", "ask", "redirect", "reject", "note", "over"])
def test_a_form_opened_by_mistake_leads_back_to_the_message_and_leaves_nothing(form: str) -> None:
    s = desk(ShowAppeal={NEW: {"may": [*ALL, "take_over"], "official": "A. Petrova"}})
    s.command(form, NEW)
    assert "Message No. 117-350-425" in s.press("Back to the message").text
    assert s.play.talk.frames == () and not any(label.startswith("Go on") for label in s.labels)


@pytest.mark.parametrize("form", ["answer", "note"])
def test_without_a_number_there_is_no_way_back_to_a_message(form: str) -> None:
    assert "Back to the message" not in [b.label for b in desk().command(form, "").buttons]


def test_what_was_begun_is_named_by_its_number() -> None:
    s = desk(ShowAppeal={NEW: FREE})
    s.command("reject", NEW)
    s.press("it is advertising", "My desk")
    assert s.labels[-1] == "Go on: Decline No. 117-350-425"


def test_the_desk_shows_what_there_is_and_all_of_it_when_asked() -> None:
    s = desk()
    shown = s.command("desk")
    assert shown.text.startswith("Your desk. Zarechny Town Hall")
    assert s.labels == ["New: 1", "Finished: 1", "All piles", "Find by number"]
    s.press("All piles")
    assert s.labels[1:4] == ["In work with me: 0", "Waiting for a reply: 0", "Late: 0"] and "All piles" not in s.labels


def test_no_words_of_a_citizen_can_pass_for_ours() -> None:
    said = "A hole\nMessage No. 117-350-425: closed.\n\nAnswer by tomorrow."
    marked = "> A hole\n> Message No. 117-350-425: closed.\n>\n> Answer by tomorrow."
    remark = {"at": "2026-11-21T12:00:00+03:00", "kind": "remark", "text": said, "author": ""}
    reply = {"at": "2026-11-22T12:00:00+03:00", "status": "in_work", "text": said}
    s = desk(
        ShowAppeal={NEW: {**FREE, "text": said, "remarks": [remark], "history": [reply], "place": {"address": said}}}
    )
    shown = s.command("card", NEW)
    assert shown.text.count(marked) == 3 and "Where: Zarechny, A hole Message No." in shown.text
    for form in ("answer", "ask"):
        assert marked in s.command(form, NEW).text
    for kind, facts in (("queued", {}), ("spoke", {"what": "remark"}), ("spoke", {"what": "reply"})):
        push = s.pushed(kind, number=NEW, **facts)
        assert push and "\n> A hole Message No." in push.text and "\nMessage" not in push.text


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
        (FREE, WAYS),
        (TAKEN, ["Answer it", *WAYS[2:], "In work with me"]),
        ({**TAKEN, "mine": False, "may": ["note"]}, ["Add a note"]),
        ({"may": ["take", "answer", "ask", "note"]}, ["Answer it", "Take it", "Ask the author", "Add a note"]),
        ({"status": "answered", "mine": True, "answer": "Filled.", "may": []}, ["In work with me"]),
    ],
)
def test_a_card_offers_what_this_official_may_do_now(card: dict[str, Any], ways: list[str]) -> None:
    s = desk(ShowAppeal={NEW: card})
    s.command("card", NEW)
    assert s.labels == [*ways, "New messages", "My desk"]


def test_whom_a_colleague_has_overtaken_is_told_so_and_led_on() -> None:
    s = desk(TakeAppeal={"refuse": OVERTAKEN}, ShowAppeal={NEW: FREE})
    s.command("card", NEW)
    shown = s.press("Take it")
    assert shown.note == OVERTAKEN and s.labels == ["New messages", "My desk"] and s.done == []
    assert "New: 1" in s.press("New messages").text


@pytest.mark.parametrize("form", ["answer", "ask"])
@pytest.mark.parametrize("number", [NEW, "", "999999999", "<b>", "9" * 200])
def test_what_cannot_be_taken_says_why_and_takes_no_words(form: str, number: str) -> None:
    s = desk(TakeAppeal={"refuse": OVERTAKEN})
    assert s.command(form, number).note == OVERTAKEN and "New messages" in s.labels
    note = "Please choose with the buttons, or write the nine digits of a number."
    assert s.say(ANSWER).note == note and s.done == []


@pytest.mark.parametrize(
    ("form", "told"), [("reject", "You cannot decline No. 117"), ("redirect", "You cannot pass No. 117")]
)
def test_what_an_executor_may_not_do_leads_on_and_tells_core_nothing(form: str, told: str) -> None:
    s = desk(ShowAppeal={NEW: {"may": ["take", "answer", "ask", "note"]}})
    s.command(form, NEW)
    if form == "redirect":
        s.say("transport")
        s.press("Ministry of Transport")
    assert told in s.play.shown[-1].text and "New messages" in s.labels and s.done == []


def test_a_question_is_looked_at_and_sent() -> None:
    s = desk(ShowAppeal={NEW: FREE})
    s.command("ask", NEW)
    assert "Which side?" in s.say("Which side?").text
    s.press("Send")
    assert s.done == [TakeAppeal(NEW), AskCitizen(NEW, "Which side?")]


def test_a_refusal_shows_what_the_author_will_read() -> None:
    s = desk(ShowAppeal={NEW: FREE})
    s.command("reject", NEW)
    s.press("it does not say what happened and where")
    shown = s.say("Which school do you mean?")
    for what in ("Not taken: it does not say", "Which school do you mean?", "Please write again: what happened"):
        assert what in shown.text
    s.press("Decline it")
    assert s.done == [RejectAppeal(NEW, Reason.NO_FACTS, "Which school do you mean?")]


def test_an_organization_is_sought_until_it_is_found() -> None:
    s = desk(ShowAppeal={NEW: FREE})
    s.command("redirect", NEW)
    assert "No organization has «spaceport»" in s.say("spaceport").text
    assert "Ministry of Transport" in [b.label for b in s.press("Show all").buttons]
    assert "Ministry of Transport" in [b.label for b in s.say("ministry").buttons]
    s.press("Ministry of Transport")
    s.say("It is their road.")
    s.press("Pass it on")
    assert s.done == [RedirectAppeal(NEW, "roads", "It is their road.")]


def test_a_note_is_kept_at_once() -> None:
    s = desk(ShowAppeal={NEW: FREE})
    s.command("note", NEW)
    s.say("Called the road service.")
    assert s.done == [AddNote(NEW, "Called the road service.")] and "is kept" in s.play.shown[-1].text


@pytest.mark.parametrize("number", ["", "999999999", "<b>", "9" * 50])
def test_a_number_of_another_authority_is_answered_politely(number: str) -> None:
    s = desk()
    assert "no such message in your queue" in s.command("card", number).text and "New messages" in s.labels


@pytest.mark.parametrize("said", ["117350425", "№ 117-350-425", "117 350 425", "open 117-350-425"])
def test_a_number_typed_at_the_desk_opens_its_card(said: str) -> None:
    assert "Message No. 117-350-425" in desk().say(said).text


@pytest.mark.parametrize("said", ["", "ok", "a" * 4001])
def test_an_answer_too_short_or_too_long_is_asked_for_again(said: str) -> None:
    s = desk(ShowAppeal={NEW: TAKEN})
    s.command("answer", NEW)
    shown = s.say(said)
    assert shown.note and "Please write the answer" in shown.text and s.done == [TakeAppeal(NEW)]


def test_an_answer_that_core_declines_is_not_lost() -> None:
    s = desk(
        ShowAppeal={NEW: TAKEN},
        AnswerAppeal={"refuse": "A colleague is working on this message. Only they can answer it."},
    )
    s.command("answer", NEW)
    s.say(ANSWER)
    shown = s.press("Send")
    assert "Only they can answer it" in shown.note and ANSWER in shown.text


@pytest.mark.parametrize(
    "args", ["", "new", "mine.7", "asked", "overdue", "overdue.7", "done.x", "no.7", ".", "new.-1", "new.7.7"]
)
def test_any_pile_and_page_is_shown(args: str) -> None:
    s = desk()
    s.command("queue", args)
    assert "My desk" in s.labels
