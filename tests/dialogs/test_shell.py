from __future__ import annotations

from core.appeals.types import FileAppeal
from core.talk import Press
from dialogs.frames import ASIDE_MOST
from dialogs.house import unwire, wire
from tests.dialogs.stage import stage

STORY = "The lamp at Lenina 5 has been dark for two days"
MORE = "And the bench next to it is broken, it has nails sticking out."
RATED = {"ShowAppeal": {"482135070": {"status": "closed", "rating": 5}}}


def test_who_greets_first_and_tells_afterwards_loses_no_word() -> None:
    s = stage(facts={"ShowConsent": {"given": ""}})
    assert s.say("Good afternoon!").text.startswith("Hello!") and s.play.talk.frames == ()
    s.say("Good afternoon, I am Anna")
    assert s.say(STORY).note == "This is added to your message."
    s.press("I agree", "Street lights")
    assert s.say(MORE).note == "This is added to your message."
    s.press("Zarechny", "No photos", "Without an address", "Send")
    (filed,) = [command for command in s.done if isinstance(command, FileAppeal)]
    assert filed.text == f"Good afternoon, I am Anna\n{STORY}\n{MORE}"


def test_short_words_on_a_step_of_buttons_are_no_part_of_the_message() -> None:
    s = stage()
    s.say(STORY)
    assert "Nothing here is called so." in s.say("yes please").note
    s.press("Street lights", "Zarechny", "No photos", "Without an address")
    assert "yes please" not in s.play.shown[-1].text


def test_a_rating_that_is_over_does_not_take_the_next_words() -> None:
    s = stage(facts=RATED)
    s.command("rate", "482135070.4")
    assert s.say(STORY).text.startswith("What is it about?")


def test_an_empty_form_is_forgotten_when_a_view_is_opened() -> None:
    s = stage(who="official")
    s.command("answer", "482135070")
    s.press("My desk")
    assert s.play.talk.frames == ()


def test_unfinished_messages_can_all_be_reached_and_the_oldest_gives_way_with_a_word() -> None:
    s = stage()
    for n in range(ASIDE_MOST + 1):
        s.say(f"{STORY}, number {n}")
        s.command("menu")
        s.press("Report a problem")
    assert [f"number {n}" in str(s.play.talk.aside) for n in range(ASIDE_MOST + 1)] == [
        n > 0 for n in range(ASIDE_MOST + 1)
    ]
    assert "oldest" in s.play.shown[-1].note
    s.command("menu")
    assert sum(label.startswith("Go on") for label in s.labels) == ASIDE_MOST


def test_a_form_has_no_arguments_that_it_does_not_know() -> None:
    s = stage()
    for n in range(20):
        s.command("appeal", str(n))
    assert len(s.play.talk.frames) == 1


def test_the_data_of_a_button_comes_back_as_its_press() -> None:
    assert unwire(wire("/change:text", "a1", 7)) == Press("/change:text", "a1", 7)
    for data in ("", "~", "~~~~", "~a~-1~x", "~a~1", "menu:", "~a~٣~x", "~a~9999999999~x"):
        assert unwire(data) == Press(data)
