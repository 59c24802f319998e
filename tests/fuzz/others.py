"""What somebody else was shown, said by this person: a code that makes two chats those of one person, or a button."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from random import Random

from tests.fuzz.people import Person, Sent, Shows

AGREE = frozenset({"Это я, соединить", "It is me, join them"})
ASK = 0.15
"""How often a code is asked for where others have been shown one already."""
_SHOWN = re.compile(r"«(?:код|code) ([A-Z0-9]{4})-([A-Z0-9]{4})»")


def codes(person: Person) -> list[str]:
    """That join a chat to this one, as far as they are still on show."""
    return ["".join(found.groups()) for text in person.reads() for found in _SHOWN.finditer(text)]


def agreeing(shows: Shows) -> str:
    """The data of the button by which somebody says that both chats are theirs; empty where nobody asks."""
    return next((data for label, data in shows.buttons if label in AGREE), "")


def join(dice: Random, person: Person, others: Sequence[Person]) -> list[Sent]:
    """Somebody else's code, or their own, in words, as a command, by the link or by a forged button."""
    known = [code for other in others for code in codes(other)]
    if not known or dice.random() < ASK:
        shown = person.shown()
        return person.press("link:", shown[-1].id if shown else "")
    code = dice.choice(known)
    match dice.randrange(4):
        case 0:
            return person.say(f"код {code[:4]}-{code[4:]}")
        case 1:
            return person.command("join", code)
        case 2:
            return person.command("start", f"join_{code}")
        case _:
            return person.press(f"join:{code}", "")


def button(dice: Random, person: Person, others: Sequence[Person]) -> list[Sent]:
    """One that stands in somebody else's chat."""
    theirs, ours = dice.choice(others).shown(), person.shown()
    if not theirs:
        return []
    return person.press(dice.choice(dice.choice(theirs).buttons)[1], ours[-1].id if ours else "")


ACTS: Mapping[str, Callable[[Random, Person, Sequence[Person]], list[Sent]]] = {"joining": join, "another's": button}
