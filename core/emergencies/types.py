"""The query that every word of a citizen is asked: is somebody in danger?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DetectEmergency:
    """Query for anybody; answered with a tuple of region.types.Emergency, whom to call, the fittest first and 112
    among them; empty where nobody seems to be in danger."""

    text: str
