"""Where personal data are neither asked nor shown nor kept: whatever is on file, and whatever people type."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.appeals.types import Act, Reason, Status
from core.citizens.types import IssueJoin
from core.notify.types import NoticeKind
from core.ratings.types import RateAnswer
from core.shown import Shown, to_json
from core.talk import Message, Place
from dialogs.brief_house import SHARED, brief
from dialogs.notices.registry import TO_OFFICIALS, load_brief
from dialogs.registry import load
from dialogs.session import session_to_json
from tests.dialogs.door import Door, door, go
from tests.dialogs.stage import Stage, stage
from tests.dialogs.test_screens import NUMBERS, presses, wander

CANARY = "Kanareika"
TYPED = "Zyablik"
NUMBER = NUMBERS[0]
WEB = {"web": "https://otklik.example.org"}
DAY = "2026-11-21T10:05:00+03:00"


def secret(where: str) -> str:
    return f"{CANARY} {where}"


ON_FILE = {
    "text": secret("text"),
    "answer": secret("answer"),
    "question": secret("question"),
    "official": secret("official"),
    "place": {"address": secret("address"), "lat": 55.7512, "lon": 37.6184},
    "photos": [secret("photo")],
    "documents": [{"ref": secret("ref"), "name": secret("file"), "size": 9}],
    "remarks": [{"at": DAY, "kind": "remark", "text": secret("remark"), "author": secret("author")}],
    "history": [{"at": DAY, "status": each, "text": secret(each)} for each in Status],
}
cards = st.fixed_dictionaries(
    {
        **{name: st.just(value) for name, value in ON_FILE.items()},
        "status": st.sampled_from(Status),
        "may": st.lists(st.sampled_from(Act), unique=True),
        "rating": st.sampled_from([None, 1, 5]),
        "reason": st.sampled_from([None, *Reason]),
        "reply_by": st.sampled_from([None, DAY]),
        "overdue": st.booleans(),
    }
)
ROWS = [
    {"number": number, "title": secret("title"), "status": status, "due": DAY, "overdue": True}
    for number, status in zip(NUMBERS, ("clarify", "in_work"), strict=True)
]
FILE = {"sha256": "0", "mime": "application/zip", "size": 9, "kind": "export", "name": secret("export")}
facts = st.fixed_dictionaries(
    {
        "ShowAppeal": st.fixed_dictionaries(dict.fromkeys(NUMBERS, cards)),
        "MyAppeals": st.just(ROWS),
        "ShowDraft": st.just({"11": {"run": "11", "words": secret("draft")}}),
        "OpenFile": st.just({"e1": FILE}),
        "AboutRegion": st.just(WEB),
        "OpenByCode": st.sampled_from([{}, {NUMBER: "K7MP9QXA"}]),
        "ListChannels": st.just([]),
        "FindJoin": st.just({"K7MP9QXA": {"messengers": ["vk"], "facts": {}, "own": False}}),
        "JoinByCode": st.just({"K7MP9QXA": {"messengers": ["vk", "telegram"], "facts": {}}}),
    }
)
notices = st.sampled_from(
    [
        *(("status", {"number": number, "status": status.value}) for number in NUMBERS for status in Status),
        ("draft", {"run": "11"}),
        ("export", {"ref": "e1"}),
        ("lost", {"ref": "f1", "name": secret("lost")}),
    ]
)
NAMES = sorted({*brief().dialogs.forms, *brief().dialogs.views, *brief().renamed, "start", "language"})
commands = st.builds(
    lambda name, args: f"{name} {args}".strip(),
    st.sampled_from(NAMES),
    st.sampled_from(["", *NUMBERS, f"{NUMBER}.5", f"{NUMBER}.K7MP9QXA", "roads.45701000", "K7MP9QXA"]),
)
messages = st.builds(
    Message,
    text=st.sampled_from([f"{TYPED}, 5 Lenina St", f"{TYPED} " * 20, f"open {TYPED}", "1", "Zarechny", "back", ""]),
    photos=st.sampled_from([(), (f"{TYPED}.jpg",)]),
    place=st.sampled_from([None, Place(TYPED, 55.7512, 37.6184)]),
    unread=st.sampled_from(["", "words", "sticker"]),
)
moves = st.lists(st.one_of(presses, presses, commands, notices, messages), max_size=12)


def words_of(shown: Shown) -> str:
    return json.dumps(to_json(shown), ensure_ascii=False)


def kept(s: Stage) -> str:
    sessions = [session_to_json(each) for each in (*s.play.talk.frames, *s.play.talk.aside)]
    return f"{json.dumps(sessions, ensure_ascii=False)} {s.done}"


@settings(max_examples=25, phases=[Phase.explicit, Phase.generate])  # it names its moves: no need to wait for less
@given(facts=facts, moves=moves)
def test_nothing_on_file_is_shown_and_nothing_that_is_typed_is_kept(facts: dict[str, Any], moves: list[Any]) -> None:
    s = stage(who="brief", facts=facts)
    s.command("start")
    for move in moves:
        wander(s, move)
    assert s.play.problems == []
    said = "".join(map(words_of, s.play.shown))
    assert CANARY not in said and TYPED not in said and "55.75" not in said
    assert TYPED not in kept(s)


@pytest.mark.parametrize("status", Status)
def test_every_dialog_and_every_notice_holds_back_what_is_on_file(status: Status) -> None:
    reason = Reason.SPAM if status is Status.REJECTED else None
    card = {**ON_FILE, "status": status.value, "reason": reason, "reply_by": DAY, "may": list(Act)}
    s = stage(who="brief", facts={"ShowAppeal": {NUMBER: card}, "MyAppeals": ROWS, "ListChannels": []})
    for name in (*brief().dialogs.views, *brief().dialogs.forms):
        s.command(name, NUMBER)
    s.pushed("status", number=NUMBER, status=status.value)
    assert CANARY not in "".join(map(words_of, s.play.shown))


@pytest.mark.parametrize("form", [*brief().dialogs.forms])
def test_no_form_keeps_what_is_typed_into_it(form: str) -> None:
    s = stage(who="brief", facts={"ListChannels": []})
    s.command(form, NUMBER if form == "rate" else "")
    for words in (f"{TYPED}, 5 Lenina St", f"{TYPED} " * 20):
        s.say(words, (f"{TYPED}.jpg",), Place(TYPED, 55.7512, 37.6184))
        s.say(words)
    assert TYPED not in kept(s) and TYPED not in "".join(map(words_of, s.play.shown))


def test_each_kind_that_citizens_are_told_is_told_briefly() -> None:
    assert set(load_brief()) == set(NoticeKind) - TO_OFFICIALS


def test_the_only_words_that_are_read_are_the_names_of_a_list_and_a_code() -> None:
    """Whatever is shared with citizens later has to stand here too."""
    reading = {
        (form.name, step.id)
        for form in brief().dialogs.forms.values()
        for step in (() if callable(form.steps) else form.steps)
        if step.takes
    }
    assert reading == {("report", "category"), ("report", "territory"), ("join", "code")}
    assert all(form.forgets for form in brief().dialogs.forms.values())


def test_a_way_on_never_leads_to_a_dialog_that_is_not_here() -> None:
    """Shared forms name views of citizens: they are here under the same names."""
    assert {"menu", "my", "card", "settings"} <= {*brief().dialogs.views}
    assert set(SHARED) <= {*load("citizen").forms}
    assert set(brief().renamed.values()) <= {*brief().dialogs.forms, *brief().dialogs.views}


def test_whoever_tells_of_danger_is_told_whom_to_call_and_nothing_of_it_is_kept() -> None:
    words = f"{TYPED} is burning".lower()
    s = stage(who="brief", facts={"DetectEmergency": {words: [{"number": "101", "what": {"en": "fire"}}]}})
    s.command("report"), s.say(words.capitalize())
    alarm = next(shown for shown in s.play.shown if shown.alarm)
    assert "101: fire" in alarm.text and "kept" not in alarm.text
    assert TYPED not in kept(s) and s.play.shown[-1].text.startswith("What is it about?")


@pytest.mark.parametrize("said", [Message(unread="words"), Message("Ivanov"), Message(photos=("a.jpg",))])
def test_the_same_is_said_about_all_that_is_not_taken(said: Message) -> None:
    s = stage(who="brief")
    s.play.turn(said)
    assert s.play.shown[-1].note == (
        "We have neither read nor kept this: no personal data are taken in Telegram. Press «Report a problem»; words "
        "and photos go on the site."
    )


def test_a_message_that_was_changed_is_not_taken_either() -> None:
    s = stage(who="brief")
    s.play.turn(Message(unread="words", key="1", edited="1"))
    assert s.play.shown[-1].note.startswith("We have neither read nor kept this")


@pytest.mark.parametrize("command", ["delete", "mydata"])
def test_what_people_may_do_with_their_data_they_do_on_the_site(command: str) -> None:
    s = stage(who="brief", facts={"AboutRegion": WEB})
    shown = s.command(command)
    assert shown.text.startswith("You can delete or get your data on the site, in the settings.")
    assert [button.kind for button in shown.buttons] == ["link", "press", "press", "press"]
    assert s.press("Show a new link").text == shown.text


def test_the_policy_is_found_where_its_command_leads() -> None:
    s = stage(who="brief")
    assert "Personal data policy" in [button.label for button in s.command("privacy").buttons]


def test_a_subject_and_a_district_are_handed_over_by_a_link() -> None:
    s = stage(who="brief", facts={"AboutRegion": WEB})
    s.command("start")
    shown = s.press("Report a problem", "Street lights", "Zarechny")
    assert s.done == [IssueJoin({"category": "light", "territory": "45701000"})]
    (link,) = (button for button in shown.buttons if button.kind == "link")
    assert link.url == "https://otklik.example.org/#join=T4XK9QAM" and "20 November, 09:22" in shown.text
    assert s.play.talk.frames == ()


def test_a_new_link_asks_nothing_again() -> None:
    s = stage(who="brief", facts={"AboutRegion": WEB})
    s.command("report")
    first = s.press("Street lights", "Zarechny")
    assert s.press("Show a new link").text == first.text
    assert s.done == [IssueJoin({"category": "light", "territory": "45701000"})] * 2


def test_no_consent_is_asked_for() -> None:
    s = stage(who="brief", facts={"ShowConsent": {"given": ""}})
    s.command("report")
    assert "Chosen: Street lights, Zarechny." in s.press("Street lights", "Zarechny").text


def test_a_link_does_not_get_lost_above_something_begun() -> None:
    s = stage(who="brief", facts={"AboutRegion": WEB})
    s.command("report"), s.press("Street lights")
    s.pushed("status", number=NUMBER, status="answered")
    s.press("Read the answer")
    link = s.play.shown[-1]
    assert [button.kind for button in link.buttons].count("link") == 1 and link.keep
    assert "Where is it?" in s.press("Go on: Report a problem").text


def test_a_score_is_given_from_the_notice_and_the_words_about_it_on_the_page() -> None:
    s = stage(who="brief", facts={"AboutRegion": WEB})
    s.pushed("status", number=NUMBER, status="answered")
    s.press("1 – very bad")
    assert s.done == [RateAnswer(NUMBER, 1)] and "on the site" in s.play.shown[-1].text
    assert s.labels == ["Open on the site", "My messages", "Menu"]


APPEAL, LAMP = load("citizen").forms["appeal"], "A deep hole in the road near the school"


def to_check(args: str, *more: Any) -> Door:
    return door(APPEAL, LAMP, *more, args=args)


def test_what_was_chosen_elsewhere_is_not_asked_again_and_stands_in_the_check() -> None:
    d = to_check("light.45701002", ("done",), "Lenina 5")
    assert "Category: Street light\nWhere: Town 2, Lenina 5" in d.text
    d.press("yes")
    (filed,) = d.done.values()
    assert (filed.category, filed.territory) == ("light", "45701002")


def test_what_was_chosen_elsewhere_can_be_changed() -> None:
    d = to_check("light.45701002", ("done",), "Lenina 5", ("/change:category",))
    assert d.old == "Street light" and "/keep" in d.keys
    go(d, ("roads",), ("/change:territory",))
    assert d.old == "Town 2"
    go(d, ("45701000",))
    assert "Category: Roads\nWhere: Town 0" in d.text


def test_what_was_chosen_elsewhere_does_not_lapse_when_the_words_change() -> None:
    d = to_check("light.45701002", ("done",), "Lenina 5", ("/change:text",), "Something else has happened here")
    assert "Category: Street light" in d.text


@pytest.mark.parametrize(
    "args", ["", "x", ".", "light", "light.", ".45701000", "LIGHT.45701000", "light.1", "light.45701000.x", "\x00.1"]
)
def test_what_is_no_choice_at_all_is_ignored(args: str) -> None:
    d = to_check(args)
    assert d.text.startswith("What is it about?") and d.note == "" and d.old == ""


def test_what_is_not_offered_any_more_is_asked_without_a_word_about_it() -> None:
    d = to_check("old.45701002")
    assert d.text.startswith("What is it about?") and d.note == "" and "/keep" not in d.keys
    go(d, ("roads",))
    assert d.text.startswith("Is there a photo") or d.text.startswith("Are there photos")
    d = to_check("light.99999999")
    assert d.text.startswith("Where is it?") and d.note == ""


@pytest.mark.parametrize("args", ["nonsense", "old.45701000", "light.99999999", f"{TYPED}.45701000"])
def test_a_link_with_nonsense_begins_at_the_beginning(args: str) -> None:
    s = stage(who="brief")
    assert s.command("report", args).text.startswith(("What is it about?", "Where is it?"))


def test_the_house_is_played_by_its_own_notices() -> None:
    s: Stage = stage(who="brief")
    with pytest.raises(KeyError):
        s.pushed("queued", number=NUMBER)
