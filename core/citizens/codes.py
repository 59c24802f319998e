"""Codes of eight signs, made for being read aloud and copied by hand. What one of them opens is not known here."""

from __future__ import annotations

import re
import secrets

# Without 0 O, 1 I L, 2 Z, 5 S, 8 B: written by hand or heard on the phone they are one.
_ALPHABET = "34679ACDEFGHJKMNPQRTUVWXY"
_CHARACTERS = 8
_LIKE = str.maketrans("АСЕНКМРТУХЗ", "ACEHKMPTYX3")
"""Cyrillic letters that look like those of the code: people copy it by hand, on a Russian keyboard."""
_BETWEEN = re.compile(r"[\s.\-\u2010-\u2015\u2212]+")


def new_code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_CHARACTERS))


def read_code(words: str) -> str | None:
    """The code, however it is grouped and whatever the case; None if this is none of ours."""
    code = _BETWEEN.sub("", words).upper().translate(_LIKE)
    return code if len(code) == _CHARACTERS and set(code) <= set(_ALPHABET) else None
