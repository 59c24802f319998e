"""The one gate through which text enters: what is stored is clean, and nothing cleans it again."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls but tab and newline, lone surrogates, bidirectional overrides and isolates (they can make a text
# read as another one), the byte order mark, and non-characters, which PostgreSQL or a browser may refuse.
_REFUSED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef\ufffe\uffff]"
)
_NEWLINES = re.compile("\r\n|[\r\u2028\u2029\x85]")
_MARKS = 8
"""Combining marks in a row that any living script needs; more only climbs over the neighbours («zalgo»), and takes
quadratic time to put in order."""


def clean_text(words: str) -> str:
    """NFC, one kind of newline, nothing invisible that could mislead; ends trimmed. Idempotent, in linear time."""
    joined = words.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\ufffd", "")
    plain = _REFUSED.sub("", _NEWLINES.sub("\n", joined))
    return _thinned(unicodedata.normalize("NFC", _thinned(plain))).strip()


def _thinned(words: str) -> str:
    kept, run = [], 0
    for sign in words:
        run = run + 1 if unicodedata.combining(sign) else 0
        if run <= _MARKS:
            kept.append(sign)
    return "".join(kept)


def shortened(words: str, most: int) -> str:
    """One line of at most `most` characters, cut at a word where that leaves half of it."""
    flat = " ".join(words.split())
    if len(flat) <= most:
        return flat
    cut = flat[: most - 1]
    word = cut.rpartition(" ")[0]
    return (word if len(word) * 2 > most else cut).rstrip(" ,.;:") + "…"
