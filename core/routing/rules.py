"""Which authority answers: ordered rules, the first that fits wins. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """None fits everything."""

    category: str | None
    territory: str | None
    authority_id: int


def resolve(rules: Sequence[Rule], category: str, territory: str) -> int:
    """The last rule has no condition (`is_complete`), so that nobody's appeal is left without an addressee."""
    for rule in rules:
        if rule.category in (None, category) and rule.territory in (None, territory):
            return rule.authority_id
    raise LookupError("The rules of routing have no last rule without conditions.")


def is_complete(rules: Sequence[Rule]) -> bool:
    return bool(rules) and rules[-1].category is None and rules[-1].territory is None
