"""What hangs on a message of VK: files by reference, a place, a voice, and what cannot be read here. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bots.files.kinds import MIMES, clean_name
from bots.receive import Wanted
from core.files.types import Kind
from core.talk import Place
from core.text import clean_text

FILES_MOST, DEPTH = 20, 3
PICTURES = frozenset({"jpg", "jpeg", "png", "webp", "heic", "heif"})
"""Photos that were sent as files, to be kept whole."""
UNREAD = {"sticker": "sticker", "graffiti": "sticker", "video": "video", "video_message": "video"}
_NAME_MOST, _ADDRESS_MOST = 200, 300
_TYPES = "smopqrxyzw"
"""Of sizes, in their order, for those that do not say how large they are: dev.vk.com/reference/objects/photo-sizes."""


@dataclass(frozen=True, slots=True)
class Attached:
    files: tuple[Wanted, ...] = ()
    links: tuple[str, ...] = ()
    place: Place | None = None
    voice: str = ""
    unread: str = ""


def attached(message: Mapping[str, Any], peer: int, cmid: int) -> Attached:
    """Of forwarded messages too. A file can be asked for again by the message that it came with."""
    files, links, voice, unread = list[Wanted](), list[str](), "", ""
    for kind, thing in _things(message):
        where = {"peer": peer, "cmid": cmid, "id": f"{kind}{name_of(thing)}"}
        wanted = _file(kind, thing, where)
        if wanted is not None:
            files.append(wanted)
        elif kind == "link" and (url := _url(thing.get("url"))):
            links.append(url)
        elif kind == "audio_message":
            voice = name_of(thing)
        else:
            unread = unread or UNREAD.get(kind, "kind")
    return Attached(tuple(files[:FILES_MOST]), tuple(links[:FILES_MOST]), _place(message.get("geo")), voice, unread)


def name_of(thing: Mapping[str, Any]) -> str:
    return f"{thing.get('owner_id', 0)}_{thing.get('id', 0)}"[:64]


def address_of(kind: str, thing: Mapping[str, Any]) -> str:
    return _largest(thing) if kind == "photo" else _url(thing.get("url"))


def things(message: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each attachment with its kind, those of forwarded messages after its own."""
    return _things(message)


def _things(message: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for one in _dicts(message.get("attachments")):
        kind = one.get("type")
        if isinstance(kind, str) and kind.isascii():
            thing = one.get(kind)
            yield kind, thing if isinstance(thing, dict) else {}
    if depth < DEPTH:
        for one in _dicts(message.get("fwd_messages")):
            yield from _things(one, depth + 1)


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value[:100] if isinstance(one, dict)] if isinstance(value, list) else []


def _file(kind: str, thing: Mapping[str, Any], where: Mapping[str, Any]) -> Wanted | None:
    if kind == "photo" and (url := _largest(thing)):
        return Wanted(Kind.PHOTO, {**where, "url": url})
    if kind != "doc" or not (url := _url(thing.get("url"))):
        return None
    title = clean_text(str(thing.get("title", ""))[:_NAME_MOST])
    ext = str(thing.get("ext", "")).lower()
    size = thing.get("size")
    size = size if isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 2**53 else None
    if ext in PICTURES:
        return Wanted(Kind.PHOTO, {**where, "url": url}, size=size)
    if ext not in MIMES:  # it would be refused anyway when it is here
        return None
    return Wanted(Kind.DOCUMENT, {**where, "url": url}, clean_name(title, ext), size)


def _largest(photo: Mapping[str, Any]) -> str:
    whole = photo.get("orig_photo")
    sizes = [*_dicts(photo.get("sizes")), *([whole] if isinstance(whole, dict) else [])]

    def area(size: Mapping[str, Any]) -> tuple[float, int]:
        return _side(size.get("width")) * _side(size.get("height")), _TYPES.find(str(size.get("type", ""))[:1])

    return max(((area(size), url) for size in sizes if (url := _url(size.get("url")))), default=((0.0, 0), ""))[1]


def _side(value: object) -> float:
    return float(value) if isinstance(value, int) and 0 < value < 2**31 else 0.0


def _url(value: object) -> str:
    return value if isinstance(value, str) and re.fullmatch(r"https?://[!-~]{1,1990}", value) else ""


def _place(geo: object) -> Place | None:
    if not isinstance(geo, dict) or not isinstance(where := geo.get("coordinates"), dict):
        return None
    lat, lon = _degrees(where.get("latitude"), 90), _degrees(where.get("longitude"), 180)
    return None if lat is None or lon is None else Place(_address(geo.get("place")), lat, lon)


def _degrees(value: object, most: int) -> float | None:
    """A number beyond the ends of the Earth is none; neither is NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        return None
    return float(value) if math.isfinite(value) else None


def _address(place: object) -> str:
    """VK's own title is often no more than the town, and that is no address."""
    if not isinstance(place, dict) or not isinstance(title := place.get("title"), str):
        return ""
    told = clean_text(title[:_ADDRESS_MOST])
    coarse = {str(place.get("city", "")), str(place.get("country", ""))}
    return "" if set(told.split(", ")) <= coarse else told
