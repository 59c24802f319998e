"""Whom to call: the numbers that the region names, for the danger that a text tells of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from core.actors import Actor
from core.emergencies.rules import signs
from core.emergencies.signs import ANY
from core.emergencies.types import DetectEmergency
from core.region.store import read_region
from core.region.types import Emergency


def detect_emergency(conn: Connection, actor: Actor, query: DetectEmergency, now: datetime) -> tuple[Emergency, ...]:
    found = signs(query.text)
    if not found:
        return ()
    named = read_region(conn).emergency
    by_number = {each.number: each for each in named}
    fit = tuple(by_number[number] for number in dict.fromkeys((*found, ANY)) if number in by_number)
    return fit or named
