"""What all groups of one fake VK share: the clock, the faults, the files and their addresses."""

from __future__ import annotations

import io
import itertools
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import aiohttp
from PIL import Image

from tests.fakes.faults import Faults, Kind

THUMBNAIL = 75
KINDS = {"txt": 1, "pdf": 1, "doc": 1, "docx": 1, "zip": 2, "gif": 3, "jpg": 4, "jpeg": 4, "png": 4, "mp3": 5, "mp4": 6}
UNKNOWN_KIND = 8


@dataclass
class Stored:
    name: str
    content: bytes
    mime: str
    gone: bool = False


@dataclass
class Call:
    """One line of the ledger."""

    method: str
    params: dict[str, str]
    token: str
    at: float  # monotonic
    verb: str = "POST"
    token_in_query: bool = False
    fault: Kind | None = None
    answer: Any = None  # None: not done
    error: int = 0
    mistake: str = ""  # it was refused, and is the caller's own fault
    typed: dict[str, Any] = field(default_factory=dict)


@dataclass
class Ticket:
    """An address to upload to, and what was uploaded there."""

    token: str
    field: str  # photo | file
    peer_id: int
    name: str = ""
    content: bytes = b""
    mime: str = ""
    saved_as: str = ""  # what `save` has to be called with


@dataclass
class World:
    base: str = ""  # http://127.0.0.1:port
    faults: Faults = field(default_factory=Faults)
    files: dict[str, Stored] = field(default_factory=dict)
    media: dict[str, dict[str, Any]] = field(default_factory=dict)  # `photo-1_2` → the attachment
    tickets: dict[str, Ticket] = field(default_factory=dict)
    ledger: list[Call] = field(default_factory=list)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(457239017))
    ahead: timedelta = timedelta()
    session: aiohttp.ClientSession | None = None

    def now(self) -> float:
        return time.time() + self.ahead.total_seconds()

    def stored(self, name: str, content: bytes, mime: str) -> str:
        """The address that it is served under."""
        key = secrets.token_hex(12)
        self.files[key] = Stored(name, content, mime)
        return f"{self.base}/file/{key}/{quote(name, safe='')}"

    def content(self, url: str) -> bytes:
        """What is served there, read past the network."""
        return self.files[url.split("/")[4].partition("?")[0]].content

    def expire(self) -> None:
        """The addresses of all files that anybody sent till now lead nowhere."""
        for stored in self.files.values():
            stored.gone = True

    def photo(self, owner: int, content: bytes) -> dict[str, Any]:
        sizes, full = self._sizes(content)
        return self._kept(
            "photo",
            {
                "album_id": -3,
                "date": int(self.now()),
                "id": next(self.ids),
                "owner_id": owner,
                "access_key": secrets.token_hex(9),
                "sizes": sizes,
                "text": "",
                "web_view_token": secrets.token_hex(9),
                "has_tags": False,
                "orig_photo": {**full, "type": "base"},
            },
        )

    def document(self, owner: int, name: str, content: bytes, mime: str) -> dict[str, Any]:
        """Its address is one that leads on to where the file is, as the real one's."""
        ext = name.rpartition(".")[2].lower()
        address = self.stored(name, content, mime).removeprefix(f"{self.base}/file/")
        return self._kept(
            "doc",
            {
                "id": next(self.ids),
                "owner_id": owner,
                "title": name,
                "size": len(content),
                "ext": ext,
                "date": int(self.now()),
                "type": KINDS.get(ext, UNKNOWN_KIND),
                "url": f"{self.base}/doc/{address}?dl=1&api=1&no_preview=1",
                "access_key": secrets.token_hex(9),
            },
        )

    def _kept(self, kind: str, thing: dict[str, Any]) -> dict[str, Any]:
        attachment = {"type": kind, kind: thing}
        self.media[f"{kind}{thing['owner_id']}_{thing['id']}"] = attachment
        return attachment

    def _sizes(self, content: bytes) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """A thumbnail and the picture itself; the largest one does not stand last."""
        url = self.stored("photo.jpg", content, "image/jpeg")
        try:
            with Image.open(io.BytesIO(content)) as image:
                width, height = image.size
                image.convert("RGB").resize((THUMBNAIL, THUMBNAIL)).save(small := io.BytesIO(), "JPEG")
        except (OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
            width, height, small = 0, 0, io.BytesIO(content)
        full = {"height": height, "url": url, "width": width}
        thumbnail = {
            "height": min(THUMBNAIL, height),
            "type": "s",
            "width": min(THUMBNAIL, width),
            "url": self.stored("photo.jpg", small.getvalue(), "image/jpeg"),
        }
        return [thumbnail, {**full, "type": "w"}, {**thumbnail, "type": "o"}], full
