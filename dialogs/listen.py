"""What typed words stand for before any form reads them: a button, a command, the number of a message, thanks;
and what a deep link stands for. Pure comparing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
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
GREETINGS = frozenset(
    {"здравствуйте", "здравствуй", "здрасте", "приветствую", "привет", "добрый день", "добрый вечер", "доброе утро"}
    | {"доброй ночи", "доброго дня", "доброго вечера", "доброго утра", "доброго времени суток"}
    | {"hello", "hi", "hey", "good morning", "good afternoon", "good evening", "good day", "hello there", "hi there"}
)
SIGNS_OF_THANKS = frozenset("👍🙏❤👌🤝💐😊🙂☺🌹")
THANKS_MOST = 6
"""Words."""
# Nine digits as people group them; whether such a message exists is for the card to say.
_DIGITS = r"(?:№|#|no\.?|n)?\s*(?P<number>[0-9](?:[\s.\-\u2010-\u2015\u2212]*[0-9]){8})"
_ANY = re.compile(_DIGITS, re.IGNORECASE)
# In one word only the signs of access codes, and Cyrillic letters that look like them: «код подъезда» holds no code.
# In two halves it is one, however it was mistyped: the form that it opens says what is wrong with it.
_SIGNS, _ANY_SIGNS, _BETWEEN = "[34679acdefghjkmnpqrtuvwxyасенкмртухз]{4}", r"[^\W_]{4}", r"[\s\-\u2010-\u2015\u2212]"
_CODE = rf"(?P<code>{_SIGNS}{_SIGNS}|{_ANY_SIGNS}{_BETWEEN}+{_ANY_SIGNS})"
_HOLES = {"number": ("\x00", _DIGITS), "code": ("\x01", _CODE)}
"""What words may leave open: the sign that stands for it in a pattern, and how it is written."""
_PAYLOAD = re.compile(r"(?P<what>[a-z]+)_(?P<args>[A-Za-z0-9_-]+)", re.ASCII)
_NUMBER_AND_CODE = re.compile(r"(?P<number>[0-9]{9})_(?P<code>[A-Za-z0-9]{8})", re.ASCII)


def only_words(message: Message) -> bool:
    return bool(message.text.strip()) and replace(message, text="", key="", edited="") == Message()


def wordless(message: Message) -> bool:
    """Nothing that a form could begin with: a voice message, a sticker, a phone number."""
    return not (message.text.strip() or message.photos or message.documents or message.place)


def button_meant(message: Message, live: Shown | None, back: str) -> str | None:
    return meant(message.text, live, back) if live and only_words(message) else None


def words_meant(message: Message, words: Iterable[tuple[Line, str]], say: Say) -> str | None:
    """The button that stands for «rate 482135790» or «code K7MP-4QXA», in the person's language; exactly these words
    and no more."""
    if not only_words(message):
        return None
    said = _plain(message.text)
    for pattern, key in words:
        holes = {name: mark for name, (mark, _) in _HOLES.items() if f"{{{name}}}" in pattern.msgid}
        found = _pattern(say(replace(pattern, args=holes))).fullmatch(said)
        if found:
            return key.format(**{name: _bare(found[name]) for name in holes})
    return None


def command_meant(message: Message, commands: Iterable[tuple[Line, str]], say: Say, *, bare: bool) -> str | None:
    """A messenger knows commands in Latin letters only: «/меню» comes as words. Without the stroke, where `bare` words
    may be meant so."""
    said = message.text.strip()
    if not only_words(message) or not (bare or said.startswith("/")):
        return None
    said = plain(said.removeprefix("/"))
    return next((name for words, name in commands if said in (plain(say(words)), plain(words.msgid))), None)


def link_meant(payload: str, starts: Mapping[str, str]) -> tuple[str, str]:
    """The form and its arguments: «open_482135790_K7MP4QXA», «join_K7MP4QXA». No form: it says nothing to us."""
    found = _PAYLOAD.fullmatch(payload)
    if not found or found["what"] not in starts:
        return "", ""
    both = _NUMBER_AND_CODE.fullmatch(found["args"])
    return starts[found["what"]], f"{both['number']}.{both['code']}" if both else found["args"]


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


def is_greeting(message: Message) -> bool:
    """One, or two of them, and nothing else."""
    if not only_words(message):
        return False
    words = " ".join(re.findall(r"\w+", plain(message.text))).split()
    halves = ((words[:n], words[n:]) for n in range(len(words) + 1))
    return bool(words) and any({*map(" ".join, filter(None, both))} <= GREETINGS for both in halves)


@cache
def _pattern(words: str) -> re.Pattern[str]:
    holes = dict(_HOLES.values())
    return re.compile(r"\s*".join(holes.get(word) or re.escape(word) for word in _plain(words).split()))


def _plain(words: str) -> str:
    return " ".join(words.casefold().replace("ё", "е").split()).strip(".,!?;: ")


def _bare(found: str) -> str:
    """Without signs between, as a button carries it."""
    return "".join(sign for sign in found if sign.isalnum()).upper()
