"""What deliver turns into a screen just before it is sent: a kind and the few facts that find the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class NoticeKind(StrEnum):
    STATUS = "status"
    """To the citizen; facts: number, status."""
    QUEUED = "queued"
    """To the officials of an authority; facts: number."""


@dataclass(frozen=True, slots=True)
class Notice:
    kind: NoticeKind
    facts: Mapping[str, str]
