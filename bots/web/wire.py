"""What a browser may send, checked and cleaned at this edge, and turned into an event. Pure."""

from __future__ import annotations

import json
import math
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from core.talk import BUTTON_BYTES, Command, Incoming, Message, Place
from core.text import clean_text
from dialogs.house import unwire

TEXT_MOST = 100_000
"""Characters that are let in at all; how many are wanted is for the step to say."""
PHOTOS_MOST = 10
DOCUMENTS_MOST = 5
_COMMAND = re.compile(r"/([a-z_]{1,32})(?:\s+(.{1,64}))?", re.ASCII)


class BadBody(Exception):
    """Not something that our page sends."""


class TooLong(BadBody):
    """More words than are let in at all."""


def _clean(value: Any) -> Any:
    """What is far too long is refused as it is."""
    return clean_text(value) if isinstance(value, str) and len(value) <= TEXT_MOST else value


Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
Ref = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    id: Key


class TextBody(_Body):
    kind: Literal["text"]
    text: Annotated[str, Field(max_length=TEXT_MOST), BeforeValidator(_clean)] = ""
    photos: Annotated[tuple[Ref, ...], Field(max_length=PHOTOS_MOST)] = ()
    documents: Annotated[tuple[Ref, ...], Field(max_length=DOCUMENTS_MOST)] = ()


class PressBody(_Body):
    kind: Literal["press"]
    data: Annotated[str, Field(max_length=1000), BeforeValidator(_clean)]


class PlaceBody(_Body):
    kind: Literal["place"]
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]


class CommandBody(_Body):
    kind: Literal["command"]
    name: Annotated[str, Field(pattern=r"^[a-z_]{1,32}$")]
    args: Annotated[str, Field(max_length=BUTTON_BYTES), BeforeValidator(_clean)] = ""


Body = TextBody | PressBody | PlaceBody | CommandBody
_BODY: TypeAdapter[Body] = TypeAdapter(Annotated[Body, Field(discriminator="kind")])


def read_body(raw: bytes) -> Body:
    """Raises BadBody. The standard parser is used because it lets lone surrogates through, which browsers do send and
    `clean_text` removes."""
    try:
        return _BODY.validate_python(json.loads(raw, parse_constant=lambda name: math.nan))
    except ValidationError as error:
        raise (TooLong if error.errors()[0]["type"] == "string_too_long" else BadBody) from None
    except (ValueError, RecursionError):
        raise BadBody from None


class _Ack(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True)
    n: Annotated[int, Field(ge=0, lt=2**31)]


def read_ack(raw: bytes) -> int:
    """The change up to which everything has been shown. Raises BadBody."""
    try:
        return _Ack.model_validate_json(raw).n
    except (ValueError, ValidationError):
        raise BadBody from None


def read_number(text: str) -> int:
    """A change or a place in an address. Raises BadBody."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadBody
    return int(text)


def event_of(body: Body) -> Incoming:
    match body:
        case TextBody(id=key, text=text, photos=photos, documents=documents):
            command = None if photos or documents else _COMMAND.fullmatch(text)
            return (
                Command(command[1], command[2] or "")
                if command
                else Message(text, photos, documents=documents, key=key)
            )
        case PressBody(data=data):
            return unwire(data)
        case PlaceBody(lat=lat, lon=lon):
            return Message(place=Place("", lat, lon), key=body.id)
        case CommandBody(name=name, args=args):
            return Command(name, args)
