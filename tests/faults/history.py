"""What people will say, drawn from a seed. It can be said without looking: numbers press the buttons of the screen
before. Every text holds a word of its own, by which it is known wherever it turns up."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

_WORD = re.compile(r"К(\d+)·(\d+)(?!\d)")

FILING: tuple[str, ...] = ("{text}", "1", "1", "1", "1", "{address}", "1")
"""The first appeal: a problem, consent, the likely category, the first town, no photos, an address, send."""
FILING_AGAIN: tuple[str, ...] = ("{text}", "{new}", "1", "1", "1", "{address}", "1")
"""Not an addition: a new one, which is offered below those that are open."""
OFFERED_MOST = 3
"""Open appeals that the next words may belong to."""
ADDING: tuple[str, ...] = ("{remark}", "1")
"""It belongs to the appeal that is open."""
SENTENCES = {
    "{text}": "There is a deep pothole on the road near house {word}.",
    "{address}": "Sadovaya, {word}",
    "{remark}": "It has become deeper since the rain, {word}.",
}
AFTER = {"{text}": 5, "{address}": 2, "{remark}": 2}
"""How many things take effect with such a text: itself, and the presses that follow it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """`marks`: how many things take effect with the row where this text is found, this one included; 0 for a press,
    whose effect is found by the text before it."""

    text: str
    marks: int = 0
    begins: bool = False
    """Something that is whole without it came before."""


@dataclass(frozen=True, slots=True)
class Line:
    """All that one person says."""

    person: str
    turns: tuple[Turn, ...]


def word(person: str, seq: int) -> str:
    return f"К{person}·{seq}"


def words(text: str) -> list[tuple[str, int]]:
    """Whose words these are, and which."""
    return [(person, int(seq)) for person, seq in _WORD.findall(text)]


def draw(seed: int, people: int, turns: int) -> list[Line]:
    """Each says at least so many things: an appeal, then additions to it and new appeals as the dice fall."""
    return [Line(str(n), tuple(_drawn(str(n), turns, random.Random(f"{seed}:{n}")))) for n in range(people)]


def draw_plain(people: int, turns: int) -> list[Line]:
    """For a bot that knows no appeals: every turn is a word of its own."""
    return [Line(str(n), tuple(Turn(word(str(n), seq), 1) for seq in range(turns))) for n in range(people)]


def marks(history: list[Line]) -> dict[tuple[str, int], int]:
    return {(line.person, seq): turn.marks for line in history for seq, turn in enumerate(line.turns)}


def _drawn(person: str, turns: int, dice: random.Random) -> Iterator[Turn]:
    said, filed, block = 0, 0, FILING
    while said < turns:
        for template in block:
            text = SENTENCES.get(template, template)
            new = min(filed, OFFERED_MOST) + 1
            words_ = text.format(word=word(person, said), new=new)
            yield Turn(words_, AFTER.get(template, 0), begins=template is block[0])
            said += 1
        filed += block is not ADDING
        block = FILING_AGAIN if dice.random() < 0.25 else ADDING
