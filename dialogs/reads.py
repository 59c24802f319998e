"""From words to values, and from words to the buttons of a screen that has been put into words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from core.lines import Line, line
from core.shown import Shown, ShownButton
from core.talk import Button, Refused
from dialogs.keys import BACK

CODE_SIGNS = 8
_AROUND = ".,;:!?…«»\"“”„'`"


def plain(words: str) -> str:
    """For comparing: no case, no emoji, no punctuation around, single spaces, е for ё. A label that is nothing but
    such signs stays as it is."""
    small = words.casefold().replace("ё", "е")
    bare = " ".join(re.sub(r"[^\w\s]", _no_emoji, small).split()).strip(_AROUND).strip()
    return bare or "".join(small.split())


def _no_emoji(sign: re.Match[str]) -> str:
    return "" if sign[0] == "\ufe0f" or unicodedata.category(sign[0]) in ("So", "Sk", "Cf") else sign[0]


def meant(words: str, shown: Shown, back: str) -> str | None:
    """The data of the button named by its exact label or, where no label is a number, by its number from the top.
    Where the screen reads words, only the way back answers to its label, `back`, unless the device is asked for
    something: then messengers put all buttons below the chat, where a press is the label, typed. What asks the device
    or opens a link has to be pressed."""
    said = plain(words)
    if not said:
        return None
    named = [b for b in shown.buttons if b.kind == "press" and plain(b.label) == said]
    if shown.reads and not any(b.kind in ("place", "contact") for b in shown.buttons):
        return next((b.data for b in named if b.data.endswith(BACK.key) and said == plain(back)), None)
    if named or shown.reads:
        return named[0].data if named else None
    if not said.isdecimal() or len(said) > 2 or any(plain(b.label).isdecimal() for b in shown.buttons):
        return None
    numbered = shown.buttons[int(said) - 1 : int(said)] if int(said) else ()
    return next((b.data for b in numbered if b.kind == "press"), None)


def distinct(buttons: Iterable[ShownButton]) -> tuple[ShownButton, ...]:
    """No two buttons of a screen are called the same."""
    named: dict[str, ShownButton] = {}
    for button in buttons:
        label, n = button.label, 1
        while plain(label) in named:
            n += 1
            label = f"{button.label} ({n})"
        named[plain(label)] = replace(button, label=label)
    return tuple(named.values())


def fitting(text: str, options: Iterable[Button]) -> list[Button]:
    """The options whose label, in whatever language, is these words; else those that hold each of them, or its first
    letters: endings change from case to case. An option that is offered twice fits once."""
    said = plain(text)
    there = [(option, _labels(option.label)) for option in {option.key: option for option in options}.values()]
    if exact := [option for option, labels in there if said in labels]:
        return exact
    if not any(sign.isalnum() for sign in said):
        return []
    for parts in (said.split(), [_stem(word) for word in said.split()]):
        if fits := [option for option, labels in there if any(all(p in label for p in parts) for label in labels)]:
            return fits
    return []


def _labels(label: Line) -> list[str]:
    """All that it may be called: a msgid is English, and a name from data is there in every language."""
    values = [value for value in label.args.values() if isinstance(value, str)]
    inner = [name for value in label.args.values() if isinstance(value, Line) for name in _labels(value)]
    return [plain(name) for name in ((label.msgid, *inner) if label.msgid else values)]


def _stem(word: str) -> str:
    return word[: max(4, len(word) - 2)]


def words(text: str) -> str | Refused:
    """Something that can be seen: invisible signs alone are no answer."""
    seen = any(unicodedata.category(sign)[0] in "LNPS" for sign in text)
    return text.strip() if seen else Refused(line("Please answer in words."))


def code(text: str) -> str | Refused:
    """An access code or one that joins two chats; what else may be wrong with it, core knows."""
    signs = re.sub(r"[\W_]", "", text)
    return (
        signs if len(signs) == CODE_SIGNS else Refused(line("The code has eight letters and digits, like K7MP-4QXA."))
    )


def whole_number(text: str) -> int | Refused:
    digits = text.strip()
    return int(digits) if digits.isdecimal() and len(digits) < 10 else Refused(line("Please write a whole number."))


def day(text: str) -> date | Refused:
    """31.05.2026 as people write it here, or 2026-05-31."""
    written = re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", text.strip(), re.ASCII)
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text.strip(), re.ASCII)
    try:
        if written:
            return date(int(written[3]), int(written[2]), int(written[1]))
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
    except ValueError:
        pass
    return Refused(line("Please write a date like 31.05.2026."))
