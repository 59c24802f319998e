"""What words do before and beside a form: numbers, thanks, danger, voice, and messages that are changed afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from core.appeals.types import AppealRow, OpenMatters, Status
from core.emergencies.types import DetectEmergency
from core.errors import Refusal
from core.lines import Line, line, literal
from core.region.types import Emergency
from core.shown import Pinned
from core.talk import Button, Message, Place, Screen
from dialogs import listen
from dialogs.engine import Form
from dialogs.house import House
from dialogs.registry import Dialogs
from dialogs.session import Here
from dialogs.steps import act, choice, consent, documents, end, photos, place, words
from dialogs.views import View, launch
from tests.dialogs.chat import Chat

NUMBER = "482135790"
ROW = AppealRow(NUMBER, "A hole", Status.CLARIFY, datetime(2026, 12, 1, tzinfo=UTC))
GAS = (Emergency("104", {"en": "gas leaks"}), Emergency("112", {"en": "all emergency services"}))


@dataclass(frozen=True, slots=True)
class Send:
    text: str
    town: str
    where: Place
    files: tuple[str, ...]


TEXT = words("text", line("What happened?"), least=5)
TOWNS = (
    {"ru": "Заречный", "en": "Zarechny"},
    {"ru": "Заозёрный", "en": "Zaozyorny"},
    {"ru": "Луговское", "en": "Meadows"},
)
TOWN = choice(
    "town",
    line("Which town?"),
    lambda here: [Button(f"t{n}", Line("", name)) for n, name in enumerate(TOWNS)],
    search=True,
)
WHERE = place("where", line("Where?"))
FILES = documents("files", most=2)
PHOTOS = photos("photos", line("Photos?"))
CHECK = consent("check", lambda here: literal(here.draft[TEXT]), line("Send"), ((line("files"), FILES),))
SENT = act("sent", str, lambda d: Send(d[TEXT], d[TOWN].key, d[WHERE], d[FILES]))
ENTRY = Form(
    "entry",
    1,
    line("A message"),
    (TEXT, TOWN, WHERE, FILES, CHECK, SENT, end(line("Sent."), lambda here: (Button("home:", line("Menu")),))),
    catch=(FILES,),
    brief=lambda d: literal(d[TEXT]) if d.get(TEXT) else None,
)


def asked(here: Here[Any]) -> tuple[Line, ...]:
    return (line("Where does this belong?"), literal(here.draft[SAID]))


SAID = words("said", line("Write."))
TO = choice("to", asked, lambda here: [Button("add", line("Add it")), launch("entry", "", line("New message"))])
ADDED = act("added", str, lambda d: d[SAID])
MORE = Form(
    "more", 1, line("More"), (SAID, TO, ADDED, end(line("Added."), lambda here: (Button("home:", line("Menu")),)))
)
RATE = Form(
    "rate",
    1,
    line("Rate"),
    (choice("score", line("How?"), lambda here: [Button("5", line("Good"))]), end(line("Thanks."))),
)
HOME = View("home", lambda args, facts: Screen((line("Home."),), (launch("entry", "", line("Write")),)))
CARD = View(
    "card",
    lambda args, facts: Screen((line("Card {n}.", n=args),), (Button("home:", line("Menu")),)),
    needs=lambda args: ("card", args),
    watch=lambda args: f"appeal:{args}",
)
HOUSE = House(
    Dialogs({form.name: form for form in (ENTRY, MORE, RATE)}, {"home": HOME, "card": CARD}),
    "home",
    "entry",
    parting="more",
    words=((line("rate {number}"), "rate:{number}"),),
    number="card",
    thanks=Screen((line("Not at all."),), (Button("home:", line("Menu")),)),
    alarm=True,
    home_label=line("My home"),
)
STORY = "A deep hole in the road"
HI = line("Hi.")


def a_chat(**changes: Any) -> Chat:
    facts = {OpenMatters: (), DetectEmergency: (), tuple: lambda query: query[1] == NUMBER or None}
    return Chat(replace(HOUSE, **changes), facts=facts)


def test_words_with_no_form_open_begin_the_entry_and_words_of_thanks_do_not() -> None:
    assert a_chat().say(STORY).text == "Which town?"
    for thanks in ("Спасибо!", "thank you very much", "👍", "🙏🏽", "Благодарю вас за помощь"):
        chat = a_chat().say(thanks)
        assert chat.text == "Not at all." and chat.labels == ["Menu"] and chat.forms == []
    for story in ("Спасибо за яму у школы", "👎", "you very much"):
        assert a_chat().say(story).forms == ["entry"]


@pytest.mark.parametrize("typed", ["rate 482135790", "Rate № 482-135-790", "rate 482 135 790.", "RATE #482135790"])
def test_words_with_a_number_open_what_they_say_also_while_a_form_is_open(typed: str) -> None:
    for chat in (a_chat(), a_chat().command("entry"), a_chat().say(STORY)):
        assert chat.say(typed).text == "How?" and chat.talk.frames[-1].args == NUMBER


@pytest.mark.parametrize("typed", ["482135790", "№ 482-135-790", "482 135 790", "482‑135‑790"])
def test_a_bare_number_opens_its_card_only_where_no_form_is_open(typed: str) -> None:
    assert a_chat().say(typed).text == f"Card {NUMBER}."
    assert a_chat().command("entry").say(typed).talk.frames[0].answers["text"] == typed


@pytest.mark.parametrize(
    "typed", ["rate 48213579", "please rate 482135790 now", "rate 482135790 5", "4821357901", "rate"]
)
def test_other_words_with_digits_are_mere_words(typed: str) -> None:
    assert a_chat().say(typed).forms == ["entry"]


def test_what_cannot_be_read_begins_nothing_and_says_how_to_go_on() -> None:
    chat = a_chat().send(Message(voice="v"))
    assert chat.text == "Home." and "Press the microphone" in chat.live.note and chat.forms == []
    for message in (Message(), Message("  \n"), Message(key="sticker")):
        chat = a_chat().send(message)
        assert chat.text == "Home." and "write in your own words" in chat.live.note and chat.forms == []
    chat = a_chat().command("entry").send(Message(voice="v"))
    assert chat.live.note.startswith("We do not listen to voice messages.") and "\n" not in chat.live.note
    assert a_chat().command("entry").send(Message()).live.note == "Please answer in words."
    officials = a_chat(entry="", parting="", alarm=False)
    assert officials.send(Message()).text == "Home." and officials.say("what").live.note


def test_whom_to_call_comes_before_anything_else_and_changes_nothing() -> None:
    chat = a_chat()
    chat.facts[DetectEmergency] = lambda query: GAS if "gas" in query.text else ()
    chat.say("It smells of gas in the yard")
    first, second = chat.out
    assert first.alarm and first.keep and first.text.splitlines()[1] == "104: gas leaks" and first.buttons == ()
    assert second.text == "Which town?" and chat.talk.frames[0].answers["text"] == "It smells of gas in the yard"
    assert [shown.alarm for shown in chat.say("still gas").out] == [False], "the same numbers once in a run"
    assert [shown.alarm for shown in chat.say("Zarechny").out] == [False]
    chat.facts[DetectEmergency] = GAS[1:]
    assert [shown.alarm for shown in chat.say("a fire").out] == [True, False], "other numbers are other numbers"
    chat.facts[DetectEmergency] = GAS
    edited = a_chat()
    edited.facts = chat.facts
    assert edited.send(Message("gas!", edited="unknown")).out[0].alarm
    assert edited.say("thanks").out[0].alarm, "with no form open it is shown each time"


def test_an_alarm_that_core_declines_holds_up_nothing() -> None:
    def declined(query: object) -> object:
        raise Refusal(line("No."))

    chat = a_chat()
    chat.facts[DetectEmergency] = declined
    assert chat.say(STORY).text == "Which town?" and chat.live.note == ""


def test_an_open_matter_gets_a_say_in_where_words_belong() -> None:
    chat = a_chat()
    chat.facts[OpenMatters] = (ROW,)
    assert chat.say("It is still there").live.text == "Where does this belong?\nIt is still there"
    chat.press("Add it")
    assert chat.done == ["It is still there"] and chat.forms == []


def test_a_new_message_begins_with_all_that_was_said() -> None:
    chat = a_chat()
    chat.facts[OpenMatters] = (ROW,)
    chat.send(Message(STORY, key="1", documents=("d1",))).say("Zarechny")
    chat.send(Message("A deep pit in the road", edited="1"))
    chat.press("New message")
    assert chat.forms == ["entry"] and chat.talk.aside == ()
    assert chat.talk.frames[0].answers["text"] == "A deep pit in the road"
    assert chat.talk.frames[0].answers["files"] == ["d1"] and chat.text == "Where?"


def test_the_way_to_a_new_message_may_be_typed() -> None:
    for typed in ("new message", "2"):
        chat = a_chat()
        chat.facts[OpenMatters] = (ROW,)
        chat.say("Zaozyorny has a hole in the road").say(typed)
        assert chat.forms == ["entry"] and chat.talk.frames[0].answers["text"] == "Zaozyorny has a hole in the road"


def test_a_button_of_an_older_message_takes_nothing_from_what_was_said_since() -> None:
    chat = a_chat()
    chat.facts[OpenMatters] = (ROW,)
    chat.say("It is still there").press("My home")
    data = chat.data("Write")
    chat.press("Go on: More")
    chat.talk = replace(chat.talk, live=chat.live)
    chat.send(Message("and more"))
    chat.command("rate", NUMBER)
    assert [s.form for s in chat.talk.frames] == ["more", "rate"]
    assert data == "entry:"


def test_a_changed_message_changes_what_it_has_become() -> None:
    chat = a_chat().send(Message(STORY, key="1")).send(Message("zarech", key="2")).send(Message("Lenina 5", key="3"))
    assert chat.text == STORY
    chat.send(Message("A small hole in the road", edited="1"))
    assert chat.text == "A small hole in the road" and "taken over" in chat.live.note
    chat.send(Message("Meadows", edited="2")).send(Message("Lenina 7", edited="3"))
    chat.send(Message("A hole", edited="1")).press("Send")
    assert chat.done == [Send("A hole", "t2", Place("Lenina 7"), ())]


def test_a_changed_message_that_will_not_do_any_more_is_asked_for_again() -> None:
    chat = a_chat().send(Message(STORY, key="1")).send(Message("Hm", edited="1"))
    assert chat.text == "What happened?" and "at least 5" in chat.live.note
    chat.send(Message(STORY, edited="1"))
    assert chat.text == "Which town?"


def test_who_mends_a_slip_by_changing_the_message_has_answered() -> None:
    chat = a_chat().say(STORY).send(Message("Zorechny", key="2"))
    assert "Nothing here is called so" in chat.live.note
    assert chat.send(Message("Zarechny", edited="2")).text == "Where?"


def test_a_message_of_a_form_put_aside_is_changed_there() -> None:
    chat = a_chat().send(Message(STORY, key="1")).press("My home", "Write").say("Something else")
    chat.send(Message("A deep pit in the road", edited="1"))
    assert [s.answers["text"] for s in (*chat.talk.frames, *chat.talk.aside)] == [
        "Something else",
        "A deep pit in the road",
    ]
    assert chat.text == "Which town?" and "taken over" in chat.live.note


def test_a_message_that_was_dealt_with_belongs_to_what_is_open_or_to_nothing() -> None:
    chat = a_chat().send(Message(STORY, edited="old"))
    assert chat.text == "Home." and "dealt with already" in chat.live.note
    chat.facts[OpenMatters] = (ROW,)
    chat.send(Message(STORY, edited="old"))
    assert chat.text == "Where does this belong?"
    chat.send(Message("A pit", edited="old")).press("Add it")
    assert chat.done == ["A pit"]


def test_words_narrow_a_long_choice() -> None:
    chat = a_chat().say(STORY)
    assert chat.say("за").labels == ["Zarechny", "Zaozyorny", "Show all", "Back", "My home"]
    assert chat.press("Show all").labels[:3] == ["Zarechny", "Zaozyorny", "Meadows"]
    for typed in ("луговск", "ЗАОЗЕРНЫЙ", "в Луговском", "meadows", "3"):
        assert a_chat().say(STORY).say(typed).text == "Where?"
    assert "Nothing here is called so" in a_chat().say(STORY).say("Moscow").live.note


def test_files_are_taken_wherever_they_come_and_shown_by_change() -> None:
    chat = a_chat().send(Message(documents=("a",))).say(STORY).send(Message(documents=("b", "c")))
    assert "Only the first 2 files are kept." in chat.live.note
    chat.say("Zarechny", "Lenina 5").press("Change: files")
    assert chat.live.text == "2 files are added. Are there more?", "said once"
    chat.press("Remove the files", "Send")
    assert chat.done == [Send(STORY, "t0", Place("Lenina 5"), ())]


def test_a_view_that_is_watched_is_pinned_where_there_is_something_to_see() -> None:
    chat = a_chat().say(NUMBER)
    assert chat.live.pin == Pinned("card", NUMBER, f"appeal:{NUMBER}")
    assert chat.say("111111111").live.pin is None, "nothing tells whether it exists"
    assert chat.command("home").live.pin is None


def test_what_people_mean_by_a_number_is_found_in_any_language() -> None:
    def russian(words: Line) -> str:
        return f"Оценить {words.args['number']}"

    found = listen.words_meant(Message("оценить № 482 135 790!"), HOUSE.words, russian)
    assert found == f"rate:{NUMBER}"
    assert listen.words_meant(Message("оценить № 482 135 790", photos=("p",)), HOUSE.words, russian) is None


UNREAD = {
    "sticker": "stickers",
    "video": "send photos",
    "kind": "PDF, Word",
    "size": "20 MB",
    "words": "press a button",
}


@pytest.mark.parametrize(("kind", "told"), UNREAD.items())
def test_what_came_and_cannot_be_read_is_told_what_to_do_instead(kind: str, told: str) -> None:
    alone, beside = Message(unread=kind), Message(STORY, unread=kind)
    chat = a_chat().send(alone)
    assert chat.text == "Home." and told in chat.live.note and chat.forms == []
    assert told in a_chat().command("entry").send(alone).live.note
    chat = a_chat().send(beside)
    assert chat.text == "Which town?" and told in chat.live.note and chat.talk.frames[0].answers["text"] == STORY
    assert told in a_chat().say(STORY).send(replace(beside, text="Zarechny")).live.note
    desk = a_chat(entry="", parting="", alarm=False).send(alone)
    assert desk.text == "Home." and told in desk.live.note


def test_a_button_is_not_pressed_by_words_beside_something_else() -> None:
    assert a_chat().say(STORY).send(Message("back", unread="sticker")).text == "Which town?"


JOIN = Form("join", 1, line("Join"), (choice("sure", line("Sure?"), lambda here: [Button("y", line("Yes"))]), end(HI)))
JOINING = replace(
    HOUSE,
    dialogs=Dialogs({**HOUSE.dialogs.forms, "join": JOIN}, HOUSE.dialogs.views),
    words=(*HOUSE.words, (line("code {code}", code="{code}"), "join:{code}")),
    commands=((line("menu"), "home"), (line("start"), "start"), (line("my rating"), "rate")),
    starts={"open": "rate", "join": "join", "gone": "gone"},
)


def a_joining(**changes: Any) -> Chat:
    return replace(a_chat(), house=replace(JOINING, **changes))


@pytest.mark.parametrize("typed", ["code K7MP-4QXA", "Code k7mp4qxa.", "CODE K7MP 4QXA", "code К7МР4QХА"])
def test_a_code_in_words_opens_what_it_joins_also_while_a_form_is_open(typed: str) -> None:
    for chat in (a_joining(), a_joining().command("entry"), a_joining().say(STORY)):
        chat.say(typed)
        assert chat.text == "Sure?" and chat.talk.frames[-1].args in ("K7MP4QXA", "К7МР4QХА")


def test_other_words_with_a_code_are_mere_words_and_a_form_that_asks_for_one_takes_it() -> None:
    for typed in ("code of the entrance", "my code K7MP-4QXA", "code K7MP-4QXA please", "code K7MP-4QX"):
        assert a_joining().say(typed).forms == ["entry"]
    asked = a_joining(codes="entry").command("entry").say("code K7MP-4QXA")
    assert asked.forms == ["entry"] and asked.talk.frames[0].answers["text"] == "code K7MP-4QXA"
    assert a_chat(words=JOINING.words).say("code K7MP-4QXA").forms == ["entry"], "there is no such form here"


@pytest.mark.parametrize(
    ("payload", "form", "args"),
    [
        ("open_482135790_K7MP4QXA", "rate", "482135790.K7MP4QXA"),
        ("join_K7MP4QXA", "join", "K7MP4QXA"),
        ("join_a-b_c_482135790_K7MP4QXA", "join", "a-b_c_482135790_K7MP4QXA"),
    ],
)
def test_a_link_opens_what_it_says_also_above_a_form(payload: str, form: str, args: str) -> None:
    for chat in (a_joining(), a_joining().say(STORY)):
        chat.command("start", payload)
        assert (chat.talk.frames[-1].form, chat.talk.frames[-1].args) == (form, args)


@pytest.mark.parametrize(
    "payload", ["", "x", "_", "join_", "gone_1", "join_a b", "JOIN_a", "entry_1", "join_\n", "я_1"]
)
def test_a_link_that_says_nothing_to_us_is_a_mere_start(payload: str) -> None:
    assert a_joining().command("start", payload).text == "Home."
    assert a_joining().say(STORY).command("start", payload).text == "Which town?"


def test_commands_may_be_words_where_nothing_is_asked_and_behind_a_stroke_anywhere() -> None:
    for typed in ("menu", "Menu!", "/menu", "/MENU", "start", "/start"):
        assert a_joining().say(typed).text == "Home.", typed
    assert a_joining().say("My rating").text == "How?"
    assert a_joining().command("entry").say("my rating").forms == ["entry"]
    assert a_joining().command("entry").say("/my rating").text == "How?"
    assert a_joining().say("menu please").forms == ["entry"]
    assert a_joining().send(Message("menu", photos=("p",))).forms == ["entry"]


def test_a_command_in_words_is_known_in_the_language_of_the_person() -> None:
    russian = {"menu": "меню"}
    for typed, name in (("/Меню", "home"), ("меню", "home"), ("menu", "home"), ("/start", "start"), ("меню!", "home")):
        meant = listen.command_meant(
            Message(typed), JOINING.commands, lambda words: russian.get(words.msgid, words.msgid), bare=True
        )
        assert meant == name
    assert listen.command_meant(Message("меню"), JOINING.commands, lambda words: "меню", bare=False) is None
