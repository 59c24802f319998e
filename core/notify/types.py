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
    SPOKE = "spoke"
    """To the official who has taken it, or to all of the authority; facts: number, what (Spoken)."""
    DRAFT = "draft"
    """To the citizen: something was begun two days ago; facts: run."""
    EXPORT = "export"
    """To the citizen: their data is gathered; facts: ref."""
    LOST = "lost"
    """To the citizen: a file could not be fetched; facts: ref, name."""
    JOINED = "joined"
    """To the citizen, in each of their other chats: more chats are theirs now; facts: chats (their ids, comma)."""
    DROPPED = "dropped"
    """To whoever has this chat: it is not the person's any more; no facts."""


@dataclass(frozen=True, slots=True)
class Notice:
    kind: NoticeKind
    facts: Mapping[str, str]
