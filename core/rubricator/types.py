"""Queries of the rubricator (категории)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    code: str
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SuggestCategories:
    """Query for anybody; answered with Suggestion."""

    text: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """All categories; `likely` (at most three, likeliest first, perhaps none) are also in `all`."""

    likely: tuple[Category, ...]
    all: tuple[Category, ...]
