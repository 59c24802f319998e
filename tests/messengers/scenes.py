"""Scenes: conversations of several people that read the same in every messenger. A scene is a text:

    Мария> words that she says            Мария> [Button]            Мария> {фото}   {место}
    | what she then sees, wherever in the chat: a line «…» stands for any lines, {…} for any words,
    | {№} for the number of her message, {код} for an access code
    | [Button] [Button]
    Орлова ждёт                           somebody who sees something without having said anything

It plays them through phones, whatever these belong to; the words are looked at as people read them.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes.people import Bubble
from tests.samples import picture

SCENES = Path(__file__).parent / "scenes"
_LINK = re.compile(r"\n*^(?P<label>[^\n:]+): https?://\S+$", re.MULTILINE)
_HOLES = {
    "…": "(?s:.*?)",
    "{…}": ".*?",
    "{№}": r"(?P<number>[0-9]{3}-[0-9]{3}-[0-9]{3})",
    "{код}": "[0-9A-Z]{4}-[0-9A-Z]{4}",
}


@dataclass
class Turn:
    """`does` is empty for who only waits."""

    who: str
    does: str
    line: int
    sees: list[str] = field(default_factory=list)


def parse(text: str) -> list[Turn]:
    turns = list[Turn]()
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("|"):
            turns[-1].sees.append(line[1:].strip())
        elif found := re.fullmatch(r"(\w+)> (.+)", line):
            turns.append(Turn(found[1], found[2], number))
        elif found := re.fullmatch(r"(\w+) ждёт", line):
            turns.append(Turn(found[1], "", number))
        elif line.strip() and not line.startswith("#"):
            raise ValueError(f"line {number} is no part of a scene: {line}")
    return turns


Cast = Mapping[str, Callable[[str], Awaitable[Any]]]
"""Who comes onto the stage, by name, when they are first named; they are told the number of the message."""


@dataclass
class Play:
    """`photo_came` is waited for after each photo: people take their time."""

    cast: Cast
    photo_came: Callable[[], Awaitable[None]]
    people: dict[str, Any] = field(default_factory=dict)
    number: str = ""
    _read: set[tuple[Any, ...]] = field(default_factory=set)  # a bubble that has changed can be read once more

    async def turn(self, turn: Turn) -> None:
        if turn.who not in self.people:
            self.people[turn.who] = await self.cast[turn.who](self.number)
        phone = self.people[turn.who]
        if turn.does:
            await _does(phone, self._told(turn.does))
        if turn.does == "{фото}":
            await self.photo_came()
        if turn.sees:
            await self._sees(phone, turn)

    async def _sees(self, phone: Any, turn: Turn) -> None:
        *words, buttons = turn.sees if turn.sees[-1].startswith("[") else [*turn.sees, ""]
        wanted = re.compile(_pattern(self._told("\n".join(words).strip())))
        wanted_row = re.compile(_pattern(self._told(buttons)))
        found: list[re.Match[str]] = []

        def looks_so(phone: Any) -> bool:
            for bubble in reversed([bubble for bubble in phone.bubbles if not bubble.mine]):
                state = (turn.who, bubble.id, bubble.text, bubble.rows)
                match = wanted.fullmatch(said(bubble))
                if match and wanted_row.fullmatch(_row(labels(phone, bubble))) and state not in self._read:
                    self._read.add(state)
                    found.append(match)
                    return True
            return False

        try:
            await phone.until(looks_so)
        except AssertionError as error:
            raise AssertionError(
                f"line {turn.line}: {turn.who} does not see\n" + "\n".join(turn.sees) + f"\n{error}"
            ) from None
        if "number" in found[-1].groupdict():
            self.number = found[-1]["number"]

    def _told(self, words: str) -> str:
        """With the number of the message, as soon as that is known."""
        return words.replace("{№}", self.number) if self.number else words


async def _does(phone: Any, does: str) -> None:
    match does:
        case "{фото}":
            await phone.photo(picture(size=(320, 200)))
        case "{место}":
            await phone.place(55.7512, 37.6184)
        case _ if does.startswith("["):
            await phone.press(label_of(phone, does.strip("[]")))
        case _ if does.startswith("/start"):
            await phone.start(does.removeprefix("/start").strip())
        case _:
            await phone.say(does)


def _row(labels: list[str]) -> str:
    return " ".join(f"[{label}]" for label in labels)


def label_of(phone: Any, words: str) -> str:
    """As it stands on the button."""
    rows = [*phone.keyboard, *(row for bubble in phone.bubbles for row in bubble.rows)]
    return next((key.label for row in rows for key in row if plain(key.label) == words), words)


def plain(words: str) -> str:
    """As one types it: without what keeps words together, or unseen ones apart."""
    return words.replace("\xa0", " ").replace("\u200b", "")


def said(bubble: Bubble) -> str:
    """Where an address cannot hang on a button it stands below the words."""
    return plain(_LINK.sub("", bubble.text)).strip()


def labels(phone: Any, bubble: Bubble) -> list[str]:
    """Of one screen: below its words, or below the chat. Links may stand among the words instead, and what asks for a
    place has words of its own in VK."""
    rows = bubble.rows or (phone.keyboard if bubble is phone.last else ())
    return [plain(key.label) for row in rows for key in row if key.kind == "press"]


def _pattern(words: str) -> str:
    parts = re.split(r"(^…$|\{…\}|\{№\}|\{код\})", words, flags=re.MULTILINE)
    return "".join(_HOLES.get(part, re.escape(part)) for part in parts)


async def play(name: str, cast: Cast, photo_came: Callable[[], Awaitable[None]]) -> Play:
    scene = Play(cast, photo_came)
    for turn in parse((SCENES / name).read_text("utf-8")):
        await scene.turn(turn)
    return scene
