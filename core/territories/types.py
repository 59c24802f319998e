"""Queries of territories (территории, ОКТМО)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Territory:
    """`code` is the ОКТМО; names are by language."""

    code: str
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ListTerritories:
    """Query for anybody; answered with a tuple of Territory, in the order of the region's list."""
