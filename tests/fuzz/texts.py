"""Words that break programs which believe that a character is a byte, a code point or a cell. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

ZALGO = "з" + "".join(chr(0x300 + n % 0x70) for n in range(1000))
FAMILY, FLAG, KEYCAP, SKIN = "👨\u200d👩\u200d👧\u200d👦", "🇷🇺", "4️⃣", "👍🏿"
HEART_AS_TEXT, HEART_AS_PICTURE = "❤︎", "❤️"
LIVING = (
    "Ямь-яшел чирәм үсә",
    "Баш ҡалала юл ҡаҙылған",
    "Ҫул ҫинче шӑтӑк пур",
    "გზაზე ორმოა",
    "في الطريق حفرة",
    "路上有坑",
)
"""Tatar, Bashkir, Chuvash, Georgian, Arabic, Chinese."""
CONTROLS = "".join(map(chr, (*range(32), *range(0x7F, 0xA0))))
BIDI = "\u202eяма\u202c \u202dab\u202c \u2067улица\u2069 \u200e\u200f"
INVISIBLE = "ули\u00adца\u200b Са\u200cдо\u2060вая,\u00a0дом\u202f14"
NEWLINES = "одна\rдве\nтри\r\nчетыре\u2028пять\u2029шесть\x85семь\x0bвосемь\x0cдевять"
USUAL = "На Садовой у школы глубокая яма в асфальте."


def _lone_surrogates(dice: Random) -> str:
    return f"яма {chr(dice.randrange(0xD800, 0xDC00))} на {chr(dice.randrange(0xDC00, 0xE000))} дороге"


def _anything(dice: Random) -> str:
    ends = (0x80, 0x500, 0x2100, 0xFFFF, 0x110000)
    return "".join(chr(dice.randrange(dice.choice(ends))) for _ in range(dice.randrange(1, 60)))


TEXTS: Mapping[str, Callable[[Random], str]] = {
    "a zero": lambda dice: f"яма{chr(0)} у дома {chr(0)}{chr(0)}5",
    "controls": lambda dice: f"яма {CONTROLS} у дома",
    "lone surrogates": _lone_surrogates,
    "non-characters": lambda dice: "яма \ufdd0\ufffe\uffff\U0001fffe у \U0010ffff дома",
    "4096 of 4 bytes": lambda dice: "🕳" * 4096,
    "at the limit": lambda dice: "я" * dice.choice((999, 2000, 3999, 4000, 4095, 4096)),
    "zalgo": lambda dice: f"Яма {ZALGO} у дома",
    "only zalgo": lambda dice: ZALGO,
    "clusters": lambda dice: f"{FAMILY}{FLAG}{KEYCAP}{SKIN}" * dice.randrange(1, 200),
    "variation": lambda dice: f"Яма {HEART_AS_TEXT}{HEART_AS_PICTURE} и ещё одна ☎︎☎️",
    "bidi": lambda dice: f"Яма {BIDI} у дома",
    "byte order mark": lambda dice: "\ufeffЯма\ufeff у дома\ufeff",
    "invisible": lambda dice: INVISIBLE,
    "decomposed": lambda dice: "Яма у сарая, зелёный двор".replace("й", "и\u0306").replace("ё", "е\u0308"),
    "homoglyphs": lambda dice: dice.choice(("Cпaсибо", "нaзaд", "мeню", "O", "З", "48213507O")),
    "edge of case": lambda dice: "ЁЙЪЫЬЭЮЯ ёйъыьэюя ӀӁҐґЉЊЋ ſK",
    "living": lambda dice: dice.choice(LIVING),
    "newlines": lambda dice: NEWLINES,
    "only spaces": lambda dice: dice.choice((" ", "\n \n", "\u00a0" * 5, "\t", " " * 4000)),
    "empty when clean": lambda dice: dice.choice(("\ufeff", "\x00\x01", "\u202e", "\ud800", "\uffff")),
    "invisible only": lambda dice: dice.choice(("\u200b", "\u2060\u00ad", "\u3164", "\u2800")),
    "anything": _anything,
}


def usual(dice: Random) -> str:
    """What people do write."""
    return dice.choice(
        (
            USUAL,
            "Третий день не горит фонарь у подъезда, темно и скользко, дети идут из школы.",
            "Мусор не вывозили две недели, контейнеры переполнены.",
            "улица Садовая, дом 14",
            "Спасибо большое!",
            "Здравствуйте",
            "Запах газа в подъезде!",
            "назад",
            "меню",
            "Отправить",
            "мои сообщения",
            "Ответ: яма засыпана, работы приняты комиссией четырнадцатого сентября.",
        )
    )
