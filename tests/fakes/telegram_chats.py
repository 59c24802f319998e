"""What stands on Telegram's servers: chats with their messages in the API's own shape, and files.

It refuses nothing by itself but what a closed chat says; who may write what is for the methods.
"""

from __future__ import annotations

import io
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram_params import Refused

Json = dict[str, Any]

BLOCKED = Refused("Forbidden: bot was blocked by the user", 403)
STRANGER = Refused("Forbidden: bot can't initiate conversation with a user", 403)
DEACTIVATED = Refused("Forbidden: user is deactivated", 403)
DELETED = Refused("Forbidden: the group chat was deleted", 403)
KICKED = Refused("Forbidden: bot was kicked from the group chat", 403)


@dataclass(eq=False)
class Chat:
    """One chat with one bot. `closed`: why the bot cannot write there; `redraw` is told the id of whatever changed."""

    about: Json
    closed: Refused | None = None
    messages: dict[int, Json] = field(default_factory=dict)
    redraw: Callable[[int], None] = lambda message_id: None
    below: Callable[[Json], None] = lambda markup: None  # a keyboard is put below the chat, or taken away
    uneditable: set[int] = field(default_factory=set)  # what was sent with such a keyboard
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def id(self) -> int:
        return int(self.about["id"])

    @property
    def private(self) -> bool:
        return bool(self.about["type"] == "private")

    def write(self, author: Json | None, facts: Json) -> Json:
        """A new message, from a person or from the bot."""
        message: Json = {"message_id": next(self._ids)}
        message |= {"from": author} if author else {}
        message |= {"chat": self.about, "date": int(time.time()), **facts}
        self.messages[message["message_id"]] = message
        self.redraw(message["message_id"])
        return message

    def rewrite(self, message_id: int, facts: Json) -> Json:
        """What is None goes; messages that were given out before stay as they were."""
        changed = {**self.messages[message_id], **facts, "edit_date": int(time.time())}
        self.messages[message_id] = message = {name: it for name, it in changed.items() if it is not None}
        self.redraw(message_id)
        return message

    def delete(self, message_id: int) -> None:
        del self.messages[message_id]
        self.redraw(message_id)


@dataclass(frozen=True)
class File:
    id: str
    unique_id: str
    path: str
    content: bytes = field(repr=False)
    name: str
    mime: str
    kind: str  # photo | document | voice | ...

    @property
    def facts(self) -> Json:
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": len(self.content)}


class Files:
    """What people and the bot have sent, by its id and by the path under which it is downloaded."""

    def __init__(self) -> None:
        self.by_id: dict[str, File] = {}
        self.by_path: dict[str, File] = {}

    def keep(self, content: bytes, kind: str, name: str = "", mime: str = "application/octet-stream") -> File:
        number = len(self.by_id) + 1
        ending = name.rpartition(".")[2] if "." in name else {"photo": "jpg", "voice": "oga"}.get(kind, "bin")
        path = f"{kind}s/file_{number}.{ending}"
        file = File(f"AgAC{number:06}_{kind}", f"AQAD{number:06}", path, content, name, mime, kind)
        self.by_id[file.id] = self.by_path[file.path] = file
        return file

    def photo(self, content: bytes, size: tuple[int, int] = (1280, 720)) -> list[Json]:
        """Two sizes, the small one first. Whoever takes the small one finds something else in it."""
        small, whole = (self.keep(it, "photo", mime="image/jpeg") for it in (b"the small one", content))
        wide, high = size
        scale = 90 / max(wide, high, 90)
        thumb = {**small.facts, "width": max(1, round(wide * scale)), "height": max(1, round(high * scale))}
        return [thumb, {**whole.facts, "width": wide, "height": high}]

    def document(self, content: bytes, name: str, mime: str) -> Json:
        return self.described(self.keep(content, "document", name, mime))

    def described(self, file: File) -> Json:
        return {"file_name": file.name, "mime_type": file.mime, **file.facts}


def picture_size(content: bytes) -> tuple[int, int] | None:
    """None: it is no picture."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as image:
            return image.size
    except (UnidentifiedImageError, OSError, ValueError):
        return None
