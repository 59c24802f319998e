"""The hard questions: Back, changes, facts, commands, presses, consent."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from core.lines import literal
from core.talk import Button, Do, Done, Failed, Load, Loaded, Message, Over, Place, Press, Quiet, Screen, Took
from dialogs.engine import NOTED, OLDER, SENT, Form
from dialogs.session import Here, Step
from dialogs.steps import act, choice, consent, day, end, number, place, ticks, words
from tests.dialogs.door import buttons, door, in_words, reread

NOTED_, OLDER_, SENT_ = map(in_words, (NOTED, OLDER, SENT))
NAME = words("name", literal("Name?"), least=2)
BORN = day("born", literal("Born?"))
HOME = place("home", literal("Home?"))
CHECK = consent(
    "check",
    lambda here: literal(f"{here.draft[NAME]}, {here.draft[BORN]}, {here.draft[HOME].address}"),
    literal("Send"),
    changes=((literal("name"), NAME), (literal("born"), BORN), (literal("home"), HOME)),
)
SENT_1 = act("sent", str, lambda d: (d[NAME], d[BORN], d[HOME]))
END = end(lambda here: literal(f"Number {here.draft[SENT_1]}"))
OK = end(literal("ok"))
FORM = Form("person", 1, literal("Person"), (NAME, BORN, HOME, CHECK, SENT_1, END), catch=(HOME,))
FILLED = ("Ann", "1999-12-31", "Mira 1")


def form(*steps: Step[Any], catch: tuple[Step[Place], ...] = ()) -> Form:
    return Form("f", 1, literal("F"), steps, catch)


def test_answers_are_json_on_file_and_typed_in_the_draft() -> None:
    d = door(FORM, *FILLED)
    assert dict(d.s.answers) == {
        "name": "Ann",
        "born": "1999-12-31",
        "home": {"address": "Mira 1", "lat": None, "lon": None},
    }
    d.press("yes")
    assert list(d.done.values()) == [("Ann", date(1999, 12, 31), Place("Mira 1"))]
    assert d.text == "Number A-1"


def test_a_session_knows_when_it_is_over() -> None:
    d = door(FORM, *FILLED)
    assert not d.s.over
    d.press("yes")
    assert d.s.over


def test_back_offers_the_old_answer_and_keeps_it() -> None:
    d = door(FORM, *FILLED, ("/back",), ("/back",))
    assert (d.text, d.old, d.keys) == ("Born?", "31 December 1999", ["/keep", "/back"])
    assert d.press("/keep") == door(FORM, *FILLED).out


def test_a_change_returns_to_the_check() -> None:
    d = door(FORM, *FILLED, ("/change:name",))
    assert d.old == "Ann" and d.s.at == "name"
    d.say("Bob")
    assert d.text == "Bob, 1999-12-31, Mira 1" and d.s.at == ""


def test_a_refused_change_loses_nothing() -> None:
    d = door(FORM, *FILLED, ("/change:name",), "B")
    assert d.note == "Only 1 character: please write at least 2." and d.old == "Ann"


def test_later_answers_stay_if_their_check_accepts_them_and_are_offered_again_if_not() -> None:
    most = number("most", literal("At most?"), 0, 99)
    this = number(
        "this", literal("This?"), 0, 99, check=lambda v, here: None if v <= here.draft[most] else literal("Too much.")
    )
    d = door(form(most, this, words("more", literal("More?")), OK), "10", "5", ("/back",), ("/back",), "7")
    assert d.text == "More?"
    d.press("/back"), d.press("/back"), d.say("3")
    assert (d.text, d.note, d.old, d.keys) == ("This?", "Too much.", "5", ["/back"])
    d.say("4")
    assert d.note == "Too much."  # said once, of the old and of the new
    d.press("/back"), d.say("6")
    assert d.text == "More?" and d.s.answers["this"] == 5


def options_of(query: object) -> list[Button]:
    return buttons("Red", "Blue") if query == ("colours", "warm and cold") else buttons("Red")


KIND = words("kind", literal("Kind?"))
COLOUR = choice("colour", literal("Colour?"), lambda here: here.facts, needs=lambda d: ("colours", d[KIND]))
PAINT = form(KIND, COLOUR, words("more", literal("More?")), OK)


def test_facts_are_asked_for_once_a_move_and_never_stored() -> None:
    s = PAINT.start("r")
    s, _ = PAINT.advance(s)
    same, load = PAINT.advance(s, said := Message("warm"))
    assert load == Load(("colours", "warm"), said) and same == s  # all of an event or nothing of it
    s, out = PAINT.advance(s, Loaded(("colours", "warm"), buttons("Red"), said))
    assert isinstance(out, Screen) and [b.key for b in out.buttons] == ["red", "/back"]
    assert "red" not in str(reread(s))


def test_facts_follow_an_edit_of_an_earlier_answer() -> None:
    d = door(PAINT, "warm and cold", ("blue",), find=options_of)
    d.loads.clear()
    d.say("back"), d.say("back")
    assert d.text == "Kind?"
    d.say("warm")
    assert (d.text, d.old, d.keys) == ("Colour?", "Blue", ["red", "/back"])
    d.press("/back"), d.say("warm and cold")
    assert d.text == "More?"  # the old choice is valid again
    d.loads.clear()
    d.say("")
    assert d.loads == []  # its seal is known: no facts needed


def test_an_event_is_one_move_even_with_two_queries() -> None:
    shade = choice("shade", literal("Shade?"), lambda here: here.facts, needs=lambda d: ("shades", d[KIND]))
    d = door(form(KIND, COLOUR, shade, OK), "warm", ("red",), ("/back",), ("/back",), find=options_of)
    d.loads.clear()
    d.say("warm and cold")
    assert d.loads == [("colours", "warm and cold"), ("shades", "warm and cold")] and d.text == "Shade?"


def test_a_message_may_answer_several_steps_and_none_of_them_twice() -> None:
    d = door(FORM)
    d.say("", place=Place("", 1.0, 2.0))
    assert (d.text, d.note) == ("Name?", NOTED_)
    d.say("Ann"), d.say("1999-12-31")
    assert d.text == "Ann, 1999-12-31, "


def test_a_message_for_another_step_leaves_the_cursor_where_it_is() -> None:
    d = door(FORM, *FILLED, ("/change:name",))
    d.say("", place=Place("Mira 2"))
    assert (d.text, d.old, d.note) == ("Name?", "Ann", NOTED_)
    d.press("/keep")
    assert d.text == "Ann, 1999-12-31, Mira 2"


def test_what_is_caught_is_checked_like_any_answer() -> None:
    near = place(
        "near",
        literal("Where?"),
        needs=lambda d: "region",
        check=lambda v, here: None if v.address.startswith(here.facts) else literal("That is not our region."),
    )
    d = door(form(near, words("more", literal("More?")), OK, catch=(near,)), "Mira 1", find=lambda query: "Mira")
    d.say("", place=Place("Paris"))
    assert (d.text, d.note, d.old) == ("Where?", f"{NOTED_}\nThat is not our region.", "Paris")


def test_half_a_change_is_finished_not_left_as_is() -> None:
    two = ticks("t", literal("Which?"), lambda here: buttons("A", "B"))
    d = door(form(two, NAME, OK), ("a",), ("done",), ("/back",))
    assert d.keys == ["a", "b", "done", "/keep"]
    d.press("b")
    assert d.keys == ["a", "b", "done"]
    d.press("done")
    assert [b["key"] for b in d.s.answers["t"]] == ["a", "b"]


def test_a_crash_between_the_command_and_the_save_gives_the_same_key() -> None:
    d = door(FORM, *FILLED)
    s, out = FORM.advance(d.s, Press("yes", "run1", d.s.rev))
    again = FORM.advance(reread(s))[1]
    assert isinstance(out, Do) and out == again and out.key.startswith("run1:sent:")
    assert FORM.advance(s, Message("", (), Place("Elsewhere"))) == (s, out)  # it is core's turn


def test_core_declines_and_nothing_is_deleted() -> None:
    d = door(FORM, *FILLED, declines="Not today.")
    before = dict(d.s.answers)
    d.press("yes")
    assert d.note == "Not today." and d.s.shown == "check" and "/keep" not in d.keys
    assert before.items() <= d.s.answers.items()
    d.declines = ""
    d.press("/change:home"), d.press("/keep")
    assert d.s.shown == "check" and not d.done  # leaving it as is does not send it again
    d.press("/change:home"), d.say("Mira 2")
    d.press("yes")
    assert d.text == "Number A-1" and next(iter(d.done.values()))[2] == Place("Mira 2")


def test_an_edited_command_has_another_key() -> None:
    s = door(FORM, *FILLED).s
    key1 = FORM.advance(s, Press("yes", "run1", s.rev))[1]
    d = door(FORM, "Bob", *FILLED[1:])
    key2 = FORM.advance(d.s, Press("yes", "run1", d.s.rev))[1]
    assert isinstance(key1, Do) and isinstance(key2, Do) and key1.key != key2.key


def test_a_refusal_of_another_command_is_not_ours() -> None:
    d = door(FORM, *FILLED)
    s, out = FORM.advance(d.s, Press("yes", "run1", d.s.rev))
    assert FORM.advance(s, Failed("run1:sent:0123", literal("No."))) == (s, out)


def test_core_declines_the_first_step() -> None:
    first = act("first", str, lambda d: "begin")
    d = door(form(first, end(lambda here: literal(here.draft[first]))), declines="Closed.")
    assert d.note == "Closed." and d.keys == ["/again"]
    d.say("hello")
    assert "Try again" in d.note
    d.declines = ""
    d.say("try again")
    assert d.text == "A-1"


def test_core_declines_after_another_command() -> None:
    one, two = act("one", str, lambda d: "1"), act("two", str, lambda d: "2")
    this = form(NAME, one, two, end(lambda here: literal(here.draft[one] + here.draft[two])))
    s = this.start("r")
    s, out = this.advance(s, Message("Ann"))
    assert isinstance(out, Do)
    s, out = this.advance(s, Done(out.key, "A-1"))
    assert isinstance(out, Do) and out.command == "2"
    s, out = this.advance(s, Failed(out.key, literal("No.")))
    assert isinstance(out, Screen) and [b.key for b in out.buttons] == ["/again"] and s.answers["one"] == "A-1"
    s, out = this.advance(s, Press("/back", "r", s.rev))
    assert isinstance(out, Screen) and out.note == (OLDER,)
    s, out = this.advance(s, Press("/again", "r", s.rev))
    assert isinstance(out, Do) and out.command == "2"
    s, out = this.advance(s, Done(out.key, "A-2"))
    assert isinstance(out, Screen) and out.text == (literal("A-1A-2"),)


@pytest.mark.parametrize("from_data", [False, True])
def test_what_core_has_done_is_not_undone(from_data: bool) -> None:  # noqa: FBT001
    more = consent(
        "more", literal("Anything else?"), literal("No"), changes=((literal("name"), NAME), (literal("home"), HOME))
    )
    steps = (NAME, HOME, act("one", str, lambda d: d[NAME]), more, OK)
    this = replace(form(catch=(HOME,)), steps=(lambda d: iter(steps)) if from_data else steps)
    d = door(this, "Ann", "Mira 1")
    assert "/back" not in d.keys
    d.press("/change:name")
    assert d.text == "Anything else?" and d.note == SENT_
    d.say("", place=Place("Elsewhere"))
    assert d.note == SENT_ and d.s.answers["home"]["address"] == "Mira 1"


def test_done_twice_changes_nothing() -> None:
    d = door(FORM, *FILLED, ("yes",))
    d.send(Done(next(iter(d.done)), "A-2"))
    assert d.text == "Number A-1"


def test_a_double_press_is_quiet_an_older_one_is_not_a_forged_one_does_nothing() -> None:
    d = door(FORM, *FILLED, ("/back",))
    rev, s = d.s.rev - 1, d.s
    assert d.press("/back", rev) == Quiet(d.screen) and d.s == s
    d.press("/keep", rev - 1)
    assert d.note == OLDER_ and d.s == s
    for forged in ("yes", "/change:name", "/page:1", "/page:x", "", "/again"):
        d.press(forged)
        assert d.note == OLDER_ and d.s == s


def test_a_button_of_a_view_that_is_forged_into_one_of_the_form_does_nothing() -> None:
    def show(here: Here[int]) -> Screen:
        return Screen((literal("?"),), (Button("7", literal("7")), Button("my:0", literal("Mine"))))

    d = door(form(Step("n", int, show, lambda said, here: Took({"n": int(getattr(said, "key", 0))})), OK), ("my:0",))
    assert d.text == "?" and d.note == OLDER_ and not d.s.answers
    d.press("7")
    assert d.text == "ok"


def test_a_double_press_on_send_is_quiet() -> None:
    d = door(FORM, *FILLED)
    rev = d.s.rev
    d.press("yes")
    assert isinstance(d.press("yes", rev), Quiet) and len(d.done) == 1


def test_words_after_the_end_are_for_the_shell() -> None:
    d = door(FORM, *FILLED, ("yes",))
    s = d.s
    assert d.say("thank you") == Over() and d.s == s
    assert d.send() == Screen((literal("Number A-1"),))


def test_a_consent_is_to_what_was_shown() -> None:
    d = door(FORM, *FILLED)
    rev = d.s.rev
    d.say("", place=Place("Mira 2"))
    assert d.text == "Ann, 1999-12-31, Mira 2"
    d.press("yes", rev)
    assert d.note == OLDER_ and not d.done


def test_a_consent_lapses_with_what_it_was_given_to() -> None:
    note = words("note", literal("A note?"))
    d = door(
        form(NAME, BORN, HOME, CHECK, note, SENT_1, END), *FILLED, ("yes",), ("/back",), ("/change:name",), ("/keep",)
    )
    assert d.text == "A note?"  # nothing has changed: it stands
    d.press("/back"), d.press("/change:name"), d.say("Bob")
    assert d.s.shown == "check" and "/keep" not in d.keys
    d.press("/change:name"), d.say("Ann")
    assert d.text == "A note?"  # the very words that were consented to


def test_where_words_are_read_only_back_is_a_button() -> None:
    d = door(FORM, "Ann", "1999-12-31", ("/back",), "leave as is")
    assert d.text == "Born?" and d.note.startswith("Please write a date")
    assert d.screen.reads
    d.say("1"), d.say("Back")
    assert d.text == "Name?"
    assert door(FORM, "back").s.answers == {"name": "back"}  # there is nothing to go back to


def test_none_may_be_an_answer() -> None:
    skip = Step(
        "s",
        type(None),
        lambda here: Screen((literal("Skip?"),), (Button("skip", literal("Skip")),)),
        lambda said, here: Took({"s": None}),
    )
    d = door(form(skip, OK), ("skip",))
    assert d.text == "ok" and d.s.answers == {"s": None}


# What a step cannot take.


@pytest.mark.parametrize(
    ("message", "note"),
    [
        (
            Message(voice="v1"),
            (
                "We do not listen to voice messages. Press the microphone on your phone's keyboard: "
                "it writes down what you say."
            ),
        ),
        (Message(documents=("d1",)), "Files are not taken here.\nPlease answer in words."),
        (Message(photos=("p1",)), "Photos are not taken here.\nPlease answer in words."),
        (Message(" \n"), "Please answer in words."),
        (Message("\u200b\u2060"), "Please answer in words."),
    ],
)
def test_what_a_step_cannot_take_is_refused_with_what_to_do(message: Message, note: str) -> None:
    d = door(FORM)
    s = d.s
    d.send(message)
    assert (d.text, d.note) == ("Name?", note) and d.s == s


def test_words_beside_a_file_are_taken_and_the_file_is_named() -> None:
    d = door(FORM)
    d.send(Message("Ann", documents=("d1",)))
    assert (d.text, d.note) == ("Born?", "Files are not taken here.") and d.s.answers == {"name": "Ann"}


def test_a_begun_run_says_what_it_is_about() -> None:
    about = replace(FORM, brief=lambda draft: literal(name) if (name := draft.get(NAME)) else None)
    assert about.in_brief(about.start("r")) is None
    words_ = about.in_brief(door(about, *FILLED).s)
    assert words_ is not None and in_words(words_) == "Ann"
    assert about.in_brief(door(about, *FILLED, ("yes",)).s) == words_


def test_a_run_without_its_facts_still_says_what_it_is_about() -> None:
    about = replace(PAINT, brief=lambda draft: literal(str(draft.get(KIND))))
    s, _ = about.advance(about.start("r"), Message("warm"))
    assert about.in_brief(replace(s, answers={"kind": "warm"})) == literal("warm")
