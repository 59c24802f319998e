"""What an answer of Telegram means for what was sent: one table. Pure; it retries nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from bots.telegram.api import Answer
from bots.transport import Gone, Later, Moved, Outcome, Rejected

REFUSED_PAUSE = 60.0
"""Seconds for which nothing is sent with a token that is refused."""


@dataclass(frozen=True, slots=True)
class Done:
    """It shows what it is to show, now or before."""

    result: Any = None


class Snag(Enum):
    """What only the one who has asked can make something of."""

    NO_EDIT = auto()
    """The message cannot be edited (any more)."""
    ENTITIES = auto()
    """The markup is wrong; the words may be fine."""
    FILE = auto()
    """The name of a file that they gave us does not hold any more."""
    AWAY = auto()
    """Their servers have a fault, or something between us has answered."""
    TOKEN = auto()
    """They do not know us (any more)."""


SAYS: tuple[tuple[str, Snag | type[Done | Gone]], ...] = (
    ("message is not modified", Done),
    ("message to edit not found", Snag.NO_EDIT),
    ("message can't be edited", Snag.NO_EDIT),
    ("there is no text in the message to edit", Snag.NO_EDIT),
    ("message_id_invalid", Snag.NO_EDIT),
    ("message identifier is not specified", Snag.NO_EDIT),
    ("can't parse entities", Snag.ENTITIES),
    ("entity beginning at", Snag.ENTITIES),
    ("entity_", Snag.ENTITIES),
    ("wrong file identifier", Snag.FILE),
    ("wrong remote file", Snag.FILE),
    ("can't use file of type", Snag.FILE),
    ("file_reference_", Snag.FILE),
    ("chat not found", Gone),
    ("user not found", Gone),
    ("peer_id_invalid", Gone),
    ("user_is_blocked", Gone),
    ("user_deactivated", Gone),
    ("chat_write_forbidden", Gone),
)
"""What the descriptions of status 400 hold: core.telegram.org/bots/api says none of them, its servers do."""


def read(answer: Answer) -> Done | Snag | Outcome:
    """Reasons are for operators; they hold what Telegram says, never what was sent."""
    code, description = answer.code, answer.description
    if answer.ok:
        return Done(answer.result)
    if code == 429:
        return Later(seconds_of(answer), "too many requests", whole=True, counted=False)
    if isinstance(peer := answer.parameters.get("migrate_to_chat_id"), int):
        return Moved(str(peer), description)
    if code >= 500 or not description:
        return Snag.AWAY
    if code in (401, 404):
        return Snag.TOKEN
    if code == 403:
        return Gone(description)
    return _bad(description) if code == 400 else Rejected(f"{code} {description}")


def seconds_of(answer: Answer) -> float:
    """Of the pause that «too many requests» asks for."""
    seconds = answer.parameters.get("retry_after")
    return float(max(1, seconds)) if isinstance(seconds, int) else 1.0


def _bad(description: str) -> Done | Snag | Outcome:
    said = description.casefold()
    for words, meaning in SAYS:
        if words in said:
            return meaning if isinstance(meaning, Snag) else Done() if meaning is Done else Gone(description)
    return Rejected(description)
