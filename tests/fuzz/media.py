"""Files that decoders fear, by what is wrong with them, and the names that people give to files. Pure, but for its own
cache."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from random import Random

from tests import samples

MOST = 20 * 1024 * 1024
NAMES = (
    "акт.pdf",
    "a.jpg.exe",
    "я" * 255 + ".pdf",
    "../../etc/passwd",
    "con.txt",
    ".txt",
    "",
    "a\r\nb.pdf",
    "отчёт\u202efdp.exe",
    "\x00.pdf",
    "без расширения",
    "заявление.TXT",
    "<b>.docx",
)


@dataclass(frozen=True, slots=True)
class Thing:
    """A file that somebody sends. `size`: what is announced, where that differs from what is there."""

    what: str
    content: bytes
    photo: bool
    name: str = ""
    mime: str = "application/octet-stream"
    size: int | None = None


PICTURES: Mapping[str, Callable[[], bytes]] = {
    "jpeg": samples.picture,
    "png": lambda: samples.picture("PNG"),
    "nothing": lambda: b"",
    "half": lambda: samples.picture()[:200],
    "heic": lambda: samples.picture("HEIF"),
    "animated webp": lambda: samples.animated("WEBP"),
    "animated gif": lambda: samples.animated("GIF"),
    "exif bomb": lambda: samples.picture(exif=samples.BAD_NOTES),
    "cmyk": lambda: samples.picture(mode="CMYK"),
    "a line of 60000": lambda: samples.picture("PNG", (1, 60000)),
    "10^9 pixels": lambda: samples.png_of(40_000, 25_000),
    "profile of garbage": lambda: samples.picture(icc_profile=b"\xff" * 500),
    "script": lambda: samples.SVG,
    "a program": lambda: b"MZ" + bytes(500),
}
DOCUMENTS: Mapping[str, Callable[[], bytes]] = {
    "pdf": lambda: samples.PDF,
    "docx": samples.docx,
    "macros": lambda: samples.docx(samples.MACROS_TYPE),
    "zip bomb": samples.zip_bomb,
    "text": lambda: "Заявление\n".encode("cp1251"),
    "nothing": lambda: b"",
    "a program": lambda: b"MZ" + bytes(500),
}


@cache
def _made(kind: str, what: str) -> bytes:
    return (PICTURES if kind == "picture" else DOCUMENTS)[what]()


def picture(dice: Random) -> Thing:
    what = dice.choice(tuple(PICTURES))
    return Thing(what, _made("picture", what), photo=True, mime="image/jpeg")


def document(dice: Random) -> Thing:
    what, name = dice.choice(tuple(DOCUMENTS)), dice.choice(NAMES)
    size = dice.choice((None, None, None, MOST, MOST + 1, 2**53, -1))
    mime = dice.choice(("application/octet-stream", "application/pdf", "text/plain", "image/heic", "\x00", ""))
    return Thing(what, _made("document", what), photo=False, name=name, mime=mime, size=size)
