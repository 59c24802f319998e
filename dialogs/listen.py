"""What typed words stand for before any form reads them: a button, the number of a message, thanks. Pure comparing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

from core.lines import Line
from core.shown import Shown
from core.talk import Message
from dialogs.reads import meant, plain

Say = Callable[[Line], str]

THANKS = frozenset({"спасибо", "спс", "благодарю", "благодарим", "спасибочки", "thanks", "thank", "thx"})
BESIDE_THANKS = frozenset(
    {"большое", "огромное", "вам", "вас", "тебе", "за", "помощь", "ответ", "все", "очень", "и", "я"}
    | {"you", "very", "much", "a", "lot", "so", "for", "your", "help", "answer"}
)
"""With these, words of thanks are still nothing else."""
SIGNS_OF_THANKS = frozenset("👍🙏❤👌🤝💐😊🙂☺🌹")
THANKS_MOST = 6
"""Words."""
# Nine digits as people group them; whether such a message exists is for the card to say.
_DIGITS = r"(?:№|#|no\.?|n)?\s*(?P<number>[0-9](?:[\s.\-\u2010-\u2015\u2212]*[0-9]){8})"
_ANY = re.compile(_DIGITS, re.IGNORECASE)
_MARK = "\x00"


def only_words(message: Message) -> bool:
    return bool(message.text.strip()) and replace(message, text="", key="", edited="") == Message()


def wordless(message: Message) -> bool:
    """Nothing that a form could begin with: a voice message, a sticker, a phone number."""
    return not (message.text.strip() or message.photos or message.documents or message.place)


def button_meant(message: Message, live: Shown | None, back: str) -> str | None:
    return meant(message.text, live, back) if live and only_words(message) else None


def number_meant(message: Message, words: Iterable[tuple[Line, str]], say: Say) -> str | None:
    """The button that stands for «rate 482135790», in the person's language; exactly these words and no more."""
    if not only_words(message) or not _ANY.search(message.text):
        return None
    said = _plain(message.text)
    for pattern, key in words:
        found = _pattern(say(replace(pattern, args={"number": _MARK}))).fullmatch(said)
        if found:
            return key.format(number=_bare(found["number"]))
    return None


def bare_number(message: Message) -> str | None:
    found = _ANY.fullmatch(_plain(message.text)) if only_words(message) else None
    return _bare(found["number"]) if found else None


def is_thanks(message: Message) -> bool:
    if not only_words(message):
        return False
    words = re.findall(r"\w+", plain(message.text))
    if not words:
        return bool(SIGNS_OF_THANKS & set(message.text))
    return len(words) <= THANKS_MOST and bool(THANKS & {*words}) and {*words} <= THANKS | BESIDE_THANKS


@cache
def _pattern(words: str) -> re.Pattern[str]:
    parts = [_DIGITS if word == _MARK else re.escape(word) for word in _plain(words).split()]
    return re.compile(r"\s*".join(parts))


def _plain(words: str) -> str:
    return " ".join(words.casefold().replace("ё", "е").split()).strip(".,!?;: ")


def _bare(number: str) -> str:
    return "".join(re.findall("[0-9]", number))
