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
