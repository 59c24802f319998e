"""A screen in the words of one language, as it is stored in the outbox and handed to a transport."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import TypeAdapter

from core.talk import Document


@dataclass(frozen=True, slots=True)
class ShownButton:
    """`data` comes back with the press: at most 64 bytes."""

    data: str
    label: str
    kind: Literal["press", "link", "place", "contact"] = "press"
    url: str = ""
    main: bool = False


@dataclass(frozen=True, slots=True)
class Pinned:
    """The message shows a view that is kept true: it is shown anew whenever `object` changes."""

    view: str
    args: str
    object: str


@dataclass(frozen=True, slots=True)
class Shown:
    """`led` is the data of the press that has led to it, and `on` the message on which that button hung, where the
    messenger names it. `asks` begins the data of the buttons of the form that asks here; empty where none does."""

    text: str
    note: str = ""
    buttons: tuple[ShownButton, ...] = ()
    photos: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()
    qr: str = ""
    reads: bool = False
    keep: bool = False
    alarm: bool = False
    expires: datetime | None = None
    pin: Pinned | None = None
    led: str = ""
    on: str = ""
    asks: str = ""


_SHOWN = TypeAdapter(Shown)


def to_json(shown: Shown) -> dict[str, Any]:
    value: dict[str, Any] = _SHOWN.dump_python(shown, mode="json")
    return value


def from_json(value: Any) -> Shown:
    return _SHOWN.validate_python(value)
