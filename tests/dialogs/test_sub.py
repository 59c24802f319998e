"""A step that is answered by another dialog: in the engine, and in a conversation with its frames."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.lines import line, literal
from core.talk import Button, Screen
from dialogs.engine import Form
from dialogs.house import House, unwire
from dialogs.registry import Dialogs
from dialogs.session import Draft, Here, Step
from dialogs.steps import act, choice, consent, end, sub, words
from dialogs.views import View, launch
from tests.dialogs.chat import Chat

NAME = words("name", line("A part of its name?"))
WHICH = choice("which", line("Which one?"), lambda here: [Button(k, literal(f"{here.draft[NAME]} {k}")) for k in "ab"])
PICK = Form("pick", 1, line("Pick"), (NAME, WHICH, end(line("Thanks."))), value=lambda draft: draft[WHICH])
WHY = words("why", line("Why?"))


def old(draft: Draft) -> str:
    before = draft.get(TO)
    return before.key if before else ""


TO: Step[Button] = sub("to", Button, "pick", args=old)
CHECK = consent(
    "check",
    lambda here: line("To {to}?", to=here.draft[TO].label),
    line("Send"),
    ((line("to"), TO), (line("why"), WHY)),
)
SENT = act("sent", str, lambda draft: (draft[TO].key, draft[WHY]))
MOVED = (WHY, TO, CHECK, SENT, end(line("Sent."), lambda here: (launch("move", "", line("Again")),)))
MOVE = Form("move", 1, line("Move"), MOVED)
BEGINS = Form("begins", 1, line("Begins"), (TO, CHECK, SENT, end(line("Sent."), lambda here: ())))
INNER = sub("inner", Button, "pick")
OUTER = Form("outer", 1, line("Outer"), (INNER, end(line("Never shown."))), value=lambda draft: draft[INNER])
NEST = sub("nest", Button, "outer")
NESTS = Form("nests", 1, line("Nests"), (WHY, NEST, end(lambda here: line("Got {it}.", it=here.draft[NEST].label))))


def nothing(here: Here[Any]) -> Screen:
    return Screen((line("Nobody can be asked now. Please try later."),), over=True)


SHUT = Form("shut", 1, line("Shut"), (replace(NAME, show=nothing), end(line("Thanks."))), value=lambda draft: "")
STOPS = Form("stops", 1, line("Stops"), (WHY, sub("to", str, "shut"), end(line("Never shown."))))
STUCK = Form("stuck", 1, line("Stuck"), (sub("to", str, "shut"), end(line("Never shown."))))
HOME = View("home", lambda args, facts: Screen((line("Home."),), (Button("home:", line("Home")),)))
FORMS = {form.name: form for form in (PICK, MOVE, BEGINS, OUTER, NESTS, SHUT, STOPS, STUCK)}


def a_chat() -> Chat:
    return Chat(House(Dialogs(FORMS, {"home": HOME}), "home"))


def test_the_value_of_the_other_dialog_is_the_answer() -> None:
    chat = a_chat().command("move").say("because")
    assert chat.text == "A part of its name?" and chat.forms == ["move", "pick"]
    assert chat.say("park").text == "Which one?"
    chat.press("park b")
    assert chat.text == "To park b?" and chat.forms == ["move"]
    chat.press("Send")
    assert chat.done == [("b", "because")] and chat.text == "Sent."


def test_back_from_its_first_screen_leads_to_the_step_before() -> None:
    chat = a_chat().command("move").say("because")
    assert "Back" in chat.labels
    chat.press("Back")
    assert chat.live.text == "Why?\nNow: because" and chat.forms == ["move"]
    assert chat.press("Leave as is").text == "A part of its name?"
    assert chat.say("park").press("Back").live.text == "A part of its name?\nNow: park"
    assert chat.say("back").text == "Why?", "the word does the same as the button"


def test_there_is_no_way_back_where_nothing_is_before_it() -> None:
    chat = a_chat().command("begins")
    assert chat.labels == ["Menu"]


def test_a_change_asks_the_other_dialog_again_and_back_keeps_the_old_answer() -> None:
    chat = a_chat().command("move").say("because", "park").press("park a", "Change: to")
    assert chat.text == "A part of its name?" and chat.talk.frames[-1].args == "a"
    assert chat.press("Back").text == "Why?"
    assert chat.press("Leave as is").text == "To park a?"
    chat.press("Change: to").say("road").press("road b")
    assert chat.text == "To road b?"
    first = a_chat().command("begins").say("park").press("park a", "Change: to")
    assert first.press("Back").text == "To park a?", "with nothing before it the old answer stands"


def test_a_dialog_within_a_dialog_within_a_dialog() -> None:
    chat = a_chat().command("nests").say("because")
    assert chat.forms == ["nests", "outer", "pick"]
    assert chat.press("Back").text == "Why?", "back through both of them"
    assert chat.press("Leave as is").say("park").press("park a").text == "Got park a."
    assert chat.forms == []


def test_where_it_cannot_go_on_the_form_goes_back_or_ends_with_the_reason() -> None:
    chat = a_chat().command("stops").say("because")
    assert chat.text == "Why?" and "Nobody can be asked now." in chat.live.note
    stuck = a_chat().command("stuck")
    assert stuck.text == "Nobody can be asked now. Please try later." and stuck.labels == ["Menu"]
    assert stuck.forms == []


def test_both_are_put_aside_and_come_back_together() -> None:
    chat = a_chat().command("move").say("because", "park").press("Menu")
    assert chat.text == "Home." and [label for label in chat.labels if label.startswith("Go on")] == ["Go on: Move"]
    assert chat.press("Go on: Move").text == "Which one?"
    chat.command("begins").say("road")
    assert chat.forms == ["move", "pick", "begins", "pick"]
    assert chat.press("Go on: Move").text == "Which one?"
    assert chat.forms == ["begins", "pick", "move", "pick"]
    assert chat.press("park a", "Send").labels == ["Again", "Go on: Begins"]
    assert chat.press("Go on: Begins").text == "Which one?" and chat.forms == ["begins", "pick"]


def test_a_press_on_an_older_screen_of_the_form_below_shows_where_we_are() -> None:
    chat = a_chat().command("move").say("because", "park").press("park a")
    old = chat.data("Change: why")
    chat.press("Change: to")
    chat.send(unwire(old))
    assert chat.text == "A part of its name?" and "earlier screen" in chat.live.note


def test_a_press_that_is_repeated_is_not_heard_twice() -> None:
    chat = a_chat().command("move").say("because", "park").press("park a")
    for label in ("Change: to", "Back"):
        data = chat.data(label)
        chat.send(unwire(data))
        assert chat.out
        assert chat.send(unwire(data)).out == []
    chat.press("Leave as is", "Change: to").say("road")
    data = chat.data("road b")
    chat.send(unwire(data))
    assert chat.send(unwire(data)).out == [], "nor the press that has closed it"
    data = chat.data("Send")
    chat.send(unwire(data))
    assert chat.send(unwire(data)).out == [] and len(chat.done) == 1, "nor the one that has ended the form"


def test_a_dialog_whose_asker_is_gone_ends_with_a_word() -> None:
    chat = a_chat().command("move").say("because", "park")
    chat.talk = replace(chat.talk, frames=chat.talk.frames[1:])
    assert "earlier screen" in chat.say("road").live.note and chat.text == "Home."
    assert chat.forms == []


def test_another_release_between_the_two_asks_what_it_needs() -> None:
    chat = a_chat().command("move").say("because", "park")
    urgent = replace(MOVE, revision=2, steps=(words("urgent", line("How urgent?")), *MOVED))
    chat.house = replace(chat.house, dialogs=Dialogs({**FORMS, "move": urgent}, {"home": HOME}))
    assert chat.press("park a").text == "How urgent?"
    assert chat.say("very").text == "To park a?", "and the answer of the other dialog stands"


def test_the_language_changes_at_any_moment_and_the_form_stays() -> None:
    chat = a_chat().command("move").say("because", "park")
    before = [s.run for s in chat.talk.frames]
    chat.command("language", "ru")
    assert chat.talk.lang == "ru" and [s.run for s in chat.talk.frames] == before and chat.text == "Which one?"
    assert chat.press("park b").text == "To park b?"
