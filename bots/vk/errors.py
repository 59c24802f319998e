"""What each of VK's errors means for what was to be sent. Codes: dev.vk.com/ru/reference/errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bots.transport import Gone, Later, Rejected
from bots.vk.api import VKError

Ending = Later | Gone | Rejected


@dataclass(frozen=True, slots=True)
class Meaning:
    """`alarm`: for the operators, what to do; empty where nobody has to."""

    ending: Ending
    alarm: str = ""


_KEY = "VK_TOKEN is refused: make a new key in the community («Управление», «Дополнительно», «Работа с API»)"
_RIGHTS = "VK_TOKEN may not do this: make a key with messages, photos, documents and the management of the community"
_OURS = "VK does not take what we have made: a fault of ours"
_ROBOT = "VK wants to see a person behind the community: open it in a browser and answer what VK asks"
_BOTS = "Bots are off in the community: «Управление», «Сообщения», «Настройки для бота», «Возможности ботов»: on"


def _soon(seconds: float, reason: str) -> Meaning:
    return Meaning(Later(seconds, reason))


def _all(seconds: float, reason: str, alarm: str = "") -> Meaning:
    """No fault of any message: all of them wait, and no try is counted."""
    return Meaning(Later(seconds, reason, whole=True, counted=False), alarm)


def _gone(reason: str) -> Meaning:
    return Meaning(Gone(reason))


MEANINGS: Mapping[int, Meaning] = {
    1: _soon(10, "unknown error"),  # "try again later"
    2: _all(60, "the application is off", _KEY),
    4: _all(60, "the signature is wrong", _KEY),
    5: _all(60, "the key is refused", _KEY),
    6: _all(1, "too many calls a second"),  # 20 a second of a key; reliability: no try is counted
    7: Meaning(Later(600, "no right to do it"), _RIGHTS),  # of the key, or of this one call: nobody is gone by it
    9: Meaning(Later(3600, "flood control")),  # more than 1,000 messages an hour to one person
    10: _soon(20, "an error on VK's side"),
    14: _all(600, "captcha", _ROBOT),  # never solved by a robot
    15: Meaning(Later(600, "access denied"), _RIGHTS),
    16: _all(60, "not over HTTPS", "VK_API_URL should begin with https://"),
    17: _all(600, "validation required", _ROBOT),
    18: _gone("the page was deleted or banned"),
    22: _soon(5, "upload error"),
    23: Meaning(Rejected("the method is off"), _OURS),
    24: _all(600, "confirmation required", _ROBOT),
    25: _all(600, "confirmation of the key required", _ROBOT),
    27: _all(60, "the community's key is refused", _KEY),
    28: _all(60, "the application's key is refused", _KEY),
    29: _all(60, "the limit of this method is reached"),
    32: _soon(10, "need wait"),
    34: Meaning(Rejected("the version is too old"), _OURS),
    36: _soon(5, "timeout on VK's side"),
    42: _all(60, "our address is not allowed", "VK_TOKEN is bound to other addresses: make a new key"),
    43: _soon(60, "the section is off for a while"),
    103: _soon(60, "out of limits"),
    105: _soon(5, "the file could not be saved"),
    113: _gone("there is no such person"),
    118: _soon(2, "upload server"),  # what was uploaded has run out meanwhile: it is uploaded again
    121: _soon(2, "upload hash"),
    122: _soon(2, "uploaded photos"),
    129: _soon(2, "uploaded photo"),
    601: _soon(3600, "too much this day"),
    900: _gone("the person is on the blacklist"),
    901: _gone("the person has not allowed messages"),  # vk-io#449: must not be tried on and on
    902: _gone("the person's privacy settings"),
    909: Meaning(Rejected("too old to be changed")),
    911: Meaning(Rejected("the keyboard is wrong"), _OURS),
    912: _all(60, "bots are off in the community", _BOTS),
    917: _gone("no access to the chat"),
    920: Meaning(Rejected("such a message cannot be changed")),
    922: _gone("we have left the chat"),
    925: _gone("no administrator of the chat"),
    927: _gone("there is no such chat"),
    932: _gone("a community may not write there"),
    935: _gone("not in the chat"),
    936: _gone("there is no such contact"),
    945: _gone("the chat is off"),
    946: _gone("the chat cannot be written to"),
    950: _gone("the time to answer has run out"),  # V13: the person has to write first
    962: _gone("a chat of subscribers"),
    987: _gone("the person has to allow messages first"),
    988: _gone("the person has to allow messages first"),
    1012: _gone("nobody may write in the chat"),
    1105: _all(600, "too many tries to enter", _KEY),
    1114: _all(60, "the key has run out", _KEY),
    1116: _all(60, "the key is refused", _KEY),
    1117: _all(60, "the key has run out", _KEY),
    1118: _all(60, "our address has changed", _KEY),
    3300: _all(600, "captcha", _ROBOT),
    3301: _all(600, "phone validation", _ROBOT),
    3302: _all(600, "password validation", _ROBOT),
    3303: _all(600, "validation", _ROBOT),
    3304: _all(600, "e-mail confirmation", _ROBOT),
    3609: _all(60, "the key has to be extended", _KEY),
    3610: _gone("the person's page is off"),
}
REFUSES_THE_KEY = frozenset({2, 4, 5, 27, 28, 1114, 1116, 1117, 1118, 3609})
DENIES = frozenset({7, 15, 203})
BAD_FILE = frozenset({100, 1150, 1153})
"""Maybe because VK does not know a file any more that it had."""


def meaning(error: VKError) -> Meaning:
    """What is not listed will not be better the next time: wrong parameters (100), too long (910, 914), too many
    forwarded (913)."""
    known = MEANINGS.get(error.code)
    return known or Meaning(Rejected(str(error)), _OURS)
