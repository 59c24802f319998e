"""What holds for every screen of every dialog, wherever people wander."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from core.appeals.types import OPEN, Act, Reason, Spoken, Status
from core.lines import Line, line, literal
from core.talk import BUTTON_BYTES, Button, Message, Place, Screen
from dialogs.house import Out, unwire
from dialogs.script.play import begun
from dialogs.script.rules import broken
from tests.dialogs.stage import TRANSCRIPTS, Stage

NUMBERS = ("482135070", "117350425")
STATUSES = tuple(Status)
MENACE = "<b>{number}</b> %s \u202e https://example.org/?a=1&b=2 №"
words = st.sampled_from(
    ["", "hm", "1", "5", "6", "99", "menu", "back", "назад", "The lamp in our yard is dark", MENACE, "y" * 4001]
)
messages = st.builds(
    Message,
    text=words,
    photos=st.sampled_from([(), ("a.jpg",), tuple(f"{n}.jpg" for n in range(12))]),
    place=st.sampled_from([None, Place("", 55.7512, 37.6184)]),
    voice=st.sampled_from(["", "voice"]),
)
presses = st.tuples(st.integers(0, 11), st.integers(0, 3))
ANYBODYS = [
    "start",
    "menu",
    "my",
    "help",
    "settings",
    "mydata",
    "delete",
    "stop",
    "consent",
    "unconsent",
    "find",
    "pushes",
]
ANYBODYS += ["quiet", "open 482135070.K7MP9QXA", "open 350117425.K7MP9QXA", "rate 482135070.6", "rate 482135070.1"]
ANYBODYS += [
    "language ru",
    "language en",
    "desk",
    "queue new",
    "queue overdue.7",
    "queue asked",
    "queue mine",
    "queue done",
]
THEIRS = ["card", "rate", "add", "reply", "withdraw", "again", "answer", "ask", "reject", "redirect", "note", "take"]
commands = st.sampled_from([*ANYBODYS, *(f"{name} {number}" for name in THEIRS for number in NUMBERS)])
notices = st.sampled_from(
    [
        *(("status", {"number": number, "status": status.value}) for number in NUMBERS for status in STATUSES),
        *(("queued", {"number": number}) for number in NUMBERS),
        *(("spoke", {"number": number, "what": what.value}) for number in NUMBERS for what in Spoken),
        ("draft", {"run": "11"}),
        ("export", {"ref": "e1"}),
        ("lost", {"ref": "f1", "name": ""}),
        ("lost", {"ref": "f1", "name": MENACE}),
    ]
)
OFFICIALS = ("queued", "spoke")
moves = st.lists(st.one_of(messages, presses, presses, presses, commands, notices), max_size=14)
MATTERS = [
    {"number": "117350425", "title": MENACE, "status": "clarify", "due": "2026-12-14T23:59:59+03:00"},
    {"number": "350117425", "title": MENACE, "status": "registered", "due": "2026-12-14T23:59:59+03:00"},
]
CONSENT = {"purpose": "filing", "version": "2026-09/1", "at": "2026-11-20T09:11:00+03:00", "withdrawn": None}
TEMPLATES = [
    {"code": f"t{n}", "name": {"ru": f"Готово {n}", "en": f"Done {n}"}, "text": {"ru": "Всё сделано вовремя."}}
    for n in range(7)
]


def possible(card: dict[str, Any]) -> dict[str, Any]:
    """A reason belongs to what was not taken, only what is open can be late, and what was rated is not open."""
    status = Status(card["status"])
    reason = card["reason"] if status is Status.REJECTED else None
    rating = None if status in OPEN else card["rating"]
    late = card["overdue"] and status in OPEN - {Status.CLARIFY}
    return {**card, "reason": reason, "rating": rating, "overdue": late}


cards = st.fixed_dictionaries(
    {
        "status": st.sampled_from(STATUSES),
        "mine": st.booleans(),
        "official": st.sampled_from(["", "A. Petrova"]),
        "rating": st.sampled_from([None, 1, 5]),
        "question": st.sampled_from(["", MENACE]),
        "reason": st.sampled_from([None, *Reason]),
        "reply_by": st.sampled_from([None, "2026-11-24T23:59:59+03:00"]),
        "overdue": st.booleans(),
        "reopened": st.integers(0, 2),
        "remarks": st.lists(
            st.fixed_dictionaries(
                {
                    "at": st.just("2026-11-21T10:05:00+03:00"),
                    "kind": st.just("remark"),
                    "text": st.just(MENACE),
                    "author": st.sampled_from(["", "A. Petrova"]),
                }
            ),
            max_size=2,
        ),
        "may": st.lists(st.sampled_from(Act), unique=True),
        "answer": st.sampled_from(["", MENACE, "y" * 4000]),
        "text": st.sampled_from([MENACE, "y" * 4000]),
        "place": st.sampled_from(
            [{}, {"address": MENACE}, {"lat": 1.5, "lon": -2.25}, {"address": "x", "lat": 1.5, "lon": 2}]
        ),
    }
).map(possible)
facts = st.fixed_dictionaries(
    {
        "ShowAppeal": st.fixed_dictionaries(dict.fromkeys(NUMBERS, cards)),
        "ShowConsent": st.sampled_from([{"given": ""}, {}]),
        "OpenMatters": st.sampled_from([[], MATTERS]),
        "PlaceOfPhotos": st.sampled_from([None, {"lat": 1.5, "lon": 2}]),
        "OpenByCode": st.sampled_from([{}, {"350117425": "K7MP9QXA"}]),
        "ListConsents": st.sampled_from([[], [CONSENT], [CONSENT, {**CONSENT, "withdrawn": CONSENT["at"]}]]),
        "ShowErasure": st.sampled_from([{"open": 0, "kept": 0}, {"open": 5, "kept": 12}]),
        "ShowDraft": st.just({"11": {"run": "11", "words": MENACE}}),
        "OpenFile": st.just(
            {"e1": {"sha256": "0", "mime": "application/zip", "size": 9, "kind": "export", "name": "d.zip"}}
        ),
        "DetectEmergency": st.sampled_from([{}, {"lamp": [{"number": "112", "what": {"en": "all services"}}]}]),
        "RateAnswer": st.fixed_dictionaries(
            {"score": st.just(1), "low": st.booleans(), "again": st.booleans(), "curator": st.booleans()}
        ),
        "ListTemplates": st.sampled_from([[], TEMPLATES]),
        "FileAppeal": st.sampled_from(
            [{}, {"refuse": "There is no such category now. Please choose one from the list."}]
        ),
        "TakeAppeal": st.sampled_from(
            [{}, {"refuse": "A colleague has taken this message already. Please choose another one."}]
        ),
    }
)

SOMEWHERE = Place("", 55.7512, 37.6184)
TOLD_IN_TWO = [Message("99"), "help", Message("y" * 4001), Message("back", place=SOMEWHERE), (4, 0)]
"""The one is resumed while the other asks, and what the other did not take is offered to it."""

FULLEST = {
    "status": Status.CLARIFY,
    "mine": True,
    "official": "A. Petrova",
    "rating": None,
    "question": MENACE,
    "reason": None,
    "reply_by": "2026-11-24T23:59:59+03:00",
    "overdue": False,
    "reopened": 1,
    "remarks": [{"at": "2026-11-21T10:05:00+03:00", "kind": "remark", "text": MENACE, "author": ""}] * 2,
    "may": list(Act),
    "answer": MENACE,
    "text": MENACE,
    "place": {"address": "x", "lat": 1.5, "lon": 2},
}
"""The card with most words of ours."""


def wander(s: Stage, move: Any) -> None:
    """A press names a button by its place, on the screen on show or on one of the screens before."""
    match move:
        case Message():
            s.say(move.text, move.photos, move.place)
        case str():
            s.command(*move.split())
        case (str(kind), dict(facts)):
            if (kind in OFFICIALS) == (s.play.house.home == "desk"):
                s.pushed(kind, **facts)
        case (int(at), int(ago)):
            shown = s.play.shown[-1 - ago :][:1]
            there = [button for each in shown for button in each.buttons if button.kind == "press"]
            if there:
                s.play._hear(unwire(there[at % len(there)].data))
        case _:
            raise AssertionError(move)


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("who", ["citizen", "official", "brief"])
@settings(max_examples=30, phases=[Phase.explicit, Phase.generate])  # it names its moves: no need to wait for less
@given(facts=facts, moves=moves)
@example(facts={"OpenMatters": MATTERS}, moves=TOLD_IN_TWO)
@example(facts={"ShowAppeal": dict.fromkeys(NUMBERS, FULLEST)}, moves=[f"card {NUMBERS[0]}"])
def test_every_screen_is_short_has_labels_that_differ_and_a_way_out(
    who: str, lang: str, facts: dict[str, Any], moves: list[Any]
) -> None:
    s = Stage(begun({"lang": lang, "who": who, "world": "world.yaml", "facts": facts}, TRANSCRIPTS))
    s.command("start")
    for move in moves:
        wander(s, move)
    assert s.play.problems == []
    assert all(len(button.data.encode()) <= BUTTON_BYTES for shown in s.play.shown for button in shown.buttons)
    assert all("{" not in shown.note for shown in s.play.shown), "a placeholder was left unfilled"


OUT = Button("menu:", literal("Menu"))
ASK = line("What is it about? Please choose from the list.")


@pytest.mark.parametrize(
    ("screen", "rule"),
    [
        (Screen((*(ASK for _ in range(9)),), (OUT,)), "characters of our own words"),
        (Screen((ASK, ASK, ASK), (OUT,)), "3 questions, 2 at most"),
        (Screen((ASK,), (OUT, *(Button(f"menu:{n}", literal(str(n))) for n in range(10)))), "11 buttons, 10 at most"),
        (
            Screen((ASK,), (OUT, Button("my:0", literal("МЕНЮ")), Button("my:1", literal("меню!")))),
            "«меню» is the label of 2",
        ),
        (Screen((ASK,), (Button("formal", literal("Formal"), "link", "https://example.org"),)), "no way out"),
        (Screen((line("no photos"),), (OUT,), note=(line("nothing"),)), "does not say what to do"),
    ],
)
def test_a_screen_that_breaks_a_rule_is_found(screen: Screen, rule: str) -> None:
    play = begun({"lang": "en", "world": "world.yaml"}, TRANSCRIPTS)
    play._say(Out(screen))
    assert any(rule in problem for problem in play.problems)


def test_the_words_of_people_and_data_are_not_ours() -> None:
    long = literal("y" * 4000)
    screen = Screen((long, Line("Category: {category}", {"category": long})), (OUT,))
    play = begun({"lang": "en", "world": "world.yaml"}, TRANSCRIPTS)
    assert list(broken(screen, play._speech, play._speech, ["menu"])) == []
