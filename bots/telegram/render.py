"""Puts parts of a screen into the parameters of the Bot API, as they are. Pure. Words of people go without markup: what
is formatted is said by entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bots.fit import Caps, Part, units
from core.shown import ShownButton

TEXT_MOST = 4096
"""core.telegram.org/bots/api#sendmessage"""
CAPS = Caps(
    text=3900,  # a sentence of our own may be put to it
    pictures=10,
    files=10,
    mixed=False,
    buttons=100,
    columns=8,
    rows=100,
    label=64,
    asks="below",
    contact=True,
)
PLACEHOLDER_MOST = 64
REMOVE: Mapping[str, Any] = {"remove_keyboard": True}
NO_PREVIEW: Mapping[str, Any] = {"is_disabled": True}
EMPTY = "…"
"""Telegram takes no message without words, and buttons need one."""

Params = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """A message of words. `clears`: the keyboard that stands below the chat goes with it; `aside`: it is no part of the
    screen."""

    part: Part
    clears: bool = False
    aside: bool = False

    @property
    def editable(self) -> bool:
        """Telegram edits no message that has changed the keyboard."""
        return not self.part.below and not self.clears

    def sent(self, chat: int, placeholder: str = "") -> Params:
        part = self.part
        keyboard = _below(part, placeholder) if part.below else _inline(part.rows)
        markup = keyboard or (REMOVE if self.clears else {})
        return {"chat_id": chat, **_text(part), **({"reply_markup": markup} if markup else {})}

    def edited(self, chat: int, message: int, *, buttons: bool = True) -> Params:
        """Without a markup the buttons go."""
        markup = _inline(self.part.rows) if buttons else {}
        edit = {"chat_id": chat, "message_id": message, **_text(self.part)}
        return {**edit, **({"reply_markup": markup} if markup else {})}


def is_words(part: Part) -> bool:
    return not part.pictures and not part.files


def is_empty(part: Part) -> bool:
    return is_words(part) and not part.text.strip() and not part.rows


def _text(part: Part) -> Params:
    text = part.text if part.text.strip() else EMPTY
    note = text[: part.note].rstrip()
    lead = len(note) - len(note.lstrip())
    said: Params = {"text": text, "link_preview_options": NO_PREVIEW}
    if note.strip() and text is part.text:
        entity = {"type": "italic", "offset": units(note[:lead]), "length": units(note[lead:])}
        said["entities"] = [entity]
    return said


def _inline(rows: Sequence[Sequence[ShownButton]]) -> Params:
    return {"inline_keyboard": [[_button(button) for button in row] for row in rows]} if rows else {}


def _button(button: ShownButton) -> Params:
    does = {"url": button.url} if button.kind == "link" else {"callback_data": button.data}
    return {"text": button.label, **does, **({"style": "primary"} if button.main else {})}


def _below(part: Part, placeholder: str) -> Params:
    """Its labels come back as words, but for those that ask the phone."""
    hint = {"input_field_placeholder": placeholder} if 0 < units(placeholder) <= PLACEHOLDER_MOST else {}
    rows = [[_key(button) for button in row] for row in part.rows]
    return {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True, **hint}


def _key(button: ShownButton) -> Params:
    asks = {"place": {"request_location": True}, "contact": {"request_contact": True}}
    return {"text": button.label, **asks.get(button.kind, {})}
