"""Places that are nowhere, phones that are none, and ratings that nobody asked for. Pure."""

from __future__ import annotations

import math
from random import Random
from typing import Any

GOOD = ((55.7558, 37.6173), (56.0, 38.0), (0.000001, 0.000001), (55.75580000000000001234, 37.61730000000000009876))
EDGES = ((90.0, 180.0), (-90.0, -180.0), (0.0, 0.0), (-0.0, -0.0), (48.8566, 2.3522), (0, -160), (55, 37))
BEYOND = ((91, 37), (55, 181), (-90.0001, 0), (1e308, 1e308), (math.nan, 37.6), (math.inf, -math.inf))
NO_NUMBERS: tuple[tuple[Any, Any], ...] = (
    ("55.7", "37.6"),
    (None, None),
    (True, False),
    ([], {}),
    (2**63, 2**64),
    (10**400, 1),
)
RATINGS = (
    "5",
    "1",
    "0",
    "6",
    "-1",
    "5.0",
    "пять",
    "5️⃣",
    "٥",
    "5 5",
    "５",
    "1e1",
    "99999999999999999999",
    "оценить 482135070",
)
PHONES = ("+79990000001", "89990000001", "", "123", "+" * 50, "7" * 400, "телефон", "\x00", 79990000001, None)


def place(dice: Random) -> tuple[Any, Any]:
    """Somewhere on Earth."""
    return dice.choice((*GOOD, *EDGES))


def no_place(dice: Random) -> tuple[Any, Any]:
    return dice.choice((*BEYOND, *NO_NUMBERS))


def any_place(dice: Random) -> tuple[Any, Any]:
    return place(dice) if dice.random() < 0.8 else no_place(dice)


def rating(dice: Random) -> str:
    return dice.choice(RATINGS)


def phone(dice: Random) -> Any:
    return dice.choice(PHONES)
