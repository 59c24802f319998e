"""What is taken, by what the bytes are, whatever the sender calls them; and under which names it is handed out. Pure; a
document is looked into only in the process that is kept apart."""

from __future__ import annotations

import re

from core.text import clean_text

MOST = 20 * 1024 * 1024
"""Bytes of a photo or a document."""
NAME_MOST = 80
"""Characters of a document's name, with its extension."""
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
MIMES = {
    "jpg": "image/jpeg",
    "pdf": "application/pdf",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "rtf": "application/rtf",
    "txt": "text/plain",
}
"""By extension: the documents that are taken, and what every photo becomes."""
PHOTO = "jpg"
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}$", re.ASCII)
_ODD = re.compile(r'[<>:"|?*;\x00-\x1f]+')
"""What a folder does not take, or what begins something in the head of a part of a form: not everybody who reads one
knows where a name in quotes ends."""


def looks_like_photo(content: bytes) -> bool:
    """Worth a closer look."""
    if content.startswith((_JPEG, _PNG)):
        return True
    if content.startswith(b"RIFF"):
        return content[8:12] == b"WEBP"
    return content[4:8] == b"ftyp" and content[8:12] in _HEIC


def clean_name(given: str, extension: str) -> str:
    """Without folders and with the extension that fits: `Акт.exe` that is a PDF becomes `Акт.pdf`."""
    last = re.split(r"[/\\]", clean_text(given))[-1]
    flat = " ".join(_ODD.sub(" ", last).split())
    stem = _EXTENSION.sub("", flat).strip(" .") or "document"
    return f"{stem[: NAME_MOST - len(extension) - 1].rstrip(' .')}.{extension}"
