"""What the process that is kept apart answers, and how it is written to a pipe: a line of JSON, then the bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal, get_args

from bots.files.kinds import MIMES

Reason = Literal["nothing", "size", "pixels", "unreadable", "document", "macros"]
REASONS: tuple[Reason, ...] = get_args(Reason)


@dataclass(frozen=True, slots=True)
class Taken:
    """`content` is what is to be stored; empty for a document, which is stored as it came."""

    content: bytes
    extension: str
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    reason: Reason


def written(answer: Taken | Refused) -> bytes:
    if isinstance(answer, Refused):
        return json.dumps({"refused": answer.reason}).encode() + b"\n"
    head = {"extension": answer.extension, "lat": answer.lat, "lon": answer.lon}
    return json.dumps(head).encode() + b"\n" + answer.content


def read(answer: bytes) -> Taken | Refused:
    """Raises ValueError: what has been in touch with harm is trusted with nothing."""
    line, _, content = answer.partition(b"\n")
    head = json.loads(line)
    head = head if isinstance(head, dict) else {}
    if head.get("extension") in MIMES:
        return Taken(content, head["extension"], *_place(head.get("lat"), head.get("lon")))
    for reason in REASONS:
        if head.get("refused") == reason:
            return Refused(reason)
    raise ValueError("Not an answer.")


def _place(lat: object, lon: object) -> tuple[float, float] | tuple[None, None]:
    if isinstance(lat, float) and isinstance(lon, float) and abs(lat) <= 90 and abs(lon) <= 180:
        return lat, lon
    return None, None
