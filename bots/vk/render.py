"""How a part of a screen looks in VK: parameters of messages.send and messages.edit. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bots.fit import ELLIPSIS, Caps, Part, fit, in_one
from core.shown import Shown, ShownButton

CAPS = Caps(
    text=4096,  # vk_api#318, error 914; the schema says 9000
    pictures=10,
    files=10,
    mixed=True,
    buttons=10,  # of an inline keyboard, in 6 rows of 5: dev.vk.com/ru/api/bots/development/keyboard
    columns=5,
    rows=6,
    label=40,
    alone=frozenset({"link", "place"}),
    asks="beside",
)
APART = "\u200b"
"""Stands unseen inside whatever VK would read as its own markup."""
_MARKUP = re.compile(
    r"\[(?=[^\[\]|\n]+\|)"  # [id1|name], [https://vk.com/x|name]
    r"|[@*](?=(?:id|club|public|event)\d|\w+[ \t]*\()"  # @id1, *durov (name)
    r"|&(?=#?\w{1,32};)"  # &quot; &#33;
)


def parts_of(shown: Shown) -> tuple[Part, ...]:
    """What people have typed is shown as it is. Addresses that stand alone in a button's place are not touched."""
    return fit(_typed(shown), CAPS)


def whole_of(shown: Shown) -> Part:
    """In the one message that it has."""
    return in_one(_typed(shown), CAPS)


def _typed(shown: Shown) -> Shown:
    return replace(shown, text=literal(shown.text), note=literal(shown.note))


def literal(text: str) -> str:
    return _MARKUP.sub(lambda found: found[0] + APART, text)


def content(part: Part, attachments: Sequence[str] = (), *, buttons: bool = True) -> dict[str, Any]:
    """A message without a keyboard takes the one that it had away."""
    params: dict[str, Any] = {"disable_mentions": True, "dont_parse_links": True}
    if part.text.strip() or not attachments:  # VK takes no empty message
        params["message"] = part.text if part.text.strip() else ELLIPSIS
    if attachments:
        params["attachment"] = ",".join(attachments)
    if buttons and part.rows:
        params["keyboard"] = keyboard(part.rows)
    return params


def keyboard(rows: Sequence[Sequence[ShownButton]]) -> str:
    shown = {"inline": True, "buttons": [[_button(button) for button in row] for row in rows]}
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def _button(button: ShownButton) -> dict[str, Any]:
    payload = json.dumps({"b": button.data}, ensure_ascii=False, separators=(",", ":"))
    if button.kind == "link":  # a payload of these brings nothing back, and all of them together have 1,000 characters
        return {"action": {"type": "open_link", "label": button.label, "link": button.url}}
    if button.kind == "place":
        return {"action": {"type": "location", "payload": payload}}
    action = {"type": "callback", "label": button.label, "payload": payload}
    return {"action": action, "color": "primary" if button.main else "secondary"}
