"""What every screen keeps to, whoever wrote it: short, few questions, labels that differ, a way out, and no refusal
that leaves people helpless. It changes nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, datetime

from core.lines import Line, Text, literal
from core.speech import Speech
from core.talk import Button, Screen
from dialogs.keys import BACK
from dialogs.reads import plain
from dialogs.ways import RESUME

OWN_WORDS = 350
NOTE_WORDS = 200
"""Of what is said once, above the screen, about what has just been sent."""
QUESTIONS = 2
BUTTONS = 10
DECLINE = "no"
WHAT_TO_DO = re.compile(r"\b(please|press|choose|write|send|check|try|open|call|take|rate|will)\b|\?", re.IGNORECASE)


def broken(screen: Screen, speech: Speech, english: Speech, dialogs: Collection[str]) -> Iterator[str]:
    """The rules that it breaks, as sentences. `dialogs` are the names that lead elsewhere."""
    notes, text = own_words(screen.note), own_words(screen.text)
    for name, most, ours in (("screen", OWN_WORDS, text), ("note", NOTE_WORDS, notes)):
        if len(speech.text(ours)) > most:
            yield f"{len(speech.text(ours))} characters of our own words in the {name}, {most} at most"
    questions = speech.text((*notes, *text)).count("?")
    if questions > QUESTIONS:
        yield f"{questions} questions, {QUESTIONS} at most"
    if len(screen.buttons) > BUTTONS:
        yield f"{len(screen.buttons)} buttons, {BUTTONS} at most"
    # What people have written themselves may well be the same twice: there the labels are numbered when they are shown.
    written = [button for button in screen.buttons if not button.key.startswith(f"{RESUME}:")]
    labels = Counter(plain(speech.say(button.label)) for button in written)
    yield from (f"«{label}» is the label of {n} buttons" for label, n in labels.items() if n > 1)
    if screen.alarm:  # the screen that follows it leads on
        return
    if not any(leads_out(button, dialogs) for button in screen.buttons):
        yield "no way out"
    if screen.note and not WHAT_TO_DO.search(english.text((*notes, *text))):
        yield "does not say what to do"


def leads_out(button: Button, dialogs: Collection[str]) -> bool:
    key = button.key.rpartition("~")[2]
    return button.kind == "press" and (key in (BACK.key, DECLINE) or key.partition(":")[0] in dialogs)


def own_words(text: Text) -> Text:
    """Without what people typed and what comes from data, as the times of what has happened do."""
    return tuple(map(_own, text))


def _own(line: Line) -> Line:
    if not line.msgid:
        return literal("")
    return Line(line.msgid, {name: _own_arg(value) for name, value in line.args.items()}, line.n, line.plural)


def _own_arg(value: str | int | datetime | date | Line) -> str | int | datetime | date | Line:
    match value:
        case Line():
            return _own(value)
        case str() | date():
            return ""
        case int():
            return value
