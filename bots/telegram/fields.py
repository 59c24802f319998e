"""Reads values out of JSON that anybody may have made: what is not of the wanted kind is not there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.text import clean_text

_MOST = 2**63
_NOTHING: Mapping[str, Any] = {}


def within(value: object, name: str) -> Mapping[str, Any]:
    """The object under this name; an empty one where there is none."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, Mapping) else _NOTHING


def number(value: Mapping[str, Any], name: str) -> int | None:
    """As databases hold one."""
    found = value.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and -_MOST <= found < _MOST else None


def amount(value: Mapping[str, Any], name: str) -> int | None:
    found = number(value, name)
    return None if found is None or found < 0 else found


def degrees(value: Mapping[str, Any], name: str, most: int) -> float | None:
    found = value.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return float(found) if -most <= found <= most else None  # a number may be too long for a float; NaN is nowhere


def words(value: Mapping[str, Any], name: str) -> str:
    """Cleaned; empty where there are none."""
    return clean_text(plain(value, name))


def plain(value: Mapping[str, Any], name: str) -> str:
    """As it came."""
    found = value.get(name)
    return found if isinstance(found, str) else ""
