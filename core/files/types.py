"""What is known about a stored file; where its bytes lie is not core's matter."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    PHOTO = "photo"
    DOCUMENT = "document"
    EXPORT = "export"
    """What /mydata has gathered."""


class State(StrEnum):
    WAITING = "waiting"
    """Its messenger has it, we do not yet."""
    READY = "ready"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class FileRow:
    """`sha256` names the bytes in the store."""

    sha256: str
    mime: str
    size: int
    kind: Kind = Kind.PHOTO
    name: str = ""


@dataclass(frozen=True, slots=True)
class PlaceOfPhotos:
    """Query of who has sent them; answered with the Place where the first of the photos that knows it was taken, or
    None."""

    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileReady:
    """Event: what was waiting has come."""

    ref: str
    citizen_id: int


@dataclass(frozen=True, slots=True)
class FileLost:
    """Event: it will never come; `problem` is a word for operators."""

    ref: str
    citizen_id: int
    problem: str
