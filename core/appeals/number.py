"""The number of an appeal: eight random digits and a check digit, so that a slip of the finger finds nobody else's
appeal."""

from __future__ import annotations

import re
import secrets

# H. M. Damm's quasigroup of order 10: finds every single wrong digit and every two neighbours changed round.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_RANDOM_DIGITS = 8
_NUMBER = re.compile(r"[0-9]{9}")
_BETWEEN = re.compile(r"[\s.\-\u2010-\u2015\u2212]+")
_SIGN = re.compile(r"^\s*(?:№|#|N|n)?\s*")


def new_number() -> str:
    digits = f"{secrets.randbelow(10**_RANDOM_DIGITS):0{_RANDOM_DIGITS}}"
    return digits + str(_check(digits))


def read_number(words: str) -> str | None:
    """The nine digits, however people group them; None if this is no number of ours."""
    digits = _BETWEEN.sub("", _SIGN.sub("", words, count=1))
    return digits if is_number(digits) else None


def is_number(digits: str) -> bool:
    return _NUMBER.fullmatch(digits) is not None and _check(digits) == 0


def _check(digits: str) -> int:
    check = 0
    for digit in digits:
        check = _DAMM[check][int(digit)]
    return check
