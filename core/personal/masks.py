"""Takes out of words what tells who wrote them and how to reach them. Pure and in linear time; what it cannot know is a
name that nothing announces."""

from __future__ import annotations

import re

MASK = "[…]"

_GAP = r"[ \t]{1,3}"
_NAME = r"(?:[А-ЯЁA-Z]\.|[А-ЯЁA-Z][а-яёa-zА-ЯЁA-Z'’-]{1,40})"
_NAMES = rf"{_NAME}(?:[ \t]{{0,3}}{_NAME}){{0,3}}"
_BEFORE_NAMES = (
    rf"меня{_GAP}зовут|мо[её]{_GAP}имя|моя{_GAP}фамилия|фио|ф\.[ \t]?и\.[ \t]?о\.?|паспорт{_GAP}на{_GAP}имя"
    rf"|с{_GAP}уважением|с{_GAP}почтением|искренне{_GAP}ваша?|my{_GAP}name{_GAP}is|yours{_GAP}sincerely|sincerely"
    rf"|best{_GAP}regards|kind{_GAP}regards|regards"
)
_ANNOUNCED = re.compile(rf"\b((?i:{_BEFORE_NAMES})(?:{_GAP}(?i:is|это))?[ \t]{{0,3}}[,:—–-]?\s{{0,4}}){_NAMES}")
_UNCASED = re.compile(
    rf"\b((?i:меня{_GAP}зовут|my{_GAP}name{_GAP}is)[ \t]{{0,3}}[,:—–-]?\s{{0,4}})"
    rf"[^\W\d_]{{1,40}}(?:{_GAP}[а-яё]{{1,40}}(?:вич|вна|чна))?"
)
_INITIALS = re.compile(
    r"\b(?:[А-ЯЁ]\.[ \t]?[А-ЯЁ]\.[ \t]?[А-ЯЁ][а-яё-]{1,40}|[А-ЯЁ][а-яё-]{1,40}[ \t]?[А-ЯЁ]\.[ \t]?[А-ЯЁ]\.)"
)
_PATRONYMIC = re.compile(
    r"\b(?:[А-ЯЁ][а-яё-]{1,40}[ \t]{1,3}){1,2}[А-ЯЁ][а-яё]{1,40}(?:вич|вна|чна|кызы|оглы)(?:а|у|ем|ом|е|ы|ой)?\b"
    r"(?:[ \t]{1,3}[А-ЯЁ][а-яё-]{1,40}\b)?"
)
_MAIL = re.compile(r"[^\s@<>(),;:\"«»]{1,64}(?:@[^\s@<>(),;:\"«»]{1,190})+")
_PROFILE = re.compile(
    r"(?i:\bhttps?://\S{1,2000}|\b(?:www\.|m\.)?(?:vk\.com|vk\.ru|vkontakte\.ru|t\.me|telegram\.me|ok\.ru|max\.ru|wa\.me"
    r"|facebook\.com|instagram\.com|youtube\.com|rutube\.ru|dzen\.ru)/\S{1,200})"
)
_HANDLE = re.compile(r"(?<![\w@])@[A-Za-z0-9_.]{2,64}")
_DIGITS = re.compile(r"[+(]{0,2}[0-9](?:[ \t()./\\‐‑–—-]{0,3}[0-9])*")
_MANY = 6
"""Digits of a number that may be a document's, a card's or a phone's; an appeal's own number is one of them."""

_MONTHS = "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря"
_OF_A_NAME = rf"(?:лет|летия|{_MONTHS}|линия|микрорайон|мкр|квартал)"
_HOUSE = re.compile(rf"[0-9]+(?![0-9])(?!-?(?:[ийояег]|го|ый|ая|летия)\b|[ \t]{{0,3}}(?i:{_OF_A_NAME})\b)")
_LAST_WORD = re.compile(
    r"(?i:[\s,.;:№#(/-]|\b(?:д|дом|дома|кв|квартира|корп|корпус|к|стр|строение|вл|владение|подъезд|под|этаж|эт|офис|оф"
    r"|house|flat|apt|building|bld|no)\b\.?)+\Z"
)


def masked(words: str) -> str:
    """Phones, mail addresses, numbers of documents and cards, links, @names, and names that are announced, signed or
    carry a patronymic."""
    for pattern in (_MAIL, _PROFILE, _HANDLE):
        words = pattern.sub(MASK, words)
    words = _DIGITS.sub(_number, words)
    for pattern in (_ANNOUNCED, _UNCASED):
        words = pattern.sub(lambda found: found[1] + MASK, words)
    for pattern in (_INITIALS, _PATRONYMIC):
        words = pattern.sub(MASK, words)
    return words


def _number(found: re.Match[str]) -> str:
    return MASK if sum(sign.isdigit() for sign in found[0]) >= _MANY else found[0]


def street(address: str) -> str:
    """An address without its house: everything from the first number that is not part of a street's name."""
    for found in _HOUSE.finditer(address):
        before = _cut(address[: found.start()])
        if before:
            return masked(before)
    return masked("" if _HOUSE.search(address) else address.strip())


def _cut(words: str) -> str:
    """Backwards word by word, so that it takes linear time whatever stands there."""
    while (shorter := _without_last(words)) != words:
        words = shorter
    return words


def _without_last(words: str) -> str:
    tail = words[-16:]
    found = _LAST_WORD.search(tail)
    return words[: len(words) - len(tail) + found.start()] if found else words
