"""Which messages a screen takes in a chat of Telegram, and what stands on show there when they are sent. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bots.fit import Part, fit, in_one
from bots.live import Live
from bots.telegram.render import CAPS, Words, is_empty, is_words
from core.shown import Shown

Step = Words | Part
"""Words, or pictures or files."""


@dataclass(slots=True)
class Begun:
    """How far the steps have got. `shown`: the messages that belong to the screen; `missed`: files that they refuse."""

    steps: tuple[Step, ...]
    done: int = 0
    ids: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    handles: dict[str, str] = field(default_factory=dict)
    missed: int = 0


def steps(shown: Shown, *, keyboard: bool, got_it: str) -> tuple[Step, ...]:
    """`keyboard`: one stands below the chat. It goes before buttons come: no message can do both, so that what is to be
    said about the last answer is said by itself, or else just `got_it`."""
    parts = fit(shown, CAPS)
    if not keyboard or parts[-1].below:
        return _steps(parts)
    if is_words(parts[0]) and not parts[0].rows and not is_empty(parts[0]):
        return (Words(parts[0], clears=True), *_steps(parts[1:]))
    said = shown.note[: CAPS.text // 2] or got_it
    return (Words(Part(said, note=len(said)), clears=True, aside=True), *_steps(fit(replace(shown, note=""), CAPS)))


def _steps(parts: Sequence[Part]) -> tuple[Step, ...]:
    return tuple(Words(part) if is_words(part) else part for part in parts)


def plain_words(shown: Shown) -> Words | None:
    """The screen as the one message that may take the place of another one."""
    parts = fit(shown, CAPS)
    return Words(parts[0]) if len(parts) == 1 and is_words(parts[0]) and not parts[0].below else None


def only_words(shown: Shown) -> Words:
    """The words and buttons of the screen, as far as they can be edited in."""
    return Words(in_one(replace(shown, photos=(), documents=()), replace(CAPS, asks="", contact=False)))


def is_divided(begun: Begun) -> bool:
    return len([step for step in begun.steps if isinstance(step, Words) and not step.aside]) > 1


def on_show(shown: Shown, begun: Begun, now: datetime) -> Live:
    last = begun.steps[-1]
    words = last if isinstance(last, Words) else None
    below = words is not None and words.part.below
    if shown.keep:
        return Live((), now, plain=False, keyboard=below)
    alone = len([step for step in begun.steps if not (isinstance(step, Words) and step.aside)]) == 1
    return Live(
        ids=tuple(begun.shown),
        sent_at=now,
        plain=alone and words is not None and words.editable and bool(begun.shown),
        buttons=words is not None and bool(words.part.rows) and not below,
        keyboard=below,
    )
