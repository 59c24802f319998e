"""A deploy breaks no session: sessions of the old version go on under the new one."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.lines import literal
from core.talk import Button, Press, Screen
from dialogs.engine import OLDER, Form
from dialogs.registry import load
from dialogs.session import session_from_json, session_to_json
from dialogs.steps import act, choice, consent, end, number, photos, words
from tests.dialogs.door import Door, buttons, door, in_words, under
from tests.dialogs.report import FORM

OLDER_ = in_words(OLDER)
TOPIC = choice("topic", literal("Topic?"), lambda here: buttons("Roads", "Light"))
TEXT = words("text", literal("Text?"))
CHECK = consent(
    "check", lambda here: literal(f"{in_words(here.draft[TOPIC].label)}: {here.draft[TEXT]}"), literal("Send")
)
FILED = act("filed", str, lambda d: (d[TOPIC].key, d[TEXT]))
END = end(lambda here: literal(f"Filed {here.draft[FILED]}"))
OLD = Form("notes", 1, literal("Notes"), (TOPIC, TEXT, CHECK, FILED, END))
URGENT = choice("urgent", literal("Urgent?"), lambda here: [Button("yes", literal("Yes")), Button("no", literal("No"))])


def test_a_step_is_added() -> None:
    new = replace(OLD, steps=(TOPIC, TEXT, URGENT, CHECK, FILED, END))
    d = under(new, door(OLD, ("roads",), "A hole"))
    rev = d.s.rev
    d.press("yes")  # this «yes» was «Send», not «Urgent»
    assert (d.text, d.note) == ("Urgent?", OLDER_) and "urgent" not in d.s.answers
    d.press("yes", rev)
    assert (d.text, d.note) == ("Urgent?", OLDER_) and "urgent" not in d.s.answers
    d.press("no")
    assert d.text == "Roads: A hole"


def test_words_for_another_question_are_not_its_answer() -> None:
    new = replace(OLD, steps=(TOPIC, words("street", literal("Street?")), TEXT, CHECK, FILED, END))
    d = under(new, door(OLD, ("roads",)))
    d.say("A hole")
    assert (d.text, d.note) == ("Street?", OLDER_)


def test_a_step_added_before_a_command_that_is_done_is_not_asked() -> None:
    more = words("more", literal("More?"), when=lambda d: d[URGENT].key == "yes")
    new = replace(OLD, steps=(URGENT, more, TOPIC, TEXT, CHECK, FILED, END))
    d = under(new, door(OLD, ("roads",), "A hole", ("yes",)))
    assert d.send() == Screen((literal("Filed A-1"),))


def test_a_step_is_removed() -> None:
    check = consent("check", lambda here: literal(here.draft[TEXT]), literal("Send"))
    new = replace(OLD, steps=(TEXT, check, act("filed", str, lambda d: d[TEXT]), END))
    d = under(new, door(OLD, ("roads",), "A hole", ("/back",)))
    d.send()
    assert d.text == "Text?" and d.s.at == "text"
    d = under(new, door(OLD, ("roads",), ("/back",)))
    d.send()
    assert d.text == "Text?" and d.s.at == ""
    d.say("A hole")
    assert d.text == "A hole" and d.s.answers["topic"]["key"] == "roads"


def test_a_step_is_narrowed() -> None:
    topic = choice("topic", literal("Topic?"), lambda here: buttons("Roads"))
    d = under(replace(OLD, steps=(topic, TEXT, CHECK, FILED, END)), door(OLD, ("light",), "A lamp"))
    d.send()
    assert (d.text, d.old) == ("Topic?", "Light") and d.keys == ["roads"]
    d.press("roads")
    assert d.text == "Roads: A lamp"


def test_an_answer_that_is_narrowed_away_cannot_be_left_as_is() -> None:
    d = door(OLD, ("light",), "A lamp", ("/back",), ("/back",))
    assert "/keep" in d.keys
    topic = choice("topic", literal("Topic?"), lambda here: buttons("Roads"))
    under(replace(OLD, steps=(topic, TEXT, CHECK, FILED, END)), d).send()
    assert d.old == "Light" and d.keys == ["roads"]


def test_the_type_of_a_step_is_changed() -> None:
    count = number("text", literal("How many?"), 0, 9)
    d = under(replace(OLD, steps=(TOPIC, count, END)), door(OLD, ("light",), "Two lamps"))
    d.send()
    assert (d.text, d.old) == ("How many?", "Two lamps")


def test_what_core_said_stands_though_its_type_is_changed() -> None:
    d = door(OLD, ("roads",), "A hole", ("yes",))
    filed = act("filed", int, lambda d: "once more")
    under(replace(OLD, steps=(TOPIC, TEXT, CHECK, filed, end(lambda here: literal(f"Filed {here.draft[filed]}")))), d)
    d.send()
    assert d.text == "Filed A-1" and len(d.done) == 1


def test_a_step_is_renamed() -> None:
    words_ = words("words", literal("Text?"), was="text")
    check = consent(
        "check",
        lambda here: literal(f"{in_words(here.draft[TOPIC].label)}: {here.draft[words_]}"),
        literal("Send"),
        changes=((literal("words"), words_),),
    )
    new = replace(OLD, steps=(TOPIC, words_, check, act("filed", str, lambda d: d[words_]), END))
    d = under(new, door(OLD, ("roads",), "A hole", ("/back",)))
    assert d.s.at == "text"
    d.say("Two holes")  # the question on show is still the question
    assert d.text == "Roads: Two holes"
    d.press("/change:words")
    assert d.old == "Two holes"


def test_a_step_with_half_an_answer_is_renamed() -> None:
    d = door(replace(OLD, steps=(photos("pictures", literal("Pictures?")), END)))
    d.say("", ("p1",))
    under(replace(OLD, steps=(photos("photos", literal("Photos?"), was="pictures"), TEXT, END)), d).press("done")
    assert d.text == "Text?" and d.s.answers == {"photos": ["p1"]}


def test_a_new_revision_makes_old_buttons_old() -> None:
    d = under(replace(OLD, revision=2), door(OLD, ("roads",), "A hole"))
    d.press("yes")
    assert d.note == OLDER_ and not d.done
    d.press("yes")
    assert d.text == "Filed A-1"


def test_a_session_of_another_release_is_read() -> None:
    written = session_to_json(door(OLD, ("roads",), "A hole").s)
    newer = session_from_json(json.loads(json.dumps(written | {"mood": "fine"})))
    assert session_to_json(newer) == written
    older = session_from_json({key: written[key] for key in ("run", "form", "revision", "answers")})
    d = Door(OLD, older)
    d.send()
    assert d.text == "Roads: A hole"


# Recordings are only ever added: sessions as a past release left them, what is said next, and where that must lead.


def recordings() -> Iterator[Any]:
    for file in sorted((Path(__file__).parent.parent / "recorded").glob("report_*.json")):
        for case in json.loads(file.read_text("utf-8")):
            yield pytest.param(case, id=f"{file.stem}: {case['what']}")


@pytest.mark.parametrize("case", list(recordings()))
def test_recorded_sessions_go_on(case: dict[str, Any]) -> None:
    s = session_from_json(case["session"])
    forms = {FORM.name: FORM, **load("citizen").forms, **load("staff").forms}
    d = Door(forms[s.form], s)
    d.send()
    if case["say"]:
        d = Door(forms[s.form], s, out=d.out)
        d.say(case["say"])
    assert (d.text, d.s.revision) == (case["then"], forms[s.form].revision), case["what"]


def test_a_press_never_means_a_step_that_was_not_shown() -> None:
    s = door(OLD, ("roads",), "A hole").s
    s, _ = replace(OLD, steps=(TOPIC, TEXT, URGENT, CHECK, FILED, END)).advance(s, Press("yes", s.run, s.rev))
    assert "check" not in s.answers and "urgent" not in s.answers
