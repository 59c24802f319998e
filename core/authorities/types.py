"""Queries of authorities and of the officials who work in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WhoAmI:
    """Query of an official; answered with OfficialCard."""


@dataclass(frozen=True, slots=True)
class OfficialRow:
    """For operators. `code` is how the region's data names the official."""

    code: str
    name: str
    authority: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OfficialCard:
    name: str
    authority: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EntryCard:
    """What a single-use link shows before it is spent: who would enter, and where."""

    name: str
    authority: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ShowEntry:
    """Query of nobody; answered with EntryCard, or None for a link that opens nothing (any more)."""

    token: str


@dataclass(frozen=True, slots=True)
class EnterDesk:
    """Command of nobody: spends the link, and the chat is a desk from then on. Answered with EntryCard."""

    token: str


@dataclass(frozen=True, slots=True)
class LeaveDesk:
    """Command of an official: no chat in a messenger is their desk any more. Answered with how many have been."""


@dataclass(frozen=True, slots=True)
class ListTemplates:
    """Query of an official; answered with a tuple of Template, five at most."""


@dataclass(frozen=True, slots=True)
class Template:
    """A ready answer; `name` and `text` by language."""

    code: str
    name: Mapping[str, str]
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FindAuthorities:
    """Query of an official; answered with a tuple of AuthorityRow: those whose name holds all the words, in any
    order and case; all of them for no words. The own one is left out. `count` + 1 rows say that there are more."""

    words: str
    start: int
    count: int


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    code: str
    name: Mapping[str, str]
