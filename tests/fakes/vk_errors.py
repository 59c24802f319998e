"""How VK says no: HTTP 200 and an error with a number. Which of them mean that the caller has made a mistake."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.fakes.faults import Refuse

TEXTS = {
    1: "Unknown error occurred",
    3: "Unknown method passed",
    5: "User authorization failed",
    6: "Too many requests per second",
    7: "Permission to perform this action is denied",
    8: "Invalid request",
    9: "Flood control",
    10: "Internal server error",
    14: "Captcha needed",
    15: "Access denied",
    27: "Group authorization failed",
    29: "Rate limit reached",
    100: "One of the parameters specified was missing or invalid",
    104: "Not found",
    900: "Can't send messages for users from blacklist",
    901: "Can't send messages for users without permission",
    902: "Can't send messages to this user due to their privacy settings",
    909: "Can't edit this message, because it's too old",
    911: "Keyboard format is invalid",
    912: "This is a chat bot feature, change this status in settings",
    913: "Too many forwarded messages",
    914: "Message is too long",
    917: "You don't have access to this chat",
    920: "Can't edit this kind of message",
    924: "Can't delete this message for everybody",
    936: "Contact not found",
    940: "Too many posts in messages",
    945: "Chat was disabled",
    1117: "Access token has expired",
    2000: "Servers number limit is reached",
}
MISTAKES = frozenset({3, 8, 27, 100, 911, 913, 914, 920})
"""A right program never meets these, whatever people do and however the group is set up."""


class VkError(Exception):
    def __init__(self, code: int, detail: str = "", *, mistake: bool | None = None, **more: Any) -> None:
        self.code = code
        self.text = TEXTS[code] + (f": {detail}" if detail else "")
        self.mistake = code in MISTAKES if mistake is None else mistake
        self.more = more
        super().__init__(f"[{code}] {self.text}")


def invalid(detail: str) -> VkError:
    return VkError(100, detail)


def error_body(error: VkError, method: str = "", params: Mapping[str, str] | None = None) -> dict[str, Any]:
    shown = {"method": method, "oauth": "1", **(params or {})}
    return {
        "error": {
            "error_code": error.code,
            "error_msg": error.text,
            **error.more,
            "request_params": [{"key": key, "value": value} for key, value in shown.items()],
        }
    }


def refusal(code: int, detail: str = "") -> Refuse:
    """For `faults.add`: the next call is not done and gets this error."""
    more: dict[str, Any] = {}
    if code == 14:
        more = {"captcha_sid": "239633676097", "captcha_img": "https://api.vk.ru/captcha.php?sid=239633676097&s=1"}
    return Refuse(200, json.loads(json.dumps(error_body(VkError(code, detail, **more)))))
