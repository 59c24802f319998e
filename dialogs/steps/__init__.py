"""Ready-made steps. A step that reads says what it takes in `read`, and what it accepts in `check`, never both.

Each knows its own id: rename one by building it anew with `was=`. Any field of a Step may be given by name.
"""

from dialogs.steps.asks import Ask, Check, asked
from dialogs.steps.choices import DONE, Options, choice, ticks
from dialogs.steps.course import YES, act, consent, end, sub
from dialogs.steps.things import documents, gathered, photos, photos_in_words, place, place_in_words, unsaid
from dialogs.steps.words import SKIP, answer, day, number, words

__all__ = [
    "DONE",
    "SKIP",
    "YES",
    "Ask",
    "Check",
    "Options",
    "act",
    "answer",
    "asked",
    "choice",
    "consent",
    "day",
    "documents",
    "end",
    "gathered",
    "number",
    "photos",
    "photos_in_words",
    "place",
    "place_in_words",
    "sub",
    "ticks",
    "unsaid",
    "words",
]
