"""Forms that were begun in another conversation: offered, taken over whole, and not by mistake."""

from __future__ import annotations

from dataclasses import replace

from core.talk import Message, Press
from dialogs.house import Begun, Talk
from dialogs.session import Session
from dialogs.ways import BUTTONS_MOST, LABEL_MOST, RESUME, gone_on
from tests.dialogs.chat import Chat
from tests.dialogs.door import ENGLISH
from tests.dialogs.test_listen import STORY, a_chat
from tests.dialogs.test_sub import a_chat as a_family


def begun(chat: Chat) -> tuple[Session, ...]:
    return (*chat.talk.frames, *chat.talk.aside)


def another(chat: Chat, messenger: str = "telegram") -> Chat:
    """Another chat of the same person."""
    elsewhere = tuple(Begun(session, messenger) for session in begun(chat))
    return replace(chat, talk=Talk("en", elsewhere=elsewhere), out=[], done=[])


def test_what_was_begun_in_another_chat_is_offered_with_the_name_of_that_chat() -> None:
    here = another(a_chat().say("A hole")).command("home")
    assert "Go on: A hole (Telegram)" in here.labels
    assert "Go on: A hole (the chat on the site)" in another(a_chat().say("A hole"), "web").command("home").labels
    long = another(a_chat().say(STORY), "web").command("home").labels[-1]
    assert len(long) <= LABEL_MOST and long == f"Go on: {STORY}", "where there is room for it"


def test_it_goes_on_where_it_was_and_is_no_longer_elsewhere() -> None:
    here = another(a_chat().say(STORY), "vk").command("home").press(f"Go on: {STORY} (VK)")
    assert here.text == "Which town?" and here.forms == ["entry"] and here.talk.elsewhere == ()
    here.say("Zarechny", "Lenina 5").press("Send")
    assert len(here.done) == 1


def test_only_that_press_takes_it() -> None:
    """Not words, not a number, not a command for the same form."""
    there = a_chat().say(STORY)
    for here in (another(there).say("Another hole"), another(there).command("entry"), another(there).command("home")):
        assert [each.session.run for each in here.talk.elsewhere] == [there.talk.frames[0].run]
        assert there.talk.frames[0].run not in [s.run for s in begun(here)]


def test_what_nobody_has_said_anything_in_is_not_offered() -> None:
    assert another(a_chat().command("entry")).command("home").labels == ["Write"]


def test_a_button_of_a_form_that_has_gone_on_elsewhere_says_where_it_is() -> None:
    there = a_chat().say(STORY)
    run, rev = there.talk.frames[0].run, there.talk.frames[0].rev
    here = another(there, "vk")
    here.talk = replace(here.talk, live=there.live)
    here.send(Press("t0", run, rev))
    assert here.text == "Home." and "another chat (VK)" in here.live.note and here.forms == []
    assert f"Go on: {STORY} (VK)" in here.labels, "and may be taken back"
    here.press(f"Go on: {STORY} (VK)")
    assert here.text == "Which town?"


def test_a_form_goes_with_those_that_answer_it() -> None:
    there = a_family().command("move").say("because", "park")
    here = another(there)
    here.send(Press(f"{RESUME}:{there.talk.frames[0].run}"))
    assert [s.run for s in here.talk.frames] == [s.run for s in there.talk.frames]
    assert here.text == there.text and here.talk.elsewhere == ()
    assert here.press("park b", "Send").done == [("b", "because")]
    half = a_family()
    half.talk = Talk("en", elsewhere=tuple(Begun(s, "vk") for s in there.talk.frames[1:]))
    assert half.command("home").labels == ["Home"], "what it answers is gone"


def test_there_is_room_for_so_many_and_those_from_here_come_first() -> None:
    many = tuple(Begun(replace(s, run=f"{s.run}{n}"), "vk") for n in range(12) for s in begun(a_chat().say(STORY)))
    here = a_chat().say("Something else")
    here.talk = replace(here.talk, elsewhere=many)
    here.command("home")
    assert len(here.labels) == BUTTONS_MOST and here.labels[1] == "Go on: Something else"


def test_a_message_that_is_changed_elsewhere_does_not_change_it() -> None:
    here = another(a_chat().send(Message(STORY, key="1"))).send(Message("A pit", edited="1"))
    assert "dealt with already" in here.live.note
    assert here.talk.elsewhere[0].session.answers["text"] == STORY


def test_every_messenger_has_a_name_for_people() -> None:
    said = [ENGLISH.text(gone_on(name)) for name in ("telegram", "vk", "web", "max")]
    assert [words.partition("(")[2] for words in said] == [
        "Telegram).",
        "VK).",
        "the chat on the site).",
        "another messenger).",
    ]
