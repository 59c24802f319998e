"""What VK accepts as a keyboard, and how people see it."""

from __future__ import annotations

import json
from typing import Any

from tests.fakes.people import Key
from tests.fakes.vk_errors import VkError, invalid

COLUMNS = 5
INLINE_ROWS, INLINE_BUTTONS = 6, 10
ROWS, BUTTONS = 10, 40
LABEL, PAYLOAD, PAYLOADS = 40, 255, 1000
FIELDS = {
    "text": {"label"},
    "callback": {"label"},
    "open_link": {"label", "link"},
    "location": set[str](),
    "vkpay": {"hash"},
    "open_app": {"label", "app_id", "owner_id", "hash"},
}
"""Beside `type` and `payload`."""
WIDE = frozenset({"open_link", "location", "vkpay", "open_app"})
LABELLED = frozenset({"text", "callback", "open_link", "open_app"})
COLOURS = frozenset({"primary", "secondary", "positive", "negative"})
LOCATION_LABEL = "Отправить своё местоположение"  # VK's own: the button has no label in the API

Keyboard = dict[str, Any]


def checked(text: str) -> Keyboard:
    try:
        keyboard = json.loads(text)
    except ValueError:
        raise invalid("keyboard contains incorrect JSON") from None
    _need(isinstance(keyboard, dict), "keyboard should be an object")
    _need(not keyboard.keys() - {"one_time", "inline", "buttons"}, "keyboard contains unknown fields")
    for flag in ("one_time", "inline"):
        _need(isinstance(keyboard.get(flag, False), bool), f"{flag} property should be boolean")
    inline = keyboard.get("inline", False)
    _need(not (inline and keyboard.get("one_time", False)), "one_time is not supported for inline keyboard")
    rows = keyboard.get("buttons")
    _need(isinstance(rows, list) and all(isinstance(row, list) for row in rows), "buttons should be an array of arrays")
    _size(rows, INLINE_ROWS if inline else ROWS, INLINE_BUTTONS if inline else BUTTONS)
    for y, row in enumerate(rows):
        for x, button in enumerate(row):
            _button(button, f"button [{y}][{x}]", alone=len(row) == 1)
    payloads = sum(len(button["action"].get("payload", "")) for row in rows for button in row)
    _need(payloads <= PAYLOADS, "payloads are too long in sum")
    return {"one_time": False, "inline": inline, **keyboard}


def keys(keyboard: Keyboard | None) -> tuple[tuple[Key, ...], ...]:
    return tuple(tuple(key_of(button) for button in row) for row in (keyboard or {"buttons": []})["buttons"])


def key_of(button: dict[str, Any]) -> Key:
    action = button["action"]
    kind = {"text": "press", "callback": "press", "location": "place"}.get(action["type"], "link")
    label = LOCATION_LABEL if kind == "place" else action.get("label", action["type"])
    return Key(label, kind, action.get("payload", ""), action.get("link", ""))


def _size(rows: list[list[Any]], most_rows: int, most_buttons: int) -> None:
    _need(len(rows) <= most_rows, "buttons contain too much rows")
    for y, row in enumerate(rows):
        _need(len(row) <= COLUMNS, f"row {y} contains too much columns")
        _need(len(row) > 0, f"row {y} is empty")
    _need(sum(map(len, rows)) <= most_buttons, "keyboard contains too much buttons")


def _button(button: Any, where: str, *, alone: bool) -> None:
    _need(isinstance(button, dict) and isinstance(button.get("action"), dict), f"{where} should have an action")
    action, kind = button["action"], button["action"].get("type")
    _need(kind in FIELDS, f"{where} has unknown action type")
    _need(not button.keys() - {"action", "color"}, f"{where} contains unknown fields")
    _need(not action.keys() - FIELDS[kind] - {"type", "payload"}, f"{where} action contains unknown fields")
    _need(alone or kind not in WIDE, f"{where} of type {kind} should be alone on its row")
    if "color" in button:
        _need(kind in {"text", "callback"}, f"{where} of type {kind} can not have color")
        _need(button["color"] in COLOURS, f"{where} has invalid color")
    if kind in LABELLED:
        _label(action.get("label"), where)
    if kind == "open_link":
        link = action.get("link")
        _need(isinstance(link, str) and link.startswith(("https://", "http://")), f"{where} has invalid link")
    if "payload" in action:
        _payload(action["payload"], where)


def _label(label: Any, where: str) -> None:
    _need(isinstance(label, str), f"{where} label should be a string")
    _need(bool(label.strip()), f"{where} label should be at least 1 letters length")
    _need(len(label) <= LABEL, f"{where} label should be at most {LABEL} letters length")


def _payload(payload: Any, where: str) -> None:
    _need(isinstance(payload, str), f"{where} payload should be a string")
    _need(len(payload) <= PAYLOAD, f"{where} payload should be at most {PAYLOAD} letters length")
    try:
        json.loads(payload)
    except ValueError:
        raise VkError(911, f"{where} payload should be valid JSON") from None


def _need(fact: bool, otherwise: str) -> None:  # noqa: FBT001 - it reads as a sentence
    if not fact:
        raise VkError(911, otherwise)
