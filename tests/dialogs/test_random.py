"""Anything at any time: never raises, never stuck, the same answer to the same event, nothing lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_jsonable_python

from core.lines import literal
from core.talk import (
    BUTTON_BYTES,
    Answered,
    Button,
    Contact,
    Do,
    Done,
    Event,
    Failed,
    Load,
    Loaded,
    Message,
    Over,
    Place,
    Press,
    Quiet,
    Result,
    Screen,
    Sub,
    Unanswered,
)
from dialogs.engine import Form
from dialogs.keys import AGAIN, ALL, BACK, CHANGE, KEEP, PAGE
from dialogs.reads import plain
from dialogs.registry import load
from dialogs.session import Session
from dialogs.steps import act, choice, consent, documents, end, sub, words
from tests.dialogs import report, survey
from tests.dialogs.door import reread, shown
from tests.dialogs.test_given import RATE
from tests.dialogs.test_survey import SURVEY
from tests.dialogs.world import answer_of, facts_of

NAME, MORE = words("name", literal("Name?")), words("more", literal("More?"), skip=literal("Skip"))
ONE, TWO = act("one", str, lambda d: "one"), act("two", str, lambda d: d[NAME])
ACTS = Form(
    "acts",
    1,
    literal("Acts"),
    (
        ONE,
        NAME,
        TWO,
        act("three", str, lambda d: d[TWO]),
        MORE,
        act("four", str, lambda d: d[MORE]),
        end(lambda here: literal(here.draft[ONE])),
    ),
)
LONG = choice("long", literal("Which?"), lambda here: [Button(f"o{n}", literal(f"Option {n}")) for n in range(23)])
PAGED = Form("paged", 1, literal("Paged"), (LONG, NAME, end(lambda here: here.draft[LONG].label)))
PICKED = Form("picked", 1, literal("Pick"), (NAME, LONG, end(literal("Thanks"))), value=lambda draft: draft[LONG])
FILES = documents("files")
TO = sub("to", Button, "picked")
ASKED = Form(
    "asked",
    1,
    literal("Asked"),
    (
        sub("first", Button, "picked"),
        words("why", literal("Why?")),
        TO,
        FILES,
        consent(
            "check",
            lambda here: here.draft[TO].label,
            literal("Send"),
            ((literal("to"), TO), (literal("files"), FILES)),
        ),
        act("sent", str, lambda d: d[TO].key),
        end(literal("Sent")),
    ),
    catch=(FILES,),
)
TALKS = (load("brief"), load("citizen"), load("staff"), load("door"))
SEEKING = choice(
    "seek", literal("Which?"), lambda here: [Button(f"s{n}", literal(f"Town {n}")) for n in range(23)], search=True
)
SOUGHT = Form("sought", 1, literal("Sought"), (SEEKING, NAME, end(lambda here: here.draft[SEEKING].label)))
OURS = (report.FORM, survey.form(SURVEY), ACTS, PAGED, SOUGHT, ASKED, RATE)
FORMS = {form.name: form for form in (*OURS, *(form for talk in TALKS for form in talk.forms.values()))}
OUT = {name for talk in TALKS for name in (*talk.forms, *talk.views)}
URGENT = words("urgent", literal("How urgent?"))


def release(form: Form) -> Form:
    """The next one: a question more and, in the report, one less. A form made from data stays as it is."""
    if callable(form.steps):
        return form
    return replace(form, revision=form.revision + 1, steps=(URGENT, *(x for x in form.steps if x is not report.LAMP)))


TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "A deep hole in the road",
            "The lamp is out here",
            "back",
            "send",
            "1",
            "2",
            "3",
            "Town 1",
            "yes",
            "done",
            "31.05.2026",
            "x" * 5000,
            "<b>{bold}</b> %s",
        ]
    ),
)
REFERENCES = st.lists(st.sampled_from("pqr"), max_size=2).map(tuple)
MESSAGES = st.builds(
    Message,
    TEXTS,
    REFERENCES,
    st.none() | st.builds(Place, st.text(max_size=5), st.floats(-90, 90)),
    REFERENCES,
    st.sampled_from(["", "", "v"]),
    st.sampled_from([None, None, Contact("+79990000000", own=True)]),
    st.sampled_from(["", "", "m1", "m2"]),
    st.sampled_from(["", "m1", "m2", "m3"]),
)
# A press is the n-th button of the screen on show (mostly), or any key at some distance from the current revision.
PRESSES = st.integers(0, 11) | st.tuples(
    st.sampled_from(
        [
            "yes",
            "roads",
            "done",
            "/back",
            "/keep",
            "/again",
            "/change:text",
            "/change:filed",
            "/page:1",
            "/page:-1",
            "/page:x",
            "/all",
            "/change:to",
            "x",
            "",
        ]
    ),
    st.integers(-3, 1),
)
ANSWERS = st.sampled_from(["answered", "answered", "unanswered", "repeat", "late"])
MOVES = st.lists(st.one_of(MESSAGES, PRESSES, PRESSES, st.just(None), ANSWERS), max_size=25)
USUAL = ("48210-0", "48211-1", "48212-2", "48213-3", "48214-4", "48212-2.5", "1")
"""An appeal in each status, a rating as a push brings it, and one of the person's chats."""
ARGS = st.sampled_from(["", *USUAL, "48212-2.9", "48213-5", "-", "x-x"]) | st.text(max_size=20)


def has_grown(old: Any, new: Any) -> bool:
    """All of it is still there, at the beginning; of a whole message only the place may be a newer one."""
    match old, new:
        case dict(), dict():
            return all(name == "place" or has_grown(value, new[name]) for name, value in old.items())
        case str(), str():
            return new.startswith(old)
        case list(), list():
            return new[: len(old)] == old
        case _:
            return bool(old == new)


@dataclass
class Walk:
    form: Form
    s: Session
    declines: list[bool]
    out: Result = field(default_factory=lambda: Screen(()))
    done: dict[str, Any] = field(default_factory=dict)
    pressed: Press | None = None

    def step(self, event: Event | None) -> None:
        before = reread(self.s)
        s, out = self.form.advance(before, event)
        assert (s, out) == self.form.advance(reread(self.s), event), "the same input gives the same output"
        assert reread(s) == s, "a session is JSON"
        self.nothing_is_lost(before, s, event)
        if isinstance(out, Load):
            assert s == before, "all of an event or nothing of it"
        for key, value in self.done.items() if not isinstance(out, Load) else ():
            assert s.answers[key.split(":")[1]] == to_jsonable_python(value), "what core said stands"
        self.s, self.out = s, out

    def nothing_is_lost(self, before: Session, after: Session, event: Event | None) -> None:
        while isinstance(event, Loaded):
            event = event.then
        answered = {before.shown} if isinstance(event, Press | Message | Answered) else set()
        if isinstance(event, Message):
            answered |= {x.id for x in self.form.catch}
            answered |= {id for id, messages in before.sources.items() if event.edited in messages}
        for id, value in before.answers.items():
            new = after.answers[id]
            kept = has_grown(value, new) or (isinstance(event, Message) and new == event.text)
            assert kept or id in answered, "an answer gives way only to a newer one, or has more words now"
        for id, value in before.held.items():
            assert after.held.get(id, after.answers.get(id)) == value or id in answered, "so does a part of one"

    def send(self, event: Event | None) -> None:
        self.step(event)
        for _ in range(8):
            match self.out:
                case Load(query, then):
                    self.step(Loaded(query, facts_of(query), then))
                case Do(key, command):
                    assert key not in self.done, "a done command is never repeated"
                    id = key.split(":")[1]
                    assert all(id != k.split(":")[1] for k in self.done), "nor under another key"
                    if self.declines and self.declines.pop():
                        self.step(Failed(key, literal("No.")))
                    else:
                        self.done[key] = answer_of(command, len(self.done) + 1)
                        self.step(Done(key, self.done[key]))
                case _:
                    return
        raise AssertionError("stuck between the form and core")

    @property
    def screen(self) -> Screen | None:
        out = self.out.screen if isinstance(self.out, Quiet) else self.out
        return out if isinstance(out, Screen) else None


def event_of(walk: Walk, move: Any) -> Event | None:
    match move:
        case int() if walk.screen and walk.screen.buttons:
            key = walk.screen.buttons[move % len(walk.screen.buttons)].key
            walk.pressed = Press(key, walk.s.run, walk.s.rev)
            return walk.pressed
        case (str(key), int(age)):
            return Press(key, walk.s.run, walk.s.rev + age)
        case "repeat":
            return walk.pressed
        case "answered" if isinstance(walk.out, Sub):
            return Answered(walk.out.step, to_jsonable_python(Button("o1", literal("Option 1"))))
        case "unanswered" if isinstance(walk.out, Sub) and walk.out.back:
            return Unanswered(walk.out.step)
        case "late" if walk.done:
            return Done(next(iter(walk.done)), "another answer")
        case Message():
            return move
        case _:
            return None


def sensible(walk: Walk, screen: Screen) -> Iterator[Event]:
    """All that a patient person could try on this screen, the likeliest first."""
    keys = [b.key for b in screen.buttons if b.kind == "press"]
    usual = [key for key in (KEEP.key, AGAIN.key, "done", "yes") if key in keys]
    ours = [key for key in keys if not key.startswith("/") and ":" not in key and key not in usual]
    yield from (Press(key, walk.s.run, walk.s.rev) for key in (*usual, *ours))
    if screen.reads:
        yield from map(Message, ("A deep hole in the road", "1", "31.05.2026", "Mira 1", "482135070"))


def leads_out(screen: Screen) -> bool:
    """There is nothing to do here: it says so, and offers other things."""
    keys = [b.key for b in screen.buttons if b.kind == "press" and b.key not in (BACK.key, AGAIN.key)]
    return keys != [] and all(key.partition(":")[0] in OUT for key in keys)


def finish(walk: Walk) -> None:
    """Whatever has happened, sensible answers lead to the end, or to a way out."""
    walk.declines.clear()
    tried = Counter[str]()
    for _ in range(150):
        walk.send(None)
        if walk.s.over:
            walk.send(Message("thanks"))
            assert isinstance(walk.out, Over)
            return
        if isinstance(walk.out, Sub):
            walk.send(event_of(walk, "answered"))
            continue
        assert walk.screen is not None
        if leads_out(walk.screen):
            return
        ways = list(sensible(walk, walk.screen))
        walk.send(ways[tried[walk.s.shown] % len(ways)])
        tried[walk.s.shown] += 1
    raise AssertionError(f"stuck at {walk.s}")


def look_at(walk: Walk, screen: Screen) -> None:
    there = shown(screen)
    labels = [plain(b.label) for b in there.buttons]
    assert there.text and len(set(labels)) == len(labels)
    engine = tuple(b.key for b in (AGAIN, ALL, BACK, KEEP))
    for button in screen.buttons:
        wire = f"~{'a' * 8}~{walk.s.rev}~{button.key}"
        assert button.kind == "link" or len(wire.encode()) <= BUTTON_BYTES
        assert not button.key.startswith("/") or button.key in engine or button.key.startswith((CHANGE, PAGE))


@pytest.mark.parametrize("name", FORMS)
@settings(max_examples=25)
@given(moves=MOVES, declines=st.lists(st.booleans(), max_size=4), deploy=st.none() | st.integers(0, 40), args=ARGS)
def test_anything_at_any_time(
    name: str,
    moves: list[Any],
    declines: list[bool],
    deploy: int | None,
    args: str,
) -> None:
    form = FORMS[name]
    walk = Walk(form, form.start("run1", args), list(declines))
    walk.send(None)
    for i, move in enumerate(moves):
        if i == deploy:
            walk.form = release(form)
        walk.send(event_of(walk, move))
        if walk.screen:
            look_at(walk, walk.screen)
        walk.form.in_brief(walk.s)
    finish(walk)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_can_be_finished(name: str) -> None:
    ends = []
    for args in ("", *USUAL):
        walk = Walk(FORMS[name], FORMS[name].start("run1", args), [])
        finish(walk)
        ends.append(walk.s.over)
    assert any(ends)
