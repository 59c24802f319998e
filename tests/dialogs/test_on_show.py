"""People answer what they see: buttons of a screen by their labels, a form only while it is on show; and what a form
has ended with stays to be seen."""

from __future__ import annotations

import pytest

from core.appeals.types import AddToAppeal, FileAppeal
from core.talk import Message, Place
from tests.dialogs.stage import Stage, stage

STORY = "The lamp at Lenina 5 has been dark for two days"
OPEN_MATTER = {"OpenMatters": [{"number": "117350425", "title": "A hole", "status": "in_work", "due": "2026-12-01"}]}
NO_CONSENT = {"ShowConsent": {"given": ""}}
GO_ON = "Go on: The lamp at Lenina 5…"


def where(lang: str = "en") -> Stage:
    """An appeal whose address is asked for: the screen that stands in a keyboard below the chat."""
    s = stage(lang)
    s.say(STORY if lang == "en" else "Во дворе Мира 7 не горит фонарь")
    s.press(*(("Street lights", "Zarechny", "No photos") if lang == "en" else ("Уличное освещение", "Заречный")))
    if lang == "ru":
        s.press("Без фото")
    return s


def resumed(s: Stage) -> str:
    return next(label for label in s.labels if label.startswith("Go on: "))


# Buttons below the chat come back as words


def test_the_address_that_is_left_out_by_words_is_no_address() -> None:
    for lang, skip, send in (("en", "Without an address", "Send"), ("ru", "без адреса", "Отправить")):
        s = where(lang)
        s.say(skip)
        s.press(send)
        (filed,) = (command for command in s.done if isinstance(command, FileAppeal))
        assert filed.place == Place()


def test_every_button_beside_one_that_asks_the_device_answers_to_its_label() -> None:
    s = where()
    s.say("Lenina 5")
    s.press("Change: the address")
    labels = [button.label for button in s.play.shown[-1].buttons if button.kind == "press"]
    assert labels == ["Without an address", "Leave as is", "Back", "Menu"]
    for label in labels:
        typed, pressed = where(), where()
        for each in (typed, pressed):
            each.say("Lenina 5")
            each.press("Change: the address")
        said = typed.say(f"  {label.upper()} 👍")
        assert (said.text, said.buttons) == (pressed.press(label).text, pressed.play.shown[-1].buttons)


def test_other_words_are_the_address_and_a_screen_of_mere_words_takes_all_but_back() -> None:
    s = where()
    s.say("2")
    assert s.play.talk.frames[0].answers["place"]["address"] == "2"
    s = stage()
    s.command("appeal")
    s.say("Menu")
    assert [session.form for session in s.play.talk.frames] == ["appeal"]


# What a form has ended with


@pytest.mark.parametrize("facts", [{}, NO_CONSENT])
def test_an_end_with_buttons_of_its_own_stands_above_what_was_begun(facts: dict[str, object]) -> None:
    s = stage(facts=facts)
    s.say(STORY)
    shown = s.command("link")
    assert s.play.talk.frames[-1].form == "appeal", "it has ended"
    assert [button.label for button in shown.buttons if button.label == GO_ON] == [GO_ON]
    assert len(shown.buttons) > 1 and not shown.note
    consent = s.press(GO_ON)
    assert consent.text.startswith("What is it about?" if not facts else "We have your message")


def test_a_link_that_opens_nothing_says_so_also_before_the_consent() -> None:
    s = stage(facts=NO_CONSENT)
    s.say(STORY)
    s.command("open", "999888777.AAAAAAAA")
    shown = s.press("Open it")
    assert shown.text.startswith("This link does not open a message.")
    assert resumed(s) == GO_ON and "Find by number and code" in s.labels


def test_what_is_said_to_a_draft_is_carried_through_the_gate() -> None:
    s = stage(facts=NO_CONSENT)
    shown = s.play.turn(Message(STORY, voice="v"))[-1]
    assert shown and shown.text.startswith("We have your message") and "Press the microphone" in shown.note


# A view is on show


def test_words_over_a_view_are_asked_about_and_go_where_the_person_says() -> None:
    new = "Water runs out of the hatch near the school"
    s = stage()
    s.say(STORY)
    s.command("menu")
    shown = s.say(new)
    assert shown.text.startswith("Where does this belong?") and new in shown.text
    assert s.labels == ["New message", "Back", GO_ON, "Menu"]
    assert s.press("New message").text.startswith("What is it about?")
    assert s.play.talk.frames[-1].answers["text"] == new
    assert [aside.answers["text"] for aside in s.play.talk.aside] == [STORY]


def test_or_they_go_on_with_what_was_begun() -> None:
    s = where()
    s.command("menu")
    s.say("Opposite the school")
    shown = s.press(GO_ON)
    assert shown.text.startswith("Please check") and "Opposite the school" in shown.text
    assert [session.form for session in s.play.talk.frames] == ["appeal"]


def test_words_that_the_step_does_not_take_are_added_and_none_is_lost() -> None:
    s = stage()
    s.say(STORY)
    s.command("menu")
    s.say("at night", ("a.jpg",))
    s.say("by the door")
    shown = s.press(GO_ON)
    assert shown.note == "This is added to your message." and shown.text.startswith("What is it about?")
    (session,) = s.play.talk.frames
    assert session.answers["text"] == f"{STORY}\nat night\nby the door" and session.answers["photos"] == ["a.jpg"]


def test_or_they_are_added_to_what_was_sent() -> None:
    s = stage(facts=OPEN_MATTER)
    s.say(STORY)
    s.press("New message")
    s.command("menu")
    s.say("Two cars have fallen in")
    s.press("Add to No. 117-350-425")
    assert s.done == [AddToAppeal("117350425", "Two cars have fallen in", (), ())]
    assert resumed(s) == GO_ON


def test_a_question_that_was_left_takes_no_later_words() -> None:
    s = stage(facts=OPEN_MATTER)
    s.say(STORY)
    s.command("menu")
    assert s.say("482135070").text.startswith("Message No. 482-135-070")
    assert STORY not in s.say("The bench is broken").text
    assert resumed(s) == GO_ON
    s.press(GO_ON)
    assert f"{STORY} The bench is broken" in s.play.shown[-1].text


def test_numbers_and_commands_mean_the_same_over_a_view_as_with_nothing_begun() -> None:
    for typed, text in (
        ("482135070", "Message No. 482-135-070"),
        ("open 482135070", "Message No. 482-135-070"),
        ("rate 482135070", "How do you rate"),
        ("help", "You write what happened"),
        ("my messages", "Your messages"),
        ("hello", "Hello!"),
    ):
        s = stage()
        s.say(STORY)
        s.command("menu")
        assert s.say(typed).text.startswith(text), typed
        assert STORY in str(s.play.talk.frames + s.play.talk.aside)


def test_thanks_over_a_view_are_no_answer_either() -> None:
    s = stage()
    s.say(STORY)
    s.command("my")
    assert s.say("Thank you!").text.startswith("You are welcome!")
    assert s.labels == ["My messages", "Menu", GO_ON]


@pytest.mark.parametrize("view", ["find", "desk"])
def test_what_officials_type_over_a_view_is_no_part_of_what_they_have_begun(view: str) -> None:
    s = stage(who="official", facts={"ShowAppeal": {"117350425": {"may": ["reject"]}}})
    s.command("reject", "117350425")
    s.press(s.labels[0])
    before = s.play.talk.frames
    s.command(view)
    assert s.say("999888777").text.startswith("There is no such message in your queue.")
    assert s.say("This is not for us").note == "Please choose with the buttons, or write the nine digits of a number."
    assert s.play.talk.frames == before and s.done == []
    s.press(resumed(s))
    assert s.play.talk.frames[-1].answers == before[-1].answers


# Words that stand for something


@pytest.mark.parametrize(
    ("lang", "typed"),
    [
        *(("ru", typed) for typed in ("Здравствуйте!", "Добрый день", "привет 👋", "Здравствуйте, добрый вечер.")),
        *(("en", typed) for typed in ("Hello", "hi!", "Good morning")),
    ],
)
def test_a_greeting_begins_nothing(lang: str, typed: str) -> None:
    s = stage(lang)
    assert s.say(typed).buttons == s.command("menu").buttons
    assert s.play.talk.frames == () and s.play.shown[0].note == ""


def test_a_greeting_with_anything_else_is_a_message() -> None:
    for typed in ("Добрый день, яма у школы", "Привет от фонаря у школы", "hello the lamp is dark"):
        s = stage("ru")
        s.say(typed)
        assert [session.form for session in s.play.talk.frames] == ["appeal"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("стоп", "/stop"),
        ("Отписаться", "/stop"),
        ("удалить мои данные", "/delete"),
        ("мои данные", "/personal"),
        ("язык", "/settings"),
        ("помощь", "/help"),
    ],
)
def test_words_do_what_a_menu_of_commands_does_where_there_is_none(typed: str, first: str) -> None:
    expected = stage("ru").command(first[1:]).text
    alone, over_a_view, within = stage("ru"), stage("ru"), where("ru")
    assert alone.say(typed).text == expected
    over_a_view.say("Во дворе Мира 7 не горит фонарь")
    over_a_view.command("menu")
    assert over_a_view.say(typed).text == expected
    assert within.say(f"/{typed}").text == expected


CODES = ("код ABCD-EFGH", "код bild 0815", "code АБВГ – ДЕЖЗ", "код 1111-2222", "код abcd - EFGH.")


@pytest.mark.parametrize("typed", CODES)
def test_a_code_in_two_halves_is_a_code_whatever_its_signs(typed: str) -> None:
    s = stage("ru" if typed.startswith("к") else "en")
    s.say(typed)
    assert FileAppeal not in map(type, s.done) and s.play.talk.frames == ()
    assert s.play.shown[-1].text.startswith(("Этот код не подошёл", "This code does not work"))


@pytest.mark.parametrize("who", ["official", "nobody"])
def test_at_a_desk_every_command_of_the_messenger_leads_to_it(who: str) -> None:
    s = stage(who=who)
    desk = s.command("desk").text
    for name in ("menu", "help"):
        shown = s.command(name)
        assert (shown.text, shown.note) == (desk, "")


def test_officials_are_told_that_files_cannot_be_attached() -> None:
    s = stage(who="official")
    shown = s.play.turn(Message(unread="kind"))[-1]
    assert shown and shown.note == "Files cannot be attached here: please answer in words."
    s.command("answer", "482135070")
    shown = s.play.turn(Message(unread="kind"))[-1]
    assert shown and shown.note.startswith("Files cannot be attached here: please answer in words.")
